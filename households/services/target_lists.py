"""Bringing in a target list, up to the point where it may be applied: receive the file, read and check it,
report.

Opening cases belongs one floor up (`casework.services.apply`), which also uses what is re-exported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.accounts.takings import Taking, count_taking
from povertyops.common.audit import audit, log_access
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.leases import renew_lease, take_lease
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..access import get_import_for
from ..enums import FilePart, ImportStatus
from ..imports import limits
from ..imports.diff import (
    FieldChange,
    HouseholdChange,
    PersonChange,
    changes_of,
    compare_with_last,
    left_lines,
)
from ..imports.faults import Fault, Unreadable, message_of
from ..imports.files import read_pieces, spooled, store_pieces
from ..imports.joining import HeldLine, joined_lines
from ..imports.mapping import described, label_of, layout_for, layout_told, open_list
from ..imports.matching import (
    WAITS_FOR_OTHER,
    count_outcomes,
    hold_back,
    households_out_of_reach,
    let_in_waiting,
    match_register,
    members_of_neighbours,
    members_of_other_households,
    tell_outcomes,
)
from ..imports.merge import Range, finish_range, merge_range, prepare_lists, tell_planner, unapplied_ranges
from ..imports.profile import Layout, find_layout
from ..imports.reading import Table
from ..imports.report import error_file, faults_of, report_of
from ..imports.rows import FoundFault, Reader, RowNumbers
from ..imports.staging import clear_staging, load_yardstick, rows_of_staging, stage, store_faults
from ..imports.undo import Taken, lock_batch_households, restored_lines, take_back
from ..models import ImportBatch, ImportFault, ImportFile, ImportHousehold, ImportRow, ListKind, TargetList

__all__ = [
    "Draft",
    "FieldChange",
    "HouseholdChange",
    "PersonChange",
    "Range",
    "Taken",
    "Unreadable",
    "actor_of",
    "changes_of",
    "faults_of",
    "finish_range",
    "label_of",
    "lease_key",
    "left_lines",
    "lock_batch_households",
    "merge_range",
    "message_of",
    "open_error_file",
    "prepare_lists",
    "purge_imports",
    "read_again",
    "read_batch",
    "receive_list",
    "rematch",
    "report_of",
    "restored_lines",
    "take_back",
    "tell_planner",
    "unapplied_ranges",
]

Pieces = Callable[[], Iterator[bytes]]

LEASE_SECONDS = 60
MOST_ATTEMPTS = 5
EARLIEST_YEAR = 2550


class NeedsMapping(Unreadable):
    """The file is a table, but a person must say what its columns are."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says of a file. `survey_year` is the year before, `effective_on` the fiscal year's
    first day,
    unless said otherwise."""

    kind: str
    fiscal_year: int
    survey_year: int | None = None
    effective_on: date | None = None


def lease_key(batch_id: UUID) -> str:
    return f"import:{batch_id}"


def actor_of(batch: ImportBatch) -> Actor:
    """Whoever brought the file; work that goes on in the background is done in that person's name."""
    return Actor(user=batch.user, appointment=batch.appointment, recorded_at=batch.seeded_at)


# ------------------------------------------------------------------------------------------------- receive


