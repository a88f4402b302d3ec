import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [("casework", "0017_person_merge"), ("households", "0008_indexes_of_batches")]

    operations = [
        migrations.RemoveField(model_name="leaverdecision", name="household_ids"),
        migrations.CreateModel(
            name="LeaverHousehold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("keep", "ดูแลต่อ"),
                            ("check", "ให้ทีมลงตรวจก่อน"),
                            ("remove", "ขอนำออกเพราะไม่ยากจน"),
                        ],
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_default=Now())),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decided",
                        to="casework.leaverdecision",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leavings",
                        to="households.household",
                    ),
                ),
            ],
            options={"verbose_name": "ครัวเรือนที่พ้นบัญชี"},
        ),
    ]
