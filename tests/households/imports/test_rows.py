"""Every row is checked: what is harmless is cleaned, what is wrong is named where it stands, and nothing is
torn apart."""

from __future__ import annotations

from datetime import date
from random import Random
from uuid import uuid4

import pytest

from dimensions.enums import Dimension
from households.imports.faults import FAULTS, NOTICES, Unreadable, message_of
from households.imports.profile import find_layout
from households.imports.rows import FoundFault, Reader, StagedRow, Yardstick, raw_of_household
from povertyops.areas.queries import Found, Resolution
from povertyops.common.nid import make_demo_pin
from tests.lists import Sheet, make_households

TODAY = date(2026, 11, 21)
RESOLUTIONS = {
    **{code: Resolution(Found.CURRENT, code) for code in ("900701", "900702", "900101")},
    "900799": Resolution(Found.FOLLOWED, "900702", "เดิม"),
    "900798": Resolution(Found.AMBIGUOUS, "", "เดิม", ("900701", "900702")),
    "900797": Resolution(Found.AMBIGUOUS, "", "เดิม"),
}
PIN, BIRTH, NAME, CODE = "เลขประจำตัวประชาชน", "วันเกิด", "ชื่อ", "รหัสตำบล"


class Everywhere:
    """An area guard that leaves out the subdistrict 900101."""

    def allows(self, village: str) -> bool:
        return not village.startswith("900101")


def yardstick(**changes: object) -> Yardstick:
    values: dict[str, object] = {
        "today": TODAY,
        "survey_year": 2567,
        "carries_dimensions": True,
        "resolutions": RESOLUTIONS,
        "registrars": frozenset({"9098"}),
        "guard": Everywhere(),
        "indicators": frozenset(range(1, 39)),
        "dimension_of": {8: Dimension.HEALTH, 13: Dimension.LIVING, 25: Dimension.EDUCATION, 29:
        Dimension.INCOME, 34: Dimension.ACCESS},
    }  # fmt: skip
    return Yardstick(**{**values, **changes})  # type: ignore[arg-type]


def read(sheet: Sheet, **changes: object) -> tuple[Reader, list[StagedRow]]:
    rows = [sheet.header, *([_cell(value) for value in row] for row in sheet.rows)]
    layout = find_layout(rows)  # type: ignore[arg-type]
    assert layout is not None
    reader = Reader(layout, yardstick(**changes))
    return reader, list(reader.read(rows))  # type: ignore[arg-type]


def _cell(value: object) -> str | float:
    return value if isinstance(value, float) else "" if value is None else str(value)


def told(reader: Reader) -> list[tuple[int, str, str]]:
    return [
        (found.row, reader.layout.header_of(found.fault.field), found.fault.code) for found in reader.faults
    ]


def only(reader: Reader) -> FoundFault:
    assert len(reader.faults) == 1, told(reader)
    return reader.faults[0]


@pytest.fixture
def sheet() -> Sheet:
    """Three households of three persons each; data row 0 is sheet row 2."""
    return Sheet(make_households(3, persons=3))


def test_clean_list_has_nothing_to_mend(sheet: Sheet) -> None:
    reader, rows = read(sheet)
    assert reader.faults == []
    assert (reader.rows, reader.persons, len(reader.households)) == (9, 9, 3)
    assert [row.position for row in rows] == [0, 1, 2] * 3
    assert [row.is_head for row in rows] == [True, False, False] * 3
    assert all(row.sealed and row.blind_index for row in rows)


