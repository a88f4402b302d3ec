"""Random histories over simulated days: every way of counting agrees at every step and on every past day.

The clock stands at one day after the other, across the 1st of October. After every act the boards, a count
from the base tables and lists agree; at the end every past day is what it was then.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from casework.filters import cohort_filters_of
from casework.inputs import CohortFilters, HelpInput, StepInput, VisitInput
from casework.models import Case, CohortHistory, Help, RemovalRequest, StageEvent, Visit
from casework.queries import cohort_count
from casework.queries.lists import helps_list, persons_list, visits_list
from casework.services.after import after_write
from casework.services.helps import amend_help
from casework.services.plans import complete_step, save_plan
from casework.services.removal import decide_removal, request_removal
from casework.services.stages import approve_stages
from casework.services.tpmap import mark_in_tpmap
from casework.services.transfers import decide_transfer, request_transfer
from casework.services.turning import turn_day
from casework.services.visits import record_visit
from dimensions.enums import Stage
from dimensions.models import IndicatorSet
from dimensions.services import load_yardstick
from dimensions.source import read_source
from households.models import Household, HouseholdPlacement, Listing, ListKind, TargetList
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import DomainError
from povertyops.common.ids import uuid7
from reports.definitions import FIGURES, Figure
from reports.models import AreaProgress, DayProgress
from reports.services.asof import figures_on, moves_between
from reports.services.days import close_days
from reports.services.rollup import drain_marks, known_years
from reports.services.verify import CODES, known_on, verify, verify_day
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast, make_listing
from tests.reports.history import World

pytestmark = pytest.mark.django_db

FIRST_DAY = date(2025, 9, 22)
DAYS = (0, 2, 8, 9, 15, 40)  # the third is the last of its fiscal year
ACTS_A_DAY = 7
BANGKOK = ZoneInfo("Asia/Bangkok")
FOUR_T = {"attitude": ["x"], "skills": ["x"], "resources": ["x"], "way_out": ["x"]}
ACTS = (
    *("visit", "help", "batch", "check", "assign", "unassign", "remove", "relist", "void"),
    *(
        "passes",
        "fails",
        "second_list",
        "move",
        "tpmap",
        "amend_help",
        "amend_visit",
        "climb",
        "late",
        "slip",
    ),
)
Dump = dict[tuple[int, str, str], dict[str, Any]]


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """The framework's clock; the product asks no other."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


