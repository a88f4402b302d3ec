"""Two households that were one, two persons that were one: everything of one stands on the other from now on.

What was done is written down row by row (`merge_rows`), so that `unmerging` can take it apart again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, Max, Q
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.enums import CorrectionState, FoundBy, LinkKind, PairKind, PairState
from households.models import (
    Correction,
    DuplicatePair,
    Household,
    HouseholdLink,
    HouseholdScope,
    ListedPerson,
    Listing,
    MatchKey,
    Membership,
    NationalId,
    Person,
    Verification,
)
from households.services.derive import derive_households
from households.services.duplicates import close_pairs, propose_pairs
from households.services.joint_lines import Said, together
from households.services.moving import move_household
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.areas.queries import responsible_centres
from povertyops.common.audit import audit
from povertyops.common.crypto import open_sealed, seal
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.languages import kept_in_thai

from ..access import households_to_work_on
from ..enums import CloseReason, Decision, PlanStatus
from ..models import (
    Assignment,
    BaselineReview,
    Case,
    ContinuingCare,
    HouseholdMerge,
    HouseholdPlan,
    PersonMerge,
    RemovalRequest,
    StageEvent,
    StageRejection,
    Transfer,
)
from .after import after_write
from .cohort import forget_households
from .guards import require_role, require_writable
from .merge_rows import difference, watch
from .merge_tables import HOUSEHOLD_COLUMNS, Way
from .neighbours import lock_with_neighbours
from .persons_moving import link_homes
from .reach import refresh_office_reach

# What of two households is chosen field by field; `team` is who looks after the one household from now on.
FIELDS = ("head_name", "house_no", "house_code", "phone", "area_code", "place")
TEAM = "team"


@dataclass(frozen=True, slots=True)
class MergeChoices:
    """`take`: fields of FIELDS, and TEAM, for which the value of the one that goes is taken.

    `same`: person of the one that goes -> the person of the kept one that is the same.
    """

    take: frozenset[str] = frozenset()
    same: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass(slots=True)
class _Work:
    """One merge under way; both households are locked."""

    actor: Actor
    kept: Household
    gone: Household
    day: date
    reason: str
    choices: MergeChoices


def merge_households(
    *,
    actor: Actor,
    kept_id: UUID,
    gone_id: UUID,
    choices: MergeChoices | None = None,
    reason: str,
    effective_on: date | None = None,
) -> HouseholdMerge:
    """Put everything of one household onto another; the one that went is seen by nobody any more.

    Side effects: rows as `merge_tables` says, Corrections for every field on which the two differed, audit
    rows on both, read model, marks, the HouseholdMerge with its manifest. Raises Http404 when one is out of
    sight, NotAllowed, InvalidInput naming the field, Conflict.
    """
    require_role(actor, OFFICER_ROLES)
    day = effective_on or actor.today()
    chosen = choices or MergeChoices()
    _check(actor, reason, day, chosen)
    with transaction.atomic():
        kept, gone, neighbours = _both(actor, kept_id, gone_id)
        _check_persons(kept, gone, chosen.same)
        looked = watch([kept.pk, gone.pk, *neighbours])
        before = looked.rows()
        _merge(_Work(actor, kept, gone, day, reason.strip(), chosen))
        merge = HouseholdMerge.objects.create(
            province_code=kept.province_code,
            kept=kept,
            gone=gone,
            choices={
                "take": sorted(chosen.take),
                "same": {str(one): str(other) for one, other in chosen.same.items()},
            },
            reason=reason.strip(),
            manifest=difference(before, looked.rows()),
            effective_on=day,
            made_by=actor.user,
            recorded_at=actor.stamp,
        )
        for household, other in ((kept, gone), (gone, kept)):
            audit(
                actor,
                "household.merged" if household is gone else "household.merge",
                object_type="household_merge",
                object_id=merge.pk,
                household_id=household.pk,
                province_code=household.province_code,
                changes={"other": str(other.pk), "reason": reason.strip(), "take": sorted(chosen.take)},
            )
    return merge


def why_not_merge(actor: Actor, kept: HouseholdScope, gone: HouseholdScope) -> str:
    """The Thai sentence that says who decides about these two; empty when this actor does."""
    if kept.province_code != gone.province_code:
        return gettext("รวมครัวเรือนข้ามจังหวัดไม่ได้")
    both_centres = kept.centre_id != gone.centre_id
    if both_centres and not (actor.is_system or actor.role is Role.PROVINCIAL_SECRETARY):
        return gettext("สองครัวเรือนนี้อยู่คนละศูนย์ ให้ฝ่ายเลขานุการจังหวัดเป็นผู้รวม")
    return ""


def _check(actor: Actor, reason: str, day: date, choices: MergeChoices) -> None:
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่เห็นว่าเป็นครอบครัวเดียวกัน"), field="reason")
    if day > actor.today():
        raise InvalidInput("future_day", _("วันที่มีผลต้องไม่อยู่ในอนาคต"), field="effective_on")
    if unknown := choices.take - {*FIELDS, TEAM}:
        raise InvalidInput("unknown_field", _("ไม่รู้จักข้อมูลที่เลือก"), field=min(unknown))


def _both(actor: Actor, kept_id: UUID, gone_id: UUID) -> tuple[Household, Household, list[UUID]]:
    """Both households and those whose people may follow, all locked in the order of their ids."""
    if kept_id == gone_id:
        raise InvalidInput("same_household", _("ต้องเป็นสองครัวเรือนที่ต่างกัน"))
    if len(households_to_work_on(actor, {kept_id, gone_id}, lock=False)) < 2:
        raise Http404
    neighbours = lock_with_neighbours([kept_id, gone_id])
    targets = households_to_work_on(actor, {kept_id, gone_id})
    if len(targets) < 2:
        raise Http404
    for target in targets.values():
        require_writable(actor, target)
    if reason := why_not_merge(actor, targets[kept_id].scope, targets[gone_id].scope):
        raise NotAllowed("province_decides", reason)
    rows = Household.objects.select_related("scope").in_bulk([kept_id, gone_id])
    return rows[kept_id], rows[gone_id], neighbours


def _check_persons(kept: Household, gone: Household, same: Mapping[UUID, UUID]) -> None:
    if len(set(same.values())) < len(same):
        raise InvalidInput("person_twice", _("เลือกสมาชิกคนเดียวกันซ้ำ โปรดจับคู่คนละหนึ่งครั้ง"), field="persons")
    if set(same) - _members(gone) or set(same.values()) - _members(kept):
        raise InvalidInput("unknown_person", _("สมาชิกที่จับคู่ไม่ได้อยู่ในครัวเรือนนี้แล้ว"), field="persons")


def _members(household: Household) -> set[UUID]:
    rows = Membership.objects.filter(household=household, valid_to=None, superseded_at=None)
    return set(rows.values_list("person_id", flat=True))


def _merge(w: _Work) -> None:
    wanted = _wanted(w)
    head = _head_of(w.gone) if "head_name" in w.choices.take else None
    _cases(w)
    _plans(w)
    _care(w)
    _transfers(w)
    _assignments(w)
    _reviews(w)
    _people(w, head)
    _lists(w)
    _corrections(w)
    _move(w)
    _links(w)
    _pairs(w)
    _hide(w)
    reached = _take_fields(w, wanted)
    refresh_office_reach([w.kept.pk], today=w.actor.today())
    after_write(actor=w.actor, household_ids=[w.kept.pk, *reached], since=date.min)
    propose_pairs(household_ids=[w.kept.pk], found_by=FoundBy.PERSON)


# ------------------------------------------------------------------------------------------------- the work


def _cases(w: _Work) -> None:
    """Kept's open case goes on, opened when the first of both was; without one, that of the other goes on.

    The case that ends, ends as a duplicate and stays with its stages where it was.
    """
    own = Case.objects.filter(household=w.kept, closed_on=None).first()
    other = Case.objects.filter(household=w.gone, closed_on=None).first()
    floor: date | None = Case.objects.filter(household=w.kept).aggregate(last=Max("closed_on"))["last"]
    if other is None:
        return
    if own is None:
        opened = max(other.opened_on, floor) if floor else other.opened_on
        Case.objects.filter(pk=other.pk).update(household=w.kept, opened_on=opened)
        for model in (StageEvent, StageRejection, RemovalRequest):
            model._default_manager.filter(case=other).update(household=w.kept)
        return
    opened = max(min(own.opened_on, other.opened_on), floor or date.min)
    Case.objects.filter(pk=own.pk).update(opened_on=opened)
    Case.objects.filter(pk=other.pk).update(
        closed_on=max(w.day, other.opened_on),
        close_reason=CloseReason.DUPLICATE,
        close_recorded_at=w.actor.stamp,
        proposed_stage=None,
    )
    RemovalRequest.objects.filter(case=other, decision=Decision.PENDING).update(
        decision=Decision.REJECTED,
        decided_by=w.actor.user,
        decided_at=w.actor.stamp,
        decision_note=_settling_note(),
    )


def _settling_note() -> str:
    """What stands with a request or a care that the merge settled."""
    with kept_in_thai():
        return gettext("รวมกับครัวเรือนอื่นแล้ว")


def _plans(w: _Work) -> None:
    """The other's versions stand before kept's: of two plans in force kept's goes on."""
    last: int = HouseholdPlan.objects.filter(household=w.gone).aggregate(last=Max("version"))["last"] or 0
    own = HouseholdPlan.objects.filter(household=w.kept)
    statuses = set(own.values_list("status", flat=True))
    if last:
        for plan in own.order_by("-version"):
            HouseholdPlan.objects.filter(pk=plan.pk).update(version=F("version") + last)
    overtaken: set[str] = set()
    if PlanStatus.ACTIVE in statuses:
        overtaken = {PlanStatus.ACTIVE, PlanStatus.PROPOSED, PlanStatus.DRAFT}
    elif PlanStatus.PROPOSED in statuses:
        overtaken = {PlanStatus.PROPOSED}
    HouseholdPlan.objects.filter(household=w.gone, status__in=overtaken).update(
        status=PlanStatus.REPLACED, replaced_at=w.actor.stamp
    )
    HouseholdPlan.objects.filter(household=w.gone).update(household=w.kept)


