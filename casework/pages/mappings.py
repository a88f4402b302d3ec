"""What the pages of mapping show: a line for every column, the preview, profiles, codes with a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms import BoundField, Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.models import ImportBatch, MappingProfile
from households.services.codes import may_choose, visible_meanings
from households.services.mappings import (
    Draft,
    FileHead,
    Guess,
    Layout,
    Preview,
    PreviewRow,
    column_name,
    header_row_like,
    may_change,
    preview,
    visible_profiles,
)
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels
from povertyops.common.nid import clean_pin, mask
from povertyops.common.thai import format_thai_date

EXAMPLES = 3
LONGEST_EXAMPLE = 40
SURENESS: dict[str, tuple[str | Promise, str]] = {
    "sure": (_("แน่ใจ"), "good"),
    "likely": (_("น่าจะใช่"), "calm"),
    "maybe": (_("เดา ตรวจดูก่อน"), "warn"),
}
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){11,13}")


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the file: what stands over and in it, and what it is taken for."""

    letters: str
    header: str
    examples: tuple[str, ...]
    field: BoundField
    reason: str = ""
    sure: str | Promise = ""
    tone: str = ""


def column_lines(
    form: Form, headers: Sequence[str], rows: Sequence[Sequence[Any]], guesses: dict[int, Guess]
) -> list[ColumnLine]:
    """A line for every column that has a header or anything in it."""
    lines = []
    for place in range(sum(name[1:].isdecimal() for name in form.fields)):
        header = headers[place] if place < len(headers) else ""
        examples = tuple(_examples(rows, place))
        if not header and not examples:
            continue
        bound, guess = form[f"c{place}"], guesses.get(place)
        letters = column_name(place)
        if guess is not None and bound.value() == guess.name:
            sure, tone = SURENESS[guess.sureness]
            lines.append(ColumnLine(letters, header, examples, bound, guess.reason, sure, tone))
        else:
            lines.append(ColumnLine(letters, header, examples, bound))
    return lines


def _examples(rows: Sequence[Sequence[Any]], place: int) -> Iterator[str]:
    found = 0
    for row in rows:
        text = shown_cell(row[place]) if place < len(row) else ""
        if text:
            yield text
            found += 1
        if found == EXAMPLES:
            return


def shown_cell(cell: Any) -> str:
    """A cell as an example: ids masked, and short."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    text = _LONG_NUMBER.sub(lambda found: mask(clean_pin(found[0])), text)
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet of the file, whether it is hidden, and whether it has the same header as the first."""

    place: int
    name: str
    is_hidden: bool
    is_like: bool


def sheet_lines(head: FileHead, layout: Layout | None) -> list[SheetLine]:
    lines = []
    for place, sheet in enumerate(head.sheets):
        if not sheet.is_blank:
            is_like = layout is not None and header_row_like(layout, sheet) is not None
            lines.append(SheetLine(place, sheet.name, sheet.is_hidden, is_like))
    return lines


def sheet_choices(lines: Sequence[SheetLine]) -> list[tuple[int, str]]:
    return [(line.place, _sheet_label(line)) for line in lines]


def _sheet_label(line: SheetLine) -> str:
    if line.is_hidden:
        return str(_("%s (ซ่อนอยู่)") % line.name)
    return line.name if line.is_like else str(_("%s (หัวตารางไม่เหมือนกัน)") % line.name)


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A person of the preview, as text."""

    row: PreviewRow
    name: str
    birth: str
    place: str
    dimensions: tuple[str, ...]
    has_pin: bool


@dataclass(frozen=True, slots=True)
class PreviewPage:
    preview: Preview
    lines: tuple[PreviewLine, ...]


def preview_page(batch: ImportBatch, head: FileHead, draft: Draft, layout: Layout) -> PreviewPage:
    """The first ten rows as they would be read."""
    found = preview(batch, head, layout, draft.sheets[0])
    labels = address_labels({row.household.stated.area for row in found.rows if row.household.stated.area})
    return PreviewPage(found, tuple(_preview_line(row, labels) for row in found.rows))


def _preview_line(row: PreviewRow, labels: dict[str, str]) -> PreviewLine:
    person, stated = row.person, row.household.stated
    birth = format_thai_date(date.fromisoformat(person.birth), "short") if person.birth else ""
    area = labels.get(stated.area, "")
    place = f"{stated.house_no} {area}".strip()
    names = tuple(str(dimension.label) for dimension in Dimension.from_mask(row.household.dimensions))
    name = f"{person.title}{person.first_name} {person.last_name}".strip()
    return PreviewLine(row, name, birth, place, names, person.blind_index is not None)


def profile_rows(actor: Actor) -> list[dict[str, Any]]:
    return [
        {"profile": profile, "may_change": may_change(actor, profile), "columns": len(profile.columns)}
        for profile in visible_profiles(actor)
    ]


def profile_headers(profile: MappingProfile) -> list[str]:
    """The headers the profile was made from, in the order of that file."""
    return [str(header) for header in profile.options.get("headers", [])]


def code_rows(actor: Actor) -> list[dict[str, Any]]:
    meanings = list(visible_meanings(actor).order_by("code"))
    labels = address_labels({meaning.area_id for meaning in meanings})
    return [
        {
            "meaning": meaning,
            "place": labels.get(meaning.area_id, meaning.area_id),
            "may_choose": may_choose(actor, meaning.code),
        }
        for meaning in meanings
    ]
