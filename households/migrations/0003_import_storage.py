from django.db import migrations

# Sealed bytes cannot be compressed, so trying to only costs time. Staged households are updated several times;
# room on their pages keeps those updates out of the indexes.
FORWARDS = """
ALTER TABLE households_importfile ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE households_importhousehold SET (fillfactor = 50);
"""
BACKWARDS = """
ALTER TABLE households_importfile ALTER COLUMN sealed SET STORAGE EXTENDED;
ALTER TABLE households_importhousehold RESET (fillfactor);
"""


class Migration(migrations.Migration):
    """How the tables of an import lie on disk."""

    dependencies = [("households", "0002_imports")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