def receive_list(
    *, actor: Actor, draft: Draft, file_name: str, pieces: Iterable[bytes], holder: UUID | None = None
) -> ImportBatch:
    """Store a file, sealed, as a batch to be read. Audits; with `holder` the caller keeps the batch to
    itself.

    Raises NotAllowed, InvalidInput, or Unreadable when the file is empty or too big.
    """
    if not actor.is_system and actor.role not in OFFICER_ROLES:
        raise NotAllowed("role", _("บทบาทของท่านนำเข้าบัญชีเป้าหมายไม่ได้"))
    kind = ListKind.objects.filter(pk=draft.kind, is_active=True).first()
    if kind is None:
        raise InvalidInput("unknown_list", _("ไม่มีบัญชีชนิดนี้ เลือกจากชนิดที่มีอยู่"), field="kind")
    survey_year, effective_on = _checked_years(actor, draft)
    appointment = actor.appointment
    with transaction.atomic():
        batch = ImportBatch(
            id=uuid7(),
            kind=kind,
            fiscal_year=draft.fiscal_year,
            survey_year=survey_year,
            effective_on=effective_on,
            province_code=actor.province_code,
            centre=appointment.centre if appointment else None,
            user=actor.user,
            appointment=appointment,
            seeded_at=actor.recorded_at,
            file_name=file_name[-200:],
            file_hash=b"",
        )
        batch.save(force_insert=True)
        if holder:
            take_lease(lease_key(batch.pk), holder, LEASE_SECONDS)
        batch.file_bytes, batch.file_hash = store_pieces(batch.pk, FilePart.SOURCE, pieces)
        if not batch.file_bytes:
            raise Unreadable("empty_file")
        batch.save(update_fields=["file_bytes", "file_hash"])
        _audit(actor, "import.received", batch, {"bytes": batch.file_bytes})
    return batch


def _checked_years(actor: Actor, draft: Draft) -> tuple[int, date]:
    this_year = fiscal_year_of(actor.today())
    if not EARLIEST_YEAR <= draft.fiscal_year <= this_year + 1:
        message = _("ปีงบประมาณต้องอยู่ระหว่าง %(first)d ถึง %(last)d")
        years = {"first": EARLIEST_YEAR, "last": this_year + 1}
        raise InvalidInput("bad_fiscal_year", message % years, field="fiscal_year")
    survey_year = draft.survey_year or draft.fiscal_year - 1
    if not draft.fiscal_year - 5 <= survey_year <= draft.fiscal_year:
        message = _("ปีสำรวจต้องไม่หลังปีงบประมาณ และไม่ก่อนเกิน 5 ปี")
        raise InvalidInput("bad_survey_year", message, field="survey_year")
    first, last = fiscal_year_bounds(draft.fiscal_year)
    effective_on = draft.effective_on or first
    if not first <= effective_on <= last:
        raise InvalidInput("bad_effective_day", _("วันที่มีผลต้องอยู่ในปีงบประมาณ"), field="effective_on")
    return survey_year, effective_on


# ----------------------------------------------------------------------------------------------------- read


def read_batch(*, batch_id: UUID, holder: UUID) -> ImportBatch:
    """Read and check the whole file and match it with the register; the caller holds the batch's lease.

    Ends as READY with the counts of the preview, as MAPPING where a person must say what the columns are, or
    as UNREADABLE with one sentence. Can be run again after a
    crash: it begins by taking away what was staged.
    """
    batch = ImportBatch.objects.select_related("kind", "user", "appointment__centre").get(pk=batch_id)
    if batch.status not in ImportStatus.of_reading():
        return batch
    clear_staging(batch)
    batch.status, batch.done, batch.attempts = ImportStatus.READING, 0, batch.attempts + 1
    batch.save(update_fields=["status", "done", "attempts"])
    try:
        if batch.attempts > MOST_ATTEMPTS:
            raise Unreadable("broken")
        _read(batch, holder)
    except NeedsMapping as question:
        _stop(batch, ImportStatus.MAPPING, str(question))
    except (Unreadable, InvalidInput, Conflict) as refusal:
        _stop(batch, ImportStatus.UNREADABLE, str(refusal))
    return batch


def _stop(batch: ImportBatch, status: ImportStatus, problem: str) -> None:
    with transaction.atomic():
        clear_staging(batch)
        batch.status, batch.problem = status, problem
        batch.save(update_fields=["status", "problem"])


