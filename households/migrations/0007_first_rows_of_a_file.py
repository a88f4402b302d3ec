from django.db import migrations, models


class Migration(migrations.Migration):
    """The first rows of a file are kept, sealed, for the page on which columns are mapped."""

    dependencies = [("households", "0006_match_keys")]

    operations = [
        migrations.AlterField(
            model_name="importfile",
            name="part",
            field=models.CharField(
                choices=[
                    ("source", "ไฟล์ที่ส่งมา"),
                    ("errors", "ไฟล์สำหรับแก้"),
                    ("head", "แถวแรกของไฟล์"),
                ],
                max_length=8,
            ),
        ),
    ]
