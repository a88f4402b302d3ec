"""How a file is to be read, as a person says it: its first rows, guesses, a preview, saving, profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ..access import get_import_for
from ..enums import FilePart, ImportStatus, RowUnit
from ..imports import limits
from ..imports.faults import Unreadable, message_of
from ..imports.files import read_pieces, spooled, store_pieces
from ..imports.guess import Guess, Known, guess_columns
from ..imports.mapping import (
    Fitting,
    accepting,
    chosen_sheets,
    column_name,
    header_row_like,
    label_of,
    layout_of_mapping,
    mapping_of_profile,
    offered_profiles,
    profile_columns,
    profile_for,
    profile_options,
)
from ..imports.profile import (
    LABELS,
    MOST_HEADER_ROWS,
    PERSON_FIELDS,
    Layout,
    find_layout,
    keys_of,
    signature_of,
)
from ..imports.reading import FileHead, Row, SheetHead, head_of
from ..imports.rows import Reader, StagedHousehold, StagedRow
from ..imports.staging import load_yardstick
from ..models import ImportBatch, ImportFile, MappingProfile
from .target_lists import actor_of, read_again

__all__ = [
    "LABELS",
    "PERSON_FIELDS",
    "Draft",
    "FileHead",
    "Guess",
    "Layout",
    "Preview",
    "PreviewRow",
    "change_profile",
    "column_name",
    "draft_by_guess",
    "draft_by_profile",
    "first_draft",
    "first_rows",
    "get_profile_for",
    "guesses_for",
    "header_keys",
    "header_row_like",
    "headers_of",
    "label_of",
    "layout_of_draft",
    "may_change",
    "offered_for",
    "preview",
    "read_draft",
    "retire_profile",
    "save_mapping",
    "visible_profiles",
]

PREVIEW_ROWS = 10
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """How a file is read, before it is saved: `sheets` are places in the file, `columns` maps fields (those
    of further members with their number) to places."""

    columns: Mapping[str, int]
    first_row: int
    last_row: int
    unit: RowUnit
    sheets: tuple[int, ...] = (0,)
    fails: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()

    def mapping(self, head: FileHead) -> dict[str, Any]:
        """As a batch keeps it."""
        names = [head.sheets[place].name for place in self.sheets] if head.format == "xlsx" else []
        return {
            "columns": dict(self.columns),
            "header_rows": [self.first_row, self.last_row],
            "unit": str(self.unit),
            "sheets": names,
            "fails": list(self.fails),
            "passes": list(self.passes),
        }


# ----------------------------------------------------------------------------------------------- first rows


def first_rows(batch: ImportBatch) -> FileHead:
    """The first rows of every sheet of a batch's file, kept sealed beside it. Raises Conflict when the file
    is gone, Unreadable for what is no table."""
    parts = ImportFile.objects.filter(batch=batch, part=FilePart.HEAD)
    if not parts.exists():
        _keep_first_rows(batch)
    told = json.loads(b"".join(read_pieces(batch.pk, FilePart.HEAD)))
    sheets = [SheetHead(**{**each, "merges": [tuple(m) for m in each["merges"]]}) for each in told["sheets"]]
    return FileHead(told["format"], sheets, told["codec"])


@transaction.atomic
def _keep_first_rows(batch: ImportBatch) -> None:
    ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if ImportFile.objects.filter(batch=batch, part=FilePart.HEAD).exists():
        return
    if not ImportFile.objects.filter(batch=batch, part=FilePart.SOURCE).exists():
        raise Conflict("file_gone", _("ไฟล์ถูกลบตามกำหนดเวลาแล้ว ส่งไฟล์เดิมเข้ามาตรวจใหม่"))
    with spooled(batch.pk) as pieces:
        head = head_of(pieces, accepting(batch))
    if not any(not sheet.is_blank for sheet in head.sheets):
        raise Unreadable("not_a_table")
    store_pieces(batch.pk, FilePart.HEAD, [json.dumps(asdict(head), ensure_ascii=False).encode()])


# ----------------------------------------------------------------------------------------- drafts and guesses


def first_draft(batch: ImportBatch, head: FileHead) -> Draft:
    """What the page begins with: what was saved, else what the headers say, else guesses."""
    if batch.mapping:
        return _draft_of_mapping(batch.mapping, head)
    sheets = chosen_sheets(batch, head.sheets) or [(0, 0)]
    pattern = head.sheets[sheets[0][0]]
    rows = pattern.rows[: limits.HEADER_ROWS]
    if fitting := profile_for(batch, rows, pattern.merges):
        layout = layout_of_mapping(mapping_of_profile(*fitting), rows, pattern.merges)
        return _draft_of_layout(layout, sheets)
    found = find_layout(rows, pattern.merges)
    if found is not None and not found.missing:
        return _draft_of_layout(found, sheets)
    first, last = found.header_rows if found else likely_header(rows)
    return draft_by_guess(batch, head, tuple(place for place, _row in sheets), first, last)


def offered_for(batch: ImportBatch, head: FileHead) -> list[MappingProfile]:
    """What other centres of the province said of files with these headers; read by it only when a person
    takes it over."""
    return [fitting[0] for fitting in _offered(batch, head)]


def draft_by_profile(batch: ImportBatch, head: FileHead, profile_id: UUID) -> Draft | None:
    """A draft as an offered profile says; None for one that is not offered for this file."""
    for profile, headers, header_rows in _offered(batch, head):
        if profile.pk == profile_id:
            sheets = chosen_sheets(batch, head.sheets) or [(0, 0)]
            pattern = head.sheets[sheets[0][0]]
            mapping = mapping_of_profile(profile, headers, header_rows)
            layout = layout_of_mapping(mapping, pattern.rows[: limits.HEADER_ROWS], pattern.merges)
            return _draft_of_layout(layout, sheets)
    return None


def _offered(batch: ImportBatch, head: FileHead) -> list[Fitting]:
    sheets = chosen_sheets(batch, head.sheets) or [(0, 0)]
    pattern = head.sheets[sheets[0][0]]
    return offered_profiles(batch, pattern.rows[: limits.HEADER_ROWS], pattern.merges)


def _draft_of_layout(layout: Layout, sheets: Sequence[tuple[int, int]]) -> Draft:
    columns = {name: place for name, place in layout.positions.items() if name in _OFFERED or ":" in name}
    first, last = layout.header_rows
    places = tuple(place for place, _row in sheets)
    return Draft(columns, first, last, layout.unit, places, tuple(layout.fails), tuple(layout.passes))


def _draft_of_mapping(mapping: Mapping[str, Any], head: FileHead) -> Draft:
    first, last = mapping["header_rows"]
    names = mapping.get("sheets", ())
    places = tuple(place for place, sheet in enumerate(head.sheets) if sheet.name in names) or (0,)
    return Draft(
        mapping["columns"],
        first,
        last,
        RowUnit(mapping.get("unit") or RowUnit.PERSON),
        places,
        tuple(mapping.get("fails", ())),
        tuple(mapping.get("passes", ())),
    )


_OFFERED = frozenset(LABELS) - {"reason", "mark"}


def likely_header(rows: Sequence[Row]) -> tuple[int, int]:
    """The first row with the most texts in it; (0, 0) for a table that seems to begin with its data."""
    counts = [sum(isinstance(cell, str) and _is_word(cell) for cell in row) for row in rows]
    most = max(counts, default=0)
    if most < 2:
        return 0, 0
    row = counts.index(most) + 1
    return row, row


def _is_word(cell: str) -> bool:
    return bool(cell.strip()) and not any(letter.isdecimal() for letter in cell)


def draft_by_guess(
    batch: ImportBatch, head: FileHead, sheets: tuple[int, ...], first: int, last: int
) -> Draft:
    """A draft whose columns are guessed from the header and the rows below it."""
    guesses = guesses_for(batch, head, sheets, first, last)
    columns = {guess.name: place for place, guess in guesses.items()}
    of_households = any(":" in name for name in columns)
    return Draft(columns, first, last, RowUnit.HOUSEHOLD if of_households else RowUnit.PERSON, sheets)


def guesses_for(
    batch: ImportBatch, head: FileHead, sheets: Sequence[int], first: int, last: int
) -> dict[int, Guess]:
    """The guess for every column, by its place."""
    pattern = head.sheets[sheets[0]]
    headers = headers_of(head, sheets[0], first, last)
    yardstick = load_yardstick(actor_of(batch), batch)
    known = Known(yardstick.resolutions, yardstick.today)
    return guess_columns(headers if last else [], pattern.rows[last:], known)


def _bare(first: int, last: int) -> dict[str, Any]:
    return {"columns": {}, "header_rows": [first, last]}


def headers_of(head: FileHead, sheet: int, first: int, last: int) -> tuple[str, ...]:
    """The headers that these rows make; the letters of the columns where there are none."""
    pattern = head.sheets[sheet]
    return layout_of_mapping(_bare(first, last), pattern.rows, pattern.merges).headers


def layout_of_draft(head: FileHead, draft: Draft) -> Layout:
    """The layout of a draft, whether or not it can be read."""
    pattern = head.sheets[draft.sheets[0]]
    return layout_of_mapping(draft.mapping(head), pattern.rows[: limits.HEADER_ROWS], pattern.merges)


def header_keys(headers: Sequence[str]) -> list[str]:
    """The keys by which a profile names its columns."""
    return keys_of(headers)


def read_draft(head: FileHead, draft: Draft) -> Layout:
    """The layout of a draft. Raises InvalidInput where it cannot be: no such rows, needed columns missing."""
    if not 0 <= draft.last_row - draft.first_row < MOST_HEADER_ROWS:
        raise InvalidInput(
            "bad_header_rows", _("หัวตารางมีได้ 1 ถึง %(most)d แถวติดกัน") % {"most": MOST_HEADER_ROWS}
        )
    if draft.last_row > limits.HEADER_ROWS:
        raise InvalidInput(
            "header_too_low", _("หัวตารางต้องอยู่ใน %(rows)d แถวแรก") % {"rows": limits.HEADER_ROWS}
        )
    layout = layout_of_draft(head, draft)
    if layout.missing:
        missing = ", ".join(layout.missing)
        raise InvalidInput("missing_columns", _("ยังไม่ได้เลือกคอลัมน์ของ %(columns)s") % {"columns": missing})
    return layout


# -------------------------------------------------------------------------------------------------- preview


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A person as the file would be read; `row` is the row of the sheet."""

    row: int
    person: StagedRow
    household: StagedHousehold
    is_first: bool
    faults: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    rows: tuple[PreviewRow, ...]
    households: int
    others: tuple[tuple[int, str], ...]
    """Faults of rows that give no person: (row, sentence)."""