def _read(batch: ImportBatch, holder: UUID) -> None:
    actor = actor_of(batch)

    def keep_going(rows: int) -> None:
        ImportBatch.objects.filter(pk=batch.pk).update(done=rows)
        renew_lease(lease_key(batch.pk), holder, LEASE_SECONDS)

    with spooled(batch.pk) as pieces:
        with open_list(batch, pieces) as table:
            layout = _layout_of(batch, table)
            batch.layout = described(table, layout)
            batch.is_mended = layout.is_mended
            batch.save(update_fields=["layout", "is_mended"])
            reader = Reader(layout, load_yardstick(actor, batch))
            stage(batch, reader, reader.read(table.rows), keep_going)
        with transaction.atomic():
            batch.rows, batch.persons = reader.rows, reader.persons
            batch.provinces = sorted({h.stated.area[:2] for h in reader.households if h.stated.area})
            _refuse_other_survey_year(batch)
            _compare_with_register(actor, batch, reader)
            _conclude(actor, batch)
        if batch.held_back:
            _make_error_file(batch, layout, pieces, reader.number_of_row)
    with transaction.atomic():
        renew_lease(lease_key(batch.pk), holder, LEASE_SECONDS)
        batch.status, batch.read_at, batch.done = ImportStatus.READY, actor.now(), 0
        batch.save(update_fields=["status", "read_at", "done"])


def read_again(*, actor: Actor, batch_id: UUID) -> ImportBatch:
    """Have a file that waits, or could not be read, read anew: something it is read by has changed. Audits.

    Raises Http404 out of sight, Conflict when it was applied already or the file is gone.
    """
    if not actor.is_system and actor.role not in OFFICER_ROLES:
        raise NotAllowed("role", _("บทบาทของท่านนำเข้าบัญชีเป้าหมายไม่ได้"))
    with transaction.atomic():
        batch = get_import_for(actor, batch_id, lock=True)
        if batch.status not in ImportStatus.of_rereading():
            raise Conflict("not_waiting", _("บัญชีนี้กำลังทำงานอยู่ หรือนำเข้าไปแล้ว จึงตรวจใหม่ไม่ได้"))
        if batch.purged_at or not ImportFile.objects.filter(batch=batch, part=FilePart.SOURCE).exists():
            raise Conflict("file_gone", _("ไฟล์ถูกลบตามกำหนดเวลาแล้ว ส่งไฟล์เดิมเข้ามาตรวจใหม่"))
        batch.status, batch.problem, batch.attempts, batch.done = ImportStatus.RECEIVED, "", 0, 0
        batch.save(update_fields=["status", "problem", "attempts", "done"])
        _audit(actor, "import.again", batch, {})
    return batch


def _layout_of(batch: ImportBatch, table: Table) -> Layout:
    """How the table is to be read. Raises NeedsMapping where a person must say what its columns are."""
    layout = layout_for(batch, table)
    if layout is None:
        raise _needs_mapping(table)
    if len(layout.headers) > limits.MAX_COLUMNS:
        raise Unreadable("too_many_columns", most=limits.MAX_COLUMNS)
    return layout


def _needs_mapping(table: Table) -> Unreadable:
    """Where there are columns, a person can say what they are; text without any is no table."""
    found = find_layout(table.head, table.merges)
    if found is not None and found.missing:
        missing = ", ".join(found.missing)
        return NeedsMapping("missing_columns", row=found.header_row, columns=missing)
    is_table = any(sum(map(bool, row)) > 1 for row in table.head)
    return (NeedsMapping if is_table else Unreadable)("no_header", rows=limits.HEADER_ROWS)


def _refuse_other_survey_year(batch: ImportBatch) -> None:
    """One list has one survey year, since the indicators' numbers depend on it."""
    other = (
        TargetList.objects.filter(
            kind=batch.kind, fiscal_year=batch.fiscal_year, province_code__in=batch.provinces
        )
        .exclude(survey_year=batch.survey_year)
        .first()
    )
    if other is not None:
        message = _("บัญชีนี้ของปีงบประมาณ %(year)d ใช้ปีสำรวจ %(survey)d อยู่แล้ว เลือกปีสำรวจให้ตรงกัน")
        years = {"year": batch.fiscal_year, "survey": other.survey_year}
        raise Conflict("other_survey_year", message % years)


def _compare_with_register(actor: Actor, batch: ImportBatch, reader: Reader) -> None:
    """Match with the register; what only the register can tell becomes faults."""
    match_register(batch, again=False)
    _add_faults(batch, reader.layout, _faults_of_register(actor, batch))
    _add_faults(batch, reader.layout, _waiting_for_others(tell_outcomes(batch)))
    store_faults(batch, reader.layout, _notices_of_joined(batch) + _notices_of_register(batch))


