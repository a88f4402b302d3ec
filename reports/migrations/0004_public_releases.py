"""What each province showed to everyone, month by month."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_frozen_meetings_stay")]

    operations = [
        migrations.CreateModel(
            name="PublicRelease",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("province_code", models.CharField(db_collation="C", max_length=2)),
                ("fiscal_year", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("shown", models.JSONField()),
                ("kept", models.JSONField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "ตัวเลขสาธารณะ",
                "constraints": [
                    models.UniqueConstraint(fields=("province_code", "day"), name="public_release_once")
                ],
            },
        ),
    ]