def preview(batch: ImportBatch, head: FileHead, layout: Layout, sheet: int) -> Preview:
    """The first rows as they would be read, in memory only."""
    reader = Reader(layout, load_yardstick(actor_of(batch), batch))
    rows = list(_first_data(head.sheets[sheet].rows, layout.header_row))
    try:
        persons = list(reader.read(rows))
    except Unreadable:  # nothing below the header
        return Preview((), 0, ())
    return Preview(
        tuple(_lines(reader, persons)),
        len(reader.households),
        tuple(_told_elsewhere(reader, {person.row for person in persons})),
    )


def _first_data(rows: Sequence[Row], header_row: int) -> Iterator[Row]:
    left = PREVIEW_ROWS
    for number, row in enumerate(rows, start=1):
        yield row
        left -= number > header_row and any(row)
        if not left:
            return


def _lines(reader: Reader, persons: Sequence[StagedRow]) -> Iterator[PreviewRow]:
    above = 0
    told: set[int] = set()
    for person in persons:
        found = [] if person.row in told else [each for each in reader.faults if each.row == person.row]
        told.add(person.row)
        yield PreviewRow(
            person.row,
            person,
            reader.households[person.number - 1],
            person.number != above,
            tuple(_sentence(reader, each) for each in found if not each.is_notice),
            tuple(_sentence(reader, each) for each in found if each.is_notice),
        )
        above = person.number


