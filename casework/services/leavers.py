"""What becomes of open cases whose households left a list: the province decides, a group at a time.

Nothing is ever deleted, and leaving a list changes nothing by itself.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.access import get_import_for
from households.enums import ImportStatus
from households.models import ImportBatch
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit, audit_many
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.languages import kept_in_thai

from ..access import households_to_work_on
from ..enums import CloseReason, Decision, LeaverAct
from ..models import Case, LeaverDecision, LeaverHousehold, RemovalRequest
from ..queries.leavers import LeaverGroup, leavers_of
from .guards import require_role

LEAVER_ROLES = frozenset({Role.PROVINCIAL_SECRETARY})


def decide_leavers(
    *, actor: Actor, batch_id: UUID, group: LeaverGroup, act: str, note: str = ""
) -> LeaverDecision:
    """Keep the cases of a group going, have a team look first, or ask for their removal (a second person
    decides each). A household for which the same was decided already is left alone.

    Side effects: LeaverHousehold rows, removal requests, audit rows. Raises Http404 out of sight,
    Conflict where
    nothing is left to decide.
    """
    require_role(actor, LEAVER_ROLES)
    if act not in LeaverAct.values:
        raise InvalidInput("bad_act", _("โปรดเลือกการตัดสินใจจากรายการ"), field="act")
    with transaction.atomic():
        batch = get_import_for(actor, batch_id, lock=True)
        if batch.status != ImportStatus.APPLIED:
            raise Conflict("not_applied", _("ตัดสินใจได้หลังนำเข้าบัญชีแล้ว"))
        ids = [row.household_id for row in leavers_of(actor, batch) if row.group == group and row.act != act]
        targets = households_to_work_on(actor, ids)
        if not targets:
            raise Conflict("nothing_to_decide", _("กลุ่มนี้ตัดสินใจไว้แล้ว หรือไม่มีครัวเรือนเหลือ"))
        decision = LeaverDecision.objects.create(
            batch=batch,
            province_code=batch.province_code or actor.province_code,
            group={"district": group.district, "stage": int(group.stage), "helped": group.helped},
            act=act,
            note=note.strip()[:500],
            decided_by=actor.user,
            recorded_at=actor.stamp,
        )
        LeaverHousehold.objects.bulk_create(
            [
                LeaverHousehold(decision=decision, household_id=pk, act=act, recorded_at=actor.stamp)
                for pk in targets
            ],
            batch_size=5_000,
        )
        if act == LeaverAct.REMOVE:
            _ask_for_removal(actor, batch, list(targets), decision.note)
        _audit(actor, batch, decision, list(targets))
    return decision


def _ask_for_removal(actor: Actor, batch: ImportBatch, ids: list[UUID], note: str) -> None:
    """One request per open case that has none pending."""
    pending = RemovalRequest.objects.filter(household_id__in=ids, decision=Decision.PENDING)
    cases = Case.objects.filter(household_id__in=ids, closed_on=None).exclude(
        pk__in=pending.values("case_id")
    )
    with kept_in_thai():
        said = gettext("พ้นจากบัญชี %(list)s ปีงบประมาณ %(year)d") % {
            "list": batch.kind.name,
            "year": batch.fiscal_year,
        }
    made = RemovalRequest.objects.bulk_create(
        [
            RemovalRequest(
                case_id=case_id,
                household_id=household_id,
                province_code=province,
                reason=CloseReason.NOT_POOR,
                note=f"{said} · {note}" if note else said,
                effective_on=max(actor.today(), opened_on),
                requested_by=actor.user,
                requested_at=actor.stamp,
            )
            for case_id, household_id, province, opened_on in cases.values_list(
                "pk", "household_id", "province_code", "opened_on"
            )
        ],
        batch_size=1_000,
    )
    audit_many(
        actor,
        "removal.request",
        object_type="removal",
        rows=[
            (
                row.pk,
                row.household_id,
                row.province_code,
                {"reason": row.reason, "note": row.note, "on": row.effective_on.isoformat()},
            )
            for row in made
        ],
    )


def _audit(actor: Actor, batch: ImportBatch, decision: LeaverDecision, ids: list[UUID]) -> None:
    audit(
        actor,
        "import.leavers",
        object_type="import",
        object_id=batch.pk,
        province_code=decision.province_code,
        changes={"act": decision.act, "group": decision.group, "households": len(ids), "note": decision.note},
    )
    audit_many(
        actor,
        f"household.left.{decision.act}",
        object_type="household",
        rows=[(pk, pk, decision.province_code, {"import": str(batch.pk)}) for pk in ids],
    )
