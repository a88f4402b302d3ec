"""CohortState: rows of every year, the same whether refreshed step by step or from scratch."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.enums import Membership
from casework.inputs import CohortFilters, FindingInput, StepInput
from casework.models import Case, CohortState, Help, StageEvent, Visit
from casework.queries import cohort_count, helps_list, persons_list, standing, visits_list
from casework.services.after import after_write
from casework.services.assignment import assign_households, end_assignments
from casework.services.care import decide_care, end_care, propose_care
from casework.services.cohort import expected_states, rebuild_cohort, refresh_cohort, stored_states
from casework.services.helps import amend_help, record_help
from casework.services.plans import approve_plans, complete_step, save_plan
from casework.services.removal import decide_removal, request_removal
from casework.services.verification import verify_persons
from casework.services.visits import record_visit, void_visit
from dimensions.enums import Dimension, Stage
from dimensions.services import load_yardstick
from dimensions.source import read_source
from households.models import HouseholdPlacement, ListKind
from households.models import Membership as Residence
from povertyops.accounts.actor import system_actor
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import DomainError
from povertyops.common.ids import uuid7
from povertyops.common.models import DirtyMark
from povertyops.common.thai import fiscal_year_of
from tests.casework.work import (
    INCOME,
    LIVING,
    MARCH,
    START,
    YEAR,
    a_help,
    a_visit,
    an_item,
    in_care,
    state_of,
)
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast, make_case, make_household, make_listing

THIS_YEAR = fiscal_year_of(timezone.localdate())


def test_rows_of_the_listed_year_and_of_every_year_it_is_carried_into(cast: Cast) -> None:
    household = in_care(cast)

    rows = {state.fiscal_year: state.membership for state in household.cohort_states.all()}

    assert rows.pop(YEAR) == Membership.LISTED
    assert rows == dict.fromkeys(range(YEAR + 1, THIS_YEAR + 1), Membership.CARRIED)


def test_baseline_is_the_union_and_each_list_keeps_its_own(cast: Cast) -> None:
    household = make_household(cast)
    make_listing(household, dimensions=LIVING, kind="csr")
    make_listing(household, dimensions=INCOME | LIVING, kind="tpmap")
    make_case(household, opened_on=START)

    refresh_cohort([household.pk])

    state = state_of(household)
    assert (state.baseline, state.persons) == (LIVING | INCOME, 2)
    assert dict(zip(state.list_kinds, state.list_dimensions, strict=True)) == {
        "csr": LIVING,
        "tpmap": LIVING | INCOME,
    }


def test_household_only_on_a_survey_counts_as_found(cast: Cast) -> None:
    ListKind.objects.create(code="survey", name="สำรวจ", counts_as_found=True)
    found, both = in_care(cast, kind="survey"), in_care(cast, kind="survey")
    make_listing(both, kind="tpmap")
    refresh_cohort([both.pk])

    assert state_of(found).membership == Membership.FOUND
    assert state_of(both).membership == Membership.LISTED


def test_new_list_naming_the_dimension_again_is_a_later_failure(cast: Cast) -> None:
    household = in_care(cast)
    record_help(actor=cast.mentor, help=a_help(an_item(), household))
    make_listing(household, fiscal_year=YEAR + 1, dimensions=LIVING)

    after_write(actor=system_actor(), household_ids=[household.pk], since=date(2025, 10, 1))

    assert (state_of(household).stage, state_of(household).relieved) == (Stage.SURVIVE, LIVING)
    next_year = state_of(household, YEAR + 1)
    assert (next_year.membership, next_year.stage, next_year.relieved) == (
        Membership.LISTED,
        Stage.WAITING,
        0,
    )


def test_move_marks_the_old_leaf_and_the_new_one(cast: Cast) -> None:
    household = in_care(cast)
    HouseholdPlacement.objects.filter(household=household).update(valid_to=MARCH)
    HouseholdPlacement.objects.create(
        household=household, area_code=NEXT_VILLAGE, centre=cast.district_centre, valid_from=MARCH
    )
    DirtyMark.objects.all().delete()

    refresh_cohort([household.pk])

    assert state_of(household).area_code == NEXT_VILLAGE
    assert set(DirtyMark.objects.values_list("area_code", flat=True)) == {VILLAGE, NEXT_VILLAGE}


def test_unchanged_household_is_neither_written_nor_marked(cast: Cast) -> None:
    household = in_care(cast)
    DirtyMark.objects.all().delete()

    assert refresh_cohort([household.pk]) == 0
    assert not DirtyMark.objects.exists()


def test_one_household_takes_three_queries(cast: Cast) -> None:
    household = in_care(cast)
    CohortState.objects.all().delete()

    with CaptureQueriesContext(connection) as captured:
        refresh_cohort([household.pk])

    assert len(captured) == 3


def test_rebuild_mends_rows_that_went_wrong(cast: Cast) -> None:
    household, other = in_care(cast), in_care(cast)
    CohortState.objects.filter(household=household, fiscal_year=YEAR).update(stage=3, baht=Decimal(9))
    CohortState.objects.filter(household=other, fiscal_year=YEAR).delete()
    CohortState.objects.filter(household=other, fiscal_year=YEAR + 1).update(fiscal_year=YEAR - 3)

    assert rebuild_cohort(YEAR, "90") == 2
    assert rebuild_cohort(YEAR - 3) == 1

    assert state_of(household).stage == Stage.WAITING
    assert state_of(other).persons == 2
    assert not CohortState.objects.filter(fiscal_year=YEAR - 3).exists()


# ---------------------------------------------------------------------------------------- random writes

DAYS = st.dates(date(2024, 10, 1), date(2026, 6, 30))
ACTS = st.sampled_from(
    ["visit", "succeed", "fail", "help", "cash", "void_help", "void_visit", "verify", "assign", "unassign"]
    + ["plan", "solved", "remove", "list", "promise", "care", "end_care"]
)


class World:
    """Two households to which random things happen on random days."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.actor = cast.secretary
        self.households = [in_care(cast), in_care(cast, dimensions=LIVING | INCOME, village=NEXT_VILLAGE)]
        self.items = {name: an_item(name) for name in ("living", "income")}

    def happen(self, act: str, which: int, day: date) -> None:
        household = self.households[which]
        try:
            with transaction.atomic():
                getattr(self, act)(household, day)
        except DomainError:
            pass

    def visit(self, household, day: date) -> None:
        record_visit(actor=self.actor, visit=a_visit(household, day=day))

    def _assess(self, household, day: date, value: str) -> None:
        answers = dict.fromkeys(range(1, 39), value)
        visit = a_visit(household, day=day, answers=answers, survey_year=2567)
        record_visit(actor=self.actor, visit=visit)

    def succeed(self, household, day: date) -> None:
        self._assess(household, day, "pass")

    def fail(self, household, day: date) -> None:
        self._assess(household, day, "fail")

    def solved(self, household, day: date) -> None:
        record_visit(actor=self.actor, visit=a_visit(household, day=day, self_solved=(Dimension.LIVING,)))

    def help(self, household, day: date) -> None:
        record_help(actor=self.actor, help=a_help(self.items["living"], household, given_on=day))

    def cash(self, household, day: date) -> None:
        visit = a_visit(household, day=day, helps=(a_help(self.items["income"], given_on=day),))
        record_visit(actor=self.actor, visit=visit)

    def promise(self, household, day: date) -> None:
        sent = a_help(self.items["living"], household, given_on=day, status="promised")
        record_help(actor=self.actor, help=sent)

    def void_help(self, household, day: date) -> None:
        for help_ in Help.objects.filter(standing(Help), household=household)[:1]:
            amend_help(actor=self.actor, help_id=help_.pk, replacement=None, reason="ผิด")

    def void_visit(self, household, day: date) -> None:
        for visit in Visit.objects.filter(standing(Visit), household=household)[:1]:
            void_visit(actor=self.actor, visit_id=visit.pk, new_id=uuid7(), note="ผิด")

    def verify(self, household, day: date) -> None:
        person = Residence.objects.filter(household=household).first().person_id
        finding = FindingInput(person_id=person, status="correct" if day.day % 2 else "moved")
        verify_persons(actor=self.actor, household_id=household.pk, findings=[finding], effective_on=day)

    def assign(self, household, day: date) -> None:
        team = self.cast.other_mentor_team if day.day % 2 else self.cast.mentor_team
        assign_households(actor=self.actor, household_ids=[household.pk], team_id=team.pk, valid_from=day)

    def unassign(self, household, day: date) -> None:
        end_assignments(actor=self.actor, household_ids=[household.pk], valid_to=day)

    def plan(self, household, day: date) -> None:
        plan = save_plan(
            actor=self.actor,
            household_id=household.pk,
            four_t={part: ["x"] for part in ("attitude", "skills", "resources", "way_out")},
            goal="พึ่งตนเอง",
            steps=[StepInput(text="ฝึกอาชีพ")],
            agreed_on=day,
        )
        decision = approve_plans(actor=system_actor(), plan_ids=[plan.pk], approved_on=day)
        if decision.approved:
            complete_step(actor=self.actor, step_id=plan.steps.get().pk, done_on=day)

    def care(self, household, day: date) -> None:
        care = propose_care(
            actor=self.actor,
            household_id=household.pk,
            dimension=Dimension.LIVING,
            ground="bedridden",
            proposed_on=day,
        )
        decide_care(
            actor=self.cast.officer, care_id=care.pk, accept=True, minutes_number="1/2568", approved_on=day
        )

    def end_care(self, household, day: date) -> None:
        care = household.continuing_care.filter(decision="accepted", ended_on=None).first()
        if care:
            end_care(actor=self.actor, care_id=care.pk, ended_on=day, reason="ลูกกลับมาดูแล")

    def remove(self, household, day: date) -> None:
        removal = request_removal(
            actor=self.cast.officer, household_id=household.pk, reason="moved", note="ย้าย", effective_on=day
        )
        decide_removal(actor=self.actor, removal_id=removal.pk, accept=day.day % 3 == 0, note="เห็นแล้ว")

    def list(self, household, day: date) -> None:
        year = fiscal_year_of(day)
        if not household.listings.filter(fiscal_year=year, kind_code="csr").exists():
            make_listing(household, fiscal_year=year, dimensions=INCOME, kind="csr")
            after_write(actor=self.actor, household_ids=[household.pk], since=day - timedelta(days=366))


