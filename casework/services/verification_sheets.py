"""The field check on paper-like sheets: a workbook of the households to check, taken out to be filled in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import xlsxwriter
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from households.enums import VerificationStatus
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.accounts.takings import Taking, count_taking
from povertyops.areas.queries import address_labels, areas_by_code
from povertyops.common.audit import log_access
from povertyops.common.errors import InvalidInput
from povertyops.common.ids import uuid7

from ..models import VerificationSheet
from ..queries.findings import members_of, standing_of, targets_among, to_check
from ..rules import VERIFYING_ROLES
from ..sheet_rules import FIRST_ROW, HEADERS, NOT_YET, TOKEN_COLUMN, Column, Standing, status_words
from .guards import require_role

MOST_PERSONS = 5_000
SALT = "casework.verification_sheet"
_WIDTHS = {
    Column.VILLAGE: 22,
    Column.HOUSE: 12,
    Column.NAME: 28,
    Column.AGE: 6,
    Column.TARGET: 10,
    Column.BEFORE: 22,
    Column.STATUS: 26,
    Column.NOTE: 40,
    Column.DAY: 14,
}
_TO_FILL = (Column.STATUS, Column.NOTE, Column.DAY)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A person as the sheet shows one."""

    household: Household
    person_id: UUID
    village: str
    name: str
    age: int | None
    is_target: bool
    standing: Standing


def take_out_sheet(*, actor: Actor, area: str = "") -> tuple[VerificationSheet, bytes]:
    """A protected workbook of everybody to check in an area ("" for the whole reach), without national ids.

    Only status, note and day can be filled in. Raises Http404 where nobody is to be checked, InvalidInput for
    more than MOST_PERSONS, NotAllowed for an account that takes too much away. Side effects: the sheet with
    what stood, an access entry, a line in the register of exports.
    """
    require_role(actor, VERIFYING_ROLES)
    lines = _lines(actor, area)
    if not lines:
        raise Http404
    households = {line.household.pk for line in lines}
    with transaction.atomic():
        name = _("แบบตรวจสอบข้อมูล %(place)s") % {"place": address_labels([area])[area] if area else ""}
        count_taking(actor=actor, taking=Taking("check_sheet", "xlsx", name.strip(), len(lines)))
        sheet = VerificationSheet.objects.create(
            id=uuid7(),
            province_code=actor.province_code or lines[0].household.province_code,
            area_code=area,
            user=actor.user,
            households=len(households),
            persons=len(lines),
            stood={str(line.person_id): [str(line.household.pk), *line.standing] for line in lines},
            recorded_at=actor.stamp,
        )
        log_access(
            actor,
            "verification_sheet",
            object_type="verification_sheet",
            object_id=sheet.pk,
            details={"area": area, "households": len(households), "persons": len(lines)},
        )
    return sheet, _draw(sheet, lines)


def _lines(actor: Actor, area: str) -> list[SheetLine]:
    rows = list(to_check(actor, area).order_by("area_code", "sort_key", "pk")[: MOST_PERSONS + 1])
    households = {row.pk: row for row in rows}
    members = members_of(households)
    if len(rows) > MOST_PERSONS or len(members) > MOST_PERSONS:
        message = _("แบบหนึ่งมีได้ไม่เกิน %(most)d คน โปรดเลือกตำบลหรือหมู่บ้านก่อนดาวน์โหลด") % {"most": MOST_PERSONS}
        raise InvalidInput("too_many_persons", message)
    standing = standing_of([row.person_id for row in members])
    targets = targets_among(households)
    areas = areas_by_code({row.area_code for row in rows})
    place = {pk: number for number, pk in enumerate(households)}
    return [
        SheetLine(
            household=households[row.household_id],
            person_id=row.person_id,
            village=areas[code].label if (code := households[row.household_id].area_code) in areas else code,
            name=row.person.full_name,
            age=_age(row.person.birth_date, actor.today()),
            is_target=row.person_id in targets,
            standing=standing.get(row.person_id, Standing()),
        )
        for row in sorted(members, key=lambda row: (place[row.household_id], row.position))
    ]


def _age(born: date | None, day: date) -> int | None:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None


# ----------------------------------------------------------------------------------------------- the name


def token_of(sheet: VerificationSheet) -> str:
    """The signed name of a sheet, as it stands hidden in its first row."""
    return signing.Signer(salt=SALT).sign(str(sheet.pk))


def sheet_named(token: str) -> VerificationSheet | None:
    """The sheet of a signed name; None for anything else."""
    try:
        pk = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    return VerificationSheet.objects.filter(pk=pk).first()


