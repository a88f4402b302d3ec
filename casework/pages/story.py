"""A household's timeline: visits, help, stages, lists, plans, checks and hand-overs, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from dimensions.enums import AnswerValue, Dimension, Stage
from households.enums import VerificationStatus
from households.models import Listing, Verification
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.common.thai import format_thai_date

from ..access import visible_care, visible_referrals
from ..enums import Decision, HelpStatus, PlanStatus, ReferralStatus, StageEventKind, VisitOutcome
from ..models import (
    Assignment,
    Help,
    HouseholdPlan,
    ReferralEvent,
    RemovalRequest,
    StageEvent,
    StageRejection,
    Visit,
)
from ..queries.lists import standing
from .related import Related, load_related, told_of


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `mask` holds the dimensions it touches, `kind` its icon."""

    when: date | datetime
    kind: str
    title: str
    by: str = ""
    text: str = ""
    mask: int = 0
    baht: Any = None
    visit_id: UUID | None = None
    help_id: UUID | None = None
    facts: tuple[str, ...] = field(default=())

    @property
    def order(self) -> datetime:
        """Events without a time stand at the end of their day."""
        if isinstance(self.when, datetime):
            return self.when
        return timezone.make_aware(datetime.combine(self.when, time.max))


def story_of(
    actor: Actor,
    household_id: UUID,
    dimension: Dimension | None = None,
    related: Related | None = None,
) -> list[Event]:
    """Newest first; with a dimension only what touches it, and the stages. Of referrals
    and continuing care those the actor may read."""
    events = sorted(
        _events(actor, household_id, related or load_related(household_id)),
        key=lambda event: event.order,
        reverse=True,
    )
    if dimension is None:
        return events
    return [event for event in events if event.mask & dimension.bit or event.kind in ("stage", "slip")]


def _events(actor: Actor, household_id: UUID, related: Related) -> Iterator[Event]:
    yield from _visits(household_id)
    yield from _helps(household_id)
    yield from _stages(household_id)
    yield from _listings(household_id)
    yield from _assignments(household_id)
    yield from _plans(household_id)
    yield from _continuing_care(actor, household_id)
    yield from _checks(household_id)
    yield from _removals(household_id)
    yield from _referrals(actor, household_id)
    for told in told_of(actor, related):
        yield Event(**told._asdict())


def standing_visits(household_id: UUID) -> QuerySet[Visit]:
    """Visits that no later one corrects and nobody took back."""
    return Visit.objects.filter(standing(Visit), household_id=household_id)


def standing_helps(household_id: UUID) -> QuerySet[Help]:
    """Helps that no later row corrects or takes back."""
    return Help.objects.filter(standing(Help), household_id=household_id)


def open_promises(household_ids: Collection[UUID]) -> QuerySet[Help]:
    """Help promised and not yet delivered, the oldest first."""
    kept = Help.objects.filter(standing(Help), fulfils=OuterRef("pk"))
    rows = Help.objects.filter(
        standing(Help), ~Exists(kept), household_id__in=household_ids, status=HelpStatus.PROMISED
    )
    return rows.select_related("item", "agency").order_by("given_on", "pk")


def promises_of(household_ids: Collection[UUID]) -> dict[UUID, Help]:
    """Household -> its oldest promise that was not kept."""
    return {row.household_id: row for row in open_promises(household_ids).reverse()}


def _name(user: User | None) -> str:
    return user.display_name if user else ""


def _visits(household_id: UUID) -> Iterator[Event]:
    visits = standing_visits(household_id).select_related("recorded_by")
    for visit in visits.prefetch_related("helps", "assessments__answers"):
        yield Event(
            when=visit.visited_at,
            kind="visit",
            title=str(VisitOutcome(visit.outcome).label),
            by=_name(visit.recorded_by),
            text=visit.note,
            mask=Dimension.mask_of({help_.dimension for help_ in visit.helps.all()}),
            visit_id=visit.pk,
            facts=tuple(_visit_facts(visit)),
        )


def _visit_facts(visit: Visit) -> Iterator[str]:
    if visit.next_visit_on:
        yield gettext("นัดครั้งต่อไป %(day)s") % {"day": format_thai_date(visit.next_visit_on, "short")}
    for assessment in visit.assessments.all():
        values = [answer.value for answer in assessment.answers.all()]
        said = {"all": len(values), "failed": values.count(AnswerValue.FAIL)}
        yield gettext("ประเมิน %(all)d ข้อ ไม่ผ่าน %(failed)d ข้อ") % said
    if visit.family_contribution:
        yield gettext("ครัวเรือนลงแรงเอง: %(text)s") % {"text": visit.family_contribution}
    if visit.after_assignment:
        yield gettext("มาถึงหลังเปลี่ยนผู้ดูแล")
    if visit.time_doubt:
        yield gettext("ยืนยันวันเวลาแล้ว")


