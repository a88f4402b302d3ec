from django.db import migrations, models

# Within one day states change often and none is kept: the function need not be asked then.
QUIET_TRIGGERS = """
DROP TRIGGER casework_keep_state ON casework_cohortstate;
CREATE TRIGGER casework_keep_state BEFORE UPDATE ON casework_cohortstate
    FOR EACH ROW WHEN (OLD.since <> NEW.since) EXECUTE FUNCTION casework_keep_state();
CREATE TRIGGER casework_keep_gone_state BEFORE DELETE ON casework_cohortstate
    FOR EACH ROW EXECUTE FUNCTION casework_keep_state();
"""
TRIGGER_BEFORE = """
DROP TRIGGER casework_keep_gone_state ON casework_cohortstate;
DROP TRIGGER casework_keep_state ON casework_cohortstate;
CREATE TRIGGER casework_keep_state BEFORE UPDATE OR DELETE ON casework_cohortstate
    FOR EACH ROW EXECUTE FUNCTION casework_keep_state();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0013_deletes_know_their_day")]

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["household", "-visited_on", "-visited_at"], name="visit_newest_first"),
        ),
        migrations.RemoveIndex(model_name="visit", name="visit_by_household"),
        migrations.RunSQL(QUIET_TRIGGERS, TRIGGER_BEFORE),
    ]