def _care(w: _Work) -> None:
    """Of two in one dimension kept's goes on."""
    current = Q(ended_on=None, decision__in=[Decision.PENDING, Decision.ACCEPTED])
    taken = ContinuingCare.objects.filter(current, household=w.kept).values_list("dimension", flat=True)
    note = _settling_note()
    for care in ContinuingCare.objects.filter(current, household=w.gone, dimension__in=list(taken)):
        row = ContinuingCare.objects.filter(pk=care.pk)
        if care.decision == Decision.PENDING:
            row.update(
                decision=Decision.REJECTED,
                decided_by=w.actor.user,
                decided_at=w.actor.stamp,
                decision_note=note,
            )
        else:
            ended = max(w.day, care.approved_on or w.day)
            row.update(ended_on=ended, end_reason=note, end_recorded_at=w.actor.stamp)
    ContinuingCare.objects.filter(household=w.gone).update(household=w.kept)


def _transfers(w: _Work) -> None:
    Transfer.objects.filter(household=w.gone, decision=Decision.PENDING).update(
        decision=Decision.REJECTED,
        decided_by=w.actor.user,
        decided_at=w.actor.stamp,
        decision_note=_settling_note(),
    )
    Transfer.objects.filter(household=w.gone).update(household=w.kept)


def _assignments(w: _Work) -> None:
    """One team goes on: kept's, or the other's where that was chosen or kept has none.

    Days on which kept had a team stay that team's; the other's of those days stay where they were.
    """
    own = list(Assignment.objects.filter(household=w.kept))
    others = list(Assignment.objects.filter(household=w.gone))
    mine = next((row for row in own if row.valid_to is None), None)
    theirs = next((row for row in others if row.valid_to is None), None)
    if mine is not None and theirs is not None:
        _end(w, theirs)
        if TEAM in w.choices.take:
            _end(w, mine)
            Assignment.objects.create(
                household=w.kept,
                province_code=w.kept.province_code,
                team_id=theirs.team_id,
                mentor_id=theirs.mentor_id,
                valid_from=w.day,
                assigned_by=w.actor.user,
                recorded_at=w.actor.stamp,
            )
    goes = [row.pk for row in others if (row is theirs and mine is None) or not _overlaps(row, own)]
    Assignment.objects.filter(pk__in=goes).update(household=w.kept)


