"""What becomes of the register's rows of two households that are merged: people, lines, links and pairs."""

from __future__ import annotations

from uuid import UUID

from django.apps import apps
from django.db.models import F, Q

from households.enums import CorrectionState, PairKind, PairState
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
)
from households.services.duplicates import close_pairs
from households.services.joint_lines import Said, together

from .cohort import forget_households
from .merge_persons import merge_person_rows
from .merge_tables import HOUSEHOLD_COLUMNS, Way
from .merge_work import Work


def move_the_rest(w: Work) -> None:
    """Everything that simply tells of the household: visits, help, assessments, photos, referrals."""
    for name, way in HOUSEHOLD_COLUMNS.items():
        if way is Way.MOVES:
            label, _dot, column = name.rpartition(".")
            model = apps.get_model(label)
            column = model._meta.get_field(column).attname
            model._default_manager.filter(**{column: w.gone.pk}).update(**{column: w.kept.pk})


def head_of(household: Household) -> UUID | None:
    rows = Membership.objects.filter(household=household, valid_to=None, superseded_at=None, is_head=True)
    return rows.values_list("person_id", flat=True).first()


def move_people(w: Work, head: UUID | None) -> None:
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


def move_lists(w: Work) -> None:
    """Every line goes along; where both stand on one list, a new line says what both said."""
    lines = Listing.objects.filter(superseded_at=None)
    own = {line.target_list_id: line for line in lines.filter(household=w.kept)}
    for other in lines.filter(household=w.gone, target_list__in=own):
        _one_line(w, own[other.target_list_id], other)
    Listing.objects.filter(household=w.gone).update(household=w.kept)


def _one_line(w: Work, own: Listing, other: Listing) -> Listing:
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
        made_of=[*(own.made_of or [own.pk]), *(other.made_of or [other.pk])],
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


def move_corrections(w: Work) -> None:
    """Values set by hand on persons that moved in go with them, and what waits for a choice; the other values
    of the one that went stay there, for kept's hold unless chosen otherwise."""
    rows = Correction.objects.filter(household=w.gone)
    moved = Q(person__isnull=False) & ~Q(person__in=list(w.choices.same))
    rows.filter(moved | Q(person=None, state=CorrectionState.WAITING)).update(household=w.kept)


def move_links(w: Work) -> None:
    between = Q(household=w.kept, other=w.gone) | Q(household=w.gone, other=w.kept)
    HouseholdLink.objects.filter(between).delete()
    HouseholdLink.objects.filter(household=w.gone).update(household=w.kept)
    HouseholdLink.objects.filter(other=w.gone).update(other=w.kept)


def settle_pairs(w: Work) -> None:
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


def hide(w: Work) -> None:
    """Nobody sees the one that went; whoever merged into it before is found at the kept one."""
    Household.objects.filter(Q(pk=w.gone.pk) | Q(merged_into=w.gone)).update(merged_into=w.kept)
    forget_households([w.gone.pk], known_on=w.actor.today())
    HouseholdScope.objects.filter(pk=w.gone.pk).delete()
