"""The re-assessment: failed first, the yearly whole set, what the family chooses, what a stage rests on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.utils import timezone

from casework.inputs import PriorityInput
from casework.models import Assessment, FamilyPriority, Visit
from casework.pages.assessment import assessment_desk, assessment_pieces, indicators_piece
from casework.pages.checklist import Proof
from casework.queries.assessments import assessment_states, assessments_due
from casework.rules import asking_round, assessment_due
from casework.services.helps import record_help
from casework.services.visits import record_visit, void_visit
from dimensions.asking import asking_of
from dimensions.enums import Dimension
from dimensions.queries import indicator_set_for, indicators_of
from households.models import Household, Listing, Person
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family, text_of, this_year, today, typed
from tests.casework.pages.ready import ready
from tests.casework.work import INCOME, LIVING, a_help, a_visit, an_item, state_of
from tests.cast import Cast, client_of

SURVEY_YEAR = this_year() - 1
LIVING_NUMBERS = {13, 14, 18}


@pytest.fixture(autouse=True)
def _yardstick(db: None) -> None:
    call_command("load_yardstick", verbosity=0)


def listed(cast: Cast, *failed: int, **values: Any) -> Household:
    household = family(cast, **values)
    Listing.objects.filter(household=household).update(failed_indicators=list(failed))
    return household


def answered(
    cast: Cast, household: Household, answers: dict[int, str], days_ago: int = 1, **more: Any
) -> Visit:
    visit = a_visit(
        household, day=today() - timedelta(days=days_ago), answers=answers, survey_year=SURVEY_YEAR, **more
    )
    result = record_visit(actor=cast.mentor, visit=visit)
    assert result.visit is not None
    return result.visit


def whole_set() -> dict[int, str]:
    rows = indicators_of(indicator_set_for(SURVEY_YEAR).indicator_set)
    return {row.number: "pass" for row in rows if row.text}


def url_of(household: Household) -> str:
    return f"/households/{household.pk}/assess/?plain=1"


def body(**values: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "visited_on": typed(today()), "visited_time": "00:01", **values}


# -------------------------------------------------------------------------------------------------- pictures


def test_every_indicator_with_a_text_has_a_picture_and_words() -> None:
    for survey_year in (2562, SURVEY_YEAR):
        applied = indicator_set_for(survey_year).indicator_set
        askings = asking_of(applied.code)
        for row in indicators_of(applied):
            if not row.text:
                continue
            asking = askings[row.number]
            assert asking.alt, row
            assert asking.ask, row
            assert finders.find(asking.path), asking.path
            assert bool(asking.think) == (row.unit == "person"), row


def test_ages_say_whom_to_think_of() -> None:
    asking = asking_of(indicator_set_for(SURVEY_YEAR).indicator_set.code)[25]

    assert [asking.is_about(years) for years in (14, 15, 59, 60, None)] == [False, True, True, False, True]


# ----------------------------------------------------------------------------------------------------- rules


def test_round_asks_what_still_fails_before_what_passed_since_and_then_what_was_skipped() -> None:
    order = asking_round(range(1, 8), listed=[2, 5], latest={2: "pass", 6: "fail", 1: "pass"}, skipped=[5, 7])

    assert order.first == (5, 6, 2)
    assert order.again == (7,)
    assert order.rest == (1, 3, 4)


@pytest.mark.parametrize(
    ("full_on", "day", "is_due"),
    [
        (None, date(2026, 11, 1), True),
        (date(2026, 9, 30), date(2026, 10, 1), True),
        (date(2026, 10, 1), date(2027, 9, 30), False),
        (date(2026, 10, 1), date(2027, 10, 1), True),
    ],
)
def test_whole_set_is_due_once_a_fiscal_year(full_on: date | None, day: date, is_due: bool) -> None:
    due = assessment_due(full_on=full_on, today=day)

    assert (due is not None) is is_due


# --------------------------------------------------------------------------------------------------- queries


def test_printed_failures_come_first_and_latest_failures_join_them(cast: Cast) -> None:
    household = listed(cast, 13)
    answered(cast, household, {13: "pass", 29: "fail", 14: "na"}, skipped={18: "later"})

    state = assessment_states([household.pk], today=today())[household.pk]

    assert state.round.first == (29, 13)
    assert state.round.again == (18,)
    assert 37 not in state.round.rest
    assert state.latest[29].value == "fail"
    assert state.latest[13].on == today() - timedelta(days=1)


def test_list_without_numbers_asks_the_whole_dimension(cast: Cast) -> None:
    household = family(cast, dimensions=LIVING)

    state = assessment_states([household.pk], today=today())[household.pk]

    assert set(state.round.first) == LIVING_NUMBERS


def test_voided_assessment_counts_for_nothing(cast: Cast) -> None:
    household = listed(cast, 13)
    visit = answered(cast, household, whole_set() | {29: "fail"}, is_full=True)
    assert household.pk not in assessments_due([household.pk], today())

    void_visit(actor=cast.mentor, visit_id=visit.pk, new_id=uuid7(), note="ผิดบ้าน")

    state = assessment_states([household.pk], today=today())[household.pk]
    assert (state.round.first, state.latest, state.full_on) == ((13,), {}, None)
    assert assessments_due([household.pk], today()) == {household.pk: "ยังไม่เคยประเมินครบทุกข้อ"}


def test_queries_do_not_grow_with_the_households(cast: Cast, django_assert_num_queries: Any) -> None:
    households = [family(cast) for _number in range(4)]
    for household in households:
        answered(cast, household, {13: "fail"})
    assessment_states([households[0].pk], today=today())

    with django_assert_num_queries(5):
        assessment_states([household.pk for household in households], today=today())


def test_piece_for_the_phone_says_what_to_ask_and_what_is_due(cast: Cast) -> None:
    household = listed(cast, 13)
    answered(cast, household, {13: "fail", 14: "pass"})

    piece = assessment_pieces([household.pk], today=today())[household.pk]

    assert piece["failed"] == [13]
    assert piece["answers"] == {"13": "fail", "14": "pass"}
    assert piece["answered"] == {(today() - timedelta(days=1)).isoformat(): [13, 14]}
    assert piece["assess_due"] == "ยังไม่เคยประเมินครบทุกข้อ"
    assert piece["survey_year"] == SURVEY_YEAR


def test_sets_for_the_phone_carry_text_picture_and_threshold() -> None:
    [piece] = indicators_piece([SURVEY_YEAR])

    by_number = {row["number"]: row for row in piece["indicators"]}
    assert 37 not in by_number
    assert by_number[13]["picture"] == "house"
    assert by_number[30] | {"dimension": "", "near": "income"} == by_number[30]
    assert by_number[25]["ages"] == (15, 59)
    assert piece["thresholds"][SURVEY_YEAR] > 0


# --------------------------------------------------------------------------------------------- the long form


def test_form_asks_failed_first_with_picture_and_names_of_those_meant(cast: Cast) -> None:
    household = listed(cast, 25, dimensions=Dimension.EDUCATION.bit)
    head = Person.objects.filter(memberships__household=household).order_by("memberships__position").first()
    Person.objects.filter(pk=head.pk).update(birth_date=today().replace(year=today().year - 40, day=1))

    desk = assessment_desk(household, today=today())
    page = text_of(client_of(cast.mentor).get(url_of(household)))

    assert [question.number for question in desk.quick] == [25]
    assert head.full_name in desk.quick[0].people
    assert "pictures/indicators/literacy" in page
    assert "หนังสือเปิดอยู่" in page
    assert page.index("q25-answer") < page.index("q1-answer")


def test_answers_skips_and_priorities_are_stored(cast: Cast) -> None:
    household = listed(cast, 13)
    sent = body(
        **{
            "q13-answer": "fail",
            "q14-answer": "pass",
            "q18-skip": "unsure",
            "priority1-indicator": "13",
            "priority1-reason": "หน้าฝนหลังคารั่ว",
            "priority3-indicator": "30",
            "family_contribution": "ขุดดินเอง",
        }
    )

    answer = client_of(cast.mentor).post(url_of(household), sent)

    visit = Visit.objects.get()
    assert answer.url == f"/visits/{visit.pk}/?saved=1"
    assessment = Assessment.objects.get()
    assert dict(assessment.answers.values_list("indicator", "value")) == {13: "fail", 14: "pass"}
    assert assessment.skipped == {"18": "unsure"}
    assert assessment.is_full is False
    assert visit.family_contribution == "ขุดดินเอง"
    rows = FamilyPriority.objects.values_list("rank", "dimension", "indicator", "reason")
    assert list(rows) == [(1, "living", 13, "หน้าฝนหลังคารั่ว"), (2, "income", 30, "")]


def test_whole_set_answered_or_skipped_is_the_yearly_assessment(cast: Cast) -> None:
    household = listed(cast, 13)
    sent = {f"q{number}-answer": value for number, value in whole_set().items() if number != 36}

    client_of(cast.mentor).post(url_of(household), body(**sent, **{"q36-skip": "refused"}))

    assert Assessment.objects.get().is_full
    assert assessments_due([household.pk], timezone.localdate()) == {}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "ยังไม่ได้ตอบข้อใดเลย"),
        ({"q13-answer": "fail", "q13-skip": "later"}, "ตอบแล้ว จึงไม่ต้องข้าม"),
        ({"q13-answer": "fail", "priority1-reason": "อยากทำ"}, "โปรดเลือกเรื่อง"),
        (
            {"q13-answer": "fail", "priority1-indicator": "13", "priority2-indicator": "13"},
            "เลือกเรื่องเดียวกันซ้ำ",
        ),
        ({"q13-answer": "maybe"}, "q13-answer"),
    ],
)
def test_what_cannot_be_is_said_in_place_and_stores_nothing(
    cast: Cast, sent: dict[str, str], said: str
) -> None:
    household = listed(cast, 13)

    answer = client_of(cast.mentor).post(url_of(household), body(**sent))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Visit.objects.count() == 0


def test_failing_ones_that_pass_move_the_light(cast: Cast) -> None:
    household = listed(cast, 13)

    client_of(cast.mentor).post(url_of(household), body(**{"q13-answer": "pass"}))

    state = state_of(household, this_year())
    assert state.recovered == LIVING
    assert state.stage == 1


def test_team_of_another_subdistrict_has_no_form(cast: Cast) -> None:
    household = listed(cast, 13)

    assert client_of(cast.other_team_member).get(url_of(household)).status_code == 404


# -------------------------------------------------------------------------------------------- household page


def test_household_page_tells_what_the_family_chose(cast: Cast) -> None:
    household = listed(cast, 13, dimensions=LIVING | INCOME)
    answered(
        cast,
        household,
        {13: "fail", 29: "pass"},
        priorities=(PriorityInput(rank=1, dimension="living", indicator=13, reason="หลังคารั่ว"),),
        family_contribution="ออกแรงเอง",
    )

    page = text_of(client_of(cast.officer).get(f"/households/{household.pk}/"))

    for said in ("อยากทำก่อน", "ข้อ 13 ครัวเรือนมีความมั่นคง", "หลังคารั่ว", "ออกแรงเอง", "ยังไม่เคยประเมินครบทุกข้อ"):
        assert said in page


def test_conditions_name_their_evidence(cast: Cast) -> None:
    case = ready(cast)
    record_help(
        actor=cast.mentor,
        help=a_help(an_item("living"), case.household, given_on=today(), letter_number="มท 1/2569"),
    )

    answer = client_of(cast.officer).get(f"/households/{case.household_id}/")

    survive, sufficient, _sustainable = answer.context["checklists"]
    [relieved] = survive.rows
    assert relieved.evidence[0].proof == Proof.TOLD
    assert relieved.evidence[0].by
    recovered = next(row for row in sufficient.rows if row.text == "ผ่านเกณฑ์ด้านความเป็นอยู่แล้ว")
    assert recovered.evidence[0].proof == Proof.SEEN
    assert "/visits/" in recovered.evidence[0].url
    page = text_of(answer)
    assert "เห็นที่บ้าน" in page
    assert "คำบอก" in page


def test_missing_conditions_close_the_gate_by_name(cast: Cast) -> None:
    household = listed(cast, 13)

    page = text_of(client_of(cast.mentor).get(f"/households/{household.pk}/"))

    assert "ยังเสนอขึ้นขั้นไม่ได้ ขาด 1 ข้อ: ยังไม่มีความช่วยเหลือที่บรรเทาปัญหาด้านความเป็นอยู่" in page
