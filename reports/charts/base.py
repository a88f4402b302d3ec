"""What a chart is, and the parts that every option shares. No function ever stands in an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

from ..models.progress import Figures
from .palette import INK, INK_SOFT, LINE, SURFACE
from .readings import HIDDEN

Text = str | Promise
FONT = "Sarabun"


@dataclass(frozen=True, slots=True)
class Head:
    label: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the table, as shown and as it is; `url` opens the list behind it."""

    shown: str
    value: float | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`option` is plain JSON for ECharts. `links` leads from a mark, "series:place", to its list.

    `height` is in CSS pixels at a width of 720.
    """

    code: str
    title: str
    reading: str
    option: dict[str, Any]
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    height: int = 320
    is_empty: bool = False

    @property
    def sent(self) -> dict[str, Any]:
        """What the page's script reads."""
        return {"option": self.option, "links": dict(self.links), "height": self.height}


class UrlOf(Protocol):
    """Address of the list behind a figure; "" where the reader may not open lists."""

    def __call__(self, code: str, /) -> str: ...


def no_url(code: str, /) -> str:
    return ""


def number(value: float | None) -> str:
    """Thousands set apart; a dash for what is not shown."""
    return HIDDEN if value is None else f"{value:,.0f}"


def counted(value: float | None, url: str = "") -> Cell:
    return Cell(number(value), value, url)


def share_text(part: float | None, whole: float | None) -> str:
    """12.5%, or a dash where there is nothing to be a share of."""
    return f"{100 * part / whole:.1f}%" if whole and part is not None else HIDDEN


def percent(part: float | None, whole: float | None) -> float | None:
    return round(100 * part / whole, 1) if whole and part is not None else None


def bar(value: float | None, shown: str, **more: Any) -> dict[str, Any]:
    """A mark with its own words beside it: options hold no formatter functions."""
    return {"value": value, "label": {"formatter": escaped(shown)}, **more}


def escaped(text: str) -> str:
    """A label's text, in which ECharts would read braces as places to fill."""
    return text.replace("{", "(").replace("}", ")")


def frame(reading: str, *, legend: bool = True, left: int = 8, right: int = 24) -> dict[str, Any]:
    """Type, grid, legend, tooltip and the sentence for a screen reader."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "aria": {"enabled": True, "label": {"description": reading}, "decal": {"show": True}},
        "grid": {
            "left": left,
            "right": right,
            "top": 44 if legend else 12,
            "bottom": 8,
            "containLabel": True,
        },
        "legend": {
            "show": legend,
            "top": 0,
            "left": 0,
            "itemGap": 16,
            "itemWidth": 18,
            "itemHeight": 12,
            "textStyle": {"fontSize": 13, "color": INK_SOFT},
        },
        "tooltip": {
            "renderMode": "richText",
            "confine": True,
            "backgroundColor": SURFACE,
            "borderColor": LINE,
            "textStyle": {"fontFamily": FONT, "fontSize": 13, "color": INK},
        },
    }


def categories(labels: Sequence[str], *, down: bool = False, width: int | None = None) -> dict[str, Any]:
    """An axis of names; `down` reads from the top. No label is left out, long ones break."""
    label: dict[str, Any] = {"interval": 0, "fontSize": 13, "color": INK, "lineHeight": 17}
    if width:
        label |= {"width": width, "overflow": "break"}
    return {
        "type": "category",
        "data": list(labels),
        "inverse": down,
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": LINE}},
        "axisLabel": label,
    }


def amounts(*, unit: str = "", most: float | None = None) -> dict[str, Any]:
    """An axis of numbers, whole ones only."""
    axis: dict[str, Any] = {
        "type": "value",
        "minInterval": 1,
        "splitNumber": 4,
        "splitLine": {"lineStyle": {"color": LINE}},
        "axisLabel": {"fontSize": 12, "color": INK_SOFT, "hideOverlap": True},
    }
    if unit:
        axis["axisLabel"]["formatter"] = "{value}" + unit
    if most is not None:
        axis |= {"max": most, "interval": most / 4}
    return axis


def beside(position: str = "right", *, size: int = 13, color: str = INK) -> dict[str, Any]:
    return {"show": True, "position": position, "fontSize": size, "color": color}


def value_of(figures: Figures, code: str) -> int | None:
    """A figure as a whole number; None where it is too small to be shown."""
    value = getattr(figures, code)
    return None if value is None else int(value)


def linked(urls: Sequence[Sequence[str]]) -> dict[str, str]:
    """Links of marks, "series:place", from their addresses per series."""
    return {
        f"{series}:{place}": url for series, row in enumerate(urls) for place, url in enumerate(row) if url
    }
