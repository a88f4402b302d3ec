"""Keys of a person's two names in one number, and what the finder of duplicates looks up."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0009_lines_found_by_what_they_say"),
    ]

    operations = [
        migrations.AddField("matchkey", "name_hash", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("matchkey", "sound_hash", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("matchkey", "is_head", models.BooleanField(default=False)),
        migrations.AddIndex("matchkey", models.Index(fields=["province_code", "name_hash"], name="match_by_name")),
        migrations.AddIndex("matchkey", models.Index(fields=["province_code", "sound_hash"], name="match_by_sound")),
        migrations.AddIndex("matchkey", models.Index(fields=["province_code", "birth_date"], name="match_by_birth")),
        migrations.AddIndex("matchkey", models.Index(fields=["area_code", "first_sound"], name="match_by_village")),
        migrations.AddIndex("matchkey", models.Index(fields=["household_id"], name="match_by_household")),
    ]
