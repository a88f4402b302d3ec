"""Facts of a household set by hand: two values never overwrite each other, and imports never undo them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from casework.models import CohortState
from casework.services.facts import apply_fact_edits, settle_facts
from households.enums import CorrectionState
from households.inputs import FactEdit
from households.models import Correction, Household, Membership, Person
from households.queries import fact_versions
from households.services.derive import derive_households
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.work import in_care
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(cast: Cast):
    return in_care(cast)


def edit(household, field, value, *, base=0, person=None, **more):
    return FactEdit(
        id=more.pop("id", uuid7()),
        household_id=household.pk,
        person_id=person.pk if person else None,
        field=field,
        value=value,
        base_version=base,
        **more,
    )


def put(actor, *edits):
    return apply_fact_edits(actor=actor, edits=edits)


def test_an_edit_is_taken_over_with_its_history(cast: Cast, household):
    result = put(cast.mentor, edit(household, "phone", "081-234 5678"))[0]
    household.refresh_from_db()
    row = Correction.objects.get(field="phone")
    assert (result.result, result.version) == ("applied", 1)
    assert household.phone == row.value == "0812345678"
    assert row.recorded_by == cast.mentor.user
    assert AuditEntry.objects.filter(action="facts.edit", household_id=household.pk).count() == 1


def test_the_same_edit_again_changes_nothing(cast: Cast, household):
    first = edit(household, "phone", "0812345678")
    put(cast.mentor, first)
    assert put(cast.mentor, first)[0].result == "same"
    assert Correction.objects.filter(field="phone").count() == 1


def test_another_content_under_a_used_id_is_refused(cast: Cast, household):
    first = edit(household, "phone", "0812345678")
    put(cast.mentor, first)
    other = put(cast.mentor, edit(household, "phone", "0899999999", id=first.id))[0]
    assert (other.result, other.error.code) == ("refused", "edit_conflict")
    household.refresh_from_db()
    assert household.phone == "0812345678"


def test_two_edits_from_the_same_version_stand_side_by_side(cast: Cast, household):
    put(cast.mentor, edit(household, "phone", "0811111111"))
    second = put(cast.officer, edit(household, "phone", "0822222222"))[0]
    household.refresh_from_db()
    assert second.result == "waiting"
    assert second.current.value == household.phone == "0811111111"
    assert {row.value for row in Correction.objects.filter(field="phone")} == {"0811111111", "0822222222"}


def test_the_own_second_edit_before_the_first_came_back_contradicts_nobody(cast: Cast, household):
    put(cast.mentor, edit(household, "phone", "0811111111"))
    again = put(cast.mentor, edit(household, "phone", "0822222222"))[0]
    household.refresh_from_db()
    assert (again.result, household.phone) == ("applied", "0822222222")


def test_choosing_the_other_value_keeps_both_in_history(cast: Cast, household):
    put(cast.mentor, edit(household, "phone", "0811111111"))
    put(cast.officer, edit(household, "phone", "0822222222"))
    waiting = Correction.objects.get(state=CorrectionState.WAITING)
    settle_facts(actor=cast.officer, correction_id=waiting.pk, chosen_id=waiting.pk)
    household.refresh_from_db()
    assert household.phone == "0822222222"
    assert fact_versions([household.pk])[household.pk]["phone"] == 2
    assert Correction.objects.filter(field="phone").count() == 2
    assert not Correction.objects.filter(state=CorrectionState.WAITING).exists()


def test_keeping_the_present_value_sets_the_other_aside(cast: Cast, household):
    put(cast.mentor, edit(household, "phone", "0811111111"))
    put(cast.officer, edit(household, "phone", "0822222222"))
    waiting = Correction.objects.get(state=CorrectionState.WAITING)
    settle_facts(actor=cast.officer, correction_id=waiting.pk, chosen_id=None)
    waiting.refresh_from_db()
    household.refresh_from_db()
    assert (household.phone, waiting.state) == ("0811111111", CorrectionState.SET_ASIDE)
    assert waiting.settled_by == cast.officer.user


def test_a_stranger_sees_no_conflict_and_edits_nothing(cast: Cast, household):
    result = put(cast.other_officer, edit(household, "phone", "0811111111"))[0]
    assert (result.result, result.error.code) == ("refused", "not_found")
    assert not Correction.objects.exists()


def test_a_corrected_name_outlives_the_next_import_and_moves_the_list(cast: Cast, household):
    head = Membership.objects.select_related("person").get(household=household, is_head=True).person
    put(cast.officer, edit(household, "first_name", "กานดา", person=head))
    derive_households([household.pk])
    household.refresh_from_db()
    head.refresh_from_db()
    state = CohortState.objects.filter(household=household).first()
    assert head.first_name == "กานดา"
    assert "กานดา" in household.head_name
    assert state.sort_key == household.sort_key


def test_a_corrected_birthday_has_the_fragile_counted_again(cast: Cast, household):
    elder = Person.objects.filter(memberships__household=household).first()
    before = CohortState.objects.get(household=household, fiscal_year=2568).fragile
    put(cast.mentor, edit(household, "birth_date", "1940-01-01", person=elder))
    assert CohortState.objects.get(household=household, fiscal_year=2568).fragile == before + 1


def test_members_come_and_go(cast: Cast, household):
    new = edit(
        household,
        "member_add",
        json.dumps({"first_name": "น้อง", "last_name": "ใหม่", "birth_date": "2020-02-01"}),
    )
    assert put(cast.mentor, new)[0].result == "applied"
    assert put(cast.mentor, new)[0].result == "same"
    person = Person.objects.get(pk=new.id)
    assert Membership.objects.filter(household=household, person=person, valid_to=None).count() == 1
    left = edit(household, "member_leave", json.dumps({"why": "moved"}), person=person)
    assert put(cast.mentor, left)[0].result == "applied"
    assert not Membership.objects.filter(person=person, valid_to=None).exists()


def test_the_head_does_not_leave_from_here(cast: Cast, household):
    head = Membership.objects.get(household=household, is_head=True).person
    result = put(cast.mentor, edit(household, "member_leave", '{"why": "died"}', person=head))[0]
    assert (result.result, result.error.code) == ("refused", "head_leaves")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("phone", "12345", "bad_phone"),
        ("place", "somewhere", "bad_place"),
        ("place", "95,200", "bad_place"),
        ("house_no", "9" * 41, "too_long"),
        ("member_add", "[]", "bad_member"),
        ("member_add", '{"first_name": ""}', "name_needed"),
        ("national_id", "1", "unknown_fact"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(cast: Cast, household, field, value, code):
    result = put(cast.mentor, edit(household, field, value))[0]
    assert (result.result, result.error.code) == ("refused", code)
    assert any("ก" <= letter <= "๛" for letter in str(result.error))


def test_a_bad_edit_never_harms_the_others(cast: Cast, household):
    results = put(cast.mentor, edit(household, "phone", "x"), edit(household, "house_no", "99/1"))
    assert [result.result for result in results] == ["refused", "applied"]


@pytest.mark.parametrize(("edits", "queries"), [(1, 10), (3, 12)])
def test_an_edit_costs_its_own_rows_only(cast: Cast, household, edits, queries, django_assert_num_queries):
    sent = [edit(household, "house_no", f"{number}/1") for number in range(edits)]
    put(cast.mentor, edit(household, "phone", "0812345678"))
    with django_assert_num_queries(queries):
        put(cast.mentor, *sent)


@pytest.mark.django_db(transaction=True)
def test_a_thousand_edits_of_two_people_lose_none(cast: Cast, household):
    """Two phones, one field, each edit from the version its phone saw: every value is in use or waits."""

    def work(actor, digit):
        try:
            for number in range(500):
                put(actor, edit(household, "house_no", f"{digit}/{number}", base=number // 7))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work, cast.mentor, 1), pool.submit(work, cast.officer, 2)]:
            future.result()
    rows = Correction.objects.filter(household=household, field="house_no")
    values = set(rows.values_list("value", flat=True))
    assert values == {f"{digit}/{number}" for digit in (1, 2) for number in range(500)}
    versions = sorted(rows.filter(state=CorrectionState.APPLIED).values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))
    newest = rows.filter(state=CorrectionState.APPLIED).order_by("version").last()
    assert Household.objects.get(pk=household.pk).house_no == newest.value


def test_the_page_shows_both_and_takes_a_choice(cast: Cast, household):
    client = client_of(cast.mentor)
    page = client.get(f"/households/{household.pk}/facts/?plain=1")
    assert page.status_code == 200
    put(cast.mentor, edit(household, "phone", "0811111111"))
    put(cast.officer, edit(household, "phone", "0822222222", made_at=timezone.now() - timedelta(days=1)))
    client = client_of(cast.officer)
    text = client.get("/facts/conflicts/").content.decode()
    assert "0811111111" in text
    assert "0822222222" in text
    waiting = Correction.objects.get(state=CorrectionState.WAITING)
    client.post(f"/facts/{waiting.pk}/settle/", {"chosen": str(waiting.pk)})
    household.refresh_from_db()
    assert household.phone == "0822222222"


def test_the_page_sends_only_what_was_changed_on_it(cast: Cast, household):
    """An edit made elsewhere while the page was open is neither undone nor contradicted."""
    client = client_of(cast.officer)
    put(cast.mentor, edit(household, "phone", "0811111111"))
    body = {"initial-phone": "", "phone": "", "initial-house_no": household.house_no, "house_no": "77/7"}
    answer = client.post(f"/households/{household.pk}/facts/", body)
    household.refresh_from_db()
    assert answer.status_code == 302
    assert (household.phone, household.house_no) == ("0811111111", "77/7")


def test_the_api_answers_per_item(cast: Cast, household):
    client = client_of(cast.mentor)
    body = [
        {"id": str(uuid7()), "household": str(household.pk), "field": "phone", "value": "0811111111"},
        {"id": "nonsense"},
    ]
    answer = client.post("/api/v1/facts/", body, content_type="application/json")
    assert [item["result"] for item in answer.json()] == ["applied", "refused"]
    assert answer.json()[0]["current"]["value"] == "0811111111"
