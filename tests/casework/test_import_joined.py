"""A file that names both former families of a merge: one line of one household, told and counted."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from casework.models import CohortState, HouseholdMerge
from casework.services.importing import move_on
from casework.services.merge_work import MergeChoices
from casework.services.merging import merge_households
from casework.services.unmerging import unmerge
from dimensions.enums import Dimension
from households.enums import FilePart, ImportStatus
from households.models import Household, ImportBatch, ImportFile, ListedPerson, Listing, Membership, Person
from households.services.target_lists import Unreadable, changes_of, open_error_file, report_of
from povertyops.accounts.actor import system_actor
from povertyops.common.errors import Conflict
from tests.casework.batches import assert_all_agree, figures, register, undo
from tests.cast import Cast, client_of
from tests.import_work import apply, bring_in, check, codes, counts, world
from tests.lists import ListHousehold, Sheet, make_households

__all__ = ["world"]

LATER = 2569


def two_years(count: int, persons: int = 2) -> tuple[list[ListHousehold], list[ListHousehold]]:
    """The same families on last year's list and on this year's."""
    families = make_households(count, persons=persons)
    families[0].dimensions, families[1].dimensions = ("living",), ("income", "health")
    return families, deepcopy(families)


def merged_families(cast: Cast, families: list[ListHousehold]) -> HouseholdMerge:
    """The first two families of a list of 2568 are one; their heads are one person under two numbers."""
    bring_in(Sheet(families))
    kept, gone = (Household.objects.get(house_code=each.house_code) for each in families[:2])
    mine, theirs = (home.memberships.get(is_head=True, superseded_at=None) for home in (kept, gone))
    return merge_households(
        actor=cast.secretary,
        kept_id=kept.pk,
        gone_id=gone.pk,
        choices=MergeChoices(same={theirs.person_id: mine.person_id}),
        reason="บ้านเดียวกัน",
    )


def line_of(merge: HouseholdMerge, year: int) -> Listing:
    return Listing.objects.get(household=merge.kept_id, fiscal_year=year, superseded_at=None)


@pytest.mark.parametrize("turned", [False, True])
def test_both_families_are_one_line_of_the_household_that_stays(world: Cast, turned: bool) -> None:
    families, now = two_years(3)
    merge = merged_families(world, families)
    before, numbers = register(), figures()
    households, persons = Household.objects.count(), Person.objects.count()
    if turned:
        now.reverse()
    batch = check(Sheet(now), fiscal_year=LATER, actor=world.secretary)
    assert (*counts(batch), batch.listed, batch.joined) == (0, 3, 0, 0, 2, 1)
    assert report_of(batch)["joined"] == 1
    assert [code for _row, code in codes(batch, notices=True)] == ["joined_household"]
    assert codes(batch, notices=True)[0][0] == 2 + Sheet(now).rows.index(
        next(row for row in Sheet(now).rows if families[1].house_code in row)
    )
    assert (batch.since_last["new"], batch.since_last["changed"], batch.since_last["left"]) == (0, 0, 0)
    assert batch.since_last["same"] == 2
    said = client_of(world.secretary).get(reverse("import_batch", args=[batch.pk])).content.decode()
    assert "มี 1 ครัวเรือนในไฟล์ที่เจ้าหน้าที่เคยรวมกับครัวเรือนอื่นในไฟล์นี้" in said
    assert "นำเข้า 2 ครัวเรือน" in said

    apply(batch, actor=world.secretary)
    assert (Household.objects.count(), Person.objects.count()) == (households, persons)
    line, earlier = line_of(merge, LATER), line_of(merge, 2568)
    assert line.dimensions == Dimension.LIVING.bit | Dimension.INCOME.bit | Dimension.HEALTH.bit
    for name in ("dimensions", "failed_indicators", "persons", "income", "raw", "content_hash", "area_code"):
        mine, hers = getattr(line, name), getattr(earlier, name)
        assert (bytes(mine), bytes(hers))[0] == bytes(hers) if name == "content_hash" else mine == hers, name
    listed, was = (
        set(ListedPerson.objects.filter(listing=each).values_list("person_id", flat=True))
        for each in (line, earlier)
    )
    assert listed == was
    assert not CohortState.objects.filter(household=merge.gone_id).exists()
    assert_all_agree(2568, LATER)

    after = register()
    again = bring_in(Sheet(now), fiscal_year=LATER, actor=world.secretary)
    assert (*counts(again), again.listed, again.joined) == (0, 3, 0, 0, 0, 1)
    assert register() == after
    undo(again)
    assert register() == after
    undo(batch)
    assert register() == before
    assert figures() == numbers
    same_year = bring_in(Sheet(now), actor=world.secretary)  # the list on which they were two
    assert (*counts(same_year), same_year.joined) == (0, 3, 0, 0, 1)
    assert register() == before


def told_of(merge: HouseholdMerge) -> list[object]:
    """Everything that holds of the one household, whichever file said it, with everybody by name.

    Its head was chosen by hand, and so no list puts its people in order.
    """
    line, home = line_of(merge, LATER), Household.objects.get(pk=merge.kept_id)
    listed = ListedPerson.objects.filter(listing=line).order_by("pk")
    lives = Membership.objects.filter(household=home, superseded_at=None, valid_to=None)
    states = CohortState.objects.filter(household=home).order_by("fiscal_year")
    return [
        (line.dimensions, line.failed_indicators, line.persons, line.income, line.raw, line.area_code),
        bytes(line.content_hash),
        list(listed.values_list("person__first_name", "person__birth_date", "raw")),
        sorted(lives.values_list("person__first_name", "relation", "is_head")),
        (home.house_code, home.house_no, home.phone, home.head_name, home.area_code),
        list(states.values_list("fiscal_year", "baseline", "list_persons", "persons", "fragile", "stage")),
        figures(),
    ]


def test_former_families_in_two_files_of_one_list_are_one_line_in_either_order(world: Cast) -> None:
    """Each file names one of the merged families; a child was born into the second."""
    families, now = two_years(3)
    merge = merged_families(world, families)
    child = deepcopy(make_households(1, persons=1, start=90)[0].persons[0])
    child.last = now[1].persons[0].last
    now[1].persons.append(child)
    files = [Sheet([now[0], now[2]]), Sheet([now[1]])]
    before, numbers = register(), figures()
    ends = []
    for order in (files, files[::-1]):
        first = bring_in(order[0], fiscal_year=LATER)
        alone = register()
        second = check(order[1], fiscal_year=LATER)
        assert (second.new, second.changed, second.joined, second.faults) == (0, 1, 0, 0)
        assert codes(second, notices=True) == [(2, "joined_with_line")]
        (change,) = changes_of(second, list(second.staged_households.filter(since_last="changed")))
        assert [(each.before, bool(each.after)) for each in change.persons] == [("", True)]
        assert change.fields == ()
        apply(second)
        ends.append(told_of(merge))
        assert_all_agree(2568, LATER)
        stands = register()
        repeated = [bring_in(sheet, fiscal_year=LATER) for sheet in (*files, Sheet(now))]
        assert {(each.new, each.changed, each.held_back, each.listed) for each in repeated} == {(0, 0, 0, 0)}
        assert [each.joined for each in repeated] == [0, 0, 1]
        assert register() == stands
        for batch in reversed(repeated):
            undo(batch)
        undo(second)
        assert register() == alone
        undo(first)
        assert register() == before
        assert figures() == numbers
    assert ends[0] == ends[1]
    whole = bring_in(Sheet(now), fiscal_year=LATER)
    assert whole.joined == 1
    assert told_of(merge) == ends[0]


def test_a_later_word_of_one_family_leaves_what_was_said_of_the_other(world: Cast) -> None:
    """On the list on which they were two, and on the one to which both came by one file."""
    families, now = two_years(3)
    merge = merged_families(world, families)
    both = Dimension.LIVING.bit | Dimension.INCOME.bit | Dimension.HEALTH.bit
    before = register()
    for family in now[:2]:
        assert counts(bring_in(Sheet([family]))) == (0, 1, 0, 0)  # as it was said before the merge
    assert register() == before
    bring_in(Sheet(now), fiscal_year=LATER)
    now[0].dimensions = ("education",)
    now[1].persons[1].title = "นางสาว"
    for year in (2568, LATER):
        assert line_of(merge, year).dimensions == both
        batch = bring_in(Sheet([now[0]]), fiscal_year=year)
        assert counts(batch) == (0, 0, 1, 0)
        line = line_of(merge, year)
        assert line.dimensions == both & ~Dimension.LIVING.bit | Dimension.EDUCATION.bit
        assert line.persons == 3
        assert counts(bring_in(Sheet([now[1]]), fiscal_year=year)) == (0, 0, 1, 0)
        line = line_of(merge, year)
        assert (line.dimensions, line.persons) == (both & ~Dimension.LIVING.bit | Dimension.EDUCATION.bit, 3)
        assert len(line.made_of or ()) == 2
    assert_all_agree(2568, LATER)
    unmerge_later = bring_in(Sheet(now), fiscal_year=LATER)
    assert (*counts(unmerge_later), unmerge_later.joined) == (0, 3, 0, 0, 1)


def test_a_family_that_is_a_household_again_is_no_part_any_more(world: Cast) -> None:
    """Three families were one, and the third is taken out again: a later file leaves it out of the line."""
    families, now = two_years(3)
    merge = merged_families(world, families)
    third = Household.objects.get(house_code=families[2].house_code)
    other = merge_households(
        actor=world.secretary, kept_id=merge.kept_id, gone_id=third.pk, reason="บ้านเดียวกัน"
    )
    for family in now:
        bring_in(Sheet([family]), fiscal_year=LATER)
    assert len(line_of(merge, LATER).made_of or ()) == 3
    unmerge(actor=world.secretary, merge_id=other.pk, reason="คนละครอบครัว")
    now[0].phone = "0899999999"
    bring_in(Sheet([now[0]]), fiscal_year=LATER)
    assert len(line_of(merge, LATER).made_of or ()) == 2
    assert line_of(merge, LATER).persons == 3
    assert bring_in(Sheet([now[2]]), fiscal_year=LATER).listed == 1
    assert_all_agree(2568, LATER)


def test_lines_that_go_in_together_wait_together_and_come_back_together(world: Cast) -> None:
    families, now = two_years(3)
    merge = merged_families(world, families)
    wrong = Sheet(now).set(3, "วันเกิด", "31/02/2560")  # the second person of the family that went
    batch = bring_in(wrong, fiscal_year=LATER)
    assert (*counts(batch), batch.joined) == (0, 1, 0, 2, 0)
    assert_waiting(batch, families)
    assert not Listing.objects.filter(household=merge.kept_id, fiscal_year=LATER).exists()
    mended = bring_in(Sheet(now[:2]), fiscal_year=LATER)
    assert (*counts(mended), mended.joined) == (0, 2, 0, 0, 1)
    assert line_of(merge, LATER).persons == 3
    assert_all_agree(2568, LATER)


def to_mend(batch: ImportBatch) -> list[str]:
    """The rows of the file to be mended."""
    pieces = open_error_file(actor=system_actor(), batch=batch)
    page = openpyxl.load_workbook(BytesIO(b"".join(pieces))).active
    return [" ".join(str(cell.value or "") for cell in row) for row in page.iter_rows(min_row=2)]


def assert_waiting(batch: ImportBatch, families: list[ListHousehold]) -> None:
    """The first family waits for the second, which has a bad day of birth in its second row: that is said at
    both, counted, and stands in the file to be mended; nothing says that one of them goes in."""
    batch.refresh_from_db()
    assert codes(batch) == [(2, "held_with_other"), (5, "bad_birth")]
    assert batch.found_faults.get(code="held_with_other").details == {"other_row": 4}
    assert (batch.faults, batch.notices) == (2, 0)
    assert not batch.found_faults.filter(is_notice=True).exists()
    reasons = to_mend(batch)
    assert len(reasons) == 4
    assert "รอแก้ครัวเรือนที่เริ่มแถวที่ 4 ก่อน" in reasons[0]
    assert [families[0].house_code in row for row in reasons] == [True, True, False, False]


def test_families_merged_after_the_preview_wait_together_and_it_is_told(world: Cast) -> None:
    """One line is held by a fault, and only then its family is merged with that of another line."""
    families, now = two_years(3)
    bring_in(Sheet(families))
    batch = check(Sheet(now).set(3, "วันเกิด", "31/02/2560"), fiscal_year=LATER)
    assert (*counts(batch), batch.faults) == (0, 2, 0, 1, 1)
    kept, gone = (Household.objects.get(house_code=each.house_code) for each in families[:2])
    merge_households(actor=world.secretary, kept_id=kept.pk, gone_id=gone.pk, reason="บ้านเดียวกัน")
    applied = apply(batch)
    assert (*counts(applied), applied.joined) == (0, 1, 0, 2, 0)
    assert_waiting(applied, families)
    assert not Listing.objects.filter(household=kept, fiscal_year=LATER).exists()
    assert report_of(applied)["held_back_households"] == 2
    assert_all_agree(2568, LATER)


def test_what_waits_for_another_family_goes_in_once_they_are_two_again(world: Cast) -> None:
    """The families were one in the preview and are two when the list goes in."""
    families, now = two_years(3)
    merge = merged_families(world, families)
    batch = check(Sheet(now).set(3, "วันเกิด", "31/02/2560"), fiscal_year=LATER)
    assert_waiting(batch, families)
    unmerge(actor=world.secretary, merge_id=merge.pk, reason="คนละครอบครัว")
    applied = apply(batch)
    assert (*counts(applied), applied.joined, applied.faults) == (0, 2, 0, 1, 0, 1)
    assert codes(applied) == [(5, "bad_birth")]
    assert line_of(merge, LATER).persons == 2
    assert not Listing.objects.filter(household=merge.gone_id, fiscal_year=LATER).exists()
    assert [families[1].house_code in row for row in to_mend(applied)] == [True, True]
    assert_all_agree(2568, LATER)


def test_a_file_to_mend_that_a_killed_worker_did_not_make_is_made_by_the_next(world: Cast) -> None:
    """Here the file cannot be read a second time, as if the worker died at that very moment."""
    families, now = two_years(3)
    bring_in(Sheet(families))
    batch = check(Sheet(now).set(3, "วันเกิด", "31/02/2560"), fiscal_year=LATER)
    assert len(to_mend(batch)) == 2
    kept, gone = (Household.objects.get(house_code=each.house_code) for each in families[:2])
    merge_households(actor=world.secretary, kept_id=kept.pk, gone_id=gone.pk, reason="บ้านเดียวกัน")
    source = list(ImportFile.objects.filter(batch=batch, part=FilePart.SOURCE))
    ImportFile.objects.filter(batch=batch, part=FilePart.SOURCE).delete()
    with pytest.raises(Unreadable):
        apply(batch)
    batch.refresh_from_db()
    assert (batch.status, batch.held_back) == (ImportStatus.APPLYING, 2)
    with pytest.raises(Conflict, match="รอสักครู่"):
        to_mend(batch)
    ImportFile.objects.bulk_create(source)
    assert move_on(batch.pk)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.APPLIED
    assert_waiting(batch, families)


def test_a_notice_of_going_in_together_ends_with_the_merge(world: Cast) -> None:
    families, now = two_years(2)
    merge = merged_families(world, families)
    batch = check(Sheet(now), fiscal_year=LATER)
    assert batch.notices == 1
    unmerge(actor=world.secretary, merge_id=merge.pk, reason="คนละครอบครัว")
    applied = apply(batch)
    assert (applied.joined, applied.notices, codes(applied, notices=True)) == (0, 0, [])


def test_what_is_asked_before_applying_is_asked_again(world: Cast) -> None:
    """Between preview and import the families are made two again, and merged again."""
    families, now = two_years(2)
    merge = merged_families(world, families)
    first = check(Sheet(now), fiscal_year=LATER)
    second = check(Sheet(deepcopy(now)), fiscal_year=LATER, kind="csr")
    assert (first.joined, second.joined) == (1, 1)
    unmerge(actor=world.secretary, merge_id=merge.pk, reason="คนละครอบครัว")
    applied = apply(first)
    assert (*counts(applied), applied.listed, applied.joined) == (0, 2, 0, 0, 2, 0)
    lines = Listing.objects.filter(fiscal_year=LATER).order_by("dimensions")
    assert [line.dimensions for line in lines] == [
        Dimension.LIVING.bit,
        Dimension.INCOME.bit | Dimension.HEALTH.bit,
    ]
    assert {line.persons for line in lines} == {2}
    merge_households(
        actor=world.secretary, kept_id=merge.kept_id, gone_id=merge.gone_id, reason="ครอบครัวเดียวกัน"
    )
    applied = apply(second)
    assert (*counts(applied), applied.joined) == (0, 2, 0, 0, 1)
    assert_all_agree(2568, LATER)


def test_who_moved_out_or_shares_the_house_is_no_former_family(world: Cast) -> None:
    """A son with a household of his own, and others under the same number, stay households of their own."""
    families, now = two_years(2, persons=3)
    merge = merged_families(world, families)
    stranger, moved = make_households(2, persons=2, start=70)
    stranger.house_no, stranger.subdistrict, stranger.moo = (
        families[1].house_no, families[1].subdistrict, families[1].moo,
    )  # fmt: skip
    moved.persons[0] = now[1].persons.pop()
    batch = bring_in(Sheet([*now, stranger, moved]), fiscal_year=LATER)
    assert (*counts(batch), batch.joined) == (2, 2, 0, 0, 1)
    assert Household.objects.filter(merged_into=None).count() == 3
    assert line_of(merge, LATER).persons == 4
    assert_all_agree(2568, LATER)


def test_command_tells_it(world: Cast, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    families, now = two_years(2)
    merged_families(world, families)
    path = Sheet(now).csv(tmp_path / "list.csv")
    with pytest.raises(SystemExit):
        call_command("import_targets", str(path), "--list", "tpmap", "--fiscal-year", str(LATER), "--apply")
    assert "มี 1 ครัวเรือนในไฟล์ที่เจ้าหน้าที่เคยรวมกับครัวเรือนอื่นในไฟล์นี้" in capsys.readouterr().out
    assert ImportBatch.objects.latest("received_at").joined == 1
