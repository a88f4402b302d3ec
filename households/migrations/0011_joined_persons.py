import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0010_derivations"),
    ]

    operations = [
        migrations.AddField(
            model_name="listedperson",
            name="joined_from",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="JoinedPerson",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("batch_id", models.UUIDField(db_index=True)),
                (
                    "memberships",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "gone",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joined_by_import",
                        to="households.person",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joined_with",
                        to="households.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "บุคคลที่การนำเข้ารวมเป็นคนเดียวกัน",
            },
        ),
    ]
