"""Manifests of merges hold no copy of a national id that was handed on; those made before lose theirs."""

from django.db import migrations

IDS = "households_nationalid"


def leave_out(apps, schema_editor):
    for name in ("HouseholdMerge", "PersonMerge"):
        merges = apps.get_model("casework", name).objects.filter(manifest__made__has_key=IDS)
        for merge in merges.iterator(chunk_size=200):
            made, taken = (merge.manifest[place].get(IDS, []) for place in ("made", "taken"))
            handed_on = {row["blind_index"] for row in made}
            for row in (*made, *taken):
                if row["blind_index"] in handed_on:
                    row.pop("sealed", None)
                    row.pop("key_id", None)
            merge.save(update_fields=["manifest"])


class Migration(migrations.Migration):
    dependencies = [("casework", "0021_before_the_system")]
    operations = [migrations.RunPython(leave_out, migrations.RunPython.noop, elidable=True)]