FAULTY: list[tuple[str, str, object]] = [
    ("short_pin", PIN, "300792872122"),
    ("long_pin", PIN, "30079287212255"),
    ("not_digits", PIN, "30079287212AB"),
    ("rounded_pin", PIN, "3.00793E+12"),
    ("bad_first_digit", PIN, "9001234567890"),
    ("bad_check_digit", PIN, "5006429245553"),
    ("missing_name", NAME, None),
    ("missing_name", NAME, " - "),
    ("missing_subdistrict", CODE, None),
    ("unknown_subdistrict", CODE, "759701"),
    ("unknown_subdistrict", CODE, "ระโนด"),
    ("abolished_subdistrict_ambiguous", CODE, "900798"),
    ("abolished_subdistrict", CODE, "900797"),
    ("outside_area", CODE, "900101"),
    ("bad_moo", "หมู่ที่", "ท่าข้าม"),
    ("bad_moo", "หมู่ที่", 120),
    ("bad_house_code", "รหัสประจำบ้าน", "9007000001"),
    ("bad_birth", BIRTH, "31/02/2520"),
    ("bad_birth", BIRTH, "2520"),
    ("future_birth", BIRTH, "22/11/2569"),
    ("bad_dimension", "มิติรายได้", "อาจจะ"),
    ("bad_dimension", "มิติสุขภาพ", 1.0),
    ("bad_indicator", "ตัวชี้วัดที่ไม่ผ่าน", "99"),
    ("bad_indicator", "ตัวชี้วัดที่ไม่ผ่าน", "สิบสาม"),
    ("bad_indicator", "ตัวชี้วัดที่ไม่ผ่าน", 1329.0),
    ("negative_income", "รายได้เฉลี่ยต่อคนต่อปี", -5.0),
    ("bad_income", "รายได้เฉลี่ยต่อคนต่อปี", "มาก"),
    ("too_long", NAME, "ก" * 200),
    ("too_long", "ชื่อหมู่บ้าน", "ก" * 1_000_000),
    ("bad_character", NAME, "สม\x00ชาย"),
    ("bad_character", NAME, "สม\ufffdชาย"),
]


@pytest.mark.parametrize(("code", "column", "value"), FAULTY)
def test_fault_is_told_where_it_stands_and_holds_the_household(
    sheet: Sheet, code: str, column: str, value: object
) -> None:
    reader, _rows = read(sheet.set(4, column, value))
    found = [each for each in reader.faults if not each.is_notice]
    assert [(each.row, reader.layout.header_of(each.fault.field), each.fault.code) for each in found] == [
        (6, column, code)
    ]
    assert [household.is_held for household in reader.households] == [False, True, False]
    assert message_of(code, found[0].fault.details)


def test_household_without_code_and_number_is_a_fault(sheet: Sheet) -> None:
    for row in (3, 4, 5):
        sheet.set(row, "รหัสประจำบ้าน", "").set(row, "บ้านเลขที่", "-")
    reader, _rows = read(sheet)
    assert {code for _row, _column, code in told(reader)} == {"missing_house"}
    assert [row for row, _column, _code in told(reader)] == [5, 6, 7]


def test_id_in_two_households_holds_both(sheet: Sheet) -> None:
    reader, _rows = read(sheet.set(7, PIN, sheet.get(1, PIN)))
    assert told(reader) == [(9, PIN, "pin_in_other_household"), (3, PIN, "pin_in_other_household")]
    assert [household.is_held for household in reader.households] == [True, False, True]
    assert "แถวที่ 3" in message_of("pin_in_other_household", reader.faults[0].fault.details)


def test_id_twice_in_one_household_with_two_names(sheet: Sheet) -> None:
    sheet.set(1, PIN, sheet.get(0, PIN)).set(1, NAME, "คนอื่น")
    assert only(read(sheet)[0]).fault.code == "pin_twice"


def test_rows_of_a_household_that_lie_in_two_places(sheet: Sheet) -> None:
    sheet.set(1, CODE, "900702" if sheet.get(0, CODE) == "900701" else "900701")
    found = [each for each in read(sheet)[0].faults if not each.is_notice]
    assert [(each.row, each.fault.code) for each in found] == [(3, "household_disagrees")]


def test_ids_are_masked_in_what_is_told(sheet: Sheet) -> None:
    assert only(read(sheet.set(0, PIN, "5006429245553"))[0]).fault.value == "5-0064-xxxxx-55-3"
    assert only(read(sheet.set(0, PIN, "300792872122"))[0]).fault.value == "x" * 12


# ------------------------------------------------------------------------------------------------ harmless


def pin_of(sheet: Sheet, row: int = 0) -> str:
    return str(sheet.get(row, PIN))


