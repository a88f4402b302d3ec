"""Recording visits: stored once, judged, counted, corrected, refused with a sentence."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.inputs import FindingInput
from casework.models import Assessment, DimensionFinding, Help, Visit, VisitConflict, VisitReceipt
from casework.services.visits import content_hash, record_visit, record_visits, void_visit
from dimensions.enums import Dimension, Stage
from households.models import Membership
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry, DirtyMark
from tests.casework.work import MARCH, YEAR, a_help, a_visit, an_item, in_care, moment, state_of
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, VILLAGE, Cast, build_cast


def queries_of(captured: CaptureQueriesContext) -> list[str]:
    """Statements without the savepoints that a test's own transaction brings."""
    return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]


def test_visit_is_stored_counted_audited_and_marked(cast: Cast) -> None:
    household = in_care(cast)
    DirtyMark.objects.all().delete()

    result = record_visit(actor=cast.mentor, visit=a_visit(household))

    assert result.status == "created"
    assert Visit.objects.get().recorded_by == cast.mentor.user
    state = state_of(household)
    assert (state.visits, state.last_visit_on, state.stage) == (1, MARCH, Stage.WAITING)
    assert AuditEntry.objects.get(action="visit.record").household_id == household.pk
    assert (YEAR, VILLAGE) in DirtyMark.objects.values_list("fiscal_year", "area_code")


def test_plain_visit_takes_five_queries(cast: Cast) -> None:
    household = in_care(cast)
    record_visit(actor=cast.mentor, visit=a_visit(household))  # the first visit in care is judged in full
    with CaptureQueriesContext(connection) as captured:
        record_visit(actor=cast.mentor, visit=a_visit(household))

    assert len(queries_of(captured)) == 5


@pytest.mark.parametrize("number", [1, 3])
def test_batch_takes_the_same_queries_for_any_number(cast: Cast, number: int) -> None:
    item = an_item()
    households = [in_care(cast) for _ in range(number)]
    visits = [a_visit(each, helps=(a_help(item),), self_solved=(Dimension.LIVING,)) for each in households]

    with CaptureQueriesContext(connection) as captured:
        results = record_visits(actor=cast.mentor, visits=visits)

    assert [result.status for result in results] == ["created"] * number
    assert len(queries_of(captured)) == 15


def test_visit_with_relieving_help_brings_the_household_to_survive(cast: Cast) -> None:
    household, item = in_care(cast), an_item()

    record_visit(actor=cast.mentor, visit=a_visit(household, helps=(a_help(item),)))

    state = state_of(household)
    assert (state.stage, state.relieved, state.helps, state.baht) == (Stage.SURVIVE, 2, 1, 3000)


def test_findings_of_a_visit_are_stored_with_it(cast: Cast) -> None:
    household = in_care(cast)
    person = Membership.objects.filter(household=household).first().person
    visit = a_visit(
        household,
        verifications=(FindingInput(person_id=person.pk, status="correct"),),
        answers={13: "pass", 14: "na"},
        survey_year=2567,
        self_solved=(Dimension.LIVING,),
    )

    record_visit(actor=cast.mentor, visit=visit)

    state = state_of(household)
    assert (state.checked_persons, state.verified_persons, state.stage) == (1, 2, Stage.SURVIVE)
    assert Assessment.objects.get().answers.count() == 2
    assert DimensionFinding.objects.get().found_on == MARCH


def test_correction_takes_the_place_of_the_visit_and_keeps_what_it_found(cast: Cast) -> None:
    household = in_care(cast)
    wrong = a_visit(
        household,
        helps=(a_help(an_item()),),
        answers={13: "pass"},
        survey_year=2567,
        self_solved=(Dimension.LIVING,),
    )
    record_visit(actor=cast.mentor, visit=wrong)

    record_visit(actor=cast.mentor, visit=a_visit(household, note="พบตา", amends=wrong.id))

    state = state_of(household)
    assert (state.visits, state.helps, state.stage) == (1, 1, Stage.SURVIVE)
    assert Assessment.objects.count() == 2
    assert Visit.objects.count() == 2