def _faults_of_register(actor: Actor, batch: ImportBatch) -> list[FoundFault]:
    elsewhere = [
        FoundFault(number, row, Fault("pin_in_other_household", "pin", value), False)
        for number, row, value in members_of_other_households(batch)
    ]
    out_of_reach = [
        FoundFault(number, row, Fault("household_outside_area", "house_code", value), False)
        for number, row, value in households_out_of_reach(actor, batch)
    ]
    return elsewhere + out_of_reach


def _waiting_for_others(lines: Iterable[HeldLine]) -> list[FoundFault]:
    """Why households without a fault of their own are held back: they go in with one that is."""
    return [
        FoundFault(
            line.number,
            line.row,
            Fault(
                WAITS_FOR_OTHER,
                "house_code",
                line.house_code,
                {"other_row": line.other_row}
                | ({"other_sheet": line.other_sheet + 1} if line.other_sheet != line.sheet else {}),
            ),
            False,
        )
        for line in lines
    ]


def _notices_of_joined(batch: ImportBatch) -> list[FoundFault]:
    return [
        FoundFault(
            line.number,
            line.row,
            Fault("joined_with_line", "house_code", line.house_code)
            if line.into_row is None
            else Fault("joined_household", "house_code", line.house_code, {"other_row": line.into_row}),
            True,
        )
        for line in joined_lines(batch)
    ]


def _notices_of_register(batch: ImportBatch) -> list[FoundFault]:
    return [
        FoundFault(number, row, Fault("person_in_other_household", "pin", value), True)
        for number, row, value in members_of_neighbours(batch)
    ]


def _add_faults(batch: ImportBatch, layout: Layout, faults: list[FoundFault]) -> None:
    if faults:
        store_faults(batch, layout, faults)
        hold_back(batch, {fault.number for fault in faults})


def _conclude(actor: Actor, batch: ImportBatch) -> None:
    for name, count in count_outcomes(batch).items():
        setattr(batch, name, count)
    batch.since_last = compare_with_last(batch)
    batch.left = batch.since_last["left"]
    _count_faults(batch)
    batch.save()
    _audit(actor, "import.read", batch, _counts(batch))


def _count_faults(batch: ImportBatch) -> None:
    found = ImportFault.objects.filter(batch=batch).aggregate(
        faults=Count("id", filter=Q(is_notice=False)), notices=Count("id", filter=Q(is_notice=True))
    )
    batch.faults, batch.notices = found["faults"], found["notices"]


def _make_error_file(batch: ImportBatch, layout: Layout, pieces: Pieces, number_of_row: RowNumbers) -> None:
    """Write the file to be mended: a second pass over the source, keeping the rows of held-back
    households."""
    held = _held(batch)
    with transaction.atomic():
        ImportFile.objects.filter(batch=batch, part=FilePart.ERRORS).delete()
        with open_list(batch, pieces) as table:
            parts = error_file(batch, layout, table.rows, number_of_row, held)
            store_pieces(batch.pk, FilePart.ERRORS, parts)


# ---------------------------------------------------------------------------------------------------- apply


