import django.db.models.deletion
from django.db import migrations, models

# Whose the profiles are that were made before: of the centre whose file was first read by them.
TELL_WHOSE = """
UPDATE households_mappingprofile AS profile
   SET centre_id = first.centre_id
  FROM (SELECT DISTINCT ON (profile_id) profile_id, centre_id
          FROM households_importbatch WHERE profile_id IS NOT NULL ORDER BY profile_id, id) AS first
  JOIN areas_centre AS centre ON centre.id = first.centre_id AND centre.kind <> 'province'
 WHERE first.profile_id = profile.id AND profile.centre_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
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
