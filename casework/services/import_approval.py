"""The second person who lets a large list in or has it taken back, and from which size a province wants one.

What one person asks for on one day, of one list and year, counts together: many small files are a large one.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.access import get_import_for
from households.enums import ImportStatus
from households.models import ImportBatch, ImportRule
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from .guards import require_role
from .import_log import audit_import

MOST_HOUSEHOLDS = 10_000_000


def needs_second_person(actor: Actor, batch: ImportBatch) -> bool:
    """Whether so many households want a second person; the system acts alone. In the caller's transaction."""
    if actor.is_system:
        return False
    alone = ImportBatch.objects.filter(
        asked_by=actor.user,
        approved_by=None,
        requested_at__gte=_midnight(actor),
        status__in=[*ImportStatus.of_applying(), *ImportStatus.of_standing()],
    )
    return _is_large(batch, alone)


def needs_second_person_to_undo(actor: Actor, batch: ImportBatch) -> bool:
    """The same for taking a list back."""
    if actor.is_system:
        return False
    alone = ImportBatch.objects.filter(
        undone_by=actor.user,
        undo_approved_by=None,
        undo_asked_at__gte=_midnight(actor),
        status__in=[ImportStatus.UNDOING, ImportStatus.UNDONE],
    )
    return _is_large(batch, alone)


def _is_large(batch: ImportBatch, alone: QuerySet[ImportBatch]) -> bool:
    """Whether a province wants a second person for this batch together with what went without one today.

    Of those the lines that were written count. The rules stay locked, so that two requests at once see each
    other.
    """
    rules = ImportRule.objects.select_for_update().filter(
        province_code__in={batch.province_code, *batch.provinces}, second_person_from__isnull=False
    )
    sizes = [rule.second_person_from or 0 for rule in rules.order_by("province_code")]
    if not sizes:
        return False
    others = alone.filter(kind=batch.kind_id, fiscal_year=batch.fiscal_year).exclude(pk=batch.pk)
    written = others.aggregate(lines=Sum(F("new") + F("changed") + F("listed")))["lines"] or 0
    return bool(min(sizes) <= batch.households + written)


def _midnight(actor: Actor) -> datetime:
    return timezone.localtime(actor.now()).replace(hour=0, minute=0, second=0, microsecond=0)


def why_not_approve(actor: Actor, batch: ImportBatch) -> str | None:
    """The Thai sentence that says why this person cannot let the batch in, or have it taken back; None when
    they can."""
    if actor.is_system or actor.role not in OFFICER_ROLES:
        return str(_("บทบาทของท่านอนุมัติการนำเข้าไม่ได้"))
    is_undo = batch.status == ImportStatus.UNDO_AWAITING
    if actor.user_id == (batch.undone_by_id if is_undo else batch.asked_by_id):
        if is_undo:
            return str(_("ผู้ขอเลิกการนำเข้าอนุมัติเองไม่ได้ ให้เจ้าหน้าที่คนอื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดอนุมัติ"))
        return str(_("ผู้ขอนำเข้าอนุมัติเองไม่ได้ ให้เจ้าหน้าที่คนอื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดอนุมัติ"))
    return None


def approve_import(*, actor: Actor, batch_id: UUID) -> ImportBatch:
    """Let in a batch that somebody else asked for; the work itself is done by a worker. Audits.

    Raises Http404 out of sight, Conflict when it does not wait, NotAllowed for the asker.
    """
    with transaction.atomic():
        batch = _waiting(actor, batch_id)
        if reason := why_not_approve(actor, batch):
            raise NotAllowed("second_person", reason)
        batch.status, batch.approved_by, batch.attempts = ImportStatus.REQUESTED, actor.user, 0
        batch.save(update_fields=["status", "approved_by", "attempts"])
        audit_import(actor, "import.approved", batch)
    return batch


def decline_import(*, actor: Actor, batch_id: UUID, note: str) -> ImportBatch:
    """Give a batch back to who asked, with the reason; the asker may so take the request back. Audits."""
    require_role(actor, OFFICER_ROLES)
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดบอกเหตุผลที่ไม่อนุมัติ"), field="note")
    with transaction.atomic():
        batch = _waiting(actor, batch_id)
        batch.status, batch.problem = ImportStatus.READY, note.strip()[:500]
        batch.save(update_fields=["status", "problem"])
        audit_import(actor, "import.declined", batch, note=batch.problem)
    return batch


def set_import_rule(*, actor: Actor, second_person_from: int | None) -> ImportRule:
    """Say from how many households on the own province wants a second person; None: never. Audits."""
    require_role(actor, {Role.PROVINCIAL_SECRETARY})
    if second_person_from is not None and not 1 <= second_person_from <= MOST_HOUSEHOLDS:
        message = _("จำนวนครัวเรือนต้องตั้งแต่ 1 ขึ้นไป หรือเว้นว่างเพื่อไม่ใช้กติกานี้")
        raise InvalidInput("bad_number", message, field="second_person_from")
    with transaction.atomic():
        rule = import_rule_of(actor.province_code)
        before = rule.second_person_from
        rule.second_person_from, rule.changed_by, rule.changed_at = (
            second_person_from,
            actor.user,
            actor.now(),
        )
        rule.save()
        audit(
            actor,
            "import.rule",
            object_type="import_rule",
            object_id=rule.pk,
            province_code=actor.province_code,
            changes={"second_person_from": [before, second_person_from]},
        )
    return rule


def import_rule_of(province_code: str) -> ImportRule:
    """The rule of a province; one that asks for nothing where it has none."""
    found = ImportRule.objects.select_related("changed_by").filter(pk=province_code).first()
    return found or ImportRule(province_code=province_code)


def _waiting(actor: Actor, batch_id: UUID) -> ImportBatch:
    batch = get_import_for(actor, batch_id, lock=True)
    if batch.status != ImportStatus.AWAITING:
        raise Conflict("not_awaiting", _("บัญชีนี้ไม่ได้รอการอนุมัติแล้ว"))
    return batch
