"""Approving and turning down the stages that the rule proposes, and explaining where a household stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from dimensions.rules import StageResult, evaluate_stage
from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit_many
from povertyops.common.errors import InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.thai import fiscal_year_of, format_thai_date

from ..access import Workable, households_to_work_on, visible_cases
from ..enums import StageEventKind
from ..models import Case, StageEvent, StageRejection
from ..queries.facts import Facts, load_facts
from ..queries.yardstick import LoadedYardstick
from ..rules import APPROVING_ROLES
from .after import after_write, evidence_json
from .guards import require_role
from .judging import Yardstick, case_on, evidence_of
from .second_person import centres_without_second, may_judge_own


@dataclass(frozen=True, slots=True)
class Refusal:
    """A case that could not be approved: a code and the Thai sentence that says why."""

    case_id: UUID
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of a batch: the events written, and the cases left as they were."""

    approved: list[StageEvent]
    refused: list[Refusal]


def explain(household_id: UUID, today: date | None = None) -> StageResult:
    """What the rule says of a household on a day: the stage, what is met and what is missing."""
    found = load_facts([household_id])
    if not found:
        raise Http404
    return judge(found[0], LoadedYardstick(found), today or timezone.localdate())


def judge(facts: Facts, yardstick: Yardstick, on: date) -> StageResult:
    case = case_on(facts, on)
    events = [event for event in facts.events if case is not None and event.case_id == case.id]
    evidence = evidence_of(facts, fiscal_year_of(on), on, yardstick, events)
    return evaluate_stage(evidence, on, yardstick.rule(facts.province_code, on))


def approve_stages(
    *, actor: Actor, case_ids: Collection[UUID], minutes_number: str, effective_on: date
) -> Approval:
    """Approve the proposed stages of these cases under one meeting's minutes.

    Each case is judged again as of the meeting's day. Refused with a reason: out of sight or read-only,
    nothing proposed, evidence that does not hold on that day, and evidence recorded by the approver, unless
    that is the provincial secretary and the responsible centre has no second person.
    Side effects: StageEvents, audit rows, `after_write`.
    """
    require_role(actor, APPROVING_ROLES)
    if not minutes_number.strip():
        raise InvalidInput("minutes_needed", _("โปรดใส่เลขที่รายงานการประชุม"), field="minutes_number")
    if effective_on > actor.today():
        raise InvalidInput("future_day", _("วันที่ประชุมต้องไม่อยู่ในอนาคต"), field="effective_on")
    with transaction.atomic():
        cases, targets = _locked(actor, case_ids)
        loaded = load_facts(case.household_id for case in cases)
        facts = {found.household_id: found for found in loaded}
        yardstick = LoadedYardstick(loaded)
        alone = centres_without_second(actor, targets.values())
        refused = [_absent(pk) for pk in case_ids if pk not in {case.pk for case in cases}]
        events = []
        for case in cases:
            result = judge(facts[case.household_id], yardstick, effective_on)
            refusal = _why_not(actor, case, targets[case.household_id], result, effective_on, alone)
            if refusal:
                refused.append(refusal)
            else:
                events.append(_event(actor, case, result, minutes_number.strip(), effective_on))
        StageEvent.objects.bulk_create(events, batch_size=1_000)
        _audit(actor, "stage.approve", events, minutes_number.strip())
        if events:
            after_write(
                actor=actor, household_ids=[event.household_id for event in events], since=effective_on
            )
    return Approval(events, refused)