class Life(World):
    """The world of `history` with a clock: whatever is recorded bears the moment of the simulated day."""

    def __init__(self, cast: Cast, **values: Any) -> None:
        self.indicators = [
            row.number
            for row in IndicatorSet.objects.get(valid_from=2565, superseded_at=None).indicators.exclude(
                dimension=""
            )
        ]
        self.done: Counter[str] = Counter()
        self.deck: list[str] = []
        super().__init__(cast, **values)

    def act(self, what: str, number: int) -> None:
        """As ever, and remember that it was done; what the rules refuse changes nothing."""
        with suppress(DomainError), transaction.atomic():
            getattr(self, f"_{what}")(self._pick(number), number)
            self.done[what] += 1

    def told(self, actor: Actor) -> Actor:
        return dataclasses.replace(actor, recorded_at=timezone.now())

    def officer_of(self, household: Household) -> Actor:
        household.refresh_from_db()
        return self.told(super().officer_of(household))

    def secretary_of(self, household: Household) -> Actor:
        far = household.province_code == "40"
        return self.told(self.cast.far_secretary if far else self.cast.secretary)

    def stamp(self) -> None:
        """Rows that a test made directly, without a service, are of this moment."""
        for model in (HouseholdPlacement, Listing, Case, TargetList):
            model._default_manager.filter(recorded_at__gt=timezone.now()).update(recorded_at=timezone.now())

    def _after(self, households: list[Household], since: date) -> None:
        self.stamp()
        actor = system_actor(timezone.now())
        after_write(actor=actor, household_ids=[h.pk for h in households], since=since)

    def _late(self, household: Household, number: int) -> None:
        """Made weeks ago, without signal since; arrives today."""
        self._visit(household, 20 + number % 70)

    def _answer(self, household: Household, number: int, value: str, days: int) -> None:
        visit = VisitInput(
            id=uuid7(),
            household_id=household.pk,
            visited_at=timezone.now() - timedelta(days=days, minutes=1),
            answers=dict.fromkeys(self.indicators, value),
            survey_year=self.year - 1,
        )
        record_visit(actor=self.officer_of(household), visit=visit)

    def _passes(self, household: Household, number: int) -> None:
        self._answer(household, number, "pass", number % 4)

    def _fails(self, household: Household, number: int) -> None:
        self._answer(household, number, "fail", 0)

    def _slip(self, household: Household, number: int) -> None:
        """It had passed, and fails again today."""
        self._answer(household, number, "pass", 3 + number % 4)
        self._fails(household, number)

    def _second_list(self, household: Household, number: int) -> None:
        """A list of the running year comes in: of a second kind, or in place of what was carried over."""
        kind = ("csr", "mso")[number % 2]
        year = self.year + (self.today > date(self.year - 543, 9, 30))
        ListKind.objects.get_or_create(code=kind, defaults={"name": kind.upper()})
        TargetList.objects.get_or_create(
            kind_id=kind,
            province_code=household.province_code,
            fiscal_year=year,
            defaults={"survey_year": year - 1, "effective_on": min(self.today, self.opened_on)},
        )
        held = Listing.objects.filter(
            household=household, fiscal_year=year, kind_code=kind, superseded_at=None
        )
        if not held.exists():
            make_listing(household, fiscal_year=year, kind=kind, dimensions=1 + number % 31)
            self._after([household], self.opened_on - timedelta(days=700))

    def _move(self, household: Household, number: int) -> None:
        household.refresh_from_db()
        if household.province_code != "90":
            return
        to = next(
            place for place in (VILLAGE, NEXT_VILLAGE, "90010301", "90010101")[number % 4 :] + (NEXT_VILLAGE,)
        )
        transfer = request_transfer(
            actor=self.officer_of(household),
            household_id=household.pk,
            to_area_code=to,
            reason="ย้ายตามลูก",
            effective_on=self.today - timedelta(days=number % 3),
        )
        if transfer.decision == "pending":
            decide_transfer(
                actor=self.told(self.cast.secretary), transfer_id=transfer.pk, accept=number % 5 > 0, note="x"
            )

    def _remove(self, household: Household, number: int) -> None:
        if RemovalRequest.objects.filter(household=household, decision="pending").exists():
            return
        removal = request_removal(
            actor=self.officer_of(household),
            household_id=household.pk,
            reason="not_poor",
            note="มีรายได้พอแล้ว",
            effective_on=self.today - timedelta(days=number % 3),
        )
        decide_removal(
            actor=self.secretary_of(household), removal_id=removal.pk, accept=number % 3 == 0, note="x"
        )

    def _tpmap(self, household: Household, number: int) -> None:
        visit = Visit.objects.filter(household=household, is_void=False, amendments=None).first()
        if visit is not None:
            mark_in_tpmap(actor=self.officer_of(household), visit_ids=[visit.pk])

    def _amend_help(self, household: Household, number: int) -> None:
        wrong = Help.objects.filter(household=household, is_void=False, amendments=None).first()
        if wrong is None:
            return
        right = HelpInput(
            id=uuid7(), household_id=household.pk, item_id=wrong.item_id, given_on=wrong.given_on,
            amount_baht=wrong.amount_baht + number % 2, agency_name=f"มูลนิธิ {number % 3}",
        )  # fmt: skip
        amend_help(
            actor=self.officer_of(household),
            help_id=wrong.pk,
            replacement=right if number % 4 else None,
            reason="พิมพ์ผิด",
        )

    def _amend_visit(self, household: Household, number: int) -> None:
        wrong = Visit.objects.filter(household=household, is_void=False, amendments=None).first()
        if wrong is not None:
            right = VisitInput(
                id=uuid7(), household_id=household.pk, amends=wrong.pk, note="แก้วันที่",
                visited_at=wrong.visited_at - timedelta(days=number % 12),
            )  # fmt: skip
            record_visit(actor=self.officer_of(household), visit=right)

    def _climb(self, household: Household, number: int) -> None:
        """Everything that the next stage asks for, then its approval by somebody else."""
        case = Case.objects.filter(household=household, closed_on=None).first()
        if case is None:
            return
        self._passes(household, number)
        plan = save_plan(
            actor=self.officer_of(household),
            household_id=household.pk,
            four_t=FOUR_T,
            goal="เลี้ยงไก่ให้พอส่งลูกเรียน",
            steps=[StepInput(text="ฝึกเลี้ยงไก่")],
            agreed_on=self.today,
            approve=True,
        )
        complete_step(actor=self.officer_of(household), step_id=plan.steps.get().pk, done_on=self.today)
        approve_stages(
            actor=self.secretary_of(household),
            case_ids=[case.pk],
            minutes_number="9/2568",
            effective_on=self.today,
        )


def dump() -> Dump:
    rows = AreaProgress.objects.values_list("fiscal_year", "list_kind", "code", *CODES)
    return {tuple(row[:3]): dict(zip(CODES, row[3:], strict=True)) for row in rows}  # type: ignore[misc]


