"""What the columns of a file mean: as a person said for this very file, as a profile of the own centre or of
the province says for files with these headers, else as the headers themselves say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from ..enums import RowUnit
from ..models import ImportBatch, MappingProfile
from . import limits
from .profile import (
    LABELS,
    MOST_HEADER_ROWS,
    Layout,
    Merge,
    field_of,
    find_layout,
    headers_at,
    keys_of,
    make_layout,
    signature_of,
)
from .reading import Accepts, Row, SheetHead, Table, open_table

MARKS = ("reason", "mark")
Fitting = tuple[MappingProfile, tuple[str, ...], tuple[int, int]]
"""A profile with the headers of the file that it has, and their first and last row."""


def layout_for(batch: ImportBatch, table: Table) -> Layout | None:
    """How this file is to be read; None where a person must say it, because needed columns are missing."""
    if batch.mapping:
        layout: Layout | None = layout_of_mapping(batch.mapping, table.head, table.merges)
    else:
        layout = profiled(batch, table.head, table.merges) or find_layout(table.head, table.merges)
    return None if layout is None or layout.missing else layout


def layout_of_mapping(
    mapping: Mapping[str, Any], rows: Sequence[Row], merges: Sequence[Merge] = ()
) -> Layout:
    """The layout that a stored mapping means: {"columns": {field: position}, "header_rows": [first, last],
    "unit", "sheets", "fails", "passes"}. A file without a header has header rows [0, 0]."""
    first, last = mapping["header_rows"]
    headers, _names = headers_at(rows, merges, last, last - first + 1) if last else (_numbered(rows), [])
    found = {name: place for name, place in mapping["columns"].items() if place < len(headers)}
    found |= _marks_in(headers)
    unit = RowUnit(mapping.get("unit") or RowUnit.PERSON)
    layout = make_layout(headers, last, last - first + 1, found, {}, unit)
    return replace(
        layout,
        sheets=tuple(mapping.get("sheets", ())),
        fails=frozenset(mapping.get("fails", ())),
        passes=frozenset(mapping.get("passes", ())),
    )


def _numbered(rows: Sequence[Row]) -> tuple[str, ...]:
    """Names for the columns of a table without a header: A, B, C."""
    width = max((len(row) for row in rows), default=0)
    return tuple(column_name(place) for place in range(width))


def column_name(place: int) -> str:
    """The letters a spreadsheet writes over a column, counted from 0."""
    name, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _marks_in(headers: Iterable[str]) -> dict[str, int]:
    """The columns that our own error file adds."""
    found = ((field_of(header), place) for place, header in enumerate(headers) if header)
    return {name: place for name, place in found if name in MARKS}


# ----------------------------------------------------------------------------------------------- the sheets


@contextmanager
def open_list(batch: ImportBatch, pieces: Callable[[], Iterable[bytes]]) -> Iterator[Table]:
    """The table of a batch: every visible sheet with the headers of the first that is understood, or the
    sheets that a person ticked. Raises Unreadable."""
    with open_table(pieces, accepting(batch), lambda sheets: chosen_sheets(batch, sheets)) as table:
        yield table


def accepting(batch: ImportBatch) -> Accepts:
    """Whether the headers among these rows are understood, by themselves or by a profile."""

    def accepts(rows: Sequence[Row]) -> bool:
        layout = find_layout(rows)
        if layout is not None and not layout.missing:
            return True
        return profile_for(batch, rows) is not None

    return accepts


def chosen_sheets(batch: ImportBatch, sheets: Sequence[SheetHead]) -> list[tuple[int, int]]:
    """The places of the sheets to read, each with the row its header ends with; the first is the pattern."""
    if batch.mapping:
        return _ticked_sheets(batch.mapping, sheets)
    visible = [place for place, sheet in enumerate(sheets) if not sheet.is_hidden]
    for place in visible:
        layout = _layout_of_sheet(batch, sheets[place])
        if layout is not None and not layout.missing:
            return [(place, layout.header_row), *_sheets_like(layout, place, visible, sheets)]
    full = [place for place in visible if not sheets[place].is_blank]
    return [(place, 0) for place in (full or visible)[:1]]


def _layout_of_sheet(batch: ImportBatch, sheet: SheetHead) -> Layout | None:
    rows = sheet.rows[: limits.HEADER_ROWS]
    return profiled(batch, rows, sheet.merges) or find_layout(rows, sheet.merges)


def _sheets_like(
    layout: Layout, pattern: int, visible: Sequence[int], sheets: Sequence[SheetHead]
) -> list[tuple[int, int]]:
    found = []
    for place in visible:
        row = header_row_like(layout, sheets[place]) if place != pattern else None
        if row is not None:
            found.append((place, row))
    return found


def header_row_like(layout: Layout, sheet: SheetHead) -> int | None:
    """The row with which the same header ends in another sheet; None where it has another shape."""
    first, last = layout.header_rows
    if not last:
        return 0 if not sheet.is_blank else None
    wanted = _trimmed(layout.headers)
    rows = sheet.rows[: limits.HEADER_ROWS]
    for row in range(last - first + 1, len(rows) + 1):
        if _trimmed(headers_at(rows, sheet.merges, row, last - first + 1)[0]) == wanted:
            return row
    return None


def _trimmed(headers: Sequence[str]) -> list[str]:
    keys = keys_of(headers)
    while keys and not keys[-1]:
        keys.pop()
    return keys


def _ticked_sheets(mapping: Mapping[str, Any], sheets: Sequence[SheetHead]) -> list[tuple[int, int]]:
    """The sheets a person ticked, in the order of the file; one with other headers is read like the first."""
    names = mapping.get("sheets", ())
    ticked = [place for place, sheet in enumerate(sheets) if sheet.name in names]
    ticked = ticked or [place for place, sheet in enumerate(sheets) if not sheet.is_hidden][:1]
    if not ticked:
        return []
    last = mapping["header_rows"][1]
    pattern = sheets[ticked[0]]
    layout = layout_of_mapping(mapping, pattern.rows[: limits.HEADER_ROWS], pattern.merges)
    found = [(ticked[0], last)]
    for place in ticked[1:]:
        row = header_row_like(layout, sheets[place])
        found.append((place, last if row is None else row))
    return found


# -------------------------------------------------------------------------------------------------- profiles


def profiled(batch: ImportBatch, rows: Sequence[Row], merges: Sequence[Merge] = ()) -> Layout | None:
    """The layout by the profile whose headers the file has."""
    found = profile_for(batch, rows, merges)
    return layout_of_mapping(mapping_of_profile(*found), rows, merges) if found else None


def profile_for(batch: ImportBatch, rows: Sequence[Row], merges: Sequence[Merge] = ()) -> Fitting | None:
    """The profile that fits with the headers of the file and their first and last row: the own centre's
    before one that the province made, one of this kind of list before one of any, then the newest.

    What another centre said decides nothing; it is offered (`offered_profiles`).
    """
    fitting = _fitting(batch, rows, merges, Q(centre=batch.centre_id) | Q(centre=None))
    return fitting[0] if fitting else None


def offered_profiles(batch: ImportBatch, rows: Sequence[Row], merges: Sequence[Merge] = ()) -> list[Fitting]:
    """The profiles with these headers that other centres of the province made, for a person to begin with."""
    return _fitting(batch, rows, merges, ~Q(centre=batch.centre_id) & ~Q(centre=None))


def _fitting(batch: ImportBatch, rows: Sequence[Row], merges: Sequence[Merge], whose: Q) -> list[Fitting]:
    headings = {signature_of(headers): (headers, rows_) for headers, rows_ in _possible_headers(rows, merges)}
    known = MappingProfile.objects.filter(
        whose,
        Q(kind=None) | Q(kind=batch.kind_id),
        signature__in=headings,
        superseded_at=None,
        province_code__in={"", batch.province_code},
    ).select_related("centre")
    return [(each, *headings[each.signature]) for each in sorted(known, key=_nearness, reverse=True)]


def _nearness(profile: MappingProfile) -> tuple[bool, str, str, UUID]:
    return (profile.centre_id is not None, profile.province_code, profile.kind_id or "", profile.pk)


def _possible_headers(
    rows: Sequence[Row], merges: Sequence[Merge]
) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    for last in range(1, len(rows) + 1):
        for depth in range(1, min(MOST_HEADER_ROWS, last) + 1):
            headers, _names = headers_at(rows, merges, last, depth)
            if sum(map(bool, headers)) > 1:
                yield headers, (last - depth + 1, last)


def mapping_of_profile(
    profile: MappingProfile, headers: Sequence[str], header_rows: tuple[int, int]
) -> dict[str, Any]:
    """What a profile says of a file with these headers."""
    places = {key: place for place, key in reversed(list(enumerate(keys_of(headers)))) if key}
    columns = {name: places[key] for name, key in profile.columns.items() if key in places}
    return {**profile.options, "columns": columns, "header_rows": list(header_rows), "unit": profile.unit}


def profile_columns(mapping: Mapping[str, Any], headers: Sequence[str]) -> dict[str, str]:
    """The columns of a mapping as a profile keeps them: by the header instead of the place."""
    keys = keys_of(headers)
    return {name: keys[place] for name, place in mapping["columns"].items() if keys[place]}


def profile_options(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """What of a mapping holds for later files too; the sheets are each file's own."""
    return {name: list(mapping[name]) for name in ("fails", "passes") if mapping.get(name)}


# ------------------------------------------------------------------------------------------ what is told


def described(table: Table, layout: Layout) -> dict[str, Any]:
    """How a file was understood, for the preview and for the second look before it is applied."""
    return {
        "format": table.format,
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "hidden_sheets": list(table.hidden),
        "other_sheets": list(table.others),
        "codec": table.codec,
        "header_row": layout.header_row,
        "header_rows": list(layout.header_rows),
        "headers": list(layout.headers),
        "columns": layout.columns,
        "members": [dict(member) for member in layout.members],
        "unit": str(layout.unit),
        "unread": list(layout.unread)[:50],
    }


def layout_told(told: Mapping[str, Any]) -> Layout:
    """The layout as `described` wrote it down."""
    return Layout(
        told["header_row"],
        tuple(told["headers"]),
        told["columns"],
        unit=RowUnit(told.get("unit", RowUnit.PERSON)),
        members=tuple(told.get("members", ())),
    )


def label_of(name: str) -> str:
    """The Thai label of a field, with the number of the further member."""
    plain, _, number = name.partition(":")
    return f"{LABELS[plain]} ({number})" if number else str(LABELS[plain])