def _end(w: _Work, row: Assignment) -> None:
    Assignment.objects.filter(pk=row.pk).update(
        valid_to=max(w.day, row.valid_from), end_recorded_at=w.actor.stamp
    )


def _overlaps(row: Assignment, others: Sequence[Assignment]) -> bool:
    return any(
        row.valid_from < (other.valid_to or date.max) and other.valid_from < (row.valid_to or date.max)
        for other in others
    )


def _reviews(w: _Work) -> None:
    """Where both were reviewed in one year, a new row says what both said."""
    own = {
        row.fiscal_year: row for row in BaselineReview.objects.filter(household=w.kept, superseded_at=None)
    }
    for other in BaselineReview.objects.filter(household=w.gone, superseded_at=None):
        mine = own.get(other.fiscal_year)
        if mine is None:
            continue
        pair = BaselineReview.objects.filter(pk__in=[mine.pk, other.pk])
        pair.update(superseded_at=w.actor.stamp)
        BaselineReview.objects.create(
            household=w.kept,
            province_code=mine.province_code,
            fiscal_year=mine.fiscal_year,
            survey_year=mine.survey_year,
            dimensions=mine.dimensions | other.dimensions,
            failed_indicators=sorted({*mine.failed_indicators, *other.failed_indicators}),
            effective_on=min(mine.effective_on, other.effective_on),
            minutes_number=mine.minutes_number,
            decided_by=mine.decided_by,
            recorded_at=w.actor.stamp,
        )
    BaselineReview.objects.filter(household=w.gone).update(household=w.kept)


