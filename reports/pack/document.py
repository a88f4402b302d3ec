"""The whole pack as one tree of blocks, which the template draws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from povertyops.common.thai import format_thai_date

from .blocks import Block, in_digits
from .sections.closing import about, decisions, spot_checks, stories
from .sections.dimensions import dimension_page
from .sections.help import help_and_money
from .sections.opening import agenda, resolutions
from .sections.places import dimensions_together, districts
from .sections.standing import overview, waits
from .snapshot import Snapshot


def document(payload: Mapping[str, Any], *, thai_digits: bool = False) -> dict[str, Any]:
    """What the template `pack.typ` reads."""
    snap = Snapshot(payload)
    return {
        **frame(snap, thai_digits),
        "cover": in_digits(_cover(snap), thai_digits=thai_digits),
        "blocks": in_digits(_blocks(snap, thai_digits), thai_digits=thai_digits),
    }


def frame(snap: Snapshot, thai_digits: bool) -> dict[str, Any]:
    """What stands on every page."""
    head = _("การประชุม คจพ.จ. %(province)s ครั้งที่ %(label)s") % {
        "province": snap.meeting["province"],
        "label": snap.meeting["label"],
    }
    if snap.list_name:
        head = f"{head} · {snap.only_list}"
    day = _("ข้อมูล ณ วันที่ %(day)s") % {"day": format_thai_date(snap.as_of)}
    return {
        "id": snap.id,
        "thai_digits": thai_digits,
        **in_digits(
            {
                "title": head,
                "as_of": day,
                "id_label": _("ชุดข้อมูล"),
                "page_label": _("หน้า"),
                "contents": _("สารบัญ"),
                "change_label": _("จากครั้งก่อน"),
            },
            thai_digits=thai_digits,
        ),
    }


def _cover(snap: Snapshot) -> dict[str, str]:
    meeting = snap.meeting
    at = (
        _(" เวลา %(time)s น.") % {"time": meeting["starts_at"].replace(":", ".")}
        if meeting["starts_at"]
        else ""
    )
    held = _("วันที่ %(day)s") % {"day": format_thai_date(date.fromisoformat(meeting["held_on"]))}
    return {
        "kicker": _("เอกสารประกอบการประชุม"),
        "committee": _("คณะกรรมการขจัดความยากจนและพัฒนาคนทุกช่วงวัยอย่างยั่งยืนตามหลักปรัชญาของเศรษฐกิจพอเพียง"),
        "province": _("จังหวัด%(province)s (คจพ.จ.)") % {"province": meeting["province"]},
        "number": _("ครั้งที่ %(label)s") % {"label": meeting["label"]},
        "list": snap.only_list,
        "held": held + at,
        "place": meeting["place"],
        "chair": _("ประธาน: %(name)s") % {"name": meeting["chair"]} if meeting["chair"] else "",
        "year": _("ปีงบประมาณ %(year)s ไตรมาสที่ %(quarter)s")
        % {"year": meeting["fiscal_year"], "quarter": snap.payload["quarter"]},
    }


def _blocks(snap: Snapshot, thai_digits: bool) -> list[Block]:
    pages = [page for dimension in snap.payload["dimensions"] for page in dimension_page(snap, dimension)]
    return [
        *agenda(snap),
        *resolutions(snap),
        *overview(snap, thai_digits),
        *waits(snap, thai_digits),
        *dimensions_together(snap, thai_digits),
        *pages,
        *districts(snap, thai_digits),
        *help_and_money(snap, thai_digits),
        *spot_checks(snap),
        *decisions(snap),
        *stories(snap),
        *about(snap),
    ]
