"""After the figures: spot checks, what is to be decided, stories, and how the figures were counted."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from povertyops.common.naming import with_stages
from povertyops.common.thai import format_thai_date, format_thai_datetime

from ...enums import AgendaKind
from ..blocks import Block, heading, lines, number, paragraph, row, share, story, table
from ..snapshot import Snapshot

EXPLAINED = (
    "households",
    "verified_households",
    "found",
    "waiting",
    "survive",
    "sufficient",
    "sustainable",
    "passing",
    "failing_health",
    "relieved_health",
    "recovered_health",
    "slipped",
    "additional",
    "overdue",
    "helped_households",
    "helps",
    "carried",
)


def spot_checks(snap: Snapshot) -> list[Block]:
    """What the districts found when they looked at a random sample of survive."""
    blocks = [heading(str(with_stages(_("ผลการสุ่มตรวจครัวเรือนขั้น{survive}"))), flows=True)]
    checks = snap.payload["spot_checks"]
    if not checks:
        return [*blocks, paragraph(_("ไม่ได้สุ่มตรวจก่อนการประชุมครั้งนี้"), tone="warn")]
    sums = {
        key: sum(check[key] for check in checks)
        for key in ("drawn", "pending", "agrees", "differs", "not_found")
    }
    done = sums["drawn"] - sums["pending"]
    said = _("สุ่ม %(drawn)s ครัวเรือน ตรวจแล้ว %(done)s ตรงกับที่บันทึก %(agrees)s (ร้อยละ %(share)s ของที่ตรวจ)") % {
        "drawn": number(sums["drawn"]),
        "done": number(done),
        "agrees": number(sums["agrees"]),
        "share": share(sums["agrees"], done),
    }
    if snap.list_name:
        said = f"{said} {snap.only_list}"
    blocks.append(paragraph(said))
    if sums["pending"]:
        late = _("ยังไม่ได้ตรวจ %(pending)s ครัวเรือนเมื่อตรึงตัวเลข") % {"pending": number(sums["pending"])}
        blocks.append(paragraph(late, tone="warn"))
    keys = ("drawn", "agrees", "differs", "not_found", "pending")
    rows = [row(check["name"], *(number(check[key]) for key in keys)) for check in checks]
    total = row(_("รวม"), *(number(sums[key]) for key in keys), look="total")
    heads = (_("อำเภอหรือเทศบาล"), _("สุ่ม"), _("ตรง"), _("ไม่ตรง"), _("ไม่พบครัวเรือน"), _("ยังไม่ได้ตรวจ"))
    return [*blocks, table(heads, [*rows, total], columns="wnnnnn")]


def decisions(snap: Snapshot) -> list[Block]:
    """What the meeting is asked to decide, with room for the resolution."""
    blocks = [heading(_("เรื่องเสนอที่ประชุมพิจารณา"), flows=True)]
    items = [item for item in snap.payload["agenda"] if item["kind"] == AgendaKind.DECIDE]
    proposed = snap.province.get("proposed")
    if proposed:
        blocks.append(
            paragraph(
                _("มี %(count)s ครัวเรือนที่ครบเงื่อนไขของขั้นที่สูงขึ้นและรอการพิจารณาอนุมัติของอำเภอ")
                % {"count": number(proposed)}
            )
        )
    if not items:
        blocks.append(paragraph(_("ไม่มีเรื่องเสนอพิจารณาในระเบียบวาระ"), tone="soft"))
    for place, item in enumerate(items, start=1):
        blocks.append(heading(f"{place}. {item['title']}", level=2))
        if item["detail"]:
            blocks.append(paragraph(item["detail"]))
        if item["presenter"]:
            blocks.append(paragraph(_("ผู้เสนอ: %(name)s") % {"name": item["presenter"]}, tone="soft"))
        blocks += [heading(_("มติที่ประชุม"), level=3), lines(3)]
    return blocks


def stories(snap: Snapshot) -> list[Block]:
    """Told with consent, in the words that were agreed to; who agreed stays in the register."""
    told = snap.payload["stories"]
    if not told:
        return []
    return [
        heading(_("เรื่องเล่าจากพื้นที่"), note=_("เผยแพร่โดยได้รับความยินยอมจากครัวเรือนแล้ว"), flows=True),
        *(
            story(
                one["title"],
                one["text"],
                _("ให้ความยินยอมเมื่อ %(day)s")
                % {"day": format_thai_date(date.fromisoformat(one["consent_on"]))},
            )
            for one in told
        ),
    ]


def about(snap: Snapshot) -> list[Block]:
    """What the figures count, when they were taken, and what came too late for the meeting before."""
    said = _("ตัวเลขทั้งหมดในเอกสารนี้เป็นข้อมูล ณ %(day)s ตรึงไว้เมื่อ %(moment)s และไม่เปลี่ยนอีก") % {
        "day": format_thai_date(snap.as_of),
        "moment": format_thai_datetime(snap.frozen_at),
    }
    blocks = [heading(_("ที่มาและความหมายของตัวเลข"), flows=True), paragraph(said)]
    late = snap.payload["late_visits"]
    if late:
        blocks.append(
            paragraph(
                _("มีการลงพื้นที่ %(count)s ครั้งที่บันทึกเข้ามาหลังตรึงตัวเลขครั้งก่อน ตัวเลขครั้งก่อนไม่เปลี่ยน แต่รวมอยู่ในครั้งนี้แล้ว")
                % {"count": number(late)}
            )
        )
    meanings = {entry["code"]: entry for entry in snap.payload["definitions"]}
    rows = [
        row(meanings[code]["label"], meanings[code]["counts"], meanings[code]["unit"])
        for code in EXPLAINED
        if code in meanings
    ]
    return [*blocks, table((_("ตัวเลข"), _("นับอะไร"), _("หน่วย")), rows, columns="wWt")]