def _move(w: _Work) -> None:
    """Everything that simply tells of the household: visits, help, assessments, photos, referrals."""
    for name, way in HOUSEHOLD_COLUMNS.items():
        if way is Way.MOVES:
            label, _dot, column = name.rpartition(".")
            model = apps.get_model(label)
            column = model._meta.get_field(column).attname
            model._default_manager.filter(**{column: w.gone.pk}).update(**{column: w.kept.pk})


# ---------------------------------------------------------------------------------------------- the register


def _head_of(household: Household) -> UUID | None:
    rows = Membership.objects.filter(household=household, valid_to=None, superseded_at=None, is_head=True)
    return rows.values_list("person_id", flat=True).first()


def _people(w: _Work, head: UUID | None) -> None:
    """Persons that are the same become one, the others live with the kept household; one of them is head."""
    for gone_id, kept_id in w.choices.same.items():
        merge_person_rows(w.actor, kept_id, gone_id)
    own = Membership.objects.filter(household=w.kept)
    has_head = own.filter(valid_to=None, superseded_at=None, is_head=True).exists()
    others = Membership.objects.filter(household=w.gone)
    if has_head or head is not None:
        others.filter(valid_to=None, superseded_at=None).update(is_head=False)
    others.update(household=w.kept, position=F("position") + own.count())
    if head is not None:
        named = w.choices.same.get(head, head)
        current = Membership.objects.filter(household=w.kept, valid_to=None, superseded_at=None)
        current.filter(is_head=True).exclude(person=named).update(is_head=False)
        current.filter(person=named).update(is_head=True)
    MatchKey.objects.filter(household_id=w.gone.pk).update(household_id=w.kept.pk, area_code=w.kept.area_code)


def merge_person_rows(actor: Actor, kept_id: UUID, gone_id: UUID) -> None:
    """Everything of one person onto another, inside a merge that writes a manifest."""
    stamp = actor.stamp
    Person.objects.filter(merged_into=gone_id).update(merged_into=kept_id)
    Person.objects.filter(pk=gone_id).update(merged_into=kept_id)
    lives = Q(valid_to=None, superseded_at=None)
    if Membership.objects.filter(lives, person=kept_id).exists():
        Membership.objects.filter(lives, person=gone_id).update(superseded_at=stamp)
    Membership.objects.filter(person=gone_id).exclude(superseded_at__isnull=False).update(person=kept_id)
    ListedPerson.objects.filter(person=gone_id).update(person=kept_id)
    Verification.objects.filter(person=gone_id).update(person=kept_id)
    MatchKey.objects.filter(person__in=[gone_id]).delete()
    if not NationalId.objects.filter(person=kept_id).exists():
        _hand_on_national_id(kept_id, gone_id)
    DuplicatePair.objects.filter(
        kind=PairKind.PERSON, left_id=min(kept_id, gone_id), right_id=max(kept_id, gone_id)
    ).update(state=PairState.MERGED, decided_by=actor.user, decided_at=stamp)


