"""One page per dimension, for the office that leads it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ..blocks import Block, change, heading, number, paragraph, row, share, table, tile, tiles
from ..snapshot import Snapshot, Spot


def dimension_page(snap: Snapshot, dimension: Mapping[str, str]) -> list[Block]:
    code, province = dimension["code"], snap.province
    office = dimension["lead_office"] or _("ยังไม่ได้กำหนด")
    failing = province.get(f"failing_{code}")
    blocks = [
        heading(
            _("มิติ%(dimension)s") % {"dimension": dimension["label"]},
            note=_("หน่วยงานเจ้าภาพ: %(office)s") % {"office": office},
        )
        | {"look": code},
        tiles([_tile(province, group, code, failing) for group in ("failing", "relieved", "recovered")]),
    ]
    if not failing:
        return [*blocks, paragraph(_("บัญชีของปีนี้ไม่มีครัวเรือนที่ตกเกณฑ์ในมิตินี้"), tone="soft")]
    rows = [_line(spot, code) for spot in snap.rows if spot.get(f"failing_{code}")]
    heads = (
        _("อำเภอ"),
        _("ตกเกณฑ์"),
        _("ช่วยเหลือแล้ว"),
        _("ผ่านเกณฑ์แล้ว"),
        _("ยังรอ"),
        _("ช่วยแล้ว\n(ร้อยละ)"),
    )
    note = _("เรียงตามรหัสอำเภอ เทศบาลเป็นส่วนหนึ่งของอำเภอ อำเภอที่ไม่มีครัวเรือนตกเกณฑ์มิตินี้ไม่แสดง")
    total = _line(province, code) | {"look": "total"}
    return [*blocks, table(heads, [*rows, total], columns="wnnnnb", note=note)]


def _tile(province: Spot, group: str, code: str, failing: int) -> Block:
    labels = {
        "failing": _("ตกเกณฑ์"),
        "relieved": _("ได้รับความช่วยเหลือแล้ว"),
        "recovered": _("ผ่านเกณฑ์แล้ว"),
    }
    name = f"{group}_{code}"
    value = province.get(name)
    note = ""
    if group != "failing" and failing:
        note = _("ร้อยละ %(share)s ของที่ตกเกณฑ์") % {"share": share(value, failing)}
    return tile(labels[group], number(value), _("ครัวเรือน"), change=change(province.change(name)), note=note)


def _line(spot: Spot, code: str) -> Block:
    failing, relieved = spot.get(f"failing_{code}"), spot.get(f"relieved_{code}")
    return row(
        spot.name,
        number(failing),
        number(relieved),
        number(spot.get(f"recovered_{code}")),
        number(failing - relieved),
        round(100 * relieved / failing, 1) if failing else 0.0,
        look="of-which" if spot.is_municipal else "",
    )