def _helps(household_id: UUID) -> Iterator[Event]:
    kept = set(standing_helps(household_id).exclude(fulfils=None).values_list("fulfils_id", flat=True))
    rows = standing_helps(household_id).select_related("item", "agency", "recorded_by")
    for row in rows:
        promised = row.status == HelpStatus.PROMISED
        if promised and row.pk in kept:
            continue
        title = gettext("รับปากไว้: %(item)s") if promised else "%(item)s"
        in_tpmap = gettext("บันทึกใน TPMAP แล้ว") if row.tpmap_marked_at else ""
        facts = [row.agency.name if row.agency else "", row.letter_number, in_tpmap]
        yield Event(
            when=row.given_on,
            kind="help",
            title=title % {"item": row.item.name},
            by=_name(row.recorded_by),
            text=row.detail,
            mask=Dimension(row.dimension).bit,
            baht=row.amount_baht or None,
            help_id=row.pk,
            facts=tuple(fact for fact in facts if fact),
        )


def _stages(household_id: UUID) -> Iterator[Event]:
    for row in StageEvent.objects.filter(household_id=household_id).select_related("actor"):
        yield Event(
            when=row.effective_on,
            kind="slip" if row.kind == StageEventKind.SLIPPED else "stage",
            title=_stage_title(row),
            by=_name(row.actor) if row.kind == StageEventKind.APPROVED else "",
            facts=tuple(fact for fact in (_minutes(row.minutes_number), document_of(row)) if fact),
        )
    for refusal in StageRejection.objects.filter(household_id=household_id).select_related("actor"):
        yield Event(
            when=refusal.recorded_at,
            kind="edit",
            title=gettext("ยังไม่อนุมัติขั้น%(stage)s") % {"stage": Stage(refusal.stage).label},
            by=_name(refusal.actor),
            text=refusal.note,
            facts=tuple(fact for fact in (_minutes(refusal.minutes_number),) if fact),
        )


def _stage_title(row: StageEvent) -> str:
    stage = {"stage": Stage(row.to_stage).label}
    if row.kind == StageEventKind.OPENED:
        return gettext("รับเข้าดูแล")
    if row.kind == StageEventKind.SLIPPED:
        return gettext("ขั้นลดลง: %(stage)s") % stage
    if row.kind == StageEventKind.CARRIED:
        return gettext("ยอดยกมา: %(stage)s") % stage
    if row.kind == StageEventKind.CORRECTED:
        return gettext("แก้ขั้นตามหลักฐาน: %(stage)s") % stage
    return gettext("ขึ้นขั้น%(stage)s") % stage


def document_of(row: StageEvent) -> str:
    """On which document a stage that was carried over rests, and who signed it."""
    if not row.signed_by:
        return row.document
    return gettext("ตาม %(document)s ลงนามโดย %(signer)s") % {
        "document": row.document,
        "signer": row.signed_by,
    }


def _minutes(number: str) -> str:
    return gettext("รายงานการประชุมที่ %(number)s") % {"number": number} if number else ""


def _listings(household_id: UUID) -> Iterator[Event]:
    rows = Listing.objects.filter(household_id=household_id, superseded_at=None)
    for row in rows.select_related("target_list__kind"):
        yield Event(
            when=row.target_list.effective_on,
            kind="list",
            title=gettext("อยู่ในบัญชี%(kind)s ปีงบประมาณ %(year)d")
            % {"kind": str(row.target_list.kind), "year": row.fiscal_year},
            mask=row.dimensions,
        )


def _assignments(household_id: UUID) -> Iterator[Event]:
    rows = Assignment.objects.filter(household_id=household_id)
    for row in rows.select_related("team__centre", "mentor", "assigned_by"):
        yield Event(
            when=row.valid_from,
            kind="team",
            title=gettext("มอบให้%(team)sดูแล") % {"team": row.team.centre.name},
            by=_name(row.assigned_by),
            facts=(row.mentor.display_name,) if row.mentor else (),
        )


def _plans(household_id: UUID) -> Iterator[Event]:
    """Each version when it was agreed on and when it was decided; steps done on the one in force."""
    rows = HouseholdPlan.objects.filter(household_id=household_id).select_related("recorded_by", "decided_by")
    for plan in rows.prefetch_related("steps__done_by"):
        version = {"version": plan.version}
        title = (
            gettext("ตกลงแผนครัวเรือน ฉบับที่ %(version)d")
            if plan.version == 1
            else gettext("ปรับแผนครัวเรือน ฉบับที่ %(version)d")
        )
        yield Event(
            when=plan.agreed_on,
            kind="plan",
            title=title % version,
            by=_name(plan.recorded_by),
            text=plan.goal,
        )
        if plan.approved_on:
            said = gettext("อนุมัติแผนครัวเรือน ฉบับที่ %(version)d")
            yield Event(when=plan.approved_on, kind="plan", title=said % version, by=_name(plan.decided_by))
        elif plan.decided_at:
            said = gettext("ส่งแผนครัวเรือน ฉบับที่ %(version)d กลับให้แก้")
            yield Event(
                when=plan.decided_at,
                kind="edit",
                title=said % version,
                by=_name(plan.decided_by),
                text=plan.decision_note,
            )
        if plan.status == PlanStatus.ACTIVE:
            yield from _steps(plan)


