"""Random histories of two households among others: merged and taken apart, everything is as it was.

After the merge every way of counting agrees, too.
"""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404
from django.utils import timezone

from casework.enums import Decision, StageEventKind
from casework.models import Case, ContinuingCare, Help, HouseholdMerge, Photo, StageEvent, Visit
from casework.services.care import decide_care, propose_care
from casework.services.cohort import expected_states, stored_states
from casework.services.merge_work import MergeChoices
from casework.services.merging import merge_households
from casework.services.referrals import ReferralInput, send_referral
from casework.services.unmerging import unmerge
from dimensions.enums import Dimension
from dimensions.services import load_yardstick
from dimensions.source import read_source
from households.enums import FoundBy, LinkKind, PairKind
from households.models import Correction, DuplicatePair, Household, HouseholdLink, Membership
from povertyops.common.audit import SYSTEM
from povertyops.common.ids import uuid7
from reports.services.rollup import drain_marks, known_years
from reports.services.verify import verify
from tests.cast import Cast, make_listing
from tests.reports.test_histories import ACTS, Life, dump

pytestmark = pytest.mark.django_db

MORE = ("refer", "care", "fix", "photo", "past_list", "review", "carry")
# The read model is compared by what it says; keys of the finder follow the night.
LEFT_OUT = {"HouseholdMerge", "PersonMerge", "CohortState", "CohortHistory", "CohortVersion", "MatchKey"}


class Two(Life):
    """The acts of `Life`, mostly on two households that will be one, and some acts more."""

    def __init__(self, cast: Cast, random: Random) -> None:
        super().__init__(cast, households=8)
        self.random = random
        self.pair = random.choice([(0, 6), (0, 1), (6, 2), (3, 0), (4, 7)])

    def _pick(self, number: int) -> Household:
        others = self.households[number % len(self.households)]
        return self.households[self.pair[number % 2]] if self.random.random() < 0.85 else others

    def act(self, what: str, number: int) -> None:
        """A team that is out of the officer's sight, once a household has moved, is as good as refused."""
        with suppress(Http404):
            super().act(what, number)

    def _refer(self, household: Household, number: int) -> None:
        referral = ReferralInput(
            id=uuid7(),
            household_id=household.pk,
            office_id=self.cast.fund_office.pk,
            dimension=list(Dimension)[number % 5],
            subject="ซ่อมหลังคา",
        )
        send_referral(actor=self.officer_of(household), referral=referral)

    def _care(self, household: Household, number: int) -> None:
        care = propose_care(
            actor=self.officer_of(household),
            household_id=household.pk,
            dimension=list(Dimension)[number % 5],
            ground="bedridden",
        )
        if number % 3:
            decide_care(
                actor=self.secretary_of(household), care_id=care.pk, accept=True, minutes_number="1/2569"
            )

    def _fix(self, household: Household, number: int) -> None:
        person = Membership.objects.filter(household=household).first()
        Correction.objects.create(household=household, field="phone", value=f"08{number:08d}", version=number)
        if person is not None:
            Correction.objects.create(
                household=household, person=person.person, field="occupation", value="ค้าขาย", version=1
            )

    def _photo(self, household: Household, number: int) -> None:
        visit = Visit.objects.filter(household=household).first()
        Photo.objects.create(
            id=uuid7(),
            owner_id=visit.pk if visit else uuid7(),
            household=household,
            province_code=household.province_code,
            size=10,
            sha256=b"x" * 32,
        )

    def _past_list(self, household: Household, number: int) -> None:
        if household.listings.filter(fiscal_year=self.year - 1, kind_code="csr").exists():
            return
        make_listing(household, fiscal_year=self.year - 1, kind="csr", dimensions=1 + number % 31)
        self._after([household], self.opened_on.replace(year=self.opened_on.year - 2))