def reject_stages(
    *, actor: Actor, case_ids: Collection[UUID], note: str, minutes_number: str = ""
) -> list[StageRejection]:
    """Turn proposed stages down; each is proposed again only when newer evidence arrives."""
    require_role(actor, APPROVING_ROLES)
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดเขียนเหตุผลที่ไม่อนุมัติ"), field="note")
    with transaction.atomic():
        cases, targets = _locked(actor, case_ids)
        if len(cases) != len(set(case_ids)):
            raise Http404
        rows = [
            StageRejection(
                case=case,
                household_id=case.household_id,
                province_code=case.province_code,
                stage=case.proposed_stage,
                note=note.strip(),
                minutes_number=minutes_number.strip(),
                actor=actor.user,
                recorded_at=actor.stamp,
            )
            for case in cases
            if case.proposed_stage is not None and can_write(actor, targets[case.household_id].scope)
        ]
        StageRejection.objects.bulk_create(rows)
        audit_many(
            actor,
            "stage.reject",
            object_type="case",
            rows=[
                (row.case_id, row.household_id, row.province_code, {"stage": row.stage, "note": row.note})
                for row in rows
            ],
        )
        if rows:
            after_write(actor=actor, household_ids=[row.household_id for row in rows], since=actor.today())
    return rows


@dataclass(frozen=True, slots=True)
class CarriedStage:
    """A stage that a household reached before the system: on which day, and from when on it holds here."""

    event_id: UUID
    case_id: UUID
    household_id: UUID
    province_code: str
    present: Stage
    stage: Stage
    effective_on: date
    reached_on: date


def carry_over_stage(
    *, actor: Actor, case_id: UUID, stage: Stage, document: str, signed_by: str, effective_on: date
) -> StageEvent:
    """Take over a stage reached before the system (ยอดยกมา), with the document and signer it rests on."""
    require_role(actor, {Role.PROVINCIAL_SECRETARY})
    if not document.strip() or not signed_by.strip():
        raise InvalidInput("document_needed", _("โปรดระบุเอกสารและผู้ลงนาม"), field="document")
    with transaction.atomic():
        cases, _targets = _locked(actor, [case_id])
        if not cases:
            raise Http404
        case = cases[0]
        carried = CarriedStage(
            event_id=uuid7(),
            case_id=case.pk,
            household_id=case.household_id,
            province_code=case.province_code,
            present=Stage(case.stage),
            stage=stage,
            effective_on=effective_on,
            reached_on=effective_on,
        )
        (event,) = write_carried_stages(
            actor=actor, carried=[carried], document=document, signed_by=signed_by
        )
    return event


def write_carried_stages(
    *,
    actor: Actor,
    carried: Sequence[CarriedStage],
    document: str,
    signed_by: str,
    carry_over_id: UUID | None = None,
) -> list[StageEvent]:
    """Write stages carried over to households that the caller has locked and judged.

    The event keeps the day of the document beside the one from which the stage holds.
    Side effects: StageEvents, audit rows, `after_write`.
    """
    yardstick = LoadedYardstick()
    events = [
        StageEvent(
            id=each.event_id,
            case_id=each.case_id,
            household_id=each.household_id,
            province_code=each.province_code,
            kind=StageEventKind.CARRIED,
            from_stage=each.present,
            to_stage=each.stage,
            effective_on=each.effective_on,
            rule_version=yardstick.rule(each.province_code, each.effective_on).version,
            evidence=[_document_of(each, carry_over_id)],
            document=document.strip()[:200],
            signed_by=signed_by.strip()[:160],
            actor=actor.user,
            recorded_at=actor.stamp,
        )
        for each in carried
    ]
    StageEvent.objects.bulk_create(events, batch_size=1_000)
    _audit(actor, "stage.carry", events, document.strip())
    since = min(event.effective_on for event in events)
    after_write(actor=actor, household_ids=[event.household_id for event in events], since=since)
    return events


def _document_of(carried: CarriedStage, carry_over_id: UUID | None) -> dict[str, object]:
    reached: dict[str, object] = {
        "code": "carried",
        "dimension": None,
        "evidence": [],
        "on": carried.reached_on.isoformat(),
    }
    return {**reached, "carry_over": str(carry_over_id)} if carry_over_id else reached


