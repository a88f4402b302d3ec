"""Undo of a whole import: register, work and every number are as before, or it is told why not."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.http import Http404

from casework.models import Case, HouseholdMerge, PersonMerge, StageEvent
from casework.queries.built_on import MADE_BY_IMPORT, building_models, households_in_the_way, obstacles_of
from casework.services.assignment import assign_households
from casework.services.facts import apply_fact_edits
from casework.services.importing import move_on, unfinished_imports
from casework.services.merge_persons import merge_persons
from casework.services.merge_work import MergeChoices
from casework.services.merging import merge_households
from casework.services.persons_moving import move_person
from casework.services.undoing import BuiltOn, request_undo
from casework.services.unmerging import unmerge, unmerge_persons
from casework.services.visits import record_visit
from households.enums import ImportStatus
from households.inputs import FactEdit
from households.models import (
    Household,
    ImportBatch,
    JoinedPerson,
    Listing,
    Membership,
    Person,
    TargetList,
)
from povertyops.accounts.actor import system_actor
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.batches import assert_all_agree, copies, figures, register, undo
from tests.casework.work import a_help, a_visit, an_item
from tests.cast import Cast
from tests.import_work import bring_in, counts, world
from tests.lists import ListPerson, Sheet, make_households

__all__ = ["world"]

NEW_PIN = "1100000000000"


def lists_before(cast: Cast) -> list:
    """Households of two years and two kinds, one of them helped and so at the stage survive."""
    old, now = copies(5, persons=2)
    bring_in(Sheet(old), fiscal_year=2567)
    bring_in(Sheet(old[3:]), kind="csr")
    first = bring_in(Sheet(old[:3]))
    helped = Household.objects.get(house_code=old[0].house_code)
    assign_households(
        actor=cast.officer,
        household_ids=[helped.pk],
        team_id=cast.mentor_team.pk,
        valid_from=date(2024, 10, 2),
    )
    items = [an_item(code) for code in old[0].dimensions]
    for item in items:
        visit = a_visit(helped, day=date(2024, 11, 5), helps=(a_help(item),))
        assert record_visit(actor=cast.officer, visit=visit).status == "created"
    assert first.new == 0
    return now


def a_second_list(now: list) -> Sheet:
    """Three lines that differ, two households newly on this list, two that nobody knew."""
    spare = make_households(1, persons=1, start=77)[0].persons[0]
    now[0].dimensions, now[0].phone = ("health", "education", "access"), "0899999999"
    now[1].moo, now[1].village = now[1].moo % 12 + 1, "บ้านใหม่"
    now[1].persons[1] = ListPerson(
        spare.pin, now[1].persons[1].title, spare.first, now[1].persons[1].last, spare.birth, "หลาน"
    )
    now[2].persons[0].first = "เปลี่ยนชื่อ"
    return Sheet([*now, *make_households(2, persons=3, start=90)])


def test_undo_restores_register_work_and_every_number(world: Cast) -> None:
    now = lists_before(world)
    assert_all_agree(2567, 2568)
    before, numbers = register(), figures()
    batch = bring_in(a_second_list(now), actor=world.secretary)
    assert counts(batch) == (2, 2, 3, 0)
    assert_all_agree(2567, 2568)
    changed = register()
    assert {name for name in before if before[name] != changed[name]} >= {
        "Household",
        "Listing",
        "CohortState",
    }

    undone = undo(batch, actor=world.secretary, reason="ส่งผิดปี")
    assert undone.status == ImportStatus.UNDONE
    assert (undone.undone_by, undone.undo_reason) == (world.secretary.user, "ส่งผิดปี")
    assert counts(undone) == (2, 2, 3, 0)
    after = register()
    gone = {name: sorted(set(before[name]) - set(after[name])) for name in before}
    more = {name: sorted(set(after[name]) - set(before[name])) for name in before}
    assert ({k: v for k, v in gone.items() if v}, {k: v for k, v in more.items() if v}) == ({}, {})
    assert figures() == numbers
    assert_all_agree(2567, 2568)
    assert AuditEntry.objects.filter(action="household.unlisted").count() == 7

    again = bring_in(a_second_list(now), actor=world.secretary)
    assert counts(again) == (2, 2, 3, 0)
    assert_all_agree(2567, 2568)
    undo(again, actor=world.secretary)
    assert register() == before


def test_undo_of_a_first_list_leaves_nothing(world: Cast) -> None:
    batch = bring_in(Sheet(make_households(3)))
    undo(batch)
    for model in (Household, Person, Listing, TargetList, Case, StageEvent):
        assert not model.objects.exists()
    assert_all_agree(2568)
    assert bring_in(Sheet(make_households(3)), fiscal_year=2568).new == 3


def test_undo_is_refused_with_an_account_once_something_was_built_on_it(world: Cast) -> None:
    families = make_households(2, persons=2, subdistricts=["900701"])
    batch = bring_in(Sheet(families), actor=world.officer)
    household = Household.objects.get(house_code=families[0].house_code)
    before = register()
    record_visit(actor=world.officer, visit=a_visit(household))
    assign_households(
        actor=world.officer,
        household_ids=[household.pk],
        team_id=world.mentor_team.pk,
        valid_from=date(2025, 3, 1),
    )
    told = {each.code: (each.count, each.households) for each in obstacles_of(batch)}
    assert told["casework.visit"] == told["casework.assignment"] == (1, 1)
    assert households_in_the_way(batch, "casework.visit", 50) == [household.pk]
    with pytest.raises(BuiltOn) as refused:
        request_undo(actor=world.officer, batch_id=batch.pk, reason="x")
    assert "การลงพื้นที่ 1 รายการ (1 ครัวเรือน)" in str(refused.value)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.APPLIED
    assert register()["Household"] == before["Household"]


def test_a_later_list_stands_in_the_way_until_it_is_undone(world: Cast) -> None:
    families, now = copies(2, persons=1)
    first = bring_in(Sheet(families))
    now[0].phone = "0811111111"
    second = bring_in(Sheet(now))
    assert {each.code for each in obstacles_of(first)} == {"later_list", "later_match", "later_person"}
    undo(second)
    assert obstacles_of(first) == []
    undo(first)
    assert not Household.objects.exists()


def test_persons_that_the_batch_itself_joined_are_two_again(world: Cast) -> None:
    """A son without an id on last year's list; this year's list has the id of a lodger next door."""
    family, neighbours = make_households(2, persons=2)
    son = family.persons[1]
    lodging = deepcopy(neighbours)
    lodging.persons.append(deepcopy(son))
    unnamed = deepcopy(family)
    unnamed.persons[1].pin = ""
    bring_in(Sheet([unnamed]), fiscal_year=2567)
    bring_in(Sheet([lodging]), kind="csr")
    before, numbers = register(), figures()
    assert Person.objects.filter(first_name=son.first, merged_into=None).count() == 2

    batch = bring_in(Sheet([family]))
    joined = JoinedPerson.objects.get()
    assert (joined.batch_id, joined.gone.merged_into_id) == (batch.pk, joined.kept_id)
    assert obstacles_of(batch) == []
    later = deepcopy(family)
    later.phone = "0811111111"
    undo(bring_in(Sheet([later]), fiscal_year=2567))  # re-instates the line that named the son
    assert_all_agree(2567, 2568)
    undo(batch)
    assert register() == before
    assert figures() == numbers
    assert not JoinedPerson.objects.exists()
    assert_all_agree(2567, 2568)

    again = bring_in(Sheet([family]))
    kept = JoinedPerson.objects.get().kept
    lodger = Person.objects.exclude(pk=kept.pk).filter(
        merged_into=None, memberships__household__house_code=neighbours.house_code
    )
    merge = merge_persons(
        actor=world.secretary,
        kept_person_id=lodger.order_by("memberships__position").last().pk,
        gone_person_id=kept.pk,
        reason="คนเดียวกัน",
    )
    assert "merged" in {each.code for each in obstacles_of(again)}
    unmerge_persons(actor=world.secretary, merge_id=merge.pk, reason="ไม่ใช่")
    assert obstacles_of(again) == []
    undo(again)
    assert register() == before


@pytest.mark.parametrize("act", ["move", "leave"])
def test_who_was_moved_or_let_go_by_hand_since_stays_where_the_hand_put_them(world: Cast, act: str) -> None:
    """A lodger whom the batch found to be the son next door, so that since when he lodges was told anew."""
    family, neighbours, third = make_households(3, persons=2, subdistricts=["900701"])
    lodging, unnamed = deepcopy(neighbours), deepcopy(family)
    lodging.persons.append(deepcopy(family.persons[1]))
    unnamed.persons[1].pin = ""
    bring_in(Sheet([unnamed]), kind="csr", fiscal_year=2567)
    bring_in(Sheet([lodging, third]))
    homes = {each.house_code: Household.objects.get(house_code=each.house_code) for each in (lodging, third)}
    here, there = homes[lodging.house_code], homes[third.house_code]
    lodger = here.memberships.get(position=2, superseded_at=None).person_id
    on = date(2025, 3, 1)

    def by_hand() -> None:
        if act == "move":
            move_person(
                actor=world.officer,
                person_id=lodger,
                from_household_id=here.pk,
                to_household_id=there.pk,
                on=on,
                reason="ไปอยู่กับญาติ",
            )
            return
        edit = FactEdit(
            id=uuid7(), household_id=here.pk, person_id=lodger, field="member_leave",
            value=json.dumps({"why": "moved", "on": on.isoformat()}),
        )  # fmt: skip
        assert apply_fact_edits(actor=world.officer, edits=[edit])[0].result == "applied"

    with transaction.atomic():
        by_hand()
        wanted = register()
        transaction.set_rollback(True)
    lived = Membership.objects.get(person=lodger, superseded_at=None)
    batch = bring_in(Sheet([family]), kind="csr")
    assert JoinedPerson.objects.get().kept_id == lodger
    told_anew = Membership.objects.get(person=lodger, superseded_at=None, household=here)
    assert told_anew.pk != lived.pk
    by_hand()
    assert obstacles_of(batch) == []
    undo(batch)
    days = Membership.objects.filter(person=lodger, superseded_at=None).order_by("valid_from")
    rows = list(days.values_list("household_id", "valid_from", "valid_to"))
    moved = [(there.pk, on, None)] if act == "move" else []
    assert rows == [(here.pk, lived.valid_from, on), *moved]
    after = register()
    assert {name: after[name] for name in wanted if after[name] != wanted[name]} == {}
    assert_all_agree(2567, 2568)


def test_merges_that_were_taken_back_do_not_stand_in_the_way(world: Cast) -> None:
    old, now = copies(1, persons=2)
    bring_in(Sheet(old), fiscal_year=2567)
    before = register()
    new = make_households(2, persons=3, start=50)
    batch = bring_in(Sheet([*now, *new]), actor=world.secretary)
    known, one, other = (Household.objects.get(house_code=each.house_code) for each in (*now, *new))
    merges = []
    for kept, gone in ((one, other), (known, one)):
        theirs, ours = (
            home.memberships.get(superseded_at=None, position=0).person_id for home in (gone, kept)
        )
        merges.append(
            merge_households(
                actor=world.secretary,
                kept_id=kept.pk,
                gone_id=gone.pk,
                choices=MergeChoices(same={theirs: ours}),
                reason="ครอบครัวเดียวกัน",
            )
        )
        assert {"merged", "casework.householdmerge"} <= {each.code for each in obstacles_of(batch)}
        if kept == one:
            unmerge(actor=world.secretary, merge_id=merges[0].pk, reason="คนละครอบครัว")
    unmerge(actor=world.secretary, merge_id=merges[1].pk, reason="คนละครอบครัว")
    first, second = (row.person_id for row in one.memberships.filter(superseded_at=None, position__gt=0))
    persons = merge_persons(
        actor=world.secretary, kept_person_id=first, gone_person_id=second, reason="พิมพ์ผิด"
    )
    assert {"merged", "casework.personmerge"} <= {each.code for each in obstacles_of(batch)}
    unmerge_persons(actor=world.secretary, merge_id=persons.pk, reason="แฝดกัน")
    assert obstacles_of(batch) == []
    undo(batch, actor=world.secretary)
    assert register() == before
    assert not HouseholdMerge.objects.exists()
    assert not PersonMerge.objects.exists()
    assert_all_agree(2567, 2568)


def test_what_was_built_meanwhile_ends_the_undo_untouched(world: Cast) -> None:
    families = make_households(1, subdistricts=["900701"])
    batch = bring_in(Sheet(families), actor=world.officer)
    request_undo(actor=world.officer, batch_id=batch.pk, reason="ผิดไฟล์")
    assert unfinished_imports() == [batch.pk]
    record_visit(actor=world.officer, visit=a_visit(Household.objects.get()))
    assert move_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.undone_by) == (ImportStatus.APPLIED, None)
    assert "การลงพื้นที่" in batch.problem
    assert Household.objects.count() == 1


def test_who_may_undo_and_when(world: Cast) -> None:
    batch = bring_in(Sheet(make_households(1, subdistricts=["900701"])), actor=world.officer)
    with pytest.raises(Http404):
        request_undo(actor=world.far_secretary, batch_id=batch.pk, reason="x")
    with pytest.raises(NotAllowed):
        request_undo(actor=world.mentor, batch_id=batch.pk, reason="x")
    with pytest.raises(InvalidInput):
        request_undo(actor=world.officer, batch_id=batch.pk, reason=" ")
    undo(batch, actor=world.secretary)
    with pytest.raises(Conflict):
        request_undo(actor=world.officer, batch_id=batch.pk, reason="x")


def test_every_table_that_names_a_household_counts_or_is_made_by_imports() -> None:
    """A new table with a foreign key to a household or person stands in the way of an undo by itself."""
    counted = {model._meta.label for model in building_models()}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.managed
        for field in model._meta.concrete_fields
        if field.related_model in (Household, Person, ImportBatch)
    }
    assert pointing <= counted | MADE_BY_IMPORT
    assert {"casework.Visit", "casework.Help", "casework.RemovalRequest", "casework.Nomination"} <= counted
    # What an import makes, it makes in these tables alone: a longer list needs a statement in the undo.
    assert len(MADE_BY_IMPORT) == 19


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("undo_import", *map(str, arguments))
    return int(str(ended.value.code))


def test_command_takes_a_list_back(world: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    families = make_households(1, subdistricts=["900701"])
    batch = bring_in(Sheet(families))
    record_visit(actor=world.officer, visit=a_visit(Household.objects.get()))
    assert run(batch.pk) == 1
    said = capsys.readouterr().err
    assert "casework.visit\t1\t1" in said
    other = bring_in(Sheet(make_households(1, start=50)))
    assert run(other.pk, "--reason", "ซ้ำ") == 0
    other.refresh_from_db()
    assert (other.status, other.undo_reason, other.undone_by) == (ImportStatus.UNDONE, "ซ้ำ", None)
    for wrong in (other.pk, system_actor, "nothing"):
        assert run(wrong) == 2
    assert Household.objects.count() == 1