def everything() -> dict[str, list[Any]]:
    """All rows of the register, the work and the reports, except what is derived or tells of merges."""
    found = {}
    with connection.cursor() as cursor:
        for label in ("households", "casework"):
            for model in apps.get_app_config(label).get_models():
                if model.__name__ in LEFT_OUT:
                    continue
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {model._meta.db_table} t")
                found[model.__name__] = sorted(
                    json.dumps(json.loads(row), sort_keys=True) for (row,) in cursor
                )
    return found


def counted() -> dict[Any, Any]:
    """The boards, once all marks are drained and nothing differs from the facts."""
    while drain_marks():
        pass
    assert [str(found) for year in known_years() for found in verify(year)] == []
    return {key: figures for key, figures in dump().items() if any(figures.values())}


def link_and_pair(two: Two, kept: Household, gone: Household, third: Household) -> None:
    today = timezone.localdate()
    for one, other in ((gone, third), (kept, gone)):
        HouseholdLink.objects.create(household=one, other=other, kind=LinkKind.SAME_HOUSE, effective_on=today)
        left, right = sorted((one.pk, other.pk))
        DuplicatePair.objects.create(
            kind=PairKind.HOUSEHOLD,
            province_code="90",
            left_id=left,
            right_id=right,
            left_household_id=left,
            right_household_id=right,
            score=700,
            found_by=FoundBy.NIGHTLY,
        )


@pytest.mark.parametrize("seed", range(4))
def test_a_merge_taken_apart_leaves_everything_as_it_was(cast: Cast, seed: int) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())
    random = Random(seed)
    two = Two(cast, random)
    for act in random.sample((ACTS + MORE) * 3, k=60):
        two.act(act, random.randrange(400))
    kept, gone = (two.households[place] for place in two.pair)
    link_and_pair(two, kept, gone, two.households[2 if 2 not in two.pair else 1])
    ids = [kept.pk, gone.pk]
    rows, boards, states = everything(), counted(), stored_states(ids)
    own, theirs = (
        list(Membership.objects.filter(household=h, valid_to=None, superseded_at=None).order_by("position"))
        for h in (kept, gone)
    )
    same = {theirs[0].person_id: own[0].person_id} if random.random() < 0.7 else {}
    take = frozenset(
        name
        for name in ("head_name", "house_no", "house_code", "phone", "area_code", "place", "team")
        if random.random() < 0.4
    )

    merge = merge_households(
        actor=cast.secretary,
        kept_id=kept.pk,
        gone_id=gone.pk,
        choices=MergeChoices(take=take, same=same),
        reason="ครอบครัวเดียวกัน",
    )
    counted()
    assert stored_states(ids) == expected_states(ids)
    assert not stored_states([gone.pk])
    for model in (Visit, Help):
        assert not model._default_manager.filter(household=gone).exists()
    unmerge(actor=cast.secretary, merge_id=merge.pk, reason="เลือกผิดครัวเรือน")

    assert stored_states(ids) == states
    after = everything()
    for name, before in rows.items():
        assert after[name] == before, name
    assert counted() == boards
    assert HouseholdMerge.objects.get().undone_at is not None


def test_the_histories_are_worth_the_name(cast: Cast) -> None:
    """Over all seeds there is something of everything to move."""
    load_yardstick(actor=SYSTEM, source=read_source())
    random = Random(1)
    two = Two(cast, random)
    for act in (ACTS + MORE) * 4:
        two.act(act, random.randrange(400))
    ids = [two.households[place].pk for place in two.pair]
    kinds = set(StageEvent.objects.filter(household__in=ids).values_list("kind", flat=True))
    assert {StageEventKind.COMPUTED, StageEventKind.CARRIED} <= kinds
    assert Help.objects.filter(household__in=ids, is_void=True).exists()
    assert ContinuingCare.objects.filter(household__in=ids).exclude(decision=Decision.REJECTED).exists()
    assert Case.objects.filter(household__in=ids).exists()
    assert set(MORE) - {"care"} <= set(two.done), two.done
