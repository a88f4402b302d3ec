from importlib import import_module

from django.db import migrations

before = import_module("casework.migrations.0012_states_of_past_days")

# A state that goes was known up to the day its writer names, today where nobody names one.
OLD_LINE = "known date := (now() AT TIME ZONE 'Asia/Bangkok')::date;"
NEW_LINE = """known date := coalesce(nullif(current_setting('povertyops.known_on', true), '')::date,
        (now() AT TIME ZONE 'Asia/Bangkok')::date);"""
FUNCTION = before.TRIGGER.split("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):

    dependencies = [("casework", "0012_states_of_past_days")]

    operations = [migrations.RunSQL(FUNCTION.replace(OLD_LINE, NEW_LINE), FUNCTION)]
