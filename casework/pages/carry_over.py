"""An opening balance as its preview shows it: what would be written, what is there already, what to mend."""

from __future__ import annotations

import base64
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dimensions.enums import Dimension, Stage
from households.access import visible_households
from povertyops.accounts.actor import Actor
from povertyops.accounts.takings import Taking, count_taking
from povertyops.common.audit import log_access
from povertyops.common.crypto import open_blob
from povertyops.common.errors import Conflict
from povertyops.common.languages import kept_in_thai

from ..carry_rules import FAULTS
from ..enums import SheetStatus
from ..models import CarryOver, CarryOverLine, HelpMenuItem
from ..services.carry_over import GOOD_FOR
from ..services.carry_over_reading import NEW, SAME, dimension_of_unnamed

TONES = {
    SheetStatus.READY: "warn",
    SheetStatus.APPLYING: "calm",
    SheetStatus.APPLIED: "good",
    SheetStatus.UNDOING: "calm",
    SheetStatus.UNREADABLE: "bad",
}


@dataclass(frozen=True, slots=True)
class CarryLine:
    """A row of the file in words: a help or a stage, or a fault with its sentence."""

    line: CarryOverLine
    household: str = ""
    household_id: UUID | None = None
    what: str = ""
    dimension: Dimension | None = None
    stage: Stage | None = None
    day: date | None = None
    holds: date | None = None
    baht: Decimal | None = None
    message: str = ""

    @property
    def is_early(self) -> bool:
        return bool(self.line.data.get("early"))


def tone_of(row: CarryOver) -> str:
    return TONES.get(SheetStatus(row.status), "")


def is_moving(row: CarryOver) -> bool:
    return row.status in (SheetStatus.APPLYING, SheetStatus.UNDOING)


def good_lines(row: CarryOver) -> QuerySet[CarryOverLine]:
    return CarryOverLine.objects.filter(carry_over=row, fault="").exclude(data__kind=SAME)


def same_lines(row: CarryOver) -> QuerySet[CarryOverLine]:
    return CarryOverLine.objects.filter(carry_over=row, fault="", data__kind=SAME)


def fault_lines(row: CarryOver) -> QuerySet[CarryOverLine]:
    return CarryOverLine.objects.filter(carry_over=row).exclude(fault="")


def is_emptied(row: CarryOver) -> bool:
    """Whether a night took the rows of the file away."""
    if row.status == SheetStatus.EXPIRED:
        return True
    old = timezone.now() - row.recorded_at > GOOD_FOR
    return bool(old and row.faults) and not fault_lines(row).filter(data__has_key="sealed").exists()


def early_count(row: CarryOver) -> int:
    """Helps that were given before the household stood on any list."""
    return CarryOverLine.objects.filter(carry_over=row, fault="", data__kind=NEW, data__early=True).count()


def lines_for(actor: Actor, lines: Iterable[CarryOverLine]) -> list[CarryLine]:
    """The lines in words, two queries for any number; nothing of a household that is out of sight now."""
    rows = list(lines)
    wanted = {row.household_id for row in rows if row.household_id}
    seen = {household.pk: str(household) for household in visible_households(actor).filter(pk__in=wanted)}
    items = {row.data["item"] for row in rows if "item" in row.data}
    named = [item for item in items if dimension_of_unnamed(item) is None]
    menu = {str(pk): item for pk, item in HelpMenuItem.objects.in_bulk(named).items()}
    return [_line(row, seen, menu) for row in rows]


def _line(row: CarryOverLine, seen: dict[UUID, str], menu: dict[str, HelpMenuItem]) -> CarryLine:
    household = seen.get(row.household_id, "") if row.household_id else ""
    known = row.household_id if household else None
    if row.fault:
        return CarryLine(row, household, known, message=str(FAULTS[row.fault]) % row.details)
    data = row.data
    if "stage" in data:
        return CarryLine(
            row,
            household,
            known,
            stage=Stage(data["stage"]),
            day=date.fromisoformat(data["day"]),
            holds=date.fromisoformat(data["holds"]) if data["holds"] != data["day"] else None,
        )
    item = menu.get(data["item"])
    return CarryLine(
        row,
        household,
        known,
        what=item.name if item else data["detail"],
        dimension=Dimension(item.dimension) if item else dimension_of_unnamed(data["item"]),
        day=date.fromisoformat(data["day"]),
        baht=Decimal(data["amount"]) or None,
    )


# ---------------------------------------------------------------------------------------- the file to mend


def file_to_mend(actor: Actor, row: CarryOver) -> bytes:
    """The rows with faults as they came, each with what is to be mended; every cell is text.

    Id numbers stand in it in full, so that it can be sent again: fetching it is logged and counted. Raises
    Conflict when a night took the rows away, NotAllowed for an account that takes too much.
    """
    if is_emptied(row):
        raise Conflict("rows_gone", _("แถวที่ต้องแก้ถูกลบตามกำหนด 30 วันแล้ว ส่งไฟล์เดิมเข้ามาตรวจใหม่"))
    by_row: dict[int, list[CarryOverLine]] = defaultdict(list)
    for line in fault_lines(row).order_by("row", "id"):
        by_row[line.row].append(line)
    name = _("แถวที่ต้องแก้ของ %(file)s") % {"file": row.file_name}
    count_taking(actor=actor, taking=Taking("carry_over_rows", "xlsx", name, len(by_row)))
    log_access(
        actor,
        "carry_over_errors",
        object_type="carry_over",
        object_id=row.pk,
        details={"rows": len(by_row)},
    )
    target = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with kept_in_thai(), xlsxwriter.Workbook(target, safe) as book:
        page = book.add_worksheet(_("แถวที่ต้องแก้"))
        bold = book.add_format({"bold": True, "bottom": 1})
        told = book.add_format({"bg_color": "#FFF4CC", "text_wrap": True, "valign": "top"})
        last = len(row.headers)
        page.freeze_panes(1, 0)
        page.set_column(0, max(0, last - 1), 18)
        page.set_column(last, last, 60)
        for column, header in enumerate([*row.headers, _("วิธีแก้")]):
            page.write_string(0, column, header, bold)
        for number, lines in enumerate(by_row.values(), start=1):
            for column, cell in enumerate(_cells(row, lines[0])):
                page.write_string(number, column, cell)
            page.write_string(number, last, "\n".join(_told(line) for line in lines)[:5_000], told)
    return target.getvalue()


def _cells(row: CarryOver, line: CarryOverLine) -> list[str]:
    """What the row said; nothing for one that went wrong after it had been read."""
    if "sealed" not in line.data:
        return []
    cells: list[str] = json.loads(open_blob(base64.b64decode(line.data["sealed"]), row.pk.bytes))
    return cells


def _told(line: CarryOverLine) -> str:
    message = str(FAULTS[line.fault]) % line.details
    return f"{line.column}: {message}" if line.column else message
