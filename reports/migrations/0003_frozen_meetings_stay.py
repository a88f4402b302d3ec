"""What was frozen for a meeting never changes; a meeting of before the product was held without figures."""

from django.db import migrations, models
from django.db.models import Q

GUARD = """
CREATE FUNCTION reports_frozen_figures_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'figures of a meeting are frozen' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER frozen_figures_stay BEFORE UPDATE OR DELETE ON reports_frozenprogress
FOR EACH ROW EXECUTE FUNCTION reports_frozen_figures_stay();

CREATE FUNCTION reports_frozen_figures_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added JOIN reports_meeting m ON m.id = added.meeting_id
               WHERE m.frozen_at IS NOT NULL) THEN
        RAISE EXCEPTION 'figures of a meeting are frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER frozen_figures_are_whole AFTER INSERT ON reports_frozenprogress
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION reports_frozen_figures_are_whole();

CREATE FUNCTION reports_frozen_meeting_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = 'planned' OR
       (OLD.id, OLD.province_code, OLD.number, OLD.year, OLD.fiscal_year, OLD.held_on, OLD.starts_at,
        OLD.place, OLD.chair, OLD.as_of, OLD.frozen_at, OLD.frozen_by_id, OLD.snapshot_id, OLD.payload)
       IS DISTINCT FROM
       (NEW.id, NEW.province_code, NEW.number, NEW.year, NEW.fiscal_year, NEW.held_on, NEW.starts_at,
        NEW.place, NEW.chair, NEW.as_of, NEW.frozen_at, NEW.frozen_by_id, NEW.snapshot_id, NEW.payload)
    THEN
        RAISE EXCEPTION 'the meeting is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER frozen_meeting_stays BEFORE UPDATE OR DELETE ON reports_meeting
FOR EACH ROW EXECUTE FUNCTION reports_frozen_meeting_stays();
"""
NO_GUARD = """
DROP TRIGGER frozen_meeting_stays ON reports_meeting;
DROP FUNCTION reports_frozen_meeting_stays;
DROP TRIGGER frozen_figures_are_whole ON reports_frozenprogress;
DROP FUNCTION reports_frozen_figures_are_whole;
DROP TRIGGER frozen_figures_stay ON reports_frozenprogress;
DROP FUNCTION reports_frozen_figures_stay;
"""
WHOLE = Q(frozen_at__isnull=False, as_of__isnull=False, payload__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_numbers_to_sign")]

    operations = [
        migrations.RemoveConstraint(model_name="meeting", name="meeting_frozen_is_whole"),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["planned", "held"], frozen_at__isnull=True) | WHOLE,
                name="meeting_frozen_is_whole",
            ),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