@pytest.mark.parametrize(
    "write",
    [
        lambda pin: f"{pin[0]}-{pin[1:5]}-{pin[5:10]}-{pin[10:12]}-{pin[12]}",
        lambda pin: f" {pin[:4]} {pin[4:]}\u200b",
        lambda pin: pin.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
        lambda pin: f"'{pin}",
        lambda pin: float(pin),
        lambda pin: f"{pin}.0",
    ],
)
def test_id_in_another_guise_is_the_same_id(sheet: Sheet, write: object) -> None:
    _reader, plain = read(sheet)
    reader, rows = read(sheet.set(0, PIN, write(pin_of(sheet))))  # type: ignore[operator]
    assert reader.faults == []
    assert rows[0].blind_index == plain[0].blind_index


@pytest.mark.parametrize(
    "typed",
    ["21/11/2520", "๒๑/๑๑/๒๕๒๐", "21-11-2520", "21 พ.ย. 2520", "21 พฤศจิกายน 2520", "2520-11-21", "1977-11-21",
     "25201121", 25201121.0, 28450.0, " 21/11/2520\u200b "],
)  # fmt: skip
def test_birthday_in_another_guise_is_the_same_day(sheet: Sheet, typed: object) -> None:
    reader, rows = read(sheet.set(0, BIRTH, typed))
    assert reader.faults == []
    assert rows[0].birth == "1977-11-21"


@pytest.mark.parametrize(
    ("column", "typed", "clean"),
    [
        (NAME, "  เอกชัย\u200b ", ("first_name", "เอกชัย")),
        (NAME, "=HYPERLINK(1)", ("first_name", "=HYPERLINK(1)")),
        ("นามสกุล", "ใจ  งาม", ("last_name", "ใจ งาม")),
        ("คำนำหน้า", "น.ส.", ("title", "นางสาว")),
        ("เพศ", "ญ", ("sex", "f")),
        ("เพศ", "-", ("sex", "")),
    ],
)
def test_harmless_of_a_person_is_cleaned(
    sheet: Sheet, column: str, typed: str, clean: tuple[str, str]
) -> None:
    reader, rows = read(sheet.set(0, column, typed))
    assert reader.faults == []
    assert getattr(rows[0], clean[0]) == clean[1]


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        (CODE, "{}.0"),
        (CODE, "float"),
        (CODE, " {}\u200b"),
        ("หมู่ที่", "หมู่ที่ {}"),
        ("หมู่ที่", "float"),
        ("รหัสประจำบ้าน", "dashed"),
        ("รหัสประจำบ้าน", "float"),
        ("โทรศัพท์", "dashed"),
        ("บ้านเลขที่", " {} "),
        ("รายได้เฉลี่ยต่อคนต่อปี", "{} บาท"),
        ("มิติรายได้", "{}\u200b "),
        ("ตัวชี้วัดที่ไม่ผ่าน", " {} "),
    ],
)
def test_harmless_of_a_household_changes_nothing(sheet: Sheet, column: str, typed: str) -> None:
    before = [household.content_hash for household in read(sheet)[0].households]
    for row in range(3):
        plain = str(sheet.get(row, column))
        value: object = float(plain) if typed == "float" else typed.format(plain)
        if typed == "dashed":
            value = f"{plain[:4]}-{plain[4:]}"
        sheet.set(row, column, value)
    reader, _rows = read(sheet)
    assert reader.faults == []
    assert [household.content_hash for household in reader.households] == before


def test_title_written_into_the_name_comes_out(sheet: Sheet) -> None:
    _reader, rows = read(sheet.set(0, "คำนำหน้า", "").set(0, NAME, "น.ส.ทองดี"))
    assert (rows[0].title, rows[0].first_name) == ("นางสาว", "ทองดี")
    assert rows[0].search_key.startswith("ทองดี")


def test_whole_name_in_one_column(sheet: Sheet) -> None:
    place, last = sheet.column(NAME), sheet.column("นามสกุล")
    for row in sheet.rows:
        row[place] = f"นาย{row[place]}  {row[last]}"
        row[sheet.column("คำนำหน้า")], row[last] = "", ""
    sheet.header[place], sheet.header[last] = "ชื่อ-นามสกุล", "หมายเหตุ"
    reader, rows = read(sheet)
    assert reader.faults == []
    assert all(row.title == "นาย" and row.first_name and row.last_name for row in rows)