def correct_stages(*, actor: Actor, events: Sequence[StageEvent], carry_over_id: UUID) -> None:
    """Take stages carried over back to what each case had before; the events stay as history."""
    back = [
        StageEvent(
            case_id=event.case_id,
            household_id=event.household_id,
            province_code=event.province_code,
            kind=StageEventKind.CORRECTED,
            from_stage=event.to_stage,
            to_stage=event.from_stage,
            effective_on=event.effective_on,
            rule_version=event.rule_version,
            evidence=[
                {"code": "carried", "dimension": None, "evidence": [], "carry_over": str(carry_over_id)}
            ],
            actor=actor.user,
            recorded_at=actor.stamp,
        )
        for event in events
    ]
    if not back:
        return
    StageEvent.objects.bulk_create(back, batch_size=1_000)
    _audit(actor, "stage.carry_undone", back, "")
    since = min(event.effective_on for event in back)
    after_write(actor=actor, household_ids=[event.household_id for event in back], since=since)


def _locked(actor: Actor, case_ids: Collection[UUID]) -> tuple[list[Case], Mapping[UUID, Workable]]:
    """The visible open cases among these, with their households locked in one order."""
    wanted = list(
        visible_cases(actor)
        .filter(pk__in=set(case_ids), closed_on=None)
        .values_list("household_id", flat=True)
    )
    targets = households_to_work_on(actor, wanted)
    cases = Case.objects.select_for_update().filter(
        pk__in=set(case_ids), closed_on=None, household__in=targets
    )
    return list(cases.order_by("pk")), targets


def _absent(case_id: UUID) -> Refusal:
    return Refusal(case_id, "not_found", gettext("ไม่พบครัวเรือนนี้ในรายการรออนุมัติของท่าน"))


def _why_not(
    actor: Actor, case: Case, target: Workable, result: StageResult, on: date, alone: Collection[UUID]
) -> Refusal | None:
    if not can_write(actor, target.scope):
        return Refusal(case.pk, "read_only", gettext("ครัวเรือนนี้อยู่ในความรับผิดชอบของเทศบาล"))
    proposed = case.proposed_stage
    if proposed is None:
        return Refusal(case.pk, "nothing_proposed", gettext("ครัวเรือนนี้ไม่ได้รออนุมัติแล้ว"))
    if result.stage < proposed:
        day = format_thai_date(on, "short")
        return Refusal(case.pk, "not_yet", gettext("ณ วันประชุม %(day)s หลักฐานยังไม่ครบเงื่อนไข") % {"day": day})
    return _why_not_second_person(actor, case, target, result, alone)


def _why_not_second_person(
    actor: Actor, case: Case, target: Workable, result: StageResult, alone: Collection[UUID]
) -> Refusal | None:
    """Whoever recorded what the stage rests on cannot approve it; the province may where nobody else can."""
    if actor.user_id is None or actor.user_id not in result.decisive_recorders:
        return None
    if may_judge_own(actor, target.scope.centre_id, alone):
        return None
    return Refusal(
        case.pk,
        "own_evidence",
        gettext("ท่านเป็นผู้บันทึกหลักฐานของครัวเรือนนี้ ให้ผู้อื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดอนุมัติ"),
    )


def _event(actor: Actor, case: Case, result: StageResult, minutes: str, on: date) -> StageEvent:
    proposed = case.proposed_stage
    assert proposed is not None
    return StageEvent(
        case=case,
        household_id=case.household_id,
        province_code=case.province_code,
        kind=StageEventKind.APPROVED,
        from_stage=case.stage,
        to_stage=proposed,
        effective_on=on,
        rule_version=result.version,
        evidence=evidence_json(result),
        minutes_number=minutes,
        actor=actor.user,
        recorded_at=actor.stamp,
    )


def _audit(actor: Actor, action: str, events: Sequence[StageEvent], minutes: str) -> None:
    audit_many(
        actor,
        action,
        object_type="case",
        rows=[
            (
                event.case_id,
                event.household_id,
                event.province_code,
                {"stage": [int(event.from_stage), int(event.to_stage)], "minutes": minutes},
            )
            for event in events
        ],
    )
