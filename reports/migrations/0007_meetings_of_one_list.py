"""A meeting may be about one kind of list; once it is frozen, that stays too."""

from django.db import migrations, models

COLUMNS = (
    "id", "province_code", "number", "year", "fiscal_year", "held_on", "starts_at", "place", "chair", "as_of",
    "frozen_at", "frozen_by_id", "snapshot_id", "payload",
)  # fmt: skip


def stays(*columns: str) -> str:
    """The function behind the trigger of frozen meetings, which lets none of the columns change."""
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"""
CREATE OR REPLACE FUNCTION reports_frozen_meeting_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = 'planned' OR ({before}) IS DISTINCT FROM ({after}) THEN
        RAISE EXCEPTION 'the meeting is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_removed_and_carried")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="list_kind",
            field=models.CharField(
                blank=True, db_collation="C", db_default="", default="", max_length=24, verbose_name="บัญชี"
            ),
        ),
        migrations.RunSQL(stays(*COLUMNS, "list_kind"), stays(*COLUMNS)),
    ]
