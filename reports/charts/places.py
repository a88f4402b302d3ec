"""Areas beside each other, the one with most left to do first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from django.utils.translation import gettext as _

from dimensions.enums import Stage
from povertyops.common.naming import with_stages

from ..models.progress import Figures
from .base import (
    Cell,
    Chart,
    Head,
    Row,
    amounts,
    bar,
    beside,
    categories,
    counted,
    frame,
    linked,
    value_of,
)
from .palette import STAGE_PATTERNS, STAGES
from .readings import districts_sentence


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """One area's name and figures; `url` opens its board."""

    name: str
    figures: Figures
    url: str = ""


def districts_option(places: Sequence[PlaceFigures]) -> Chart:
    """Shares of the stages in each area, lowest share at survive or higher first."""
    ordered = sorted(
        places, key=lambda place: (_reached(place), -(value_of(place.figures, "waiting") or 0), place.name)
    )
    reading = _reading(ordered)
    series = [
        {
            "type": "bar",
            "stack": "all",
            "name": str(stage.label),
            "barMaxWidth": 20,
            "itemStyle": {"color": STAGES[stage], "decal": STAGE_PATTERNS[stage]},
            "data": [_share(place.figures, stage) for place in ordered],
        }
        for stage in Stage
    ]
    series[-1]["label"] = beside()
    series[-1]["data"] = [
        bar(_share(place.figures, Stage.SUSTAINABLE), f"{_reached(place):.0f}%") for place in ordered
    ]
    option = frame(reading, right=52) | {
        "xAxis": amounts(unit="%", most=100),
        "yAxis": categories([place.name for place in ordered], down=True, width=130),
        "series": series,
    }
    rows = tuple(
        Row(
            place.name,
            (
                *(counted(value_of(place.figures, stage.code)) for stage in Stage),
                Cell(f"{_reached(place):.1f}%", _reached(place)),
            ),
            place.url,
        )
        for place in ordered
    )
    heads = (
        Head(_("พื้นที่"), False),
        *(Head(str(stage.label)) for stage in Stage),
        Head(str(with_stages(_("{survive}ขึ้นไป")))),
    )
    return Chart(
        "districts",
        _("ขั้นของครัวเรือนรายพื้นที่ เรียงจากที่เหลือมากที่สุด"),
        reading,
        option,
        heads,
        rows,
        linked([[place.url for place in ordered]] * len(Stage)),
        height=84 + 26 * len(ordered),
        is_empty=not ordered,
    )


def _share(figures: Figures, stage: Stage) -> float | None:
    """Percent, cut off rather than rounded: together they must not run over the end of the axis."""
    part, whole = value_of(figures, stage.code), value_of(figures, "households")
    return floor(10_000 * part / whole) / 100 if whole and part is not None else None


def _reached(place: PlaceFigures) -> float:
    """Percent at survive or higher."""
    figures = place.figures
    waiting = value_of(figures, "waiting")
    total = value_of(figures, "households")
    return 0.0 if not total or waiting is None else round(100 * (total - waiting) / total, 1)


def _reading(ordered: Sequence[PlaceFigures]) -> str:
    if not ordered:
        return _("ยังไม่มีพื้นที่ที่มีครัวเรือนตามบัญชี")
    worst = ordered[0]
    return districts_sentence(worst.name, _reached(worst), value_of(worst.figures, "waiting") or 0)