def _sentence(reader: Reader, found: Any) -> str:
    header = reader.layout.header_of(found.fault.field)
    message = message_of(found.fault.code, found.fault.details)
    return f"{header}: {message}" if header else message


def _told_elsewhere(reader: Reader, shown: set[int]) -> Iterator[tuple[int, str]]:
    for each in reader.faults:
        if each.row not in shown:
            yield each.row, _sentence(reader, each)


# --------------------------------------------------------------------------------------------------- saving


@transaction.atomic
def save_mapping(
    *, actor: Actor, batch_id: UUID, draft: Draft, profile_name: str = "", only_this_kind: bool = True
) -> ImportBatch:
    """Say how a file is to be read, and have it read again; with a name, later files with the same headers
    are read alike: those of the own centre, or of the whole province when its secretary says so.

    Side effects: a new version of the profile, audit rows; the batch waits for its reading. Raises Http404,
    NotAllowed, Conflict, InvalidInput.
    """
    batch = _get_rereadable(actor, batch_id)
    head = first_rows(batch)
    layout = read_draft(head, draft)
    batch.mapping, batch.profile = draft.mapping(head), None
    if profile_name and draft.last_row:
        batch.profile = _save_profile(actor, batch, profile_name, layout.headers, only_this_kind)
    batch.save(update_fields=["mapping", "profile"])
    _audit(actor, "import.mapped", "import", batch.pk, batch.province_code, {"columns": dict(draft.columns)})
    return read_again(actor=actor, batch_id=batch.pk)