def test_a_visit_is_corrected_once(cast: Cast) -> None:
    household = in_care(cast)
    wrong = a_visit(household)
    record_visit(actor=cast.mentor, visit=wrong)
    record_visit(actor=cast.mentor, visit=a_visit(household, amends=wrong.id))

    with pytest.raises(Conflict, match="already_amended|แก้ไข"):
        record_visit(actor=cast.mentor, visit=a_visit(household, amends=wrong.id))


def test_void_visit_takes_its_help_and_the_stage_back(cast: Cast) -> None:
    household = in_care(cast)
    wrong = a_visit(household, helps=(a_help(an_item()),))
    record_visit(actor=cast.mentor, visit=wrong)

    void_visit(actor=cast.mentor, visit_id=wrong.id, new_id=uuid7(), note="บันทึกผิดบ้าน")

    state = state_of(household)
    assert (state.visits, state.helps, state.stage, state.relieved) == (0, 0, Stage.WAITING, 0)
    assert Help.objects.filter(is_void=True).count() == 1


def test_measured_clock_skew_moves_the_day_and_is_kept(cast: Cast) -> None:
    household = in_care(cast)
    two_days = int(timedelta(days=2).total_seconds())

    record_visit(actor=cast.mentor, visit=a_visit(household, clock_skew_s=two_days))

    stored = Visit.objects.get()
    assert (stored.visited_on, stored.visited_at, stored.clock_skew_s) == (
        date(2025, 3, 8),
        moment(MARCH),
        two_days,
    )


def test_clock_in_the_buddhist_year_is_refused_unless_measured(cast: Cast) -> None:
    household = in_care(cast)
    ahead = datetime(2568, 3, 10, 3, tzinfo=UTC)
    with pytest.raises(InvalidInput) as refusal:
        record_visit(actor=cast.mentor, visit=a_visit(household, visited_at=ahead))
    assert refusal.value.code == "future_visit"

    skew = int((ahead - moment(MARCH)).total_seconds())
    result = record_visit(actor=cast.mentor, visit=a_visit(household, visited_at=ahead, clock_skew_s=skew))

    assert result.visit.visited_on == MARCH


def test_skew_measured_anew_is_still_the_same_visit(cast: Cast) -> None:
    visit = a_visit(in_care(cast), clock_skew_s=5)
    record_visit(actor=cast.mentor, visit=visit)

    again = dataclasses.replace(visit, clock_skew_s=9)

    assert content_hash(again) == content_hash(visit)
    assert record_visit(actor=cast.mentor, visit=again).status == "same"


def test_own_visit_sent_again_after_the_household_left_the_team_is_the_same(cast: Cast) -> None:
    household = in_care(cast)
    visit = a_visit(household)
    record_visit(actor=cast.mentor, visit=visit)
    household.scope.team_id = cast.other_mentor_team.pk
    household.scope.save()

    assert record_visit(actor=cast.mentor, visit=visit).status == "same"


def test_out_of_area_is_not_found_and_leaves_no_receipt(cast: Cast) -> None:
    far = in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    for actor in (
        cast.mentor,
        cast.officer,
        cast.secretary,
        cast.team_member,
        cast.national_viewer,
        cast.nobody,
    ):
        with pytest.raises(Http404):
            record_visit(actor=actor, visit=a_visit(far))

    assert VisitReceipt.objects.count() == 0


def test_district_officer_reads_a_municipal_household_only(cast: Cast) -> None:
    household = in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)

    with pytest.raises(NotAllowed):
        record_visit(actor=cast.other_officer, visit=a_visit(household))
    assert record_visit(actor=cast.municipal_officer, visit=a_visit(household)).status == "created"


def test_a_bad_visit_of_a_batch_never_harms_the_others(cast: Cast) -> None:
    household = in_care(cast)
    bad = a_visit(household, visited_at=timezone.now() + timedelta(days=2))
    good = a_visit(household)

    results = record_visits(actor=cast.mentor, visits=[bad, good])

    assert [result.status for result in results] == ["refused", "created"]
    assert set(VisitReceipt.objects.values_list("visit_id", flat=True)) == {good.id}


