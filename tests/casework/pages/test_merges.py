"""Side by side, from the pair to the merge and back; moving a person, splitting a household."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.models import CohortState, HouseholdMerge, PersonMerge
from casework.services.visits import record_visit
from dimensions.enums import Dimension
from households.enums import FoundBy, LinkKind, PairKind, PairState
from households.models import DuplicatePair, Household, HouseholdLink, ListKind, Membership
from povertyops.common.ids import uuid7
from povertyops.common.thai import fiscal_year_of
from tests.casework.test_merging import person_of
from tests.casework.work import INCOME, LIVING, a_visit, in_care
from tests.cast import MUEANG_VILLAGE, NEXT_VILLAGE, Cast, client_of

pytestmark = pytest.mark.django_db


def a_pair(
    one: Household, other: Household, kind: str = PairKind.HOUSEHOLD, persons: tuple[Any, ...] = ()
) -> DuplicatePair:
    mine, theirs = persons or (one.pk, other.pk)
    first, second = sorted([(mine, one.pk), (theirs, other.pk)])
    return DuplicatePair.objects.create(
        kind=kind,
        province_code="90",
        left_id=first[0],
        right_id=second[0],
        left_household_id=first[1],
        right_household_id=second[1],
        score=900,
        found_by=FoundBy.NIGHTLY,
    )


def page(client: Client, name: str, pk: Any, **data: Any) -> Any:
    return client.get(reverse(name, args=[pk]), data)


def send(client: Client, name: str, pk: Any, **data: Any) -> Any:
    return client.post(reverse(name, args=[pk]), data)


def as_typed(answer: Any) -> dict[str, str]:
    """What the form would send when nothing was changed."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_two_households_are_compared_merged_after_a_look_and_taken_apart(cast: Cast) -> None:
    kept, gone = in_care(cast, dimensions=LIVING, house_no="11"), in_care(cast, kind="csr", house_no="12")
    record_visit(actor=cast.mentor, visit=a_visit(kept))
    record_visit(actor=cast.mentor, visit=a_visit(gone, note="พบตา"))
    pair, officer = a_pair(kept, gone), client_of(cast.officer)

    shown = page(officer, "duplicate", pair.pk)
    assert shown.status_code == 200
    assert {row.name for row in shown.context["comparison"].differing} >= {"house_no", "house_code"}
    body = {**as_typed(shown), "kept": "left", "field_house_no": "right"}
    faulty = send(officer, "duplicate_merge", pair.pk, **{**body, "reason": ""})
    assert faulty.status_code == 422
    assert "โปรดบอกเหตุผล" in faulty.content.decode()

    body["reason"] = "บ้านเดียวกัน นามสกุลเดียวกัน"
    look = send(officer, "duplicate_merge", pair.pk, step="check", **body)
    assert look.status_code == 200
    assert "การเยี่ยม 1 ครั้ง" in look.content.decode()
    assert not HouseholdMerge.objects.exists()
    done = send(officer, "duplicate_merge", pair.pk, step="do", **body)
    merge = HouseholdMerge.objects.get()
    assert done["Location"] == reverse("household", args=[merge.kept_id])
    assert (merge.kept_id, merge.gone_id) == (pair.left_household_id, pair.right_household_id)
    assert "house_no" in merge.choices["take"]
    pair.refresh_from_db()
    assert pair.state == PairState.MERGED
    story = page(officer, "household", merge.kept_id).content.decode()
    assert merge.gone.head_name in story
    assert page(officer, "duplicate", pair.pk).status_code == 200

    listed = officer.get(reverse("merge_list"))
    assert merge.gone.head_name in listed.content.decode()
    assert page(officer, "merge_undo", merge.pk).status_code == 200
    assert send(officer, "merge_undo", merge.pk, reason="").status_code == 422
    assert send(officer, "merge_undo", merge.pk, reason="คนละครอบครัว").status_code == 302
    assert page(officer, "household", gone.pk).status_code == 200
    again = send(officer, "merge_undo", merge.pk, reason="คนละครอบครัว")
    assert (again.status_code, "ยกเลิกการรวมไปแล้ว" in again.content.decode()) == (422, True)


def test_other_side_out_of_sight_is_only_said_to_be_elsewhere(cast: Cast) -> None:
    here, there = in_care(cast), in_care(cast, village=MUEANG_VILLAGE, team=None)
    pair = a_pair(here, there)
    shown = page(client_of(cast.officer), "duplicate", pair.pk).content.decode()
    assert "อีกฝ่ายอยู่นอกพื้นที่" in shown
    assert there.head_name not in shown
    assert (
        send(client_of(cast.officer), "duplicate_merge", pair.pk, kept="left", reason="x").status_code == 404
    )
    assert page(client_of(cast.far_officer), "duplicate", pair.pk).status_code == 404
    assert page(client_of(cast.mentor), "duplicate", pair.pk).status_code == 403
    assert there.head_name in page(client_of(cast.secretary), "duplicate", pair.pk).content.decode()