def _get_rereadable(actor: Actor, batch_id: UUID) -> ImportBatch:
    if not actor.is_system and actor.role not in OFFICER_ROLES:
        raise NotAllowed("role", _("บทบาทของท่านนำเข้าบัญชีเป้าหมายไม่ได้"))
    batch = get_import_for(actor, batch_id, lock=True)
    if batch.status not in ImportStatus.of_rereading():
        raise Conflict("not_waiting", _("บัญชีนี้กำลังทำงานอยู่ หรือนำเข้าไปแล้ว จึงแก้การจับคู่คอลัมน์ไม่ได้"))
    return batch


def _save_profile(
    actor: Actor, batch: ImportBatch, name: str, headers: Sequence[str], only_this_kind: bool
) -> MappingProfile:
    mapping = batch.mapping
    return _next_version(
        actor,
        MappingProfile(
            name=name.strip()[:120],
            province_code=batch.province_code,
            centre_id=_centre_of(actor),
            kind_id=batch.kind_id if only_this_kind else None,
            signature=signature_of(headers),
            unit=mapping["unit"],
            columns=profile_columns(mapping, headers),
            options={**profile_options(mapping), "headers": list(headers)},
        ),
    )


def _centre_of(actor: Actor) -> UUID | None:
    """Whose files a profile is for: what the secretary or the system says is for the whole province."""
    if actor.is_system or actor.role is Role.PROVINCIAL_SECRETARY:
        return None
    return actor.appointment.centre_id if actor.appointment else None


def _next_version(actor: Actor, profile: MappingProfile) -> MappingProfile:
    """Store a profile in the place of the current one of its name, if there is one.

    One that says the same is kept, where it is read by the same files or by all of the province. Raises
    Conflict where the current one is not this actor's to change, or is read by others than this one would be.
    """
    current = (
        MappingProfile.objects.select_for_update()
        .filter(name=profile.name, province_code=profile.province_code, superseded_at=None)
        .first()
    )
    if current is not None:
        is_said = all(getattr(current, name) == getattr(profile, name) for name in _SAID)
        if is_said and current.centre_id in (None, profile.centre_id):
            return current
        if not may_change(actor, current) or current.centre_id != profile.centre_id:
            message = _("มีแม่แบบชื่อนี้ของผู้อื่นแล้ว โปรดตั้งชื่ออื่น")
            raise Conflict("name_taken", message, field="name")
        MappingProfile.objects.filter(pk=current.pk).update(superseded_at=Now())
        profile.version = current.version + 1
    profile.entered_by_id = actor.user_id
    try:
        with transaction.atomic():
            profile.save(force_insert=True)
    except IntegrityError as error:
        message = _("มีผู้บันทึกแม่แบบชื่อนี้ในเวลาเดียวกัน เปิดหน้านี้ใหม่แล้วบันทึกอีกครั้ง")
        raise Conflict("changed_meanwhile", message, field="name") from error
    facts = {"name": profile.name, "version": profile.version, "columns": profile.columns}
    _audit(actor, "mapping_profile.saved", "mapping_profile", profile.pk, profile.province_code, facts)
    return profile


