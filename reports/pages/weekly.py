"""The Monday figures: an area's numbers beside those of the week before, as a text and a picture to post.

Nobody is named in either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from povertyops.accounts.actor import Actor
from povertyops.areas.models import Area, Centre
from povertyops.common.naming import STAGE_NAMES, with_stages
from povertyops.common.thai import fiscal_quarter, fiscal_year_of, format_thai_date

from ..access import highest_area, visible_area, visible_centre
from ..charts.base import number, share_text
from ..charts.palette import STAGES
from ..charts.places import PlaceFigures
from ..models import Figures
from ..models.progress import CENTRE_LEVEL
from ..services.asof import figures_on

WEEK = timedelta(days=7)
SHOWN_WORST = 3
SUMMED = ("visits", "helps", "baht")


@dataclass(frozen=True, slots=True)
class Weekly:
    """An area's figures on `day` and seven days before; `before` is None where nothing was known then."""

    name: str
    day: date
    fiscal_year: int
    figures: Figures | None
    before: Figures | None
    worst: tuple[PlaceFigures, ...]

    def get(self, code: str) -> int:
        return int(getattr(self.figures, code))

    def change(self, code: str) -> int | None:
        return None if self.before is None else self.get(code) - int(getattr(self.before, code))

    @property
    def reached(self) -> int:
        """Households at survive or higher."""
        return self.get("households") - self.get("waiting")

    @property
    def reached_change(self) -> int | None:
        households, waiting = self.change("households"), self.change("waiting")
        return None if households is None or waiting is None else households - waiting

    @property
    def this_week(self) -> dict[str, int | None]:
        """What was done in the seven days."""
        return {code: self.change(code) for code in SUMMED}


def weekly_of(actor: Actor, day: date) -> Weekly:
    """The Monday figures of the area or municipal centre a person is appointed to."""
    code, name = _own_place(actor)
    year = fiscal_year_of(day)
    figures, below = figures_on(day, year, code)
    before, _rows = figures_on(day - WEEK, year, code, children=False)
    return Weekly(name, day, year, figures, before, _worst(below))


def _own_place(actor: Actor) -> tuple[str, str]:
    if actor.reach.centre_id is not None:
        centre: Centre = visible_centre(actor, actor.reach.centre_id)
        return str(centre.pk), centre.name
    area: Area = visible_area(actor, highest_area(actor))
    return area.code, area.label


def _worst(rows: list[Figures]) -> tuple[PlaceFigures, ...]:
    """Those with most households left, among the areas right below; municipal centres are of which."""
    ordered = sorted(
        (row for row in rows if row.level != CENTRE_LEVEL and row.waiting),
        key=lambda row: (-row.waiting, row.code),
    )[:SHOWN_WORST]
    names = {area.code: area.label for area in Area.objects.filter(code__in=[row.code for row in ordered])}
    return tuple(PlaceFigures(names.get(row.code, row.code), row) for row in ordered)


def change_text(value: int | None) -> str:
    """(+12), (−3), (เท่าเดิม); nothing where there is nothing to compare with."""
    if value is None:
        return ""
    if value == 0:
        return _("(เท่าเดิม)")
    return f"({'+' if value > 0 else '−'}{abs(value):,})"


