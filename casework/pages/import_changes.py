"""A file beside last year's list in words: tabs, cards of households with what changed, and the same
as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.access import scope_q
from households.enums import ImportStatus, Sex, SinceLast
from households.models import ImportBatch, ImportHousehold, Listing
from households.services.target_lists import (
    FieldChange,
    HouseholdChange,
    PersonChange,
    changes_of,
    left_lines,
)
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import areas_by_code
from povertyops.common.thai import format_thai_date

from .indicators import IndicatorText, indicator_texts
from .today import short_places

LEFT = "left"
TABS: Mapping[str, Promise | str] = {
    SinceLast.NEW.value: _("เข้าใหม่"),
    SinceLast.CHANGED.value: _("ข้อมูลเปลี่ยน"),
    SinceLast.SAME.value: _("เหมือนเดิม"),
    LEFT: _("ไม่อยู่ในไฟล์"),
}
EMPTY: Mapping[str, Promise | str] = {
    SinceLast.NEW.value: _("ไม่มีครัวเรือนที่เข้าใหม่"),
    SinceLast.CHANGED.value: _("ไม่มีครัวเรือนที่ข้อมูลเปลี่ยน"),
    SinceLast.SAME.value: _("ไม่มีครัวเรือนที่เหมือนเดิมทุกช่อง"),
    LEFT: _("ทุกครัวเรือนของปีก่อนอยู่ในไฟล์นี้"),
}
LABELS: Mapping[str, Promise | str] = {
    "area_code": _("หมู่บ้าน"),
    "house_code": _("รหัสประจำบ้าน"),
    "house_no": _("บ้านเลขที่"),
    "phone": _("โทรศัพท์"),
    "income": _("รายได้เฉลี่ยต่อคนต่อปี (บาท)"),
    "title": _("คำนำหน้า"),
    "first_name": _("ชื่อ"),
    "last_name": _("นามสกุล"),
    "birth": _("วันเกิด"),
    "sex": _("เพศ"),
    "relation": _("ความสัมพันธ์"),
    "dimension": _("มิติที่ตกเกณฑ์"),
    "indicator": _("ตัวชี้วัดที่ไม่ผ่าน"),
    "person": _("สมาชิก"),
}
CSV_AT_ONCE = 500
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: what it is of, what stood there, what stands there now ("" nothing)."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """A household with its differences. `url`: its page, where the register has it."""

    name: str
    place: str
    house_no: str
    url: str
    lines: list[Line]


def tabs_of(batch: ImportBatch, chosen: str) -> list[dict[str, Any]]:
    here = reverse("import_changes", args=[batch.pk])
    return [
        {
            "label": label,
            "url": f"{here}?show={code}",
            "current": code == chosen,
            "count": batch.since_last.get(code, 0),
        }
        for code, label in TABS.items()
    ]


def staged_rows(batch: ImportBatch, show: str) -> QuerySet[ImportHousehold]:
    return ImportHousehold.objects.filter(batch=batch, since_last=show)


def left_rows(actor: Actor, batch: ImportBatch) -> QuerySet[Listing]:
    """Lines of the households that are not in the file, as far as the actor sees them."""
    rows = left_lines(batch).filter(scope_q(actor, "household__scope__"))
    return rows.select_related("household")


def staged_cards(batch: ImportBatch, staged: Sequence[ImportHousehold]) -> list[ChangeCard]:
    """Cards of households of the file; the differences of those that changed."""
    changes = changes_of(batch, staged)
    said = _Sayer(batch, changes)
    places = short_places({each.staged.area_code for each in changes})
    return [
        ChangeCard(
            name=each.staged.head_name,
            place=places.get(each.staged.area_code, ""),
            house_no=each.staged.house_no,
            url=_url_of(batch, each),
            lines=list(said.lines(each)),
        )
        for each in changes
    ]


def left_cards(listings: Sequence[Listing]) -> list[ChangeCard]:
    places = short_places({each.area_code for each in listings})
    return [
        ChangeCard(
            name=each.household.head_name,
            place=places.get(each.area_code, ""),
            house_no=each.household.house_no,
            url=reverse("household", args=[each.household_id]),
            lines=[],
        )
        for each in listings
    ]


def _url_of(batch: ImportBatch, change: HouseholdChange) -> str:
    pk: UUID | None = change.staged.match_id
    if pk is None and batch.status in ImportStatus.of_standing():
        pk = change.staged.pk
    return reverse("household", args=[pk]) if pk else ""


class _Sayer:
    """Puts differences into words; names of villages and questions are read once for all."""

    def __init__(self, batch: ImportBatch, changes: Sequence[HouseholdChange]) -> None:
        self._batch = batch
        codes = {
            code
            for change in changes
            for field in change.fields
            if field.field == "area_code"
            for code in (field.before, field.after)
        }
        self._areas = areas_by_code(part for code in codes for part in (code, code[:6]))
        years = {batch.survey_year} | {
            change.base.target_list.survey_year
            for change in changes
            if change.base and any(change.indicators)
        }
        self._texts = indicator_texts(years) if any(any(each.indicators) for each in changes) else {}

    def lines(self, change: HouseholdChange) -> Iterator[Line]:
        if change.base is None:
            return
        for field in change.fields:
            yield self._field(field)
        came, gone = change.dimensions
        for mask, is_new in ((came, True), (gone, False)):
            for dimension in Dimension.from_mask(mask):
                yield _one_sided(LABELS["dimension"], str(dimension.label), is_new)
        came_numbers, gone_numbers = change.indicators
        for number in came_numbers:
            yield _one_sided(LABELS["indicator"], self._question(self._batch.survey_year, number), True)
        for number in gone_numbers:
            yield _one_sided(
                LABELS["indicator"], self._question(change.base.target_list.survey_year, number), False
            )
        for person in change.persons:
            yield from self._person(person)

    def _question(self, year: int, number: int) -> str:
        found: IndicatorText | None = self._texts.get(year, {}).get(number)
        return f"{number}. {found.text}" if found else str(number)

    def _field(self, field: FieldChange, of: str = "") -> Line:
        say: Callable[[str], str] = {
            "area_code": self._village,
            "income": lambda text: f"{int(text):,}" if text else "",
            "birth": _day,
            "sex": lambda text: str(Sex(text).label) if text else "",
        }.get(field.field, str)
        label = str(LABELS[field.field])
        return Line(f"{of} · {label}" if of else label, say(field.before), say(field.after))

    def _village(self, code: str) -> str:
        names = [self._areas[part].label for part in (code, code[:6]) if part in self._areas]
        return " ".join(names) or code

    def _person(self, person: PersonChange) -> Iterator[Line]:
        if not (person.before and person.after):
            yield Line(str(LABELS["person"]), person.before, person.after)
        for field in person.fields:
            yield self._field(field, of=person.after)


def _one_sided(label: Promise | str, text: str, is_new: bool) -> Line:
    return Line(str(label), "" if is_new else text, text if is_new else "")


def _day(text: str) -> str:
    try:
        return format_thai_date(date.fromisoformat(text), "short") if text else ""
    except ValueError:
        return text


# ------------------------------------------------------------------------------------------------------- CSV


def csv_lines(actor: Actor, batch: ImportBatch) -> Iterator[bytes]:
    """Every household and difference of the comparison, one line each; text that looks like a formula
    is marked
    as text."""
    heads = (_("ผลเทียบ"), _("หัวหน้าครัวเรือน"), _("บ้านเลขที่"), _("หมู่บ้าน"), _("ข้อมูล"), _("ปีก่อน"), _("ไฟล์นี้"))
    yield "\ufeff".encode() + _csv([[str(head) for head in heads]])
    for show in (SinceLast.NEW.value, SinceLast.CHANGED.value):
        for cards in _all_staged(batch, show):
            yield _csv(_rows(str(TABS[show]), cards))
    listings = left_rows(actor, batch).order_by("household__sort_key", "pk")
    for listings_at_once in _pieces(listings.iterator(CSV_AT_ONCE)):
        yield _csv(_rows(gettext("ไม่อยู่ในไฟล์"), left_cards(listings_at_once)))


def _all_staged(batch: ImportBatch, show: str) -> Iterator[list[ChangeCard]]:
    last = 0
    while True:
        rows = staged_rows(batch, show).filter(number__gt=last).order_by("number")[:CSV_AT_ONCE]
        staged = list(rows)
        if not staged:
            return
        yield staged_cards(batch, staged)
        last = staged[-1].number


def _pieces(listings: Iterable[Listing]) -> Iterator[list[Listing]]:
    piece: list[Listing] = []
    for listing in listings:
        piece.append(listing)
        if len(piece) == CSV_AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece


def _rows(label: str, cards: Sequence[ChangeCard]) -> Iterator[list[str]]:
    for card in cards:
        for line in card.lines or [Line("", "", "")]:
            yield [label, card.name, card.house_no, card.place, line.label, line.before, line.after]


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA_STARTS and text else text