_SAID = ("kind_id", "signature", "unit", "columns", "options")


# ------------------------------------------------------------------------------------------------- profiles


def visible_profiles(actor: Actor) -> QuerySet[MappingProfile]:
    """Profiles in use: those of the own province and those of all provinces."""
    current = MappingProfile.objects.filter(superseded_at=None).select_related("kind", "centre", "entered_by")
    if not actor.is_system:
        current = current.filter(province_code__in={"", actor.province_code})
    return current.annotate(uses=Count("batches")).order_by("name", "pk")


def get_profile_for(actor: Actor, pk: UUID, *, lock: bool = False) -> MappingProfile:
    """A profile in use that this actor may change; 404 otherwise."""
    rows = MappingProfile.objects.filter(superseded_at=None, pk=pk)
    if not actor.is_system:
        rows = rows.filter(province_code=actor.province_code or "-")
    profile = (rows.select_for_update() if lock else rows).first()
    if profile is None or not may_change(actor, profile):
        raise Http404
    return profile


def may_change(actor: Actor, profile: MappingProfile) -> bool:
    """The secretary of the province, and whoever made it."""
    if actor.is_system:
        return True
    is_own = bool(profile.province_code) and profile.province_code == actor.province_code
    return is_own and (
        actor.role is Role.PROVINCIAL_SECRETARY
        or (actor.role in OFFICER_ROLES and profile.entered_by_id == actor.user_id)
    )


@transaction.atomic
def change_profile(
    *,
    actor: Actor,
    profile_id: UUID,
    columns: Mapping[str, str],
    unit: RowUnit,
    fails: Sequence[str] = (),
    passes: Sequence[str] = (),
) -> MappingProfile:
    """A new version of a profile; files read before keep theirs. Audits. Raises Http404, InvalidInput."""
    profile = get_profile_for(actor, profile_id, lock=True)
    plain = {name.partition(":")[0] for name in columns}
    if not plain & {"subdistrict", "village"} or not plain & {"first_name", "full_name"}:
        raise InvalidInput("missing_columns", _("ต้องมีคอลัมน์รหัสตำบลหรือรหัสหมู่บ้าน และชื่อ"))
    options = {**profile.options, "fails": list(fails), "passes": list(passes)}
    return _next_version(
        actor,
        MappingProfile(
            name=profile.name,
            province_code=profile.province_code,
            centre_id=profile.centre_id,
            kind_id=profile.kind_id,
            signature=profile.signature,
            unit=unit,
            columns=dict(columns),
            options={name: value for name, value in options.items() if value},
        ),
    )


@transaction.atomic
def retire_profile(*, actor: Actor, profile_id: UUID) -> None:
    """No later file is read by this profile. Audits. Raises Http404."""
    profile = get_profile_for(actor, profile_id, lock=True)
    MappingProfile.objects.filter(pk=profile.pk).update(superseded_at=Now())
    _audit(
        actor,
        "mapping_profile.retired",
        "mapping_profile",
        profile.pk,
        profile.province_code,
        {"name": profile.name},
    )


def _audit(
    actor: Actor, action: str, object_type: str, object_id: UUID, province: str, changes: dict[str, Any]
) -> None:
    audit(
        actor, action, object_type=object_type, object_id=object_id, province_code=province, changes=changes
    )
