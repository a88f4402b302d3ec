"""Two households that were one: counted by hand, chosen field by field, found by old links and phones."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from casework.enums import CloseReason, PlanStatus
from casework.inputs import FindingInput, StepInput
from casework.models import (
    Assignment,
    Case,
    Help,
    HouseholdMerge,
    HouseholdPlan,
    PersonMerge,
    RemovalRequest,
    Visit,
)
from casework.pages.qr import short_of
from casework.services.after import after_write
from casework.services.facts import apply_fact_edits
from casework.services.helps import record_help
from casework.services.merge_persons import merge_persons
from casework.services.merge_work import MergeChoices
from casework.services.merging import merge_households
from casework.services.plans import save_plan
from casework.services.removal import request_removal
from casework.services.unmerging import unmerge, unmerge_persons, why_not_undo
from casework.services.visits import record_visit, record_visits
from dimensions.enums import Stage
from households.enums import LinkKind
from households.inputs import FactEdit
from households.models import Correction, Household, HouseholdLink, Listing, Membership, NationalId, Person
from households.services.derive import derive_households
from households.services.national_ids import find_by_national_id
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.crypto import open_sealed, seal
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from reports.queries import progress_of
from reports.services.rollup import drain_marks
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
from tests.cast import MUEANG_VILLAGE, Cast, client_of, demo_pin, give_national_id, make_listing

pytestmark = pytest.mark.django_db


def merged(actor: Actor, kept: Household, gone: Household, **choices: Any) -> HouseholdMerge:
    return merge_households(
        actor=actor,
        kept_id=kept.pk,
        gone_id=gone.pk,
        choices=MergeChoices(**choices),
        reason="บ้านหลังเดียวกัน ครอบครัวเดียวกัน",
    )


def person_of(household: Household, position: int = 0) -> Person:
    return Membership.objects.get(
        household=household, position=position, valid_to=None, superseded_at=None
    ).person


def figures(code: str = "90", kind: str = "") -> tuple[int, int, int, Decimal, int]:
    while drain_marks():
        pass
    row = progress_of(YEAR, code, kind)
    return (row.households, row.visits, row.helps, row.baht, row.persons) if row else (0, 0, 0, Decimal(0), 0)


def refused_with(code: str, act: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


class TestCounting:
    def test_two_become_one_and_all_their_work_is_added_up(self, cast: Cast) -> None:
        kept, gone = in_care(cast, dimensions=LIVING), in_care(cast, dimensions=INCOME, kind="csr")
        item = an_item("income")
        record_visit(actor=cast.mentor, visit=a_visit(kept, helps=(a_help(item),)))
        record_visit(actor=cast.mentor, visit=a_visit(gone, day=date(2025, 4, 1)))
        record_help(actor=cast.officer, help=a_help(item, gone, amount_baht=Decimal(500)))
        assert figures() == (2, 2, 2, Decimal(3500), 4)

        same = {person_of(gone).pk: person_of(kept).pk}
        merge = merged(cast.officer, kept, gone, same=same)
        assert figures() == (1, 2, 2, Decimal(3500), 3)
        assert (figures(kind="tpmap")[0], figures(kind="csr")[0]) == (1, 1)
        state = state_of(kept)
        assert (state.list_kinds, state.list_dimensions) == (["csr", "tpmap"], [INCOME, LIVING])
        assert (state.baseline, state.visits, state.helps) == (LIVING | INCOME, 2, 2)
        audited = AuditEntry.objects.filter(object_id=str(merge.pk)).values_list("household_id", flat=True)
        assert set(audited) == {kept.pk, gone.pk}

        unmerge(actor=cast.officer, merge_id=merge.pk, reason="คนละครอบครัว")
        assert figures() == (2, 2, 2, Decimal(3500), 4)

    def test_on_the_same_list_one_line_says_what_both_said(self, cast: Cast) -> None:
        kept, gone = in_care(cast, dimensions=LIVING), in_care(cast, dimensions=INCOME)
        merged(cast.officer, kept, gone)
        line = Listing.objects.get(household=kept, superseded_at=None)
        assert (line.dimensions, line.persons, line.listed_persons.count()) == (LIVING | INCOME, 4, 4)
        assert Listing.objects.filter(household=kept).count() == 3
        assert figures()[0] == 1

    def test_case_plan_and_team_of_the_kept_one_go_on(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast, team=cast.other_mentor_team)
        Case.objects.filter(household=gone).update(opened_on=date(2023, 10, 1))
        for household in (kept, gone):
            save_plan(
                actor=system_actor(),
                household_id=household.pk,
                four_t=dict.fromkeys(("attitude", "skills", "resources", "way_out"), ["x"]),
                goal=household.head_name,
                steps=[StepInput(text="ฝึกเลี้ยงไก่")],
                agreed_on=MARCH,
                approve=True,
            )
        merged(cast.officer, kept, gone)
        assert Case.objects.get(household=kept).opened_on == date(2023, 10, 1)
        assert Case.objects.get(household=gone).close_reason == CloseReason.DUPLICATE
        plan = HouseholdPlan.objects.get(household=kept, status=PlanStatus.ACTIVE)
        assert (plan.goal, plan.version) == (kept.head_name, 2)
        assert Assignment.objects.get(household=kept, valid_to=None).team_id == cast.mentor_team.pk
        assert state_of(kept).team_id == cast.mentor_team.pk

    def test_what_the_merge_settles_is_noted_in_thai_on_every_page(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        request_removal(
            actor=cast.secretary, household_id=gone.pk, reason="not_poor", note="มีรายได้", effective_on=MARCH
        )
        with override("en"):
            merged(cast.officer, kept, gone)
        assert RemovalRequest.objects.get(household=gone).decision_note == "รวมกับครัวเรือนอื่นแล้ว"

    def test_team_of_the_other_is_taken_where_chosen(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast, team=cast.other_mentor_team)
        merged(cast.officer, kept, gone, take=frozenset({"team"}))
        kept.scope.refresh_from_db()
        assert kept.scope.team_id == cast.other_mentor_team.pk


class TestChoosing:
    def test_chosen_values_hold_against_later_lists(self, cast: Cast) -> None:
        kept, gone = in_care(cast, house_no="1"), in_care(cast, house_no="2")
        Household.objects.filter(pk=gone.pk).update(phone="0812345678", latitude=7.5, longitude=100.4)
        merged(cast.officer, kept, gone, take=frozenset({"phone", "house_no", "place", "head_name"}))
        newer = make_listing(kept, fiscal_year=YEAR + 1)
        Listing.objects.filter(pk=newer.pk).update(raw={"house_no": "99", "head_first_name": "อื่น"})
        derive_households([kept.pk])
        kept.refresh_from_db()
        assert (kept.phone, kept.house_no, kept.latitude) == ("0812345678", "2", 7.5)
        assert kept.head_name == gone.head_name
        head = Membership.objects.get(household=kept, is_head=True, superseded_at=None)
        assert head.person.full_name == gone.head_name

    def test_value_of_the_kept_one_holds_where_nothing_was_chosen(self, cast: Cast) -> None:
        kept, gone = in_care(cast, house_no="1"), in_care(cast, house_no="2")
        merged(cast.officer, kept, gone)
        assert Correction.objects.get(household=kept, field="house_no").value == "1"

    def test_national_id_is_handed_on_where_there_was_none(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        mine, theirs = person_of(kept), person_of(gone)
        NationalId.objects.filter(person=mine).delete()
        index = bytes(NationalId.objects.get(person=theirs).blind_index)
        sealed = NationalId.objects.get(person=theirs)
        pin = demo_pin(theirs)
        merge = merged(cast.officer, kept, gone, same={theirs.pk: mine.pk})
        assert bytes(NationalId.objects.get(person=mine).blind_index) == index
        assert not NationalId.objects.filter(person=theirs).exists()
        held = NationalId.objects.get(person=mine)
        merge.refresh_from_db()
        for row in (sealed, held):
            assert bytes(row.sealed).hex() not in json.dumps(merge.manifest), "the rows hold it, nothing else"
        # The id was sealed under a newer key since, which is no reason to refuse.
        held.key_id, held.sealed = seal(pin, mine.pk.bytes)
        held.save()
        unmerge(actor=cast.officer, merge_id=merge.pk, reason="x")
        assert not NationalId.objects.filter(person=mine).exists()
        back = NationalId.objects.get(person=theirs)
        assert bytes(back.blind_index) == index
        assert open_sealed(back.key_id, bytes(back.sealed), theirs.pk.bytes) == pin

        again = merged(cast.officer, kept, gone, same={theirs.pk: mine.pk})
        other = demo_pin(person_of(kept, 1))
        NationalId.objects.filter(person=person_of(kept, 1)).delete()
        NationalId.objects.filter(person=mine).delete()
        give_national_id(mine, other)
        refused_with("cannot_unmerge", lambda: unmerge(actor=cast.officer, merge_id=again.pk, reason="x"))

    def test_what_cannot_be_is_refused(self, cast: Cast) -> None:
        kept, gone, far = in_care(cast), in_care(cast), in_care(cast, village=MUEANG_VILLAGE, team=None)
        with pytest.raises(InvalidInput):
            merge_households(actor=cast.officer, kept_id=kept.pk, gone_id=gone.pk, reason=" ")
        with pytest.raises(InvalidInput):
            merged(cast.officer, kept, gone, same={person_of(kept).pk: person_of(gone).pk})
        with pytest.raises(InvalidInput):
            merged(cast.officer, kept, kept)
        with pytest.raises(NotAllowed):
            merged(cast.mentor, kept, gone)
        with pytest.raises(Http404):
            merged(cast.officer, kept, far)
        merge = merged(cast.secretary, kept, far)
        refused_with("province_decides", lambda: unmerge(actor=cast.officer, merge_id=merge.pk, reason="ผิด"))


class TestFindingAgain:
    def test_old_links_lead_to_the_kept_one_for_those_who_see_it(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        merged(cast.officer, kept, gone)
        page = reverse("household", args=[gone.pk])
        answer = client_of(cast.officer).get(page)
        assert (answer.status_code, answer["Location"]) == (302, reverse("household", args=[kept.pk]))
        assert client_of(cast.other_officer).get(page).status_code == 404
        code = reverse("household_short", args=[short_of(gone.pk)])
        assert client_of(cast.officer).get(code)["Location"] == reverse("household", args=[kept.pk])
        assert client_of(cast.other_officer).get(code).status_code == 404
        shown = client_of(cast.officer).get(reverse("household", args=[kept.pk]))
        assert shown.status_code == 200
        assert gone.head_name in shown.content.decode()

    def test_visit_from_a_phone_is_recorded_on_the_kept_one(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        theirs = person_of(gone)
        mine = person_of(kept)
        merged(cast.officer, kept, gone, same={theirs.pk: mine.pk})
        visit = a_visit(gone, verifications=(FindingInput(person_id=theirs.pk, status="correct"),))
        assert record_visits(actor=cast.mentor, visits=[visit])[0].status == "created"
        assert Visit.objects.get(pk=visit.id).household_id == kept.pk
        assert mine.verifications.get().household_id == kept.pk
        assert record_visits(actor=cast.mentor, visits=[visit])[0].status == "same"

    def test_visit_comes_through_the_door_of_phones(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast, team=cast.other_mentor_team)
        merged(cast.officer, kept, gone)
        pk = uuid7()
        body = {
            "id": str(pk),
            "household": str(gone.pk),
            "visited_at": timezone.now().isoformat(),
            "outcome": "met",
            "note": "ไปตอนยังไม่มีสัญญาณ",
        }
        # The team of the one that went had it until today.
        answer = client_of(cast.other_mentor).post("/api/v1/visits/", body, content_type="application/json")
        assert answer.status_code == 201, answer.content
        assert Visit.objects.get(pk=pk).household_id == kept.pk

    def test_edit_from_a_phone_arrives_at_the_kept_one(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        merged(cast.officer, kept, gone)
        edit = FactEdit(id=uuid7(), household_id=gone.pk, field="phone", value="0898765432")
        assert apply_fact_edits(actor=cast.mentor, edits=[edit])[0].result == "applied"
        assert Household.objects.get(pk=kept.pk).phone == "0898765432"
        assert apply_fact_edits(actor=cast.mentor, edits=[edit])[0].result == "same"


class TestTakingApart:
    def test_what_was_recorded_since_stays_and_corrections_go_along(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        old = a_visit(gone)
        record_visit(actor=cast.mentor, visit=old)
        merge = merged(cast.officer, kept, gone)
        new = a_visit(kept, day=date(2025, 5, 1))
        mended = a_visit(kept, day=date(2025, 3, 11), amends=old.id)
        record_visits(actor=cast.mentor, visits=[new, mended])
        unmerge(actor=cast.officer, merge_id=merge.pk, reason="คนละครอบครัว")
        assert Visit.objects.get(pk=new.id).household_id == kept.pk
        assert set(Visit.objects.filter(household=gone).values_list("pk", flat=True)) == {old.id, mended.id}
        assert (state_of(kept).visits, state_of(gone).visits) == (1, 1)

    def test_stage_made_by_both_together_is_taken_back(self, cast: Cast) -> None:
        kept, gone = in_care(cast, dimensions=LIVING), in_care(cast, dimensions=LIVING, kind="csr")
        record_help(actor=cast.officer, help=a_help(an_item("living"), gone))
        merge = merged(cast.officer, kept, gone)
        assert state_of(kept).stage == Stage.SURVIVE
        unmerge(actor=cast.officer, merge_id=merge.pk, reason="คนละครอบครัว")
        assert (state_of(kept).stage, state_of(gone).stage) == (Stage.WAITING, Stage.SURVIVE)

    def test_later_merge_has_to_go_first(self, cast: Cast) -> None:
        first, second, third = in_care(cast), in_care(cast), in_care(cast)
        one = merged(cast.officer, second, first)
        two = merged(cast.officer, third, second)
        assert Household.objects.get(pk=first.pk).merged_into_id == third.pk
        error = refused_with(
            "cannot_unmerge", lambda: unmerge(actor=cast.officer, merge_id=one.pk, reason="ผิด")
        )
        assert error.details["account"][0]["code"] == "later"
        assert why_not_undo(one)
        unmerge(actor=cast.officer, merge_id=two.pk, reason="ผิด")
        unmerge(actor=cast.officer, merge_id=one.pk, reason="ผิด")
        assert figures()[0] == 3
        refused_with("already_undone", lambda: unmerge(actor=cast.officer, merge_id=one.pk, reason="ผิด"))

    def test_line_replaced_since_stands_in_the_way(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        merge = merged(cast.officer, kept, gone)
        Listing.objects.filter(household=kept, superseded_at=None).update(superseded_at=timezone.now())
        make_listing(kept, dimensions=LIVING)
        after_write(actor=system_actor(), household_ids=[kept.pk], since=START)
        with pytest.raises(Conflict) as caught:
            unmerge(actor=cast.officer, merge_id=merge.pk, reason="ผิด")
        assert {row["code"] for row in caught.value.details["account"]} == {"built_on"}
        assert HouseholdMerge.objects.get().undone_at is None

    def test_rows_that_are_gone_stand_in_the_way(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast, kind="csr")
        merge = merged(cast.officer, kept, gone)
        Listing.objects.filter(household=kept, kind_code="csr").delete()  # as an import undone would
        error = refused_with(
            "cannot_unmerge", lambda: unmerge(actor=cast.officer, merge_id=merge.pk, reason="ผิด")
        )
        assert ("households_listing", "missing", 1) in {
            (row["table"], row["code"], row["count"]) for row in error.details["account"]
        }
        assert "บัญชี" in error.message


class TestPersons:
    def test_either_number_finds_the_one_person(self, cast: Cast) -> None:
        kept, gone = in_care(cast), in_care(cast)
        theirs = person_of(gone)
        merged(cast.officer, kept, gone, same={theirs.pk: person_of(kept).pk})
        assert find_by_national_id(actor=cast.officer, pin=demo_pin(theirs)) == kept.pk

    def test_same_person_twice_in_one_household(self, cast: Cast) -> None:
        household = in_care(cast, persons=3)
        mine, twice = person_of(household, 1), person_of(household, 2)
        merge = merge_persons(
            actor=cast.officer, kept_person_id=mine.pk, gone_person_id=twice.pk, reason="พิมพ์ชื่อผิด"
        )
        assert figures()[4] == 2
        twice.refresh_from_db()
        assert twice.merged_into_id == mine.pk
        unmerge_persons(actor=cast.officer, merge_id=merge.pk, reason="แฝดกัน")
        assert figures()[4] == 3
        assert PersonMerge.objects.get().undo_reason == "แฝดกัน"

    def test_person_listed_in_two_households_is_one_and_lives_in_one(self, cast: Cast) -> None:
        home, other = in_care(cast), in_care(cast)
        mine, twice = person_of(home, 1), person_of(other, 1)
        merge = merge_persons(
            actor=cast.officer, kept_person_id=mine.pk, gone_person_id=twice.pk, reason="ย้ายมาแล้ว"
        )
        assert not Membership.objects.filter(household=other, person=twice, superseded_at=None).exists()
        assert Listing.objects.get(household=other).listed_persons.filter(person=mine).exists()
        unmerge_persons(actor=cast.officer, merge_id=merge.pk, reason="ผิดคน")
        assert person_of(other, 1) == twice

    def test_head_with_others_is_not_merged_away(self, cast: Cast) -> None:
        home, other = in_care(cast), in_care(cast)
        refused_with(
            "head_leaves",
            lambda: merge_persons(
                actor=cast.officer,
                kept_person_id=person_of(home).pk,
                gone_person_id=person_of(other).pk,
                reason="x",
            ),
        )


def test_links_of_the_one_that_went_are_the_kept_ones(cast: Cast) -> None:
    kept, gone, third = in_care(cast), in_care(cast), in_care(cast)
    for other in (kept, third):
        HouseholdLink.objects.create(
            household=gone, other=other, kind=LinkKind.SAME_HOUSE, effective_on=timezone.localdate()
        )
    merged(cast.officer, kept, gone)
    link = HouseholdLink.objects.get()
    assert (link.household_id, link.other_id) == (kept.pk, third.pk)
    assert not Help.objects.exists()
