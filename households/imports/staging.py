"""From the sealed file to the staging tables: rows are streamed into PostgreSQL by COPY, some thousands a
transaction."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from uuid import UUID

from django.db import connection, transaction

from dimensions.queries import dimension_of_indicators, indicator_set_for, numbers_of
from povertyops.accounts.actor import Actor
from povertyops.common.bulk import commit_without_waiting
from povertyops.common.errors import DomainError
from povertyops.common.ids import uuid7s

from ..models import ImportBatch, ImportFault, ImportHousehold, ImportRow
from .guard import AreaGuard, load_registrars, load_resolutions
from .profile import Layout
from .rows import FoundFault, Reader, RowNumbers, StagedHousehold, StagedRow, Yardstick, raw_of_household
from .rows.staged import NOT_TOLD

SLICE = 20_000
LONGEST_VALUE = 200
_PIECE = 1 << 17

_ROW_COLUMNS = (
    "id", "batch_id", "number", "sheet", "row", "position", "birth_date", "sex", "is_head", "blind_index",
    "key_id", "sealed", "title", "first_name", "last_name", "search_key", "sort_key", "relation", "raw",
)  # fmt: skip
_HOUSEHOLD_COLUMNS = (
    "id", "batch_id", "number", "first_row", "is_held", "is_applied", "outcome", "province_code",
    "area_code", "centre_id", "sheet", "dimensions",
    "failed_indicators", "persons", "income", "content_hash", "village_name", "house_code", "house_no",
    "phone", "head_name",
    "sort_key", "raw",
)  # fmt: skip
_FAULT_COLUMNS = ("batch_id", "number", "sheet", "row", "is_notice", "code", "column", "value", "details")

NULL = r"\N"


def load_yardstick(actor: Actor, batch: ImportBatch) -> Yardstick:
    """What every row is measured against. Raises InvalidInput for a survey year before the first indicator
    set."""
    indicator_set = indicator_set_for(batch.survey_year).indicator_set
    return Yardstick(
        today=actor.today(),
        survey_year=batch.survey_year,
        carries_dimensions=batch.kind.carries_dimensions,
        resolutions=load_resolutions(),
        registrars=load_registrars(),
        guard=AreaGuard(actor),
        indicators=numbers_of(indicator_set),
        dimension_of=dimension_of_indicators(indicator_set),
    )


def clear_staging(batch: ImportBatch) -> None:
    """Take away whatever an earlier reading left."""
    for model in (ImportRow, ImportHousehold, ImportFault):
        model.objects.filter(batch=batch).delete()


def stage(
    batch: ImportBatch, reader: Reader, rows: Iterator[StagedRow], on_slice: Callable[[int], None]
) -> None:
    """Stream every person into the staging table, then the households and what was found wrong.

    `on_slice` is told after each slice, inside its transaction, how many rows have been read.
    """
    staged = iter(rows)
    while True:
        with transaction.atomic():
            commit_without_waiting()
            source = _Lines(_row_line(batch.pk, row) for row in islice(staged, SLICE))
            _copy(ImportRow, _ROW_COLUMNS, source)
            on_slice(reader.rows)
        if not source.count:
            break
    with transaction.atomic():
        _copy(ImportHousehold, _HOUSEHOLD_COLUMNS, _Lines(_household_lines(batch.pk, reader.households)))
        _give_heads(batch, reader.households)
        store_faults(batch, reader.layout, reader.faults)


def store_faults(batch: ImportBatch, layout: Layout, faults: Sequence[FoundFault]) -> None:
    """Write faults down with the header of their column. Where a fault does not tell its sheet, it is that of
    its household."""
    unsure = {fault.number for fault in faults if fault.sheet == NOT_TOLD}
    homes = ImportHousehold.objects.filter(batch=batch, number__in=unsure) if unsure else None
    sheets = dict(homes.values_list("number", "sheet")) if homes is not None else {}
    _copy(ImportFault, _FAULT_COLUMNS, _Lines(_fault_lines(batch.pk, layout, faults, sheets)))


def _give_heads(batch: ImportBatch, households: Iterable[StagedHousehold]) -> None:
    """Where the list names no head, the first person of the household stands for one."""
    headless = [household.number for household in households if not household.has_head]
    for start in range(0, len(headless), SLICE):
        numbers = headless[start : start + SLICE]
        ImportRow.objects.filter(batch=batch, number__in=numbers, position=0).update(is_head=True)


# ----------------------------------------------------------------------------------------------------- COPY


class _Lines(io.RawIOBase):
    """Lines made while PostgreSQL takes them in, so that both work at once.

    A refusal met on the way ends the lines and waits in `refusal`: thrown through the driver it would come
    out as an error of the database.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = b""
        self.count = 0
        self.refusal: DomainError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts = [self._rest]
        length = len(self._rest)
        while length < size:
            lines = self._next()
            if not lines:
                break
            self.count += len(lines)
            parts.append("".join(lines).encode())
            length += len(parts[-1])
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]

    def _next(self) -> list[str]:
        lines: list[str] = []
        try:
            lines.extend(islice(self._lines, 64))
        except DomainError as refusal:
            self.refusal, self._lines = refusal, iter(())
        return lines