def test_village_code_gives_subdistrict_and_moo(sheet: Sheet) -> None:
    expected = [household.stated.area for household in read(sheet)[0].households]
    place = sheet.column(CODE)
    sheet.header[place] = "รหัสหมู่บ้าน"
    for row in sheet.rows:
        row[place] = f"{row[place]}{int(str(row[sheet.column('หมู่ที่')])):02d}00"
        row[sheet.column("หมู่ที่")] = ""
    assert [household.stated.area for household in read(sheet)[0].households] == expected


def test_unknown_moo_is_the_village_00(sheet: Sheet) -> None:
    for row in range(3):
        sheet.set(row, "หมู่ที่", "-")
    reader, _rows = read(sheet)
    assert reader.faults == []
    assert reader.households[0].stated.area == f"{sheet.get(0, CODE)}00"


def test_dimensions_follow_indicators_where_the_list_prints_none(sheet: Sheet) -> None:
    expected = [household.dimensions for household in read(sheet)[0].households]
    for place in range(15, 20):
        sheet.header[place] = f"หมายเหตุ {place}"
    assert [household.dimensions for household in read(sheet)[0].households] == expected
    assert [household.dimensions for household in read(sheet, carries_dimensions=False)[0].households] == [
        0,
        0,
        0,
    ]


def test_dimensions_of_different_rows_add_up(sheet: Sheet) -> None:
    for row in range(3):
        for place in range(15, 20):
            sheet.rows[row][place] = "ผ่าน"
        sheet.set(row, "ตัวชี้วัดที่ไม่ผ่าน", "")
    sheet.set(1, "มิติสุขภาพ", "ไม่ผ่าน").set(2, "มิติรายได้", "ตกเกณฑ์")
    assert read(sheet)[0].households[0].dimensions == Dimension.HEALTH.bit | Dimension.INCOME.bit


# ------------------------------------------------------------------------------------------------- notices


@pytest.mark.parametrize(
    ("code", "column", "value"),
    [
        ("missing_pin", PIN, ""),
        ("odd_age", BIRTH, "01/01/2440"),
        ("odd_age", BIRTH, "01/01/2565"),
        ("unknown_sex", "เพศ", "อื่นๆ"),
        ("odd_phone", "โทรศัพท์", "12345"),
        ("house_code_elsewhere", "รหัสประจำบ้าน", "34010000017"),
        ("subdistrict_followed", CODE, "900799"),
    ],
)
def test_notice_holds_nothing_back(code: str, column: str, value: object) -> None:
    sheet = Sheet(make_households(1, persons=1, subdistricts=["900702"]))
    reader, _rows = read(sheet.set(0, column, value))
    assert told(reader) == [(2, column, code)]
    assert not reader.households[0].is_held
    assert message_of(code, reader.faults[0].fault.details)


def test_notice_of_a_household_is_told_once(sheet: Sheet) -> None:
    for row in range(3):
        sheet.set(row, "ตัวชี้วัดที่ไม่ผ่าน", "1")
    assert only(read(sheet)[0]).fault.code == "dimension_mismatch"


def test_house_code_of_a_municipality_is_no_notice() -> None:
    sheet = Sheet(make_households(1, persons=1))
    assert read(sheet.set(0, "รหัสประจำบ้าน", "90980000017"))[0].faults == []


def test_village_with_two_names_is_noticed_once(sheet: Sheet) -> None:
    for row in range(9):
        sheet.set(row, CODE, "900701").set(row, "หมู่ที่", 4).set(
            row, "ชื่อหมู่บ้าน", "บ้านหนึ่ง" if row < 3 else "บ้านสอง"
        )
    found = only(read(sheet)[0])
    assert (found.row, found.fault.code, found.fault.details) == (5, "village_two_names", {"other": "บ้านหนึ่ง"})


def test_row_that_only_repeats_a_person_counts_once(sheet: Sheet) -> None:
    sheet.rows.insert(1, list(sheet.rows[0]))
    reader, rows = read(sheet)
    assert only(reader).fault.code == "duplicate_row"
    assert (reader.rows, reader.persons, len(rows)) == (10, 9, 9)
    assert reader.number_of_row.get(0, 3) == 1


