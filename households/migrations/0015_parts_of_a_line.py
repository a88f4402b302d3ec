import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0014_profile_of_a_centre"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="made_of",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), null=True, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="importhousehold",
            index=models.Index(
                condition=models.Q(("alone__isnull", False)),
                fields=["batch", "number"],
                name="import_household_joint",
            ),
        ),
    ]
