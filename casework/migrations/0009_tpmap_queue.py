from django.db import migrations, models

NOT_IN_TPMAP = models.Q(("is_void", False), ("tpmap_marked_at", None))


class Migration(migrations.Migration):
    """The queue of what is not in TPMAP is read in the order of days, within a province."""

    dependencies = [("casework", "0008_referral_sent_again")]

    operations = [
        migrations.RemoveIndex("help", "help_not_in_tpmap"),
        migrations.RemoveIndex("visit", "visit_not_in_tpmap"),
        migrations.AddIndex(
            "help",
            models.Index(
                fields=["province_code", "given_on", "id"], condition=NOT_IN_TPMAP, name="help_not_in_tpmap"
            ),
        ),
        migrations.AddIndex(
            "visit",
            models.Index(
                fields=["province_code", "visited_on", "id"], condition=NOT_IN_TPMAP, name="visit_not_in_tpmap"
            ),
        ),
    ]
