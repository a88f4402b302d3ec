from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("households", "0005_register_of_truth")]

    operations = [
        migrations.RemoveIndex(model_name="importbatch", name="import_unfinished"),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(
                fields=["received_at"],
                name="import_unfinished",
                condition=models.Q(
                    status__in=["received", "reading", "requested", "applying", "undoing"]
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="importhousehold",
            index=models.Index(
                fields=["batch", "since_last", "number"],
                name="import_household_since",
                condition=~models.Q(since_last=""),
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["person"], name="membership_by_person"),
        ),
    ]