def message(weekly: Weekly) -> str:
    """The text to paste into a chat: short lines, no persons."""
    lines = [
        _("ตัวเลขวันจันทร์ %(name)s") % {"name": weekly.name},
        _("ข้อมูล ณ %(day)s ปีงบประมาณ %(year)s ไตรมาส %(quarter)s")
        % {
            "day": format_thai_date(weekly.day),
            "year": weekly.fiscal_year,
            "quarter": fiscal_quarter(weekly.day),
        },
        "",
        _("ครัวเรือนตามบัญชี %(count)s") % {"count": number(weekly.get("households"))},
        _said(
            str(with_stages(_("{survive}ขึ้นไป"))),
            weekly.reached,
            weekly.reached_change,
            weekly.get("households"),
        ),
        _said(str(STAGE_NAMES["waiting"]), weekly.get("waiting"), weekly.change("waiting")),
        _said(str(STAGE_NAMES["sufficient"]), weekly.get("sufficient"), weekly.change("sufficient")),
        _said(str(STAGE_NAMES["sustainable"]), weekly.get("sustainable"), weekly.change("sustainable")),
        "",
        *_work_lines(weekly),
        _said(_("เกินกำหนดเยี่ยม"), weekly.get("overdue"), weekly.change("overdue")),
        _said(_("ยังไม่มีทีมพี่เลี้ยง"), weekly.get("without_team"), weekly.change("without_team")),
    ]
    if weekly.worst:
        places = ", ".join(f"{place.name} {number(place.figures.waiting)}" for place in weekly.worst)
        lines += ["", _("เหลือมากที่สุด: %(places)s") % {"places": places}]
    return "\n".join(lines)


def _said(label: str, value: int, change: int | None, whole: int | None = None) -> str:
    share = share_text(value, whole) if whole else ""
    return " ".join(part for part in (label, number(value), share, change_text(change)) if part)


def _work_lines(weekly: Weekly) -> list[str]:
    done = weekly.this_week
    if done["visits"] is None:
        return [_("ลงพื้นที่ทั้งปี %(visits)s ครั้ง") % {"visits": number(weekly.get("visits"))}]
    return [
        _("สัปดาห์นี้ลงพื้นที่ %(visits)s ครั้ง ช่วยเหลือ %(helps)s รายการ %(baht)s บาท")
        % {code: number(value) for code, value in done.items()}
    ]


def poster(weekly: Weekly) -> dict[str, Any]:
    """What the template `weekly.typ` draws."""
    done = weekly.this_week
    total = weekly.get("households")
    return {
        "title": _("ตัวเลขวันจันทร์"),
        "name": weekly.name,
        "as_of": _("ข้อมูล ณ %(day)s") % {"day": format_thai_date(weekly.day)},
        "year": _("ปีงบประมาณ %(year)s ไตรมาส %(quarter)s")
        % {"year": weekly.fiscal_year, "quarter": fiscal_quarter(weekly.day)},
        "share": share_text(weekly.reached, total),
        "share_label": str(with_stages(_("ถึงขั้น{survive}ขึ้นไป"))),
        "reached": _("%(reached)s จาก %(total)s ครัวเรือน")
        % {"reached": number(weekly.reached), "total": number(total)},
        "change": change_text(weekly.reached_change).strip("()"),
        "change_label": _("จากสัปดาห์ก่อน"),
        "stages": [
            {
                "label": str(stage.label),
                "value": number(weekly.get(stage.code)),
                "part": weekly.get(stage.code) / total if total else 0,
                "fill": colour,
                "change": change_text(weekly.change(stage.code)),
            }
            for stage, colour in STAGES.items()
        ],
        "work": [
            {
                "label": label,
                "value": number(done[code] if done[code] is not None else weekly.get(code)),
                "unit": unit,
            }
            for code, label, unit in (
                ("visits", _("ลงพื้นที่"), _("ครั้ง")),
                ("helps", _("ช่วยเหลือ"), _("รายการ")),
                ("baht", _("มูลค่า"), _("บาท")),
            )
        ],
        "work_label": _("ทั้งปี") if weekly.before is None else _("สัปดาห์นี้"),
        "worst_label": _("เหลือมากที่สุด"),
        "worst": [{"label": place.name, "value": number(place.figures.waiting)} for place in weekly.worst],
        "left": [
            {"label": _("เกินกำหนดเยี่ยม"), "value": number(weekly.get("overdue"))},
            {"label": _("ยังไม่มีทีมพี่เลี้ยง"), "value": number(weekly.get("without_team"))},
        ],
    }
