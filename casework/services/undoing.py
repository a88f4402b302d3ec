"""Undo of a whole import while nothing has been built on it: cases and read model here, the register below.

One transaction, alone in its provinces; what stands in the way is told by `casework.queries.built_on`.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.access import get_import_for
from households.enums import ImportStatus
from households.models import ImportBatch
from households.services.target_lists import LEASE_SECONDS, lease_key, lock_batch_households, take_back
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.leases import renew_lease

from ..enums import StageEventKind
from ..queries.built_on import Obstacle, obstacles_of
from .after import after_write
from .apply import alone_in_provinces, follow_names, province_key
from .guards import require_role
from .import_approval import needs_second_person_to_undo, why_not_approve
from .import_log import audit_import

TOLD = 5
_REQUEST = ("status", "undone_by", "undo_asked_at", "undo_approved_by")


class BuiltOn(Conflict):
    """Something was built on the batch; `obstacles` says what."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        self.obstacles = obstacles
        super().__init__(
            "built_on", _("เลิกการนำเข้าไม่ได้ เพราะมีงานต่อยอดแล้ว: %(what)s") % {"what": told(obstacles)}
        )


def told(obstacles: list[Obstacle]) -> str:
    """The obstacles in one line."""
    parts = [
        gettext("%(label)s %(count)d รายการ (%(households)d ครัวเรือน)")
        % {"label": each.label, "count": each.count, "households": each.households}
        for each in obstacles[:TOLD]
    ]
    more = len(obstacles) - TOLD
    return ", ".join([*parts, gettext("และอีก %(count)d ประเภท") % {"count": more}] if more > 0 else parts)


def request_undo(*, actor: Actor, batch_id: UUID, reason: str) -> ImportBatch:
    """Ask that an applied list be taken back; the work itself is done by a worker. Audits.

    Where the province wants a second person for so many households, the request waits for one
    (UNDO_AWAITING). Raises Http404 out of sight, Conflict when it was not applied, BuiltOn when something
    stands in the way.
    """
    require_role(actor, OFFICER_ROLES)
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่เลิกการนำเข้า"), field="reason")
    with transaction.atomic():
        batch = get_import_for(actor, batch_id, lock=True)
        if batch.status != ImportStatus.APPLIED:
            raise Conflict("not_applied", _("เลิกได้เฉพาะบัญชีที่นำเข้าแล้ว"))
        _refuse_what_is_built_on(batch)
        waits = needs_second_person_to_undo(actor, batch)
        batch.status = ImportStatus.UNDO_AWAITING if waits else ImportStatus.UNDOING
        batch.undone_by, batch.undo_reason = actor.user, reason.strip()[:500]
        batch.undo_asked_at, batch.undo_approved_by = actor.now(), None
        batch.attempts, batch.problem = 0, ""
        batch.save(update_fields=[*_REQUEST, "undo_reason", "attempts", "problem"])
        action = "import.undo_awaiting" if waits else "import.undo_requested"
        audit_import(actor, action, batch, undo_reason=batch.undo_reason)
    return batch


def approve_undo(*, actor: Actor, batch_id: UUID) -> ImportBatch:
    """Have a batch taken back of which somebody else asked it; the work is done by a worker. Audits.

    Raises Http404 out of sight, Conflict when it does not wait, NotAllowed for the asker, BuiltOn when
    something stands in the way by now.
    """
    with transaction.atomic():
        batch = _waiting(actor, batch_id)
        if reason := why_not_approve(actor, batch):
            raise NotAllowed("second_person", reason)
        _refuse_what_is_built_on(batch)
        batch.status, batch.undo_approved_by = ImportStatus.UNDOING, actor.user
        batch.save(update_fields=["status", "undo_approved_by"])
        audit_import(actor, "import.undo_approved", batch)
    return batch


def decline_undo(*, actor: Actor, batch_id: UUID, note: str) -> ImportBatch:
    """Leave a batch as it is, with the reason; the asker may so take the request back. Audits."""
    require_role(actor, OFFICER_ROLES)
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดบอกเหตุผลที่ไม่อนุมัติ"), field="note")
    with transaction.atomic():
        batch = _waiting(actor, batch_id)
        audit_import(actor, "import.undo_declined", batch, note=note.strip()[:500])
        _leave_standing(batch, note.strip())
    return batch


def _waiting(actor: Actor, batch_id: UUID) -> ImportBatch:
    batch = get_import_for(actor, batch_id, lock=True)
    if batch.status != ImportStatus.UNDO_AWAITING:
        raise Conflict("not_awaiting", _("คำขอเลิกการนำเข้านี้ไม่ได้รอการอนุมัติแล้ว"))
    return batch


def _leave_standing(batch: ImportBatch, problem: str) -> None:
    batch.status, batch.problem = ImportStatus.APPLIED, problem[:500]
    batch.undone_by = batch.undo_approved_by = batch.undo_asked_at = None
    batch.save(update_fields=[*_REQUEST, "problem"])


