"""The sheet on which a field check is filled in outside the system: its columns, and what each row means.

Plain functions on plain values; the faults are codes with a Thai sentence each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.common.thai import BadDate, parse_thai_date

LONGEST_NOTE = 500
LONGEST_VALUE = 200
NOT_YET, CORRECTED = "not_yet", "corrected"


class Column(IntEnum):
    """Columns from the left; the last two are hidden and name household and person."""

    VILLAGE = 0
    HOUSE = 1
    NAME = 2
    AGE = 3
    TARGET = 4
    BEFORE = 5
    STATUS = 6
    NOTE = 7
    DAY = 8
    HOUSEHOLD = 9
    PERSON = 10


HEADERS: Mapping[Column, Promise] = {
    Column.VILLAGE: _("หมู่บ้าน"),
    Column.HOUSE: _("บ้านเลขที่"),
    Column.NAME: _("ชื่อ"),
    Column.AGE: _("อายุ"),
    Column.TARGET: _("อยู่ในบัญชี"),
    Column.BEFORE: _("ผลเดิม"),
    Column.STATUS: _("ผลการตรวจสอบ"),
    Column.NOTE: _("หมายเหตุ"),
    Column.DAY: _("วันที่ตรวจ"),
    Column.HOUSEHOLD: _("รหัสครัวเรือน ห้ามแก้"),
    Column.PERSON: _("รหัสบุคคล ห้ามแก้"),
}
TOKEN_COLUMN = Column.HOUSEHOLD
"""Where the first row holds the signed name of the sheet."""
FIRST_ROW = 3
"""The sheet's own number of the first person's row, under the instructions and the heads."""

FAULTS: Mapping[str, Promise] = {
    "unknown_row": _("แถวนี้ไม่ได้อยู่ในแบบที่ดึงออกไป ลบแถวที่เพิ่มเอง หรือดึงแบบใหม่แล้วกรอกอีกครั้ง"),
    "out_of_reach": _("แถวนี้ไม่ได้อยู่ในความดูแลของท่าน ให้ศูนย์ที่รับผิดชอบเป็นผู้บันทึก"),
    "twice": _("บุคคลนี้อยู่ในแถวที่ %(other_row)d แล้ว ให้เหลือแถวเดียว"),
    "missing_row": _("แถวของบุคคลนี้ถูกลบจากแบบ ข้อมูลเดิมยังอยู่ครบ ถ้าตรวจแล้วให้บันทึกในหน้าหมู่บ้าน"),
    "bad_status": _("ผลการตรวจสอบต้องเลือกจากรายการในช่อง"),
    "status_needed": _("มีหมายเหตุแต่ยังไม่ได้เลือกผลการตรวจสอบ เลือกผลในช่องข้างหน้า"),
    "note_needed": _("เมื่อแก้ไขข้อมูลแล้ว โปรดเขียนในหมายเหตุว่าแก้อะไร"),
    "note_too_long": _("หมายเหตุยาวเกิน 500 ตัวอักษร โปรดย่อ"),
    "bad_character": _("มีอักขระที่อ่านไม่ได้ พิมพ์ข้อมูลช่องนี้ใหม่"),
    "bad_day": _("วันที่ตรวจไม่ใช่วันที่ในปฏิทิน เขียนเป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2568"),
    "future_day": _("วันที่ตรวจอยู่หลังวันนี้ ตรวจปี พ.ศ. แล้วแก้"),
    "moved_away": _("บุคคลนี้ไม่ได้อยู่ในครัวเรือนนี้แล้ว เปิดครัวเรือนใหม่แล้วบันทึกอีกครั้ง"),
    "changed_since": _("มีผู้บันทึกผลของบุคคลนี้หลังจากท่านดูตัวอย่าง จึงยังไม่ได้เปลี่ยน"),
}


class Kind(StrEnum):
    """What a good row asks for. CLASH: somebody else found something since the sheet was taken out."""

    CHANGE = "change"
    SAME = "same"
    CLASH = "clash"


class Standing(NamedTuple):
    """Status and note of a person."""

    status: str = NOT_YET
    note: str = ""


NOTHING_YET = Standing()


class Stood(NamedTuple):
    """A person of the sheet: the household, and what stood when it was taken out."""

    household_id: UUID
    standing: Standing


@dataclass(frozen=True, slots=True)
class Judged:
    """A row of the returned sheet: good, or with the code of a fault. `row` 0: it is no longer there.

    Person and household are the ones that they are now, also where they were merged since.
    """

    row: int
    person_id: UUID | None = None
    household_id: UUID | None = None
    kind: Kind = Kind.SAME
    found: Standing = NOTHING_YET
    stood: Standing = NOTHING_YET
    on: date | None = None
    column: Column | None = None
    fault: str = ""
    value: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where those on a sheet are now.

    `homes` leads from a household of the sheet to the one it is now, if the actor may change that; `persons`
    from a person to the one they were merged into; `moved` are those, as they are now, who live elsewhere.
    """

    homes: Mapping[UUID, UUID]
    persons: Mapping[UUID, UUID] = field(default_factory=dict)
    moved: Set[UUID] = frozenset()

    def person(self, person_id: UUID) -> UUID:
        return self.persons.get(person_id, person_id)


