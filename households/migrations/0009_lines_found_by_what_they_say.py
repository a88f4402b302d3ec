from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):

    dependencies = [("households", "0008_indexes_of_batches")]

    operations = [
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                KeyTextTransform("house_code", "raw"),
                name="listing_by_house_code",
                condition=models.Q(superseded_at=None),
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                models.F("area_code"),
                KeyTextTransform("house_no", "raw"),
                name="listing_by_address",
                condition=models.Q(superseded_at=None),
            ),
        ),
    ]