def _steps(plan: HouseholdPlan) -> Iterator[Event]:
    for step in plan.steps.all():
        if step.done_on:
            done = gettext("ทำตามแผนแล้ว: %(step)s") % {"step": step.text}
            yield Event(when=step.done_on, kind="plan", title=done, by=_name(step.done_by))


def _continuing_care(actor: Actor, household_id: UUID) -> Iterator[Event]:
    rows = visible_care(actor).filter(household_id=household_id)
    for care in rows.select_related("proposed_by", "decided_by"):
        dimension = {"dimension": Dimension(care.dimension).label}
        mask = Dimension(care.dimension).bit
        yield Event(
            when=care.proposed_on,
            kind="edit",
            title=gettext("เสนอดูแลต่อเนื่องด้าน%(dimension)s") % dimension,
            by=_name(care.proposed_by),
            text=care.reason,
            mask=mask,
            facts=(str(care.get_ground_display()),),
        )
        if care.approved_on:
            yield Event(
                when=care.approved_on,
                kind="check",
                title=gettext("เห็นชอบดูแลต่อเนื่องด้าน%(dimension)s") % dimension,
                by=_name(care.decided_by),
                mask=mask,
                facts=(_minutes(care.minutes_number),),
            )
        elif care.decided_at:
            yield Event(
                when=care.decided_at,
                kind="edit",
                title=gettext("ไม่เห็นชอบดูแลต่อเนื่องด้าน%(dimension)s") % dimension,
                by=_name(care.decided_by),
                text=care.decision_note,
                mask=mask,
            )
        if care.ended_on:
            yield Event(
                when=care.ended_on,
                kind="edit",
                title=gettext("สิ้นสุดดูแลต่อเนื่องด้าน%(dimension)s") % dimension,
                text=care.end_reason,
                mask=mask,
            )


def _checks(household_id: UUID) -> Iterator[Event]:
    """One event for all persons checked on one day by one person."""
    rows = Verification.objects.filter(household_id=household_id).select_related("person", "recorded_by")
    for (day, _user), found in groupby(
        rows.order_by("-effective_on", "recorded_by_id", "recorded_at"),
        key=lambda row: (row.effective_on, row.recorded_by_id),
    ):
        checks = list(found)
        yield Event(
            when=day,
            kind="check",
            title=gettext("ตรวจสอบข้อมูล %(count)d คน") % {"count": len(checks)},
            by=_name(checks[0].recorded_by),
            facts=tuple(_check_lines(checks)),
        )


def _check_lines(checks: Iterable[Verification]) -> Iterator[str]:
    for check in checks:
        said = f"{check.person.full_name}: {VerificationStatus(check.status).label}"
        yield f"{said} ({check.note})" if check.note else said


def _referrals(actor: Actor, household_id: UUID) -> Iterator[Event]:
    seen = visible_referrals(actor).filter(household=household_id)
    rows = ReferralEvent.objects.filter(referral__in=seen)
    for row in rows.select_related("referral__office__centre", "actor"):
        office = row.referral.office.centre.name
        yield Event(
            when=row.recorded_at,
            kind="slip" if row.is_escalation else "team",
            title=_referral_title(row, office),
            by=_name(row.actor),
            text=row.note if row.status != ReferralStatus.SENT else "",
            mask=Dimension(row.referral.dimension).bit,
            facts=(row.referral.subject,),
        )


def _referral_title(row: ReferralEvent, office: str) -> str:
    titles = {
        ReferralStatus.SENT: gettext("ส่งต่อ %(office)s"),
        ReferralStatus.ACCEPTED: gettext("%(office)s รับเรื่อง"),
        ReferralStatus.RETURNED: gettext("%(office)s ส่งคืน"),
        ReferralStatus.DONE: gettext("%(office)s ดำเนินการแล้ว"),
        ReferralStatus.WITHDRAWN: gettext("ถอนเรื่องจาก %(office)s"),
    }
    late = gettext("%(office)s เกินกำหนด แจ้งฝ่ายเลขานุการแล้ว")
    title = late if row.is_escalation else titles[ReferralStatus(row.status)]
    return title % {"office": office}


def _removals(household_id: UUID) -> Iterator[Event]:
    rows = RemovalRequest.objects.filter(household_id=household_id)
    for row in rows.select_related("requested_by", "decided_by"):
        reason = row.get_reason_display()
        yield Event(
            when=row.requested_at,
            kind="edit",
            title=gettext("ขอนำออกจากเป้าหมาย: %(reason)s") % {"reason": reason},
            by=_name(row.requested_by),
            text=row.note,
        )
        if row.decided_at:
            accepted = row.decision == Decision.ACCEPTED
            yield Event(
                when=row.decided_at,
                kind="edit",
                title=gettext("เห็นชอบให้นำออกจากเป้าหมาย") if accepted else gettext("ไม่เห็นชอบให้นำออก"),
                by=_name(row.decided_by),
                text=row.decision_note,
            )