def judge_rows(
    rows: Sequence[Sequence[Any]],
    *,
    stood: Mapping[UUID, Stood],
    now: Mapping[UUID, Standing],
    where: Whereabouts,
    statuses: Mapping[str, str],
    today: date,
) -> Iterator[Judged]:
    """What each filled-in row of the sheet means, then the persons whose rows are gone.

    `stood` is what was taken out, `now` what is recorded of the persons as they are now, `statuses` leads
    from what stands in a cell (folded) to a status.
    """
    seen: dict[UUID, int] = {}
    for number, cells in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
        row = [_text(cells[place]) if place < len(cells) else "" for place in Column]
        if not any(row):
            continue
        named = _key(row[Column.PERSON])
        known = stood.get(named) if named else None
        if known is None or named is None or _key(row[Column.HOUSEHOLD]) != known.household_id:
            yield Judged(number, fault="unknown_row")
            continue
        person_id = where.person(named)
        if known.household_id not in where.homes:
            seen.setdefault(person_id, number)
            yield Judged(number, fault="out_of_reach")
        elif person_id in seen:
            details = {"other_row": seen[person_id]}
            yield Judged(number, column=Column.NAME, fault="twice", value=row[Column.NAME], details=details)
        else:
            seen[person_id] = number
            known = Stood(where.homes[known.household_id], known.standing)
            told = known.standing if person_id in where.moved else now.get(person_id, NOTHING_YET)
            judged = _judge(number, row, person_id, known, told, statuses, today)
            if person_id in where.moved and (judged.fault or judged.kind is not Kind.SAME):
                # Nothing of the person but what the sheet itself says.
                judged = Judged(number, column=Column.NAME, fault="moved_away", value=row[Column.NAME])
            yield judged
    yield from _missing(stood, where, seen)


def _missing(stood: Mapping[UUID, Stood], where: Whereabouts, seen: Mapping[UUID, int]) -> Iterator[Judged]:
    """Persons of the sheet, still there, whose rows are not."""
    told: set[UUID] = set()
    for named, known in stood.items():
        person_id = where.person(named)
        if person_id in seen or person_id in told or person_id in where.moved:
            continue
        if known.household_id in where.homes:
            told.add(person_id)
            yield Judged(0, person_id, where.homes[known.household_id], fault="missing_row")


def _judge(
    number: int,
    row: Sequence[str],
    person_id: UUID,
    known: Stood,
    now: Standing,
    statuses: Mapping[str, str],
    today: date,
) -> Judged:
    said = row[Column.STATUS]

    def fault(code: str, column: Column) -> Judged:
        value = row[column][:LONGEST_VALUE]
        return Judged(number, person_id, known.household_id, column=column, fault=code, value=value)

    status = statuses.get(folded(said)) if said else NOT_YET
    if status is None:
        return fault("bad_status", Column.STATUS)
    note = row[Column.NOTE]
    if len(note) > LONGEST_NOTE:
        return fault("note_too_long", Column.NOTE)
    if "\x00" in note or "\ufffd" in note:
        return fault("bad_character", Column.NOTE)
    if status == NOT_YET and note and note != known.standing.note:
        return fault("status_needed", Column.NOTE)
    found = Standing(status, note)
    kind = _kind(found, known.standing, now)
    if kind is Kind.SAME:
        return Judged(number, person_id, known.household_id, kind, found, known.standing)
    if status == CORRECTED and not note:
        return fault("note_needed", Column.NOTE)
    try:
        on = parse_thai_date(row[Column.DAY]) if row[Column.DAY] else today
    except BadDate:
        return fault("bad_day", Column.DAY)
    if on > today:
        return fault("future_day", Column.DAY)
    return Judged(number, person_id, known.household_id, kind, found, known.standing, on)


def _kind(found: Standing, stood: Standing, now: Standing) -> Kind:
    """An emptied status asks for nothing, and so does what was not touched or is recorded already."""
    if found.status == NOT_YET or found in (stood, now):
        return Kind.SAME
    return Kind.CHANGE if now == stood else Kind.CLASH


def status_words(labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What may stand in a cell, folded, with the status it means."""
    return {folded(label): status for status, label in labels}


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell not in (None, "") else ""


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
