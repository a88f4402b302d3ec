from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_digest_channels")]

    operations = [
        migrations.AddIndex("help", models.Index(fields=["province_code", "agency"], name="help_by_agency")),
    ]
