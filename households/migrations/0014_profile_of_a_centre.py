import django.db.models.deletion
from django.db import migrations, models

# Whose the profiles are that were made before, in all versions: of the one centre as whose officer whoever
# began them acted in that province on that day. Of the whole province where that is its own centre, and where
# it is not known.
TELL_WHOSE = """
WITH begun AS (
    SELECT DISTINCT ON (name, province_code) name, province_code, entered_by_id, recorded_at,
           (recorded_at AT TIME ZONE 'Asia/Bangkok')::date AS day
      FROM households_mappingprofile
     WHERE version = 1
     ORDER BY name, province_code, recorded_at DESC, id DESC
), of_one_centre AS (
    SELECT begun.name, begun.province_code, min(centre.id::text)::uuid AS centre_id
      FROM begun
      JOIN accounts_appointment AS held
        ON held.user_id = begun.entered_by_id
       AND held.role IN ('district_officer', 'municipal_officer', 'provincial_secretary')
       AND held.valid_from <= begun.day
       AND (held.valid_to IS NULL OR held.valid_to >= begun.day)
       AND (held.revoked_at IS NULL OR held.revoked_at > begun.recorded_at)
      JOIN areas_centre AS centre
        ON centre.id = held.centre_id AND centre.province_code = begun.province_code
     GROUP BY begun.name, begun.province_code
    HAVING count(DISTINCT centre.id) = 1
)
UPDATE households_mappingprofile AS profile
   SET centre_id = known.centre_id
  FROM of_one_centre AS known
  JOIN areas_centre AS centre ON centre.id = known.centre_id AND centre.kind <> 'province'
 WHERE known.name = profile.name AND known.province_code = profile.province_code
   AND profile.centre_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_appointment_revoked"),
        ("areas", "0001_initial"),
        ("households", "0013_joined_households"),
    ]

    operations = [
        migrations.AddField(
            model_name="mappingprofile",
            name="centre",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="areas.centre",
            ),
        ),
        migrations.RunSQL(TELL_WHOSE, migrations.RunSQL.noop),
    ]