def test_promise_is_kept_once(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    promise = a_help(item, status="promised")
    record_visit(actor=cast.mentor, visit=a_visit(household, helps=(promise,)))
    assert state_of(household).helps == 0

    record_visit(actor=cast.mentor, visit=a_visit(household, helps=(a_help(item, fulfils=promise.id),)))

    assert state_of(household).helps == 1
    with pytest.raises(Conflict):
        record_visit(actor=cast.mentor, visit=a_visit(household, helps=(a_help(item, fulfils=promise.id),)))


@pytest.mark.django_db(transaction=True)
def test_one_visit_sent_by_ten_threads_at_once_is_stored_once() -> None:
    cast = build_cast()
    household = in_care(cast)
    visit = a_visit(household)
    other = a_visit(household, id=visit.id, note="อีกเรื่องหนึ่ง")

    def send(number: int) -> str:
        try:
            return record_visit(actor=cast.mentor, visit=other if number == 9 else visit).status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(send, range(10)))

    assert Visit.objects.count() == 1
    assert answers.count("created") == 1
    assert answers.count("conflict") == VisitConflict.objects.count() * (9 if answers[9] == "created" else 1)
    assert state_of(household).visits == 1


def test_void_visit_takes_back_help_of_an_earlier_year(cast: Cast) -> None:
    household = in_care(cast)
    given = date(2025, 9, 28)
    wrong = a_visit(household, day=date(2025, 10, 5), helps=(a_help(an_item(), given_on=given),))
    record_visit(actor=cast.mentor, visit=wrong)
    assert state_of(household).helps == 1

    void_visit(actor=cast.mentor, visit_id=wrong.id, new_id=uuid7(), note="บันทึกผิดบ้าน")

    assert (state_of(household).helps, state_of(household).stage) == (0, Stage.WAITING)


def test_refused_visit_of_a_batch_uses_up_nothing(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    given = a_help(item)
    bad = a_visit(household, helps=(given,), amends=uuid7())

    results = record_visits(actor=cast.mentor, visits=[bad, a_visit(household, helps=(given,))])

    assert [result.status for result in results] == ["refused", "created"]


def test_refused_visit_twice_in_a_batch_is_never_called_stored(cast: Cast) -> None:
    bad = a_visit(in_care(cast), visited_at=timezone.now() + timedelta(days=2))

    results = record_visits(actor=cast.mentor, visits=[bad, bad])

    assert [result.status for result in results] == ["refused", "refused"]
    assert VisitReceipt.objects.count() == 0


def test_help_twice_in_one_visit_is_refused(cast: Cast) -> None:
    help_ = a_help(an_item())
    with pytest.raises(Conflict):
        record_visit(actor=cast.mentor, visit=a_visit(in_care(cast), helps=(help_, help_)))


def test_seeded_visit_carries_the_time_it_was_given(cast: Cast) -> None:
    recorded = moment(date(2025, 3, 12))
    actor = dataclasses.replace(cast.mentor, recorded_at=recorded)

    result = record_visit(actor=actor, visit=a_visit(in_care(cast)))

    assert result.visit.recorded_at == Visit.objects.get().recorded_at == recorded
    assert VisitReceipt.objects.get().recorded_at == recorded


@pytest.mark.django_db(transaction=True)
def test_many_people_at_one_household_lose_no_visit() -> None:
    cast = build_cast()
    household = in_care(cast)
    people = [cast.mentor, cast.second_mentor, cast.team_member, cast.officer, cast.secretary]

    def send(number: int) -> str:
        try:
            visit = a_visit(household, helps=(a_help(item),) if number == 3 else ())
            return record_visit(actor=people[number % 5], visit=visit).status
        finally:
            connections.close_all()

    item = an_item()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(16)))

    state = state_of(household)
    assert answers == ["created"] * 16
    assert (state.visits, state.helps, state.stage) == (16, 1, Stage.SURVIVE)