@given(st.lists(st.tuples(ACTS, st.integers(0, 1), DAYS), min_size=3, max_size=12))
@settings(max_examples=25, derandomize=True)
def test_random_writes_leave_rows_that_equal_the_facts(cast: Cast, acts: list) -> None:
    with transaction.atomic():
        load_yardstick(actor=SYSTEM, source=read_source())
        world = World(cast)
        for act, which, day in acts:
            world.happen(act, which, day)
        _compare([household.pk for household in world.households])
        transaction.set_rollback(True)


def _compare(ids: list) -> None:
    stored = stored_states(ids)
    assert stored == expected_states(ids)
    for row in stored.values():
        last = min(date(row.fiscal_year - 543, 9, 30), timezone.localdate())
        span = (date(row.fiscal_year - 544, 10, 1), last)
        visits = Visit.objects.filter(standing(Visit), household=row.household_id, visited_on__range=span)
        helps = Help.objects.filter(
            standing(Help), household=row.household_id, given_on__range=span, status="delivered"
        )
        assert row.visits == visits.count()
        assert (row.helps, row.baht) == (
            helps.count(),
            helps.aggregate(Sum("amount_baht"))["amount_baht__sum"] or 0,
        )
        assert row.relieved & ~row.baseline == row.recovered & ~row.baseline == 0
        assert row.recovered & ~row.relieved == 0
        if row.stage == Stage.SURVIVE and row.is_open and row.fiscal_year == THIS_YEAR:
            assert row.relieved == row.baseline
    for case in Case.objects.filter(household__in=ids, closed_on=None):
        newest = StageEvent.objects.filter(case=case).order_by("-effective_on", "-recorded_at", "-id").first()
        assert case.stage == (newest.to_stage if newest else Stage.WAITING)


@pytest.mark.parametrize("year", [YEAR, THIS_YEAR])
def test_every_list_has_as_many_rows_as_the_rows_say(cast: Cast, year: int) -> None:
    household = in_care(cast)
    record_help(actor=cast.mentor, help=a_help(an_item(), household))
    record_visit(actor=cast.mentor, visit=a_visit(household))
    filters = CohortFilters(fiscal_year=year)
    rows = CohortState.objects.filter(fiscal_year=year)
    cohort = rows.exclude(membership=Membership.CARRIED)

    assert cohort_count(cast.secretary, filters) == cohort.count()
    assert persons_list(cast.secretary, filters).count() == (
        cohort.aggregate(Sum("persons"))["persons__sum"] or 0
    )
    assert visits_list(cast.secretary, filters).count() == rows.aggregate(Sum("visits"))["visits__sum"]
    assert helps_list(cast.secretary, filters).count() == rows.aggregate(Sum("helps"))["helps__sum"]