def _hand_on_national_id(kept_id: UUID, gone_id: UUID) -> None:
    """An id opens under the person it was sealed for only: it is sealed anew."""
    row = NationalId.objects.filter(person=gone_id).first()
    if row is None:
        return
    pin = open_sealed(row.key_id, bytes(row.sealed), gone_id.bytes)
    key_id, sealed = seal(pin, kept_id.bytes)
    row.delete()
    NationalId.objects.create(
        person_id=kept_id,
        blind_index=bytes(row.blind_index),
        key_id=key_id,
        sealed=sealed,
        batch_id=row.batch_id,
    )


def _lists(w: _Work) -> None:
    """Every line goes along; where both stand on one list, a new line says what both said."""
    lines = Listing.objects.filter(superseded_at=None)
    own = {line.target_list_id: line for line in lines.filter(household=w.kept)}
    for other in lines.filter(household=w.gone, target_list__in=own):
        _one_line(w, own[other.target_list_id], other)
    Listing.objects.filter(household=w.gone).update(household=w.kept)


def _one_line(w: _Work, own: Listing, other: Listing) -> Listing:
    Listing.objects.filter(pk__in=[own.pk, other.pk]).update(superseded_at=w.actor.stamp)
    persons: dict[UUID, ListedPerson] = {}
    for line in (own, other):
        for listed in ListedPerson.objects.filter(listing=line).order_by("pk"):
            persons.setdefault(listed.person_id, listed)
    said = together(_said(own), _said(other))
    new = Listing.objects.create(
        target_list_id=own.target_list_id,
        household=w.kept,
        kind_code=own.kind_code,
        fiscal_year=own.fiscal_year,
        province_code=own.province_code,
        area_code=own.area_code,
        persons=len(persons),
        replaces_id=own.pk,
        recorded_at=w.actor.stamp,
        **said._asdict(),
    )
    ListedPerson.objects.bulk_create(
        ListedPerson(listing=new, person_id=person_id, raw=listed.raw)
        for person_id, listed in persons.items()
    )
    return new


def _said(line: Listing) -> Said:
    return Said(line.dimensions, line.failed_indicators, line.income, line.raw, bytes(line.content_hash))


def _corrections(w: _Work) -> None:
    """Values set by hand on persons that moved in go with them, and what waits for a choice; the other values
    of the one that went stay there, for kept's hold unless chosen otherwise."""
    rows = Correction.objects.filter(household=w.gone)
    moved = Q(person__isnull=False) & ~Q(person__in=list(w.choices.same))
    rows.filter(moved | Q(person=None, state=CorrectionState.WAITING)).update(household=w.kept)


def _links(w: _Work) -> None:
    between = Q(household=w.kept, other=w.gone) | Q(household=w.gone, other=w.kept)
    HouseholdLink.objects.filter(between).delete()
    HouseholdLink.objects.filter(household=w.gone).update(household=w.kept)
    HouseholdLink.objects.filter(other=w.gone).update(other=w.kept)


def _pairs(w: _Work) -> None:
    """The pair is merged; that the one that went is not the same as a third holds for the kept one, too."""
    refused = DuplicatePair.objects.filter(kind=PairKind.HOUSEHOLD, state=PairState.NOT_SAME)
    known = []
    for pair in refused.filter(Q(left_id=w.gone.pk) | Q(right_id=w.gone.pk)):
        third = pair.right_id if pair.left_id == w.gone.pk else pair.left_id
        if third != w.kept.pk:
            known.append(_remembered(pair, *sorted((w.kept.pk, third))))
    DuplicatePair.objects.bulk_create(known, ignore_conflicts=True)
    close_pairs([w.kept.pk, w.gone.pk])
    left, right = sorted((w.kept.pk, w.gone.pk))
    DuplicatePair.objects.filter(kind=PairKind.HOUSEHOLD, left_id=left, right_id=right).update(
        state=PairState.MERGED, reason=w.reason[:500], decided_by=w.actor.user, decided_at=w.actor.stamp
    )


