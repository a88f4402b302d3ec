"""A target list from file to register: what is right goes in whole, what is wrong stays out whole, and
again is no change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from django.db import connection, models, transaction
from django.db.models import Count
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.models import Case, CohortState, StageEvent
from casework.services.apply import Busy, request_apply
from casework.services.cohort import expected_states, stored_states
from casework.services.importing import move_on, unfinished_imports
from households.enums import FilePart, ImportStatus
from households.models import (
    Household,
    HouseholdPlacement,
    HouseholdScope,
    ImportBatch,
    ImportFile,
    ImportRow,
    ListedPerson,
    Listing,
    Membership,
    NationalId,
    Person,
    TargetList,
)
from households.services.target_lists import open_error_file, purge_imports, report_of
from povertyops.accounts.actor import Actor, system_actor
from povertyops.areas.models import Area
from povertyops.common.crypto import open_sealed
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.leases import take_lease
from povertyops.common.models import AccessEntry, AuditEntry, DirtyMark
from tests.cast import Cast, give_national_id, make_household
from tests.import_work import apply, bring_in, check, codes, counts, load_world, receive, world
from tests.lists import ListHousehold, Sheet, make_households

__all__ = ["world"]

PIN, BIRTH, NAME, CODE = "เลขประจำตัวประชาชน", "วันเกิด", "ชื่อ", "รหัสตำบล"
REGISTER: tuple[type[models.Model], ...] = (
    Household, HouseholdPlacement, HouseholdScope, Person, NationalId, Membership, Listing, ListedPerson,
    TargetList,
    Case, StageEvent, CohortState,
)  # fmt: skip


def register() -> Mapping[str, list[tuple[object, ...]]]:
    """Every row of the register and the work."""
    return {model.__name__: sorted(model._default_manager.values_list(), key=str) for model in REGISTER}


def assert_cohort_follows_rule() -> None:
    ids = list(Household.objects.values_list("pk", flat=True))
    assert stored_states(ids) == expected_states(ids)


# ------------------------------------------------------------------------------------------------ going in


def test_list_goes_in_whole(world: Cast) -> None:
    families = make_households(5)
    batch = bring_in(Sheet(families))
    persons = sum(len(family.persons) for family in families)
    assert batch.status == ImportStatus.APPLIED
    assert (batch.rows, batch.households, batch.persons) == (persons, 5, persons)
    assert counts(batch) == (5, 0, 0, 0)
    assert (
        Household.objects.count()
        == Case.objects.filter(closed_on=None).count()
        == Listing.objects.count()
        == 5
    )
    assert Person.objects.count() == NationalId.objects.count() == Membership.objects.count() == persons
    assert_cohort_follows_rule()


def test_household_is_kept_as_the_list_says(world: Cast) -> None:
    family = make_households(1, persons=3)[0]
    bring_in(Sheet([family]))
    household = Household.objects.get()
    head = family.persons[0]
    assert (household.house_code, household.house_no, household.phone) == (
        family.house_code,
        family.house_no,
        family.phone,
    )
    assert household.head_name == f"{head.title}{head.first} {head.last}"
    assert (household.area_code, household.province_code) == (family.area_code, "90")
    scope = household.scope
    assert (scope.district_code, scope.subdistrict_code, scope.centre_id) == (
        "9007",
        family.subdistrict,
        world.district_centre.pk,
    )
    assert scope.is_open
    listing = household.listings.get()
    assert (listing.kind_code, listing.fiscal_year, listing.persons) == ("tpmap", 2568, 3)
    assert sorted(listing.failed_indicators) == sorted(family.indicators)
    assert listing.income == family.income
    members = Membership.objects.filter(household=household).order_by("position")
    assert [member.is_head for member in members] == [True, False, False]
    assert [member.person.first_name for member in members] == [person.first for person in family.persons]
    assert members[0].person.birth_date == head.birth


def test_ids_are_sealed_for_their_person(world: Cast) -> None:
    family = make_households(1, persons=1)[0]
    bring_in(Sheet([family]))
    row = NationalId.objects.get()
    assert open_sealed(row.key_id, bytes(row.sealed), row.person_id.bytes) == family.persons[0].pin


def test_case_opens_on_the_first_day_of_the_year_with_its_event(world: Cast) -> None:
    bring_in(Sheet(make_households(1)))
    case = Case.objects.get()
    event = StageEvent.objects.get()
    assert case.opened_on == event.effective_on == date(2024, 10, 1)
    assert (event.kind, event.case_id, event.rule_version) == ("opened", case.pk, 1)


def test_villages_are_learned(world: Cast) -> None:
    family = make_households(1)[0]
    family.moo, family.village = 11, "บ้านใหม่มาก"
    bring_in(Sheet([family]))
    assert Area.objects.get(pk=family.area_code).name == "บ้านใหม่มาก"


def test_every_household_has_its_audit_row_and_every_leaf_its_mark(world: Cast) -> None:
    batch = bring_in(Sheet(make_households(4)), actor=world.officer)
    listed = AuditEntry.objects.filter(action="household.listed")
    assert {entry.household_id for entry in listed} == set(Household.objects.values_list("pk", flat=True))
    assert {entry.user_id for entry in listed} == {world.officer.user_id}
    acts = AuditEntry.objects.filter(object_type="import", object_id=str(batch.pk)).order_by("id")
    assert [entry.action for entry in acts] == [
        "import.received",
        "import.read",
        "import.requested",
        "import.applied",
    ]
    leaves = set(Household.objects.values_list("area_code", flat=True))
    assert set(DirtyMark.objects.filter(fiscal_year=2568).values_list("area_code", flat=True)) == leaves


def test_seeding_gives_the_recorded_time(world: Cast) -> None:
    then = datetime(2025, 1, 20, 3, tzinfo=UTC)
    bring_in(Sheet(make_households(2)), actor=system_actor(then))
    for model in (Household, Person, Membership, Listing, HouseholdPlacement, Case, StageEvent, TargetList):
        assert set(model.objects.values_list("recorded_at", flat=True)) == {then}


def test_survey_list_counts_as_found(world: Cast) -> None:
    bring_in(Sheet(make_households(2)), kind="survey")
    assert_cohort_follows_rule()


def test_list_of_an_old_year_is_carried_over(world: Cast) -> None:
    bring_in(Sheet(make_households(2)), fiscal_year=2566)
    assert set(CohortState.objects.values_list("fiscal_year", flat=True)) >= {2566, 2567, 2568, 2569}
    assert_cohort_follows_rule()


def test_list_of_the_coming_year_holds_from_today(world: Cast) -> None:
    actor = system_actor(datetime(2026, 9, 1, 3, tzinfo=UTC))
    bring_in(Sheet(make_households(1)), actor=actor, fiscal_year=2570)
    assert Case.objects.get().opened_on == date(2026, 9, 1)


# -------------------------------------------------------------------------------------------- again and
# changed


def test_same_file_again_changes_nothing(world: Cast) -> None:
    sheet = Sheet(make_households(6))
    bring_in(sheet)
    before = register()
    batch = bring_in(sheet)
    assert counts(batch) == (0, 6, 0, 0)
    assert batch.listed == 0
    assert register() == before


def test_same_list_in_another_guise_changes_nothing(world: Cast, tmp_path: Path) -> None:
    sheet = Sheet(make_households(6))
    bring_in(sheet)
    before = register()
    for row in range(len(sheet.rows)):
        pin = str(sheet.get(row, PIN))
        sheet.set(row, PIN, f"{pin[0]}-{pin[1:5]}-{pin[5:10]}-{pin[10:12]}-{pin[12]}")
        sheet.set(row, NAME, f" {sheet.get(row, NAME)}\u200b")
    sheet.rows.reverse()
    batch = bring_in(sheet.xlsx(tmp_path / "list.xlsx", title=["บัญชี"]))
    assert counts(batch) == (0, 6, 0, 0)
    assert register() == before


def test_changed_line_is_a_new_row_and_the_old_one_is_superseded(world: Cast) -> None:
    families = make_households(3)
    bring_in(Sheet(families))
    families[0].dimensions = ("health", "access")
    families[0].phone = "0812345678"
    batch = bring_in(Sheet(families))
    assert counts(batch) == (0, 2, 1, 0)
    household = Household.objects.get(house_code=families[0].house_code)
    old, new = household.listings.order_by("recorded_at")
    assert old.superseded_at is not None
    assert new.superseded_at is None
    assert new.dimensions == 1 | 16
    assert household.phone == "0812345678"
    assert Case.objects.filter(household=household).count() == 1
    assert_cohort_follows_rule()


def test_new_member_joins_the_known_household(world: Cast) -> None:
    families = make_households(1, persons=2)
    bring_in(Sheet(families))
    families[0].persons += make_households(1, persons=1, start=50)[0].persons
    assert counts(bring_in(Sheet(families))) == (0, 0, 1, 0)
    assert Membership.objects.filter(household=Household.objects.get()).count() == 3
    assert Membership.objects.filter(is_head=True).count() == 1
    assert_cohort_follows_rule()


def test_household_of_another_list_is_known_and_listed_anew(world: Cast) -> None:
    families = make_households(3)
    bring_in(Sheet(families), kind="tpmap")
    batch = bring_in(Sheet(families), kind="csr")
    assert counts(batch) == (0, 3, 0, 0)
    assert batch.listed == 3
    assert Household.objects.count() == Case.objects.count() == 3
    assert Listing.objects.filter(superseded_at=None).count() == 6
    assert_cohort_follows_rule()


def test_next_years_list_goes_on_with_the_open_case(world: Cast) -> None:
    families = make_households(2)
    bring_in(Sheet(families), fiscal_year=2568)
    bring_in(Sheet(families), fiscal_year=2569)
    assert Case.objects.count() == 2
    assert_cohort_follows_rule()


def test_household_without_house_code_is_found_by_its_members(world: Cast) -> None:
    families = make_households(2, persons=3)
    bring_in(Sheet(families))
    for family in families:
        family.house_code, family.house_no = "", "99/9"
    assert counts(bring_in(Sheet(families))) == (0, 0, 2, 0)
    assert Household.objects.count() == 2
    assert set(Household.objects.values_list("house_no", flat=True)) == {"99/9"}


def test_family_that_moved_house_whole_is_the_same_household(world: Cast) -> None:
    families = make_households(1, persons=3)
    bring_in(Sheet(families))
    families[0].house_code = "90070009999"
    assert counts(bring_in(Sheet(families))) == (0, 0, 1, 0)
    assert Household.objects.get().house_code == "90070009999"


def test_household_without_code_and_ids_is_found_by_address_and_head(world: Cast) -> None:
    families = make_households(2, persons=2)
    for family in families:
        family.house_code = ""
    sheet = Sheet(families)
    for row in range(len(sheet.rows)):
        sheet.set(row, PIN, "")
    bring_in(sheet)
    before = register()
    assert counts(bring_in(sheet)) == (0, 2, 0, 0)
    assert register() == before


def test_id_that_comes_later_is_sealed_for_the_known_person(world: Cast) -> None:
    families = make_households(1, persons=2)
    sheet = Sheet(families)
    sheet.set(1, PIN, "")
    bring_in(sheet)
    assert NationalId.objects.count() == 1
    bring_in(Sheet(families))
    assert Person.objects.count() == NationalId.objects.count() == 2
    pins = {
        open_sealed(row.key_id, bytes(row.sealed), row.person_id.bytes) for row in NationalId.objects.all()
    }
    assert pins == {person.pin for person in families[0].persons}


@pytest.mark.parametrize("order", [("tpmap", "csr"), ("csr", "tpmap")])
def test_order_of_imports_does_not_matter(world: Cast, order: tuple[str, str]) -> None:
    """TPMAP ranks before CSR; a field that only one list states comes from that one."""
    families = {"tpmap": make_households(1, persons=1)[0], "csr": make_households(1, persons=1)[0]}
    families["tpmap"].phone, families["tpmap"].house_no = "", "10"
    families["csr"].phone, families["csr"].house_no = "0899999999", "20"
    families["csr"].persons[0].first = "ชื่อเล่น"
    for kind in order:
        bring_in(Sheet([families[kind]]), kind=kind)
    household = Household.objects.get()
    assert (household.house_no, household.phone) == ("10", "0899999999")
    assert Person.objects.get().first_name == families["tpmap"].persons[0].first
    assert household.head_name.endswith(families["tpmap"].persons[0].last)


@pytest.mark.parametrize("years", [(2568, 2569), (2569, 2568)])
def test_household_moves_with_its_newest_list(world: Cast, years: tuple[int, int]) -> None:
    places = {2568: "900701", 2569: "900702"}
    for year in years:
        family = make_households(1, persons=1)[0]
        family.subdistrict, family.moo = places[year], 3
        bring_in(Sheet([family]), fiscal_year=year)
    household = Household.objects.get()
    assert household.area_code == household.scope.area_code == "90070203"
    assert household.scope.subdistrict_code == "900702"
    assert HouseholdPlacement.objects.filter(valid_to=None, superseded_at=None).get().area_code == "90070203"
    assert_cohort_follows_rule()


def test_closed_case_stays_closed_for_lists_of_its_year_and_opens_anew_for_the_next(world: Cast) -> None:
    families = make_households(1)
    bring_in(Sheet(families), fiscal_year=2568)
    Case.objects.update(closed_on=date(2025, 3, 1), close_reason="not_poor")
    bring_in(Sheet(families), kind="csr", fiscal_year=2568)
    assert not Case.objects.filter(closed_on=None).exists()
    bring_in(Sheet(families), fiscal_year=2569)
    assert Case.objects.get(closed_on=None).opened_on == date(2025, 10, 1)
    assert_cohort_follows_rule()


def test_survey_year_of_a_list_stays(world: Cast) -> None:
    bring_in(Sheet(make_households(1)))
    TargetList.objects.update(survey_year=2566)
    batch = check(Sheet(make_households(1)))
    assert batch.status == ImportStatus.UNREADABLE
    assert "2566" in batch.problem


# ---------------------------------------------------------------------------------------------------- held
# back


def test_household_with_a_bad_row_waits_whole_and_the_rest_goes_in(world: Cast) -> None:
    families = make_households(4, persons=3)
    batch = bring_in(Sheet(families).set(4, PIN, "5006429245553"))
    assert counts(batch) == (3, 0, 0, 1)
    assert codes(batch) == [(6, "bad_check_digit")]
    assert not Household.objects.filter(house_code=families[1].house_code).exists()
    assert Person.objects.count() == 9
    assert_cohort_follows_rule()


def test_error_file_holds_every_row_of_the_household_with_the_reason(world: Cast, tmp_path: Path) -> None:
    sheet = Sheet(make_households(4, persons=3)).set(4, PIN, "5006429245553").set(3, NAME, "=1+1")
    batch = check(sheet, actor=world.officer)
    path = save_error_file(world.officer, batch, tmp_path)
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    assert len(rows) == 4
    assert list(rows[0][: len(sheet.header)]) == sheet.header
    assert "หลักตรวจสอบไม่ตรง" in rows[2][len(sheet.header)]
    assert "รอแถวอื่น" in rows[1][len(sheet.header)]
    assert rows[1][sheet.column(NAME)] == "=1+1"
    assert openpyxl.load_workbook(path).active.cell(2, sheet.column(NAME) + 1).data_type == "s"


def test_download_of_the_error_file_is_logged(world: Cast, tmp_path: Path) -> None:
    batch = check(Sheet(make_households(2)).set(0, PIN, "1"), actor=world.officer)
    save_error_file(world.officer, batch, tmp_path)
    entry = AccessEntry.objects.get(kind="import_errors")
    assert (entry.user_id, entry.object_id) == (world.officer.user_id, str(batch.pk))


def save_error_file(actor: Actor, batch: object, folder: Path) -> Path:
    path = folder / "errors.xlsx"
    path.write_bytes(b"".join(open_error_file(actor=actor, batch=batch)))  # type: ignore[arg-type]
    return path


def test_mended_error_file_goes_in_and_again_is_no_change(world: Cast, tmp_path: Path) -> None:
    families = make_households(4, persons=3)
    good = families[1].persons[1].pin
    batch = bring_in(Sheet(families).set(4, PIN, "5006429245553"), actor=world.officer)
    path = save_error_file(world.officer, batch, tmp_path)
    book = openpyxl.load_workbook(path)
    book.active.cell(3, Sheet([]).column(PIN) + 1).value = good
    book.save(path)

    mended = bring_in(path, actor=world.officer)
    assert mended.is_mended
    assert mended.left == 0
    assert counts(mended) == (1, 0, 0, 0)
    before = register()
    assert counts(bring_in(path, actor=world.officer)) == (0, 1, 0, 0)
    assert counts(bring_in(Sheet(families), actor=world.officer)) == (0, 4, 0, 0)
    assert register() == before


def test_id_of_another_household_of_the_register_is_told_and_goes_in(world: Cast) -> None:
    families = make_households(3, persons=3)
    bring_in(Sheet(families[:1]))
    families[1].persons[2].pin = families[0].persons[1].pin
    batch = bring_in(Sheet(families[1:]))
    assert codes(batch) == []
    assert codes(batch, notices=True) == [(4, "person_in_other_household")]
    assert batch.found_faults.get().value.count("x") == 5
    assert counts(batch) == (2, 0, 0, 0)
    person = Person.objects.annotate(lines=Count("listed")).get(lines=2)
    assert person.memberships.filter(valid_to=None, superseded_at=None).count() == 1


def test_id_in_another_province_holds_back_and_says_nothing_of_it(world: Cast) -> None:
    far = make_household(world, village="40010101", persons=1, national_ids=False)
    family = make_households(1, persons=1)[0]
    give_national_id(Person.objects.get(memberships__household=far), family.persons[0].pin)
    batch = check(Sheet([family]), actor=world.officer)
    assert codes(batch) == [(2, "pin_in_other_household")]
    assert far.head_name not in str(report_of(batch))


def test_conflict_that_arises_after_the_preview_is_caught_when_applying(world: Cast) -> None:
    families = make_households(1, persons=2, subdistricts=("400101",))
    families += make_households(1, persons=2, start=2)
    families[1].persons[1].pin = families[0].persons[1].pin
    first, second = check(Sheet(families[:1])), check(Sheet(families[1:]))
    assert counts(second) == (1, 0, 0, 0)
    apply(first)
    second = apply(second)
    assert counts(second) == (0, 0, 0, 1)
    assert codes(second) == [(3, "pin_in_other_household")]
    assert Household.objects.count() == 1
    assert ImportFile.objects.filter(batch=second, part=FilePart.ERRORS).exists()


# ---------------------------------------------------------------------------------------------------- left


def test_poison_rows_are_reported_and_the_rest_goes_in(world: Cast, tmp_path: Path) -> None:
    """One in fifty rows is poison of some kind; every one of them is told, nothing else is held back."""
    families = make_households(300, persons=2)
    sheet = Sheet(families)
    poison: list[tuple[str, object]] = [
        (PIN, "5006429245553"),
        (NAME, "สม\x00ชาย"),
        (NAME, "ก" * 1_000_000),
        (PIN, sheet.get(599, PIN)),
        (BIRTH, "=TODAY()"),
        (CODE, "@SUM(A1)"),
    ]
    for turn in range(12):
        column, value = poison[turn % len(poison)]
        sheet.set(turn * 40, column, value)
    for codec in ("utf-8-sig", "utf-8"):
        batch = check(sheet.csv(tmp_path / f"{codec}.csv", codec=codec))
        rows = {row for row, _code in codes(batch)}
        assert rows == {turn * 40 + 2 for turn in range(12)} | {601}
        assert batch.held_back == 13
    apply(batch)
    assert Household.objects.count() == 287


def test_left_are_those_of_the_year_before_in_the_areas_of_the_file(world: Cast) -> None:
    last_year = make_households(6, subdistricts=["900701", "900702"])
    bring_in(Sheet(last_year), fiscal_year=2567)
    covered = [family for family in last_year if family.subdistrict == "900701"]
    assert check(Sheet(covered[1:]), fiscal_year=2568).left == 1
    assert check(Sheet(last_year), fiscal_year=2568).left == 0


def test_left_is_told_against_the_newest_earlier_list_of_the_kind(world: Cast) -> None:
    last_year = make_households(4, subdistricts=["900701"])
    bring_in(Sheet(last_year), fiscal_year=2567)
    assert check(Sheet(last_year[1:]), kind="csr", fiscal_year=2568).left == 0
    assert check(Sheet(last_year[1:]), fiscal_year=2569).left == 1


def test_held_back_household_has_not_left(world: Cast) -> None:
    families = make_households(3, subdistricts=["900701"])
    bring_in(Sheet(families), fiscal_year=2567)
    assert check(Sheet(families).set(0, BIRTH, "31/02/2520"), fiscal_year=2568).left == 0


# --------------------------------------------------------------------------------------------------- who may


def test_rows_outside_the_importers_area_are_faults(world: Cast) -> None:
    families = make_households(2, subdistricts=["900701"]) + make_households(
        1, subdistricts=["900103"], start=9
    )
    batch = check(Sheet(families), actor=world.officer)
    outside = [row for row, code in codes(batch) if code == "outside_area"]
    assert len(outside) == len(families[2].persons)
    assert counts(batch) == (2, 0, 0, 1)
    assert counts(check(Sheet(families), actor=world.secretary)) == (3, 0, 0, 0)
    assert counts(check(Sheet(families), actor=world.far_secretary)) == (0, 0, 0, 3)


def test_municipality_brings_in_its_own_and_the_district_leaves_them(world: Cast) -> None:
    sheet = Sheet(make_households(2, subdistricts=["900101"]))
    assert counts(check(sheet, actor=world.other_officer)) == (0, 0, 0, 2)
    assert counts(bring_in(sheet, actor=world.municipal_officer)) == (2, 0, 0, 0)
    scope = HouseholdScope.objects.first()
    assert scope is not None
    assert (scope.centre_id, scope.is_municipal) == (world.municipality.pk, True)
    assert_cohort_follows_rule()


def test_household_of_another_district_cannot_be_pulled_over(world: Cast) -> None:
    family = make_households(1, subdistricts=["900103"])[0]
    bring_in(Sheet([family]))
    family.subdistrict = "900701"
    batch = check(Sheet([family]), actor=world.officer)
    assert [code for _row, code in codes(batch)] == ["household_outside_area"]
    assert counts(check(Sheet([family]), actor=world.secretary)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "name", ["mentor", "team_member", "team_leader", "executive", "national_viewer", "system_admin"]
)
def test_other_roles_may_not_import(world: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        receive(Sheet(make_households(1)), actor=world.people[name])


@pytest.mark.parametrize("name", ["far_officer", "other_officer", "far_secretary", "municipal_officer"])
def test_batch_of_another_centre_is_out_of_sight(world: Cast, name: str) -> None:
    batch = check(Sheet(make_households(1)), actor=world.officer)
    with pytest.raises(Http404):
        request_apply(actor=world.people[name], batch_id=batch.pk)


def test_secretary_may_apply_a_districts_batch(world: Cast) -> None:
    batch = check(Sheet(make_households(1)), actor=world.officer)
    assert apply(batch, actor=world.secretary).status == ImportStatus.APPLIED


# ------------------------------------------------------------------------------------------- states and
# bounds


def test_batch_is_applied_once(world: Cast) -> None:
    batch = bring_in(Sheet(make_households(1)))
    with pytest.raises(Conflict):
        request_apply(actor=system_actor(), batch_id=batch.pk)


def test_nothing_to_apply_is_said(world: Cast) -> None:
    batch = check(Sheet(make_households(1, persons=1)).set(0, PIN, "1"))
    with pytest.raises(Conflict):
        request_apply(actor=system_actor(), batch_id=batch.pk)


@pytest.mark.parametrize(
    ("kind", "year"), [("nothing", 2568), ("tpmap", 2540), ("tpmap", 2590), ("tpmap", 2025)]
)
def test_impossible_list_or_year_is_refused(world: Cast, kind: str, year: int) -> None:
    with pytest.raises(InvalidInput):
        receive(Sheet(make_households(1)), kind=kind, fiscal_year=year)


def test_unreadable_file_says_why_and_leaves_nothing(world: Cast, tmp_path: Path) -> None:
    path = tmp_path / "picture.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    batch = check(path)
    assert batch.status == ImportStatus.UNREADABLE
    assert batch.problem.startswith("ไฟล์นี้ไม่ใช่ตาราง")
    assert not batch.staged_households.exists()


def test_missing_columns_are_named(world: Cast) -> None:
    sheet = Sheet(make_households(1))
    sheet.header[sheet.column(CODE)] = "รหัสอะไร"
    batch = check(sheet)
    assert "รหัสตำบล" in batch.problem


def test_batch_in_other_hands_is_left_in_peace(world: Cast) -> None:
    batch = receive(Sheet(make_households(1)))
    take_lease(f"import:{batch.pk}", uuid7(), 60)
    assert move_on(batch.pk) is False
    batch.refresh_from_db()
    assert batch.status == ImportStatus.RECEIVED
    assert unfinished_imports() == [batch.pk]


def test_two_lists_do_not_go_into_one_province_at_once(world: Cast) -> None:
    batch = check(Sheet(make_households(1)))
    take_lease("import-into:90", uuid7(), 60)
    with pytest.raises(Busy):
        apply(batch)


def test_worker_that_finds_the_province_taken_comes_again(world: Cast) -> None:
    batch = check(Sheet(make_households(1)))
    request_apply(actor=system_actor(), batch_id=batch.pk)
    other = uuid7()
    take_lease("import-into:90", other, 60)
    assert move_on(batch.pk) is False
    take_lease("import-into:90", other, -1)
    assert move_on(batch.pk) is True
    assert Household.objects.count() == 1


def test_files_are_sealed_and_go_after_their_time(world: Cast) -> None:
    family = make_households(1, persons=1)[0]
    batch = bring_in(Sheet([family]), actor=system_actor(datetime(2025, 1, 20, 3, tzinfo=UTC)))
    stored = b"".join(bytes(sealed) for sealed in ImportFile.objects.values_list("sealed", flat=True))
    assert family.persons[0].pin.encode() not in stored
    assert family.persons[0].first.encode() not in stored
    type(batch).objects.filter(pk=batch.pk).update(received_at=datetime(2025, 1, 20, tzinfo=UTC))
    assert purge_imports(actor=system_actor()) == 1
    assert not ImportFile.objects.exists()
    assert not ImportRow.objects.exists()
    batch.refresh_from_db()
    assert (batch.status, batch.new) == (ImportStatus.APPLIED, 1)
    with pytest.raises(Conflict):
        list(open_error_file(actor=world.officer, batch=batch))


def test_preview_that_nobody_applied_expires(world: Cast) -> None:
    batch = check(Sheet(make_households(1)))
    type(batch).objects.filter(pk=batch.pk).update(received_at=datetime(2025, 1, 20, tzinfo=UTC))
    purge_imports(actor=system_actor())
    batch.refresh_from_db()
    assert batch.status == ImportStatus.EXPIRED


def test_report_has_the_agreed_form(world: Cast) -> None:
    report = report_of(check(Sheet(make_households(2, persons=2)).set(0, PIN, "300792872122")))
    fault = report.pop("faults")
    assert ImportBatch.objects.filter(pk=report.pop("id")).exists()
    assert report == {
        "rows": 4, "households": 2, "persons": 4, "new": 1, "known": 0, "changed": 0, "left": 0,
        "held_back_households": 1,
        "notices": 0,
    }  # fmt: skip
    assert [set(each) for each in fault] == [{"row", "column", "code", "value", "message"}]
    assert (fault[0]["row"], fault[0]["column"], fault[0]["code"]) == (2, PIN, "short_pin")


def test_number_of_queries_does_not_grow_with_the_list(
    world: Cast, django_assert_max_num_queries: object
) -> None:
    small, large = check(Sheet(make_households(2))), check(Sheet(make_households(60, start=100)))
    for batch in (small, large):
        with django_assert_max_num_queries(92):  # type: ignore[operator]
            apply(batch)


# ------------------------------------------------------------------------------------------------ property


SPOILS = (
    (PIN, "5006429245553"),
    (PIN, "12"),
    (BIRTH, "31/02/2520"),
    (NAME, ""),
    (CODE, "759701"),
    (CODE, ""),
    ("มิติรายได้", "อาจจะ"),
    ("ตัวชี้วัดที่ไม่ผ่าน", "99"),
    ("รหัสประจำบ้าน", "12"),
    ("หมู่ที่", "x"),
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(1, 10_000),
    count=st.integers(1, 6),
    spoiled=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(SPOILS)), max_size=4),
    coded=st.booleans(),
)
def test_no_household_is_ever_half_in(
    cast: Cast, seed: int, count: int, spoiled: list[tuple[int, tuple[str, str]]], coded: bool
) -> None:
    """Whatever is spoiled: a household of the file is in the register with all its persons, or not at all."""
    load_world()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE households_household, households_person, households_importbatch CASCADE")
    families = make_households(count, seed=seed)
    sheet = Sheet(families)
    if not coded:
        for row in range(len(sheet.rows)):
            sheet.set(row, "รหัสประจำบ้าน", "")
    for row, (column, value) in spoiled:
        sheet.set(row % len(sheet.rows), column, value)
    batch = check(sheet)
    if batch.can_apply:
        batch = apply(batch)
    assert batch.new + batch.known + batch.changed + batch.held_back == batch.households
    assert Household.objects.count() == batch.new
    for family in families:
        assert people_in_register(family) in (0, len(family.persons))


def people_in_register(family: ListHousehold) -> int:
    """How many of the family stand in the register, by house number and village."""
    found = Membership.objects.filter(
        household__house_no=family.house_no, household__area_code=family.area_code
    )
    return found.count()


CELLS = st.one_of(
    st.text(max_size=300),
    st.text("\\\t\n\r\x00\x0b\x85\u2028\u200b\ufffd\"',;{}%=+-@๐๙เแำ่์", max_size=40),
    st.from_regex(r"[0-9๐-๙./ -]{1,30}", fullmatch=True),
    st.sampled_from(
        ["9" * 400, "1e999", "-0", "0/0/0", "29/02/2567", "\\N", "\\.", "ก" * 59, "NaN", "-1.5e-7"]
    ),
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    spoiled=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, len(Sheet([]).header) - 1), CELLS), min_size=1, max_size=8
    ),
    codec=st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_whatever_stands_in_a_cell_is_told_or_taken(
    world: Cast, spoiled: list[tuple[int, int, str]], codec: str
) -> None:
    """No cell, however strange, breaks the import: it is a fault, a notice, or a value."""
    sheet = Sheet(make_households(3, persons=2))
    for row, place, value in spoiled:
        sheet.rows[row][place] = value.encode("utf-8", "replace").decode()
    with transaction.atomic():
        with TemporaryDirectory() as folder:
            batch = check(sheet.csv(Path(folder) / "list.csv", codec=codec))
        assert batch.status == ImportStatus.READY
        if batch.can_apply:
            batch = apply(batch)
        assert Household.objects.count() == batch.new
        assert batch.new + batch.held_back == batch.households
        transaction.set_rollback(True)