def test_every_code_has_a_sentence_that_can_be_filled() -> None:
    numbers = dict.fromkeys(
        ("length", "other_row", "other_sheet", "survey_year", "most", "age", "said", "named"), 1
    )
    details = {**numbers, **dict.fromkeys(("successors", "other", "successor", "error", "area"), "")}
    for code in (*FAULTS, *NOTICES):
        assert "%(" not in message_of(code, details)


# ------------------------------------------------------------------------------------------- whose row is it


def groups(sheet: Sheet) -> list[list[int]]:
    """Sheet rows of each household, in order."""
    reader, _rows = read(sheet)
    found: dict[int, list[int]] = {}
    for row, number in enumerate(reader.number_of_row.sheet(0)):
        if number:
            found.setdefault(number, []).append(row)
    return list(found.values())


WHOLE = [[2, 3, 4], [5, 6, 7], [8, 9, 10]]


def without_codes(sheet: Sheet) -> Sheet:
    for row in range(len(sheet.rows)):
        sheet.set(row, "รหัสประจำบ้าน", "")
    return sheet


def test_household_is_found_by_its_address_without_house_code(sheet: Sheet) -> None:
    assert groups(without_codes(sheet)) == WHOLE


def test_rows_of_a_household_need_not_stand_together(sheet: Sheet) -> None:
    sheet.rows.append(sheet.rows.pop(0))
    reader, _rows = read(sheet)
    assert len(reader.households) == 3
    assert reader.households[0].persons == 3


@pytest.mark.parametrize("row", [3, 4, 5])
@pytest.mark.parametrize("column", ["รหัสประจำบ้าน", CODE, "หมู่ที่", PIN, NAME])
@pytest.mark.parametrize("coded", [True, False])
def test_slip_of_the_pen_never_tears_a_household(sheet: Sheet, row: int, column: str, coded: bool) -> None:
    sheet = sheet if coded else without_codes(sheet)
    assert groups(sheet.set(row, column, "?2")) == WHOLE


def test_two_house_codes_at_one_address_are_two_households(sheet: Sheet) -> None:
    for row in range(3, 6):
        for column in (CODE, "หมู่ที่", "บ้านเลขที่"):
            sheet.set(row, column, sheet.get(0, column))
    assert groups(sheet) == WHOLE


def test_families_in_one_house_are_told_apart(sheet: Sheet) -> None:
    sheet.header[0] = "ครอบครัวที่"
    for row in range(9):
        sheet.rows[row][0] = 1 + (row == 2)
    assert groups(sheet) == [[2, 3], [4], [5, 6, 7], [8, 9, 10]]


def test_order_of_persons_does_not_change_the_fingerprint(sheet: Sheet) -> None:
    before = [household.content_hash for household in read(sheet)[0].households]
    sheet.rows[1], sheet.rows[2] = sheet.rows[2], sheet.rows[1]
    assert [household.content_hash for household in read(sheet)[0].households] == before


@pytest.mark.parametrize(
    ("column", "value"),
    [(NAME, "ใหม่"), ("มิติสุขภาพ", "toggle"), ("บ้านเลขที่", "999"), (BIRTH, "01/01/2500"), ("หมู่ที่", 99)],
)
def test_changed_value_changes_the_fingerprint(sheet: Sheet, column: str, value: object) -> None:
    before = read(sheet)[0].households[0].content_hash
    for row in range(3):
        now = ("ผ่าน" if sheet.get(row, column) == "ไม่ผ่าน" else "ไม่ผ่าน") if value == "toggle" else value
        sheet.set(row, column, now)
    assert read(sheet)[0].households[0].content_hash != before


def test_new_id_changes_the_fingerprint(sheet: Sheet) -> None:
    before = read(sheet)[0].households[0].content_hash
    sheet.set(0, PIN, make_demo_pin(Random(99)))
    assert read(sheet)[0].households[0].content_hash != before


def test_list_without_rows_is_refused(sheet: Sheet) -> None:
    sheet.rows = [[""] * len(sheet.header)]
    with pytest.raises(Unreadable) as refused:
        read(sheet)
    assert refused.value.code == "no_rows"