def _copy(
    model: type[ImportRow] | type[ImportHousehold] | type[ImportFault],
    columns: tuple[str, ...],
    lines: _Lines,
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", lines, _PIECE)
    if lines.refusal:
        raise lines.refusal


def _row_line(batch_id: UUID, row: StagedRow) -> str:
    text = "\t".join(
        (row.title, row.first_name, row.last_name, row.search_key, row.sort_key, row.relation, row.raw)
    )
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    blind = f"\\\\x{row.blind_index.hex()}" if row.blind_index else NULL
    sealed = f"\\\\x{row.sealed.hex()}" if row.sealed else NULL
    born, head = row.birth or NULL, "t" if row.is_head else "f"
    return (
        f"{row.id.hex}\t{batch_id.hex}\t{row.number}\t{row.sheet}\t{row.row}\t{row.position}\t{born}\t"
        f"{row.sex}\t{head}\t{blind}\t{row.key_id}\t{sealed}\t{text}\n"
    )


def _household_lines(batch_id: UUID, households: Iterable[StagedHousehold]) -> Iterator[str]:
    ids = uuid7s()
    for household in households:
        stated = household.stated
        text = "\t".join(
            (
                household.village_name,
                household.code,
                stated.house_no,
                household.phone,
                household.head_name,
                household.head_order,
                raw_of_household(household),
            )
        ).replace("\\", "\\\\")
        indicators = "{" + ",".join(map(str, household.indicators)) + "}"
        income = NULL if household.income is None else household.income
        centre = stated.centre.hex if stated.centre else NULL
        held, area = ("t\tf\t" if household.is_held else "f\tf\tnew"), stated.area
        yield (
            f"{next(ids).hex}\t{batch_id.hex}\t{household.number}\t{household.first_row}\t{held}\t"
            f"{area[:2]}\t{area}\t{centre}\t{household.sheet}\t{household.dimensions}\t{indicators}\t"
            f"{household.persons}\t{income}\t\\\\x{household.content_hash.hex()}\t{text}\n"
        )


def _fault_lines(
    batch_id: UUID, layout: Layout, faults: Iterable[FoundFault], sheets: Mapping[int, int]
) -> Iterator[str]:
    for number, row, fault, is_notice, told in faults:
        sheet = sheets.get(number, 0) if told == NOT_TOLD else told
        header = layout.header_of(fault.field)
        value = fault.value[:LONGEST_VALUE]
        text = "\t".join((fault.code, header, value, fault.details_json)).replace("\\", "\\\\")
        yield f"{batch_id.hex}\t{number}\t{sheet}\t{row}\t{'t' if is_notice else 'f'}\t{text}\n"


def rows_of_staging(batch: ImportBatch) -> RowNumbers:
    """The households of the rows that were staged."""
    numbers = RowNumbers()
    for sheet, row, number in (
        ImportRow.objects.filter(batch=batch).values_list("sheet", "row", "number").iterator()
    ):
        numbers.put(sheet, row, number)
    return numbers