def _remembered(pair: DuplicatePair, left: UUID, right: UUID) -> DuplicatePair:
    return DuplicatePair(
        kind=pair.kind,
        province_code=pair.province_code,
        left_id=left,
        right_id=right,
        left_household_id=left,
        right_household_id=right,
        score=pair.score,
        grounds=pair.grounds,
        found_by=pair.found_by,
        state=PairState.NOT_SAME,
        reason=pair.reason,
        decided_by_id=pair.decided_by_id,
        decided_at=pair.decided_at,
    )


def _hide(w: _Work) -> None:
    """Nobody sees the one that went; whoever merged into it before is found at the kept one."""
    Household.objects.filter(Q(pk=w.gone.pk) | Q(merged_into=w.gone)).update(merged_into=w.kept)
    forget_households([w.gone.pk], known_on=w.actor.today())
    HouseholdScope.objects.filter(pk=w.gone.pk).delete()


# ------------------------------------------------------------------------------------------ chosen fields


def place_of(household: Household) -> str:
    if household.latitude is None or household.longitude is None:
        return ""
    return f"{household.latitude:.6f},{household.longitude:.6f}"


def value_of(household: Household, name: str) -> str:
    """A field of FIELDS as text."""
    return place_of(household) if name == "place" else str(getattr(household, name))


def _wanted(w: _Work) -> dict[str, str]:
    """The values of all fields on which the two differ, as chosen; an empty one is never chosen over a value
    unless it is the other's and was asked for."""
    wanted = {}
    for name in FIELDS:
        own, other = value_of(w.kept, name), value_of(w.gone, name)
        if own == other or (name == "area_code" and not other):
            continue
        if name in w.choices.take or own:
            wanted[name] = other if name in w.choices.take else own
    return wanted


def _take_fields(w: _Work, wanted: Mapping[str, str]) -> list[UUID]:
    """Chosen values become values set by hand, so that no list changes them; then the rule of the lists.

    Returns other households whose people came or went by that.
    """
    moving = wanted.get("area_code", w.kept.area_code)
    if moving != w.kept.area_code:
        move_household(
            household=w.kept,
            area_code=moving,
            centre=responsible_centres([moving])[moving],
            since=w.day,
            stamp=w.actor.stamp,
            reason=w.reason,
            user_id=w.actor.user_id,
        )
    named = dict(wanted)
    if "head_name" in wanted:
        named["sort_key"] = (w.gone if "head_name" in w.choices.take else w.kept).sort_key
    for name, value in named.items():
        if name != "place" or "place" in w.choices.take:
            _by_hand(w, name, value)
    changed = derive_households([w.kept.pk], recorded_at=w.actor.recorded_at)
    return [pk for pk in changed if pk not in {w.kept.pk, w.gone.pk}]


def _by_hand(w: _Work, name: str, value: str) -> None:
    rows = Correction.objects.filter(household=w.kept, person=None, field=name)
    newest = rows.filter(state=CorrectionState.APPLIED).order_by("version", "recorded_at", "id").last()
    if newest is None or newest.value != value:
        Correction.objects.create(
            household=w.kept,
            field=name,
            value=value,
            previous=value_of(w.kept, name),
            reason=w.reason[:500],
            version=(rows.aggregate(last=Max("version"))["last"] or 0) + 1,
            recorded_by=w.actor.user,
            recorded_at=w.actor.stamp,
        )
    if name == "place":
        latitude, longitude = (float(part) for part in value.split(",")) if value else (None, None)
        Household.objects.filter(pk=w.kept.pk).update(latitude=latitude, longitude=longitude)
    else:
        Household.objects.filter(pk=w.kept.pk).update(**{name: value})


# --------------------------------------------------------------------------------------------------- persons