def test_list_with_too_many_rows_is_refused(sheet: Sheet, settings) -> None:
    settings.IMPORT_MAX_ROWS = 5
    with pytest.raises(Unreadable) as refused:
        read(sheet)
    assert refused.value.code == "too_many_rows"


def test_raw_values_keep_what_was_printed_but_never_the_id(sheet: Sheet) -> None:
    _reader, rows = read(sheet.set(0, NAME, "  เอกชัย "))
    assert '"first_name":"  เอกชัย "' in rows[0].raw
    assert not any(pin_of(sheet, place) in row.raw for place, row in enumerate(rows))


@pytest.mark.parametrize("value", [0.0, -1.0, 1.5, 12.0, 1e-9, 1e300, float("inf"), float("nan")])
def test_number_in_any_cell_is_told_or_taken(sheet: Sheet, value: float) -> None:
    for place in range(len(sheet.header)):
        row = place % 9
        before = sheet.rows[row][place]
        sheet.rows[row][place] = value
        reader, rows = read(sheet)
        assert len(rows) == 9
        assert reader.rows == 9
        sheet.rows[row][place] = before


# ------------------------------------------------------------------------------------------ codes and errors


MUNICIPALITY = uuid4()


def test_code_of_a_municipal_unit_asks_once_and_then_stands_for_its_centre(sheet: Sheet) -> None:
    for row in (3, 4, 5):
        sheet.set(row, CODE, "900751")
    reader, _rows = read(sheet)
    assert {code for _row, _column, code in told(reader)} == {"municipal_code"}
    assert reader.faults[0].fault.details["code"] == "900751"

    class Guard(Everywhere):
        def allows_centre(self, centre_id: object, village: str) -> bool:
            return centre_id == MUNICIPALITY and village == "90070200"

    chosen = Resolution(Found.CHOSEN, "900702", "", (), MUNICIPALITY)
    reader, _rows = read(sheet, resolutions={**RESOLUTIONS, "900751": chosen}, guard=Guard())
    assert [(each.fault.code, each.is_notice) for each in reader.faults] == [("code_chosen", True)]
    household = reader.households[1]
    assert (household.stated.area, household.stated.centre) == ("90070200", MUNICIPALITY)
    assert f'"centre":"{MUNICIPALITY}"' in raw_of_household(household)
    others = [each.content_hash for each in reader.households if each is not household]
    assert household.content_hash not in others


def test_current_code_with_a_high_suffix_is_no_municipal_unit(sheet: Sheet) -> None:
    reader, _rows = read(
        sheet.set(4, CODE, "900760"),
        resolutions={**RESOLUTIONS, "900760": Resolution(Found.CURRENT, "900760")},
    )
    assert "municipal_code" not in {code for _row, _column, code in told(reader)}
    reader, _rows = read(sheet.set(4, CODE, "759751"))
    assert [code for _row, _column, code in told(reader)] == ["unknown_subdistrict"]


@pytest.mark.parametrize("column", [PIN, NAME, CODE, "มิติรายได้", "รหัสประจำบ้าน"])
def test_error_value_of_a_spreadsheet_is_one_clear_fault(sheet: Sheet, column: str) -> None:
    reader, _rows = read(sheet.set(4, column, "#REF!"))
    (found,) = [each for each in reader.faults if not each.is_notice]
    assert (found.row, reader.layout.header_of(found.fault.field), found.fault.code) == (
        6,
        column,
        "cell_error",
    )
    assert "#REF!" in message_of("cell_error", found.fault.details)


def test_formula_like_text_stays_text(sheet: Sheet) -> None:
    _reader, rows = read(sheet.set(0, NAME, "=1+1").set(1, "นามสกุล", "@SUM(A1)"))
    assert (rows[0].first_name, rows[1].last_name) == ("=1+1", "@SUM(A1)")


def test_notices_without_end_are_not_kept_without_end() -> None:
    sheet = Sheet(make_households(7_000, persons=3))
    for row in range(len(sheet.rows)):
        sheet.set(row, PIN, "")
    reader, _rows = read(sheet)
    assert len(reader.faults) == 20_000