def length_of(figure: Figure, filters: CohortFilters) -> int:
    actor = system_actor()
    if figure.page == "person_list":
        return persons_list(actor, filters).count()
    if figure.page == "visit_list":
        return visits_list(actor, filters).count()
    if figure.page == "help_list":
        return helps_list(actor, filters).count()
    return cohort_count(actor, filters)


def assert_lists(
    shown: Dump, random: Random, today: date, *, samples: int, as_of: date | None = None
) -> None:
    """Some numbers, each with the list that its address opens."""
    countable = [figure for figure in FIGURES if not figure.code.endswith("baht")]
    keys = sorted(shown)
    for _turn in range(samples if keys else 0):
        year, kind, code = random.choice(keys)
        figure = random.choice(countable)
        address = QueryDict(mutable=True)
        address.update({"fiscal_year": year, "list": kind, **figure.query})
        address["centre" if len(code) == 36 else "area"] = code
        if as_of is not None:
            address["as_of"] = as_of.isoformat()
        filters = cohort_filters_of(address, today=today)
        # A list says marks of TPMAP and promises of now; states keep theirs.
        assert length_of(figure, filters) == shown[year, kind, code][figure.code], address.urlencode()


def live(life: Life, random: Random, day: date) -> Dump:
    """One day of acts, each followed by a count in every way; the boards as they stand in the evening."""
    morning = datetime.combine(day, time(0, 20), tzinfo=BANGKOK)
    with clock_at(morning):
        life.today = day
        turn_day(actor=system_actor(morning))
        if random.random() < 0.7:
            close_days()
    for turn in range(ACTS_A_DAY):
        with clock_at(morning + timedelta(hours=8, minutes=5 * turn)):
            act, number = life.deck.pop(), random.randrange(400)
            life.act(act, number)
            while drain_marks():
                pass
            differences = [str(found) for year in known_years() for found in verify(year)]
            assert differences == [], (day, act, number)
            assert_lists(dump(), random, day, samples=3)
    return dump()


def assert_moves(remembered: dict[date, Dump], one: date, two: date, year: int) -> None:
    """Who moved explains the difference between the stage counts of two days, to the household."""
    moved: Counter[str] = Counter()
    filters = CohortFilters(fiscal_year=year, area="90")
    for (before, after), count in moves_between(system_actor(), filters, one, two).items():
        if before is not None:
            moved[Stage(before[1]).code] -= count
        if after is not None:
            moved[Stage(after[1]).code] += count
    for stage in Stage:
        counts = [remembered[day].get((year, "", "90"), {}).get(stage.code, 0) for day in (one, two)]
        assert counts[1] - counts[0] == moved[stage.code], (one, two, year, stage)


@pytest.mark.parametrize("seed", [3, 2568])
def test_a_random_history_is_counted_alike_then_and_later(cast: Cast, seed: int) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())
    random = Random(seed)
    days = [FIRST_DAY + timedelta(days=offset) for offset in DAYS]
    with clock_at(datetime.combine(FIRST_DAY - timedelta(days=1), time(9), tzinfo=BANGKOK)):
        life = Life(cast, households=7)
    life.deck = random.sample(ACTS * 3, k=ACTS_A_DAY * len(DAYS))
    remembered = {day: live(life, random, day) for day in days}

    later = days[-1] + timedelta(days=3)
    with clock_at(datetime.combine(later, time(9), tzinfo=BANGKOK)):
        close_days()
        for day, then in remembered.items():
            for year in sorted({key[0] for key in then}):
                assert known_on(year, day) == {
                    (kind, code): figures for (of, kind, code), figures in then.items() if of == year
                }
                assert [str(found) for found in verify_day(year, day)] == []
                for code in ("TH", "90", "9007", VILLAGE, str(cast.municipality.pk)):
                    assert_figures(then, day, year, code)
            assert_lists(then, random, later, samples=25, as_of=day)
        for one, two in zip(days, days[1:], strict=False):
            for year in (2568, 2569):
                assert_moves(remembered, one, two, year)
    assert DayProgress.objects.filter(day__in=days).values("day").distinct().count() == len(days)
    assert CohortHistory.objects.count() > 15
    kinds = set(StageEvent.objects.values_list("kind", flat=True))
    assert {"computed", "approved", "slipped"} <= kinds, (kinds, life.done)
    assert len(life.done) > len(ACTS) * 2 / 3, life.done
    print(
        life.done, Counter(StageEvent.objects.values_list("kind", flat=True)), CohortHistory.objects.count()
    )


def assert_figures(then: Dump, day: date, year: int, code: str) -> None:
    for kind in ("", "csr"):
        own, below = figures_on(day, year, code, kind)
        for row in ([own] if own else []) + below:
            shown = then[year, kind, row.code]
            assert {name: getattr(row, name) for name in CODES} == shown, (day, row.code)
        assert (own is not None) == ((year, kind, code) in then)
