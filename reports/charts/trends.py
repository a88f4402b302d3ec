"""Figures over days: the stages, and the share reached against the province's target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dimensions.enums import Stage
from povertyops.common.thai import format_thai_date

from ..models.progress import Figures
from .base import Cell, Chart, Head, Row, amounts, categories, counted, frame, linked, percent, value_of
from .palette import BAD, INDIGO, STAGE_PATTERNS, STAGES
from .readings import target_sentence, trend_sentence

Point = tuple[date, Figures]
DayUrl = Callable[[str, date], str]


@dataclass(frozen=True, slots=True)
class Goal:
    """At least `percent` of households to have reached `label` by `due_on`. `codes` add up to what counts."""

    label: str
    percent: float
    due_on: date
    codes: tuple[str, ...] = ("survive", "sufficient", "sustainable")


def no_day_url(code: str, day: date) -> str:
    return ""


def trend_option(points: Sequence[Point], url_of: DayUrl = no_day_url) -> Chart:
    """Households at each stage on past days, one area upon the other."""
    days = [format_thai_date(day, "short") for day, _figures in points]
    reading = trend_sentence(days, [_reached(figures) for _day, figures in points])
    series = [
        {
            "type": "line",
            "stack": "all",
            "name": str(stage.label),
            "symbol": "circle",
            "symbolSize": 6,
            "lineStyle": {"width": 1.5},
            "itemStyle": {"color": STAGES[stage], "decal": STAGE_PATTERNS[stage], "borderColor": "#544f44"},
            "areaStyle": {"color": STAGES[stage], "opacity": 0.85},
            "data": [value_of(figures, stage.code) for _day, figures in points],
        }
        for stage in reversed(Stage)
    ]
    option = frame(reading) | {
        "xAxis": _days([day for day, _figures in points]),
        "yAxis": amounts(),
        "series": series,
    }
    rows = tuple(
        Row(
            format_thai_date(day, "short"),
            tuple(counted(value_of(figures, stage.code), url_of(stage.code, day)) for stage in Stage),
        )
        for day, figures in points
    )
    return Chart(
        "trend",
        _("แนวโน้มของขั้นครัวเรือน"),
        reading,
        option,
        (Head(_("ณ วันที่"), False), *(Head(str(stage.label)) for stage in Stage)),
        rows,
        linked([[url_of(stage.code, day) for day, _figures in points] for stage in reversed(Stage)]),
        height=340,
        is_empty=not points,
    )


def target_option(points: Sequence[Point], goal: Goal) -> Chart:
    """The share reached on past days, and the line to reach."""
    shares = [_share_of(figures, goal.codes) for _day, figures in points]
    due = format_thai_date(goal.due_on, "short")
    reading = target_sentence(shares[-1] if shares else 0.0, goal.percent, due)
    days = [day for day, _figures in points]
    shown_days = [*days, goal.due_on] if not days or goal.due_on > days[-1] else days
    line: dict[str, Any] = {
        "type": "line",
        "name": _("ทำได้"),
        "symbolSize": 7,
        "lineStyle": {"color": INDIGO, "width": 3},
        "itemStyle": {"color": INDIGO},
        "data": [*shares, *[None] * (len(shown_days) - len(days))],
    }
    wanted: dict[str, Any] = {
        "type": "line",
        "name": _("เป้าหมาย"),
        "symbol": "none",
        "lineStyle": {"color": BAD, "width": 2, "type": "dashed"},
        "itemStyle": {"color": BAD},
        "data": [goal.percent] * len(shown_days),
    }
    option = frame(reading) | {
        "xAxis": _days(shown_days),
        "yAxis": amounts(unit="%", most=100),
        "series": [line, wanted],
    }
    rows = tuple(
        Row(
            format_thai_date(day, "short"),
            (Cell(f"{share:.1f}%", share), Cell(f"{goal.percent:.1f}%", goal.percent)),
        )
        for day, share in zip(days, shares, strict=True)
    )
    return Chart(
        "target",
        _("ความก้าวหน้าเทียบเป้าหมาย: %(goal)s") % {"goal": goal.label},
        reading,
        option,
        (Head(_("ณ วันที่"), False), Head(_("ทำได้")), Head(_("เป้าหมาย"))),
        rows,
        height=280,
        is_empty=not points,
    )


def _days(days: Sequence[date]) -> dict[str, Any]:
    """An axis of days, the year under day and month."""
    axis = categories([_two_lines(format_thai_date(day, "short")) for day in days])
    return axis | {
        "boundaryGap": False,
        "axisLabel": axis["axisLabel"] | {"interval": "auto", "fontSize": 12},
    }


def _two_lines(day: str) -> str:
    """The year under day and month."""
    return "\n".join(day.rsplit(" ", 1))


def _reached(figures: Figures) -> float:
    return _share_of(figures, ("survive", "sufficient", "sustainable"))


def _share_of(figures: Figures, codes: Sequence[str]) -> float:
    return (
        percent(sum(value_of(figures, code) or 0 for code in codes), value_of(figures, "households")) or 0.0
    )
