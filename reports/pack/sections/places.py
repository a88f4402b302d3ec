"""The districts beside each other and against the meeting before."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from povertyops.common.naming import STAGE_NAMES, with_stages
from povertyops.common.thai import format_thai_date

from ...charts import PlaceFigures, dimension_option, districts_option
from ..blocks import Block, change, chart, heading, number, row, table
from ..snapshot import Snapshot, Spot, reached_of

STAGES = ("waiting", "survive", "sufficient", "sustainable")


def districts(snap: Snapshot, thai_digits: bool) -> list[Block]:
    """Stages of each district, the share reached, and its change."""
    before = snap.previous if snap.is_same_year else None
    note = _("เทศบาลเป็นส่วนหนึ่งของอำเภอ ไม่นับซ้ำในยอดรวม")
    if before:
        note = _("ครั้งก่อน: ข้อมูล ณ %(day)s %(note)s") % {
            "day": format_thai_date(date.fromisoformat(before["as_of"]), "short"),
            "note": note,
        }
    heads = [
        _("อำเภอ"),
        _("ครัวเรือน"),
        _("ยังไม่ถึง"),
        *(str(STAGE_NAMES[stage]) for stage in STAGES[1:]),
        str(with_stages(_("{survive}ขึ้นไป\n(ร้อยละ)"))),
    ]
    if before:
        heads += [_("ครั้งก่อน"), _("เปลี่ยนแปลง\n(จุด)")]
    rows = [_line(spot, compared=bool(before)) for spot in snap.rows]
    rows.append(_line(snap.province, compared=bool(before)) | {"look": "total"})
    places = [PlaceFigures(spot.name, spot.figures) for spot in snap.districts]
    return [
        heading(_("รายอำเภอเทียบการประชุมครั้งก่อน") if before else _("รายอำเภอ")),
        table(heads, rows, columns="wnnnnnbnn"[: len(heads)], note=note),
        chart(districts_option(places), thai_digits=thai_digits),
    ]


def _line(spot: Spot, *, compared: bool) -> Block:
    cells: list[str | float] = [
        spot.name,
        number(spot.get("households")),
        *(number(spot.get(stage)) for stage in STAGES),
        round(spot.reached, 1),
    ]
    if compared:
        then = None if spot.before is None else reached_of(spot.before)
        cells += ["–", "–"] if then is None else [f"{then:.1f}", change(spot.reached - then, digits=1)]
    return row(*cells, look="of-which" if spot.is_municipal else "")


def dimensions_together(snap: Snapshot, thai_digits: bool) -> list[Block]:
    """All five dimensions on one picture, before the pages of the lead offices."""
    made = dimension_option(snap.province.figures)
    heads = [head.label for head in made.heads]
    rows = [row(line.label, *(cell.shown for cell in line.cells)) for line in made.rows]
    note = _("ครัวเรือนที่ตกเกณฑ์หลายมิตินับในทุกมิติที่ตก จึงรวมกันไม่เท่ากับจำนวนครัวเรือน")
    return [
        heading(_("ห้ามิติ"), flows=True),
        chart(made, height=300, thai_digits=thai_digits),
        table(heads, rows, columns="wnnn", note=note),
    ]