def test_two_families_in_one_house_are_linked_and_not_proposed_again(cast: Cast) -> None:
    one, other = in_care(cast), in_care(cast)
    pair, officer = a_pair(one, other), client_of(cast.officer)
    assert send(officer, "duplicate_decide", pair.pk, decision="same_house", reason="").status_code == 422
    done = send(officer, "duplicate_decide", pair.pk, decision="same_house", reason="สองพี่น้อง หุงข้าวคนละหม้อ")
    assert done.status_code == 302
    pair.refresh_from_db()
    assert pair.state == PairState.NOT_SAME
    assert HouseholdLink.objects.get().kind == LinkKind.SAME_HOUSE
    for mine, theirs in ((one, other), (other, one)):
        assert theirs.head_name in page(officer, "household", mine.pk).content.decode()


def test_one_person_listed_twice_in_a_household_is_made_one(cast: Cast) -> None:
    household = in_care(cast, persons=3)
    mine, twice = person_of(household, 1), person_of(household, 2)
    pair = a_pair(household, household, PairKind.PERSON, (mine.pk, twice.pk))
    officer = client_of(cast.officer)
    assert twice.full_name in page(officer, "duplicate", pair.pk).content.decode()
    kept = "left" if pair.left_id == mine.pk else "right"
    done = send(officer, "duplicate_decide", pair.pk, decision="person", kept=kept, reason="พิมพ์ซ้ำ")
    assert done.status_code == 302
    merge = PersonMerge.objects.get()
    assert (merge.kept_id, merge.gone_id) == (mine.pk, twice.pk)
    assert page(officer, "duplicate", pair.pk).status_code == 200
    assert send(officer, "person_merge_undo", merge.pk, reason="ฝาแฝด").status_code == 302
    assert Membership.objects.filter(household=household, superseded_at=None).count() == 3


def test_member_moves_and_both_stories_tell_of_it(cast: Cast) -> None:
    old, new = in_care(cast, persons=3), in_care(cast)
    head, child = person_of(old), person_of(old, 2)
    officer = client_of(cast.officer)
    body = {
        "person": str(child.pk),
        "to_household": f"https://poverty.example/households/{new.pk}/",
        "on": timezone.localdate().isoformat(),
        "reason": "ไปอยู่กับยาย",
    }
    assert page(officer, "person_move", old.pk).status_code == 200
    assert send(officer, "person_move", old.pk, **{**body, "to_household": str(uuid7())}).status_code == 422
    assert send(officer, "person_move", old.pk, **{**body, "person": str(head.pk)}).status_code == 422
    assert send(officer, "person_move", old.pk, **body).status_code == 302
    lives = Membership.objects.get(person=child, valid_to=None, superseded_at=None)
    assert lives.household_id == new.pk
    assert Membership.objects.get(person=child, household=old).valid_to == timezone.localdate()
    for household in (old, new):
        assert child.full_name in page(officer, "household", household.pk).content.decode()
    next_head = person_of(old, 1)
    moved = send(
        officer, "person_move", old.pk, **{**body, "person": str(head.pk), "new_head": str(next_head.pk)}
    )
    assert moved.status_code == 302
    old.refresh_from_db()
    assert old.head_name == next_head.full_name


def test_household_splits_and_the_new_one_is_found_this_year(cast: Cast) -> None:
    ListKind.objects.get_or_create(code="survey", defaults={"name": "สำรวจ", "counts_as_found": True})
    household = in_care(cast, persons=3)
    child = person_of(household, 2)
    officer = client_of(cast.officer)
    assert page(officer, "household_split", household.pk).status_code == 200
    body = {
        "persons": [str(child.pk)],
        "subdistrict": NEXT_VILLAGE[:6],
        "village": str(int(NEXT_VILLAGE[6:])),
        "house_no": "99/9",
        "dimensions": [Dimension.INCOME.value],
        "on": timezone.localdate().isoformat(),
        "reason": "แต่งงานออกเรือน",
    }
    done = send(officer, "household_split", household.pk, **body)
    assert done.status_code == 302, done.context["form"].errors
    new = Household.objects.get(house_no="99/9")
    assert Membership.objects.get(person=child, valid_to=None, superseded_at=None).household_id == new.pk
    state = CohortState.objects.get(household=new, fiscal_year=fiscal_year_of(timezone.localdate()))
    assert (state.baseline, state.get_membership_display()) == (INCOME, "สำรวจพบเพิ่มเติม")
    assert HouseholdLink.objects.filter(kind=LinkKind.SPLIT).count() == 2
    assert new.head_name in page(officer, "household", household.pk).content.decode()
