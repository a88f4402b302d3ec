from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_tpmap_queue")]

    operations = [
        migrations.AddField("digestsent", "attempts", models.SmallIntegerField(db_default=0, default=0)),
        migrations.AddField(
            "digestsetting",
            "address",
            models.CharField(blank=True, db_default="", max_length=254, verbose_name="ส่งไปที่"),
        ),
    ]
