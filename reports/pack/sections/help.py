"""Help and money: by agency, and relief against development."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from povertyops.common.thai import format_thai_date

from ...charts import AgencyHelp, agencies_option, relief_option
from ..blocks import Block, chart, heading, number, paragraph, row, share, table, tile, tiles
from ..snapshot import Snapshot

SHOWN = 40


def agency_helps(snap: Snapshot) -> list[AgencyHelp]:
    return [
        AgencyHelp(
            given["name"] or _("ไม่ระบุหน่วยงาน"), Decimal(given["baht"]), given["helps"], given["households"]
        )
        for given in snap.payload["agencies"]
    ]


def help_and_money(snap: Snapshot, thai_digits: bool) -> list[Block]:
    province = snap.province
    built = province.get("development_baht")
    blocks = [
        heading(_("ความช่วยเหลือและงบประมาณ")),
        tiles(
            [
                tile(_("มูลค่ารวม"), number(province.get("baht")), _("บาท")),
                tile(_("จำนวนรายการ"), number(province.get("helps")), _("รายการ")),
                tile(
                    _("เพื่อการพัฒนา"),
                    share(built, province.get("baht")),
                    _("ร้อยละของมูลค่า"),
                    note=_("%(baht)s บาท") % {"baht": number(built)},
                ),
            ]
        ),
        chart(relief_option(province.figures), height=180, thai_digits=thai_digits),
    ]
    if not snap.payload["agencies"]:
        return [*blocks, paragraph(_("ยังไม่มีความช่วยเหลือในปีงบประมาณนี้"), tone="soft")]
    return [*blocks, *_by_agency(snap, thai_digits)]


def _by_agency(snap: Snapshot, thai_digits: bool) -> list[Block]:
    given = snap.payload["agencies"]
    rows = [
        row(
            agency["name"] or _("ไม่ระบุหน่วยงาน"),
            number(agency["helps"]),
            number(agency["baht"]),
            number(agency["development_baht"]),
            number(agency["households"]),
        )
        for agency in given[:SHOWN]
    ]
    if len(given) > SHOWN:
        rest = given[SHOWN:]
        name = _("อื่น ๆ %(count)s หน่วยงาน (รายชื่ออยู่ในตารางแนบ)") % {"count": len(rest)}
        sums = [sum(agency[key] for agency in rest) for key in ("helps", "baht", "development_baht")]
        rows.append(row(name, *(number(value) for value in sums), "–"))
    heads = (_("หน่วยงาน"), _("รายการ"), _("บาท"), _("เพื่อการพัฒนา (บาท)"), _("ครัวเรือน"))
    return [
        heading(_("แยกตามหน่วยงาน"), level=2),
        chart(agencies_option(agency_helps(snap)), thai_digits=thai_digits),
        table(heads, rows, columns="wnnnn", note=_note(snap)),
    ]


def _note(snap: Snapshot) -> str:
    note = _("ครัวเรือนหนึ่งอาจได้รับจากหลายหน่วยงาน จึงไม่รวมกันเป็นยอดของจังหวัด")
    if snap.list_name:
        note = _("ยอดรายหน่วยงานนับทุกบัญชีรวมกัน จึงมากกว่ายอดของบัญชีนี้ได้ %(note)s") % {"note": note}
    stands = snap.payload["agencies_as_of"]
    if stands == snap.payload["as_of"]:
        return note
    day = format_thai_date(date.fromisoformat(stands), "short")
    return _("ยอดรายหน่วยงานเป็นข้อมูล ณ %(day)s %(note)s") % {"day": day, "note": note}