def merge_persons(*, actor: Actor, kept_person_id: UUID, gone_person_id: UUID, reason: str) -> PersonMerge:
    """One person who stood in the register twice, in one household or in two.

    The kept one goes on living where it lives; lines, checks and, where it had none, the national id of the
    other are its own now. Raises Http404, NotAllowed, InvalidInput.
    """
    require_role(actor, OFFICER_ROLES)
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่เห็นว่าเป็นคนเดียวกัน"), field="reason")
    if kept_person_id == gone_person_id:
        raise InvalidInput("same_person", _("ต้องเป็นสองรายชื่อที่ต่างกัน"))
    with transaction.atomic():
        homes = _homes_of([kept_person_id, gone_person_id])
        neighbours = _lock_homes(actor, homes)
        if Person.objects.filter(pk__in=[kept_person_id, gone_person_id], merged_into=None).count() < 2:
            raise Conflict("already_merged", _("รายชื่อนี้ถูกรวมไปแล้ว โปรดเปิดหน้าใหม่"))
        home = homes[kept_person_id]
        looked = watch({*homes.values(), *neighbours}, [kept_person_id, gone_person_id])
        before = looked.rows()
        _hand_on_headship(homes, kept_person_id, gone_person_id)
        if home != homes[gone_person_id]:
            # Where the person lives was said by hand: lists of the other household do not move it back.
            link_homes(
                actor=actor,
                household_id=homes[gone_person_id],
                other_id=home,
                kind=LinkKind.MOVED,
                person_ids=[kept_person_id],
                on=actor.today(),
                reason=reason,
            )
        merge_person_rows(actor, kept_person_id, gone_person_id)
        ids = sorted(set(homes.values()))
        changed = derive_households(ids, recorded_at=actor.recorded_at)
        after_write(actor=actor, household_ids=sorted({*ids, *changed}), since=date.min)
        merge = PersonMerge.objects.create(
            province_code=Household.objects.values_list("province_code", flat=True).get(pk=home),
            household_id=home,
            kept_id=kept_person_id,
            gone_id=gone_person_id,
            reason=reason.strip(),
            manifest=difference(before, looked.rows()),
            made_by=actor.user,
            recorded_at=actor.stamp,
        )
        _audit_persons(actor, "person.merge", merge, ids)
    return merge


def _hand_on_headship(homes: Mapping[UUID, UUID], kept_id: UUID, gone_id: UUID) -> None:
    """A household keeps its head: in one house the kept one becomes it; another house must name one first."""
    rows = Membership.objects.filter(valid_to=None, superseded_at=None)
    if not rows.filter(person=gone_id, is_head=True).exists():
        return
    if homes[kept_id] == homes[gone_id]:
        rows.filter(person=kept_id).update(is_head=True)
    elif rows.filter(household=homes[gone_id]).count() > 1:
        message = _("คนนี้เป็นหัวหน้าของครัวเรือนที่มีคนอื่นอยู่ด้วย ให้เลือกเก็บรายชื่อนี้ไว้ หรือรวมครัวเรือนแทน")
        raise InvalidInput("head_leaves", message, field="persons")


def _homes_of(persons: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = Membership.objects.filter(person__in=persons, valid_to=None, superseded_at=None)
    homes: dict[UUID, UUID] = dict(rows.values_list("person_id", "household_id"))
    if len(homes) < len(set(persons)):
        raise Http404
    return homes


def _lock_homes(actor: Actor, homes: Mapping[UUID, UUID]) -> list[UUID]:
    """Lock the homes of these persons, and those whose people may follow; the ids of the latter."""
    wanted = set(homes.values())
    if len(households_to_work_on(actor, wanted, lock=False)) < len(wanted):
        raise Http404
    neighbours = lock_with_neighbours(wanted, list(homes))
    targets = households_to_work_on(actor, wanted)
    if len(targets) < len(wanted):
        raise Http404
    scopes = [target.scope for target in targets.values()]
    for target in targets.values():
        require_writable(actor, target)
    if why := why_not_merge(actor, scopes[0], scopes[-1]):
        raise NotAllowed("province_decides", why)
    return neighbours


def _audit_persons(actor: Actor, action: str, merge: PersonMerge, homes: Collection[UUID]) -> None:
    for home in homes:
        audit(
            actor,
            action,
            object_type="person_merge",
            object_id=merge.pk,
            household_id=home,
            province_code=merge.province_code,
            changes={"kept": str(merge.kept_id), "gone": str(merge.gone_id), "reason": merge.reason},
        )