def is_too_old(sheet: VerificationSheet) -> bool:
    """Whether so much has changed since that it must be taken out anew."""
    return timezone.now() - sheet.recorded_at > timedelta(days=settings.VERIFICATION_SHEET_DAYS)


def looks_like_token(cell: object) -> bool:
    try:
        signing.Signer(salt=SALT).unsign(str(cell))
    except signing.BadSignature:
        return False
    return True


def labels_in_every_language() -> dict[str, str]:
    """What may stand in a status cell, folded, with its status; a sheet may come back in another language."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found |= status_words((status.value, str(status.label)) for status in VerificationStatus)
    return found


# --------------------------------------------------------------------------------------------- the workbook


def _draw(sheet: VerificationSheet, lines: Sequence[SheetLine]) -> bytes:
    """The workbook. Everything a person ever typed is written as text, so that no cell is a formula."""
    target = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, safe) as book:
        page = book.add_worksheet(_("ตรวจสอบข้อมูล"))
        formats = _formats(book)
        page.protect("", {"sort": False, "format_columns": True, "format_rows": True})
        page.freeze_panes(FIRST_ROW - 1, Column.NAME + 1)
        for column, width in _WIDTHS.items():
            page.set_column(column, column, width)
        page.set_column(Column.HOUSEHOLD, Column.PERSON, None, None, {"hidden": True})
        page.set_row(0, 48)
        told = _(
            "กรอกเฉพาะช่องสีเหลือง: เลือกผลการตรวจสอบ เขียนหมายเหตุ และวันที่ตรวจแบบ พ.ศ. (ถ้าเว้นไว้ ใช้วันที่ส่งไฟล์) "
            "อย่าเพิ่ม ลบ หรือย้ายแถว เสร็จแล้วส่งไฟล์นี้กลับในหน้าตรวจสอบข้อมูล"
        )
        page.merge_range(0, 0, 0, Column.DAY, told, formats["told"])
        page.write_string(0, TOKEN_COLUMN, token_of(sheet))
        for column, header in HEADERS.items():
            page.write_string(FIRST_ROW - 2, column, str(header), formats["head"])
        for number, line in enumerate(lines, start=FIRST_ROW - 1):
            _write_line(page, number, line, formats)
        _offer_statuses(page, FIRST_ROW - 1, FIRST_ROW - 2 + len(lines))
    return target.getvalue()


def _formats(book: Any) -> Mapping[str, Any]:
    open_cell = {"locked": False, "num_format": "@", "bg_color": "#FFF9DB", "border": 1, "text_wrap": True}
    return {
        "told": book.add_format({"text_wrap": True, "valign": "vcenter", "bold": True}),
        "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EEEEEE"}),
        "fill": book.add_format(open_cell),
    }


def _write_line(page: Any, number: int, line: SheetLine, formats: Mapping[str, Any]) -> None:
    status = "" if line.standing.status == NOT_YET else str(VerificationStatus(line.standing.status).label)
    texts = {
        Column.VILLAGE: line.village,
        Column.HOUSE: line.household.house_no,
        Column.NAME: line.name,
        Column.TARGET: _("ใช่") if line.is_target else "",
        Column.BEFORE: str(VerificationStatus(line.standing.status).label),
        Column.STATUS: status,
        Column.NOTE: line.standing.note,
        Column.DAY: "",
        Column.HOUSEHOLD: str(line.household.pk),
        Column.PERSON: str(line.person_id),
    }
    for column, text in texts.items():
        style = formats["fill"] if column in _TO_FILL else None
        if text:
            page.write_string(number, column, text, style)
        else:
            page.write_blank(number, column, None, style)
    if line.age is not None:
        page.write_number(number, Column.AGE, line.age)


def _offer_statuses(page: Any, first: int, last: int) -> None:
    labels = [str(status.label) for status in VerificationStatus if status != VerificationStatus.NOT_YET]
    page.data_validation(
        first,
        Column.STATUS,
        last,
        Column.STATUS,
        {
            "validate": "list",
            "source": labels,
            "error_title": _("เลือกจากรายการ"),
            "error_message": _("ผลการตรวจสอบต้องเลือกจากรายการในช่อง"),
        },
    )
    page.data_validation(
        first,
        Column.DAY,
        last,
        Column.DAY,
        {"validate": "any", "input_title": _("วันที่ตรวจ"), "input_message": _("วัน/เดือน/ปี พ.ศ. เช่น 21/11/2568")},
    )