def rematch(batch: ImportBatch) -> None:
    """Look into the register once more, right before applying: it may have changed since the preview.

    What can no longer go in is held back with its faults, and what only waited for a household with which it
    goes in no more is let in; the counts follow, and so does which household is said to go in with another
    one. The file to mend is made anew where other households are in it; so is one that a killed worker took
    away and did not make.
    """
    layout = layout_told(batch.layout)
    with transaction.atomic():
        before = _held(batch)
        match_register(batch, again=True)
        held = before - let_in_waiting(batch)
        late = [fault for fault in _faults_of_register(actor_of(batch), batch) if fault.number not in held]
        _add_faults(batch, layout, late)
        waiting = _waiting_for_others(tell_outcomes(batch))
        _add_faults(batch, layout, waiting)
        found = ImportFault.objects.filter(batch=batch)
        found.filter(code__in=("joined_household", "joined_with_line"), is_notice=True).delete()
        store_faults(batch, layout, _notices_of_joined(batch))
        for name, count in count_outcomes(batch).items():
            setattr(batch, name, count)
        _count_faults(batch)
        batch.since_last = compare_with_last(batch)
        batch.left = batch.since_last["left"]
        batch.save(
            update_fields=[
                *("new", "known", "listed", "joined", "changed", "held_back", "faults"),
                *("notices", "since_last", "left"),
            ]
        )
        files = ImportFile.objects.filter(batch=batch, part=FilePart.ERRORS)
        if held.union(fault.number for fault in (*late, *waiting)) != before:
            files.delete()
    if batch.held_back and not files.exists():
        number_of_row = rows_of_staging(batch)
        with spooled(batch.pk) as pieces:
            _make_error_file(batch, layout, pieces, number_of_row)


def _held(batch: ImportBatch) -> frozenset[int]:
    held = ImportHousehold.objects.filter(batch=batch, is_held=True)
    return frozenset(held.values_list("number", flat=True))


# ------------------------------------------------------------------------------------------------- the file
# to mend


def open_error_file(*, actor: Actor, batch: ImportBatch) -> Iterable[bytes]:
    """The bytes of the file to be mended. Side effects: a row in the access log, since ids stand in it in
    full, and a line in the register of exports. Raises Conflict when the file is not there, NotAllowed for an
    account that takes too much."""
    if not ImportFile.objects.filter(batch=batch, part=FilePart.ERRORS).exists():
        if batch.is_moving:
            raise Conflict("error_file_comes", _("กำลังทำไฟล์สำหรับแก้ใหม่ รอสักครู่แล้วดาวน์โหลดอีกครั้ง"))
        raise Conflict("no_error_file", _("ไฟล์สำหรับแก้ถูกลบตามกำหนดเวลาแล้ว ส่งไฟล์เดิมเข้ามาตรวจใหม่"))
    name = _("แถวที่ต้องแก้ของ %(file)s") % {"file": batch.file_name}
    rows = ImportRow.objects.filter(batch=batch, number__in=_held(batch)).count()
    count_taking(actor=actor, taking=Taking("import_errors", "xlsx", name, rows))
    log_access(
        actor,
        "import_errors",
        object_type="import",
        object_id=batch.pk,
        details={"households": batch.held_back},
    )
    return read_pieces(batch.pk, FilePart.ERRORS)


def purge_imports(*, actor: Actor, keep_days: int = limits.KEEP_DAYS) -> int:
    """Delete files older than `keep_days`, and staged rows that nobody needs any more; how many batches
    that touched.

    A batch that was read but never applied expires with its file. Counts and fault lists stay, and what an
    undo needs stands in the register.
    """
    old = ImportBatch.objects.filter(
        purged_at=None, received_at__lt=actor.now() - timedelta(days=keep_days)
    ).exclude(status__in=ImportStatus.of_moving())
    count = 0
    for batch in old:
        with transaction.atomic():
            ImportFile.objects.filter(batch=batch).delete()
            ImportRow.objects.filter(batch=batch).delete()
            if batch.status in ImportStatus.of_waiting():
                batch.status = ImportStatus.EXPIRED
            batch.purged_at = actor.now()
            batch.save(update_fields=["status", "purged_at"])
            _audit(actor, "import.purged", batch, {})
        count += 1
    return count


def _counts(batch: ImportBatch) -> dict[str, int]:
    names = (
        "rows",
        "households",
        "persons",
        "new",
        "known",
        "joined",
        "changed",
        "left",
        "held_back",
        "faults",
        "notices",
    )
    return {name: getattr(batch, name) for name in names}


def _audit(actor: Actor, action: str, batch: ImportBatch, changes: dict[str, Any]) -> None:
    facts = {"list": batch.kind_id, "fiscal_year": batch.fiscal_year, **changes}
    audit(
        actor,
        action,
        object_type="import",
        object_id=batch.pk,
        province_code=batch.province_code,
        changes=facts,
    )
