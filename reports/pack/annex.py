"""The figures of a pack as a workbook: numbers are numbers, heads are Thai, a sheet says what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from povertyops.common.thai import format_thai_date, format_thai_datetime

from .snapshot import Snapshot, Spot

Value = str | int | float | None
GROUPS = ("failing", "relieved", "recovered")
WIDEST = 46


class Book:
    """A workbook with one look: bold heads that stay in sight, columns as wide as what they hold."""

    def __init__(self, snap: Snapshot) -> None:
        self.body = BytesIO()
        self.book = xlsxwriter.Workbook(self.body, {"in_memory": True, "strings_to_formulas": False})
        self.book.set_properties(
            {
                "title": " ".join(part for part in (str(snap.meeting["label"]), snap.only_list) if part),
                "comments": snap.id,
                "created": snap.frozen_at.replace(tzinfo=None),
            }
        )
        self.head = self.book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "font_color": "#FFFFFF",
                "bg_color": "#234470",
                "border": 1,
            }
        )
        self.number = self.book.add_format({"num_format": "#,##0"})
        self.share = self.book.add_format({"num_format": "0.0"})
        self.text = self.book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.write_row(0, 0, heads, self.head)
        widths = [min(len(head), 16) for head in heads]
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                self._write(sheet, line, place, value)
                widths[place] = max(widths[place], min(len(str(value)), WIDEST))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width + 2)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet: Any, line: int, place: int, value: Value) -> None:
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(line, place, value, self.text)
        else:
            sheet.write_number(line, place, value, self.share if isinstance(value, float) else self.number)

    def close(self) -> bytes:
        self.book.close()
        return self.body.getvalue()


def annex(payload: Mapping[str, Any]) -> bytes:
    """XLSX of a pack's payload; the same payload gives the same cells."""
    snap = Snapshot(payload)
    book = Book(snap)
    labels = _labels(snap)
    book.sheet(
        _("ภาพรวม"),
        (_("รายการ"), _("จำนวน"), _("หน่วย"), _("ครั้งก่อน"), _("เปลี่ยนแปลง")),
        _overview(snap, labels),
    )
    heads = (_("รหัส"), _("พื้นที่"), *labels.values())
    book.sheet(_("อำเภอ"), heads, [_line(spot, labels) for spot in (snap.province, *snap.rows)])
    book.sheet(_("ตำบล"), heads, [_line(spot, labels) for spot in snap.subdistricts])
    book.sheet(
        _("มิติ"),
        (_("มิติ"), _("หน่วยงานเจ้าภาพ"), _("ตกเกณฑ์"), _("ได้รับความช่วยเหลือแล้ว"), _("ผ่านเกณฑ์แล้ว")),
        [
            (
                one["label"],
                one["lead_office"],
                *(snap.province.get(f"{group}_{one['code']}") for group in GROUPS),
            )
            for one in snap.payload["dimensions"]
        ],
    )
    book.sheet(
        _("หน่วยงาน"),
        (_("หน่วยงาน"), _("รายการ"), _("บาท"), _("รายการพัฒนา"), _("บาทเพื่อการพัฒนา"), _("ครัวเรือน")),
        [
            (
                given["name"] or _("ไม่ระบุหน่วยงาน"),
                *(
                    given[key]
                    for key in ("helps", "baht", "development_helps", "development_baht", "households")
                ),
            )
            for given in snap.payload["agencies"]
        ],
    )
    book.sheet(_("คำอธิบาย"), (_("เรื่อง"), _("ความหมาย"), _("หน่วย")), _about(snap, labels))
    return book.close()


def _labels(snap: Snapshot) -> dict[str, str]:
    """Code to head, with the dimension where one figure stands for each of five."""
    names = {one["code"]: one["label"] for one in snap.payload["dimensions"]}
    found = {}
    for entry in snap.payload["definitions"]:
        _group, _between, dimension = entry["code"].partition("_")
        label = entry["label"]
        found[entry["code"]] = f"{label}: {names[dimension]}" if dimension in names else label
    return found


def _overview(snap: Snapshot, labels: Mapping[str, str]) -> list[Sequence[Value]]:
    units = {entry["code"]: entry["unit"] for entry in snap.payload["definitions"]}
    province = snap.province
    rows: list[Sequence[Value]] = []
    for code, label in labels.items():
        change = province.change(code)
        before = None if change is None else province.get(code) - change
        rows.append((label, province.get(code), units[code], before, change))
    return rows


def _line(spot: Spot, labels: Mapping[str, str]) -> Sequence[Value]:
    return (spot.code if len(spot.code) < 9 else "", spot.name, *(spot.get(code) for code in labels))


def _about(snap: Snapshot, labels: Mapping[str, str]) -> list[Sequence[Value]]:
    rows: list[Sequence[Value]] = [
        (_("การประชุม คจพ.จ. ครั้งที่"), str(snap.meeting["label"]), ""),
        (_("จังหวัด"), str(snap.meeting["province"]), ""),
        (_("ปีงบประมาณ"), str(snap.meeting["fiscal_year"]), ""),
        (_("ข้อมูล ณ วันที่"), format_thai_date(snap.as_of), ""),
        (_("ตรึงตัวเลขเมื่อ"), format_thai_datetime(snap.frozen_at), ""),
        (_("ชุดข้อมูล"), snap.id, ""),
    ]
    if snap.list_name:
        said = _("ยอดรายหน่วยงานนับทุกบัญชีรวมกัน")
        rows += [(_("บัญชี"), snap.only_list, ""), (_("แยกตามหน่วยงาน"), said, "")]
    meanings = {entry["code"]: entry for entry in snap.payload["definitions"]}
    rows += [(label, meanings[code]["counts"], meanings[code]["unit"]) for code, label in labels.items()]
    return rows
