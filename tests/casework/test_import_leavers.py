"""Households that left the list: nothing happens by itself; the province decides, group by group."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils.translation import override

from casework.enums import Decision
from casework.models import Case, LeaverDecision, LeaverHousehold, RemovalRequest
from casework.queries.due import Reason, due_list
from casework.queries.leavers import LeaverGroup, group_lines, leavers_of
from casework.services.assignment import assign_households
from casework.services.leavers import decide_leavers
from casework.services.removal import decide_removal
from casework.services.visits import record_visit
from dimensions.enums import Stage
from households.models import Household, ImportBatch
from povertyops.common.errors import Conflict, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.batches import assert_all_agree, register
from tests.casework.work import a_visit
from tests.cast import Cast, client_of
from tests.import_work import bring_in, check, world
from tests.lists import Sheet, make_households

__all__ = ["world"]

UNHELPED = LeaverGroup("9007", Stage.WAITING, False)


def a_year_later(cast: Cast) -> tuple[ImportBatch, list[Household]]:
    """Five households of last year's list, of which two are in this year's file."""
    families = make_households(5, persons=1, subdistricts=["900701"])
    bring_in(Sheet(families), fiscal_year=2567)
    batch = bring_in(Sheet(families[:2]), actor=cast.secretary)
    codes = [family.house_code for family in families[2:]]
    gone = list(Household.objects.filter(house_code__in=codes).order_by("sort_key"))
    return batch, gone


def test_leaving_changes_nothing_by_itself_and_groups_tell_who_left(world: Cast) -> None:
    batch, gone = a_year_later(world)
    assert batch.left == 3
    assert Case.objects.filter(closed_on=None).count() == 5
    (line,) = group_lines(leavers_of(world.secretary, batch))
    assert (line.group, line.count, line.undecided) == (UNHELPED, 3, 3)
    assert {each.household_id for each in leavers_of(world.secretary, batch)} == {each.pk for each in gone}
    assert leavers_of(world.far_secretary, batch) == []


def test_each_decision_does_what_it_says_once_per_household(world: Cast) -> None:
    batch, gone = a_year_later(world)
    before = register()
    kept = decide_leavers(actor=world.secretary, batch_id=batch.pk, group=UNHELPED, act="keep")
    assert kept.decided.count() == 3
    assert register() == before
    with pytest.raises(Conflict):
        decide_leavers(actor=world.secretary, batch_id=batch.pk, group=UNHELPED, act="keep")

    with override("en"):
        asked = decide_leavers(
            actor=world.secretary, batch_id=batch.pk, group=UNHELPED, act="remove", note="ตรวจแล้ว"
        )
    assert asked.decided.count() == RemovalRequest.objects.filter(decision=Decision.PENDING).count() == 3
    with pytest.raises(Conflict):
        decide_leavers(actor=world.secretary, batch_id=batch.pk, group=UNHELPED, act="remove")
    removal = RemovalRequest.objects.get(household=gone[0])
    assert (removal.reason, removal.requested_by) == ("not_poor", world.secretary.user)
    assert removal.note.startswith("พ้นจากบัญชี")
    assert removal.note.endswith("ตรวจแล้ว")
    with pytest.raises(NotAllowed):
        decide_removal(actor=world.secretary, removal_id=removal.pk, accept=True)
    decide_removal(actor=world.officer, removal_id=removal.pk, accept=True)
    assert Case.objects.filter(closed_on=None).count() == 4
    assert Household.objects.count() == 5
    assert LeaverDecision.objects.count() == 2
    assert LeaverHousehold.objects.count() == 6
    assert AuditEntry.objects.filter(action="household.left.remove").count() == 3
    assert_all_agree(2567, 2568)


def test_a_look_that_is_asked_for_makes_the_household_due(world: Cast) -> None:
    batch, gone = a_year_later(world)
    household = gone[0]
    assign_households(
        actor=world.officer,
        household_ids=[household.pk],
        team_id=world.mentor_team.pk,
        mentor_id=world.mentor.user_id,
        valid_from=world.mentor.today(),
    )
    assert [item.reason for item in due_list(world.mentor)] != [Reason.LEFT]
    decide_leavers(actor=world.secretary, batch_id=batch.pk, group=UNHELPED, act="check")
    (item,) = due_list(world.mentor)
    assert (item.reason, item.due_on) == (Reason.LEFT, world.mentor.today())
    client = client_of(world.mentor)
    said = "พ้นบัญชีปีนี้ ตรวจว่ายังลำบากหรือไม่"
    assert said in client.get(reverse("today")).content.decode()
    page = reverse("household", args=[household.pk])
    assert said in client.get(page).content.decode()
    visit = a_visit(household, day=world.mentor.today())
    assert record_visit(actor=world.mentor, visit=visit).status == "created"
    (item,) = due_list(world.mentor)
    assert item.left_on is None
    assert said not in client.get(page).content.decode()


def test_only_the_province_decides_and_only_after_the_list_went_in(world: Cast) -> None:
    families = make_households(3, persons=1, subdistricts=["900701"])
    bring_in(Sheet(families), fiscal_year=2567)
    batch = check(Sheet(families[:2]), actor=world.officer)
    with pytest.raises(Conflict):
        decide_leavers(actor=world.secretary, batch_id=batch.pk, group=UNHELPED, act="keep")
    with pytest.raises(NotAllowed):
        decide_leavers(actor=world.officer, batch_id=batch.pk, group=UNHELPED, act="keep")
    with pytest.raises(Http404):
        decide_leavers(actor=world.far_secretary, batch_id=batch.pk, group=UNHELPED, act="keep")
    here = reverse("import_leavers", args=[batch.pk])
    assert client_of(world.officer).post(here, {"group": "9007-0-0", "act": "keep"}).status_code == 403


def test_page_has_groups_whose_counts_open_lists(world: Cast) -> None:
    batch, gone = a_year_later(world)
    here = reverse("import_leavers", args=[batch.pk])
    client = client_of(world.secretary)
    said = client.get(here).content.decode()
    assert "ยังไม่ตัดสินใจ" in said
    assert "ตัดสินใจต่อครัวเรือนที่พ้นบัญชี" in client.get(reverse("import_batch", args=[batch.pk])).content.decode()
    listed = client.get(f"{here}?group=9007-0-0&act=").content.decode()
    assert all(str(household) in listed for household in gone)
    assert client.post(here, {"group": "x", "act": "keep"}).status_code == 422
    assert client.post(here, {"group": "9007-0-0", "act": "check", "note": "x"}).status_code == 302
    assert LeaverDecision.objects.get().group == {"district": "9007", "stage": 0, "helped": False}
    assert date.today() >= LeaverDecision.objects.get().recorded_at.date()