def undo_batch(*, batch_id: UUID, holder: UUID) -> ImportBatch:
    """Undo what was asked for; the caller holds the batch's lease. Safe to run again at any point.

    Ends as UNDONE, or as APPLIED with the reason where something was built on the batch meanwhile. Raises
    Busy while another list goes into one of its provinces.
    """
    batch = ImportBatch.objects.select_related("kind", "undone_by").get(pk=batch_id)
    if batch.status != ImportStatus.UNDOING:
        return batch
    with alone_in_provinces(batch, holder):
        try:
            with transaction.atomic():
                _undo(batch, holder)
        except BuiltOn as refusal:
            batch = ImportBatch.objects.get(pk=batch_id)
            _leave_standing(batch, str(refusal))
    return batch


def _undo(batch: ImportBatch, holder: UUID) -> None:
    """All of it, in the caller's transaction. The leases come first: their rows stay locked till the end."""
    for key in (lease_key(batch.pk), *map(province_key, batch.provinces)):
        renew_lease(key, holder, LEASE_SECONDS)
    actor = Actor(user=batch.undone_by, appointment=None, recorded_at=batch.seeded_at)
    lock_batch_households(batch)
    _refuse_what_is_built_on(batch)
    _audit_households(actor, batch)
    _take_back_cases(actor, batch)
    staying = take_back(batch, stamp=actor.recorded_at)
    if staying:
        after_write(actor=actor, household_ids=staying, since=min(batch.effective_on, actor.today()))
        follow_names(staying)
    batch.status, batch.undone_at = ImportStatus.UNDONE, actor.now()
    batch.save(update_fields=["status", "undone_at"])
    audit_import(actor, "import.undone", batch, undo_reason=batch.undo_reason)


def _refuse_what_is_built_on(batch: ImportBatch) -> None:
    if obstacles := obstacles_of(batch):
        raise BuiltOn(obstacles)


def _take_back_cases(actor: Actor, batch: ImportBatch) -> None:
    """Cases that the batch opened, what evidence made of its word, the read model of what goes, and what was
    done to that and taken back again (`built_on.TAKEN_BACK`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('povertyops.known_on', %s, true)", [actor.today().isoformat()])
        for statement in _STATEMENTS:
            cursor.execute(statement, {"batch": batch.pk, "requested": batch.requested_at})
        cursor.execute("SELECT set_config('povertyops.known_on', '', true)")


def _audit_households(actor: Actor, batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _AUDIT,
            {"batch": batch.pk, "user": actor.user_id, "list": batch.kind_id, "year": batch.fiscal_year},
        )


_BORN = "SELECT id FROM households_household WHERE batch_id = %(batch)s"
_OPENED = "SELECT id FROM households_listing WHERE batch_id = %(batch)s"
_BORN_PERSONS = "SELECT id FROM households_person WHERE batch_id = %(batch)s"
_STATEMENTS = (
    f"""
    INSERT INTO common_dirtymark (fiscal_year, area_code, centre_id)
    SELECT DISTINCT fiscal_year, area_code, CASE WHEN is_municipal THEN centre_id END
    FROM casework_cohortstate WHERE household_id IN ({_BORN}) ORDER BY 1, 2, 3
    """,
    f"DELETE FROM casework_cohortstate WHERE household_id IN ({_BORN})",
    f"""
    DELETE FROM casework_stageevent e USING households_listing l
    WHERE l.batch_id = %(batch)s AND e.household_id = l.household_id
      AND e.recorded_at >= greatest(l.recorded_at, %(requested)s)
      AND e.kind IN ('{StageEventKind.COMPUTED.value}', '{StageEventKind.SLIPPED.value}',
                     '{StageEventKind.CORRECTED.value}')
    """,
    f"DELETE FROM casework_stageevent WHERE case_id IN ({_OPENED})",
    f"DELETE FROM casework_case WHERE id IN ({_OPENED})",
    f"""
    DELETE FROM casework_householdmerge
    WHERE undone_at IS NOT NULL AND (kept_id IN ({_BORN}) OR gone_id IN ({_BORN}))
    """,
    f"""
    DELETE FROM casework_personmerge
    WHERE undone_at IS NOT NULL AND (household_id IN ({_BORN}) OR kept_id IN ({_BORN_PERSONS})
                                     OR gone_id IN ({_BORN_PERSONS}))
    """,
    f"DELETE FROM casework_baselinereview WHERE superseded_at IS NOT NULL AND household_id IN ({_BORN})",
)
_AUDIT = """
    INSERT INTO common_auditentry
        (user_id, appointment_id, action, object_type, object_id, household_id, province_code, changes)
    SELECT %(user)s, NULL, 'household.unlisted', 'household', l.household_id::text, l.household_id,
           l.province_code,
           jsonb_build_object('list', %(list)s::text, 'fiscal_year', %(year)s::int,
                              'import', l.batch_id::text)
    FROM households_listing l WHERE l.batch_id = %(batch)s AND l.superseded_at IS NULL
    ORDER BY l.household_id
"""
