"""Figures: the ladder, numbers that are links, charts drawn on the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .looks import DIMENSIONS, LIGHT_STATES, STAGES, Text, stage_look
from .text import Number, number, share_of, stage_label

register = template.Library()


@register.inclusion_tag("components/stage_ladder.html")
def stage_ladder(
    stage: str | int, dates: Mapping[str, date] | None = None, carried: object = False
) -> dict[str, Any]:
    """The three steps up to `stage`; `dates` says since when per stage, `carried`: it was so before us."""
    reached = STAGES.index(stage_look(stage))
    steps = [
        {
            "look": look,
            "state": _step_state(place, reached),
            "since": (dates or {}).get(look.code),
            "carried": bool(carried) and place == reached,
        }
        for place, look in enumerate(STAGES[1:], start=1)
    ]
    return {"steps": steps, "waiting": reached == 0, "first": STAGES[0]}


def _step_state(place: int, reached: int) -> str:
    if place <= reached:
        return "current" if place == reached else "done"
    return "next" if place == reached + 1 else "later"


@register.inclusion_tag("components/stat.html")
def stat(
    label: Text,
    value: Number | None,
    url: str = "",
    note: Text = "",
    unit: Text = "",
    tone: str = "",
    icon_name: str = "",
) -> dict[str, Any]:
    """One number with what it counts; `tone` is bad, warn or good and falls silent at zero."""
    shown_tone = "zero" if value == 0 else tone
    return {
        "label": label,
        "value": value,
        "url": url,
        "note": note,
        "unit": unit,
        "tone": shown_tone,
        "icon_name": icon_name,
    }


def percent(part: Number, whole: Number) -> str:
    """A length for an SVG attribute, in percent with two digits."""
    return f"{float(part) * 100 / float(whole):.2f}%" if whole else "0%"


def _segments(values: Sequence[tuple[str, int]], whole: int) -> list[dict[str, str]]:
    """Rectangles side by side, each as wide as its share."""
    start, made = 0, []
    for code, value in values:
        if value:
            made.append({"code": code, "x": percent(start, whole), "width": percent(value, whole)})
        start += value
    return made


@register.inclusion_tag("components/stage_chart.html")
def stage_chart(
    rows: Sequence[Mapping[str, Any]], reading: Text = "", title: Text = "", unit: Text = ""
) -> dict[str, Any]:
    """How many households stand at which step.

    A row is `{label, url?, stages: {code: n}, urls?: {code: url}}`; one row is drawn big.
    """
    made = []
    for row in rows:
        stages = {str(code): int(count) for code, count in row["stages"].items()}
        urls = row.get("urls") or {}
        counts = [(look, stages.get(look.code, 0), urls.get(look.code, "")) for look in STAGES]
        total = sum(count for _look, count, _url in counts)
        made.append(
            {
                "label": row.get("label", ""),
                "url": row.get("url", ""),
                "total": total,
                "cells": [{"look": look, "count": count, "url": url} for look, count, url in counts],
                "segments": _segments([(look.code, count) for look, count, _url in counts], total),
            }
        )
    return {
        "rows": made,
        "single": made[0] if len(made) == 1 else None,
        "stages": STAGES,
        "reading": reading,
        "title": title,
        "unit": unit or _("ครัวเรือน"),
    }


@register.inclusion_tag("components/dimension_chart.html")
def dimension_chart(
    dimensions: Mapping[str, Mapping[str, Any]], reading: Text = "", title: Text = "", scale: int = 0
) -> dict[str, Any]:
    """Failing, relieved and recovered households per dimension.

    `dimensions` is `{code: {failing, relieved, recovered, failing_url?, relieved_url?, recovered_url?}}`;
    bars are drawn against `scale`, or the longest of them.
    """
    figures = [(look, dimensions.get(look.code) or {}) for look in DIMENSIONS]
    whole = scale or max((int(figure.get("failing", 0)) for _look, figure in figures), default=0)
    rows = [
        {
            "look": look,
            "cells": [_dimension_cell(figure, key) for key in ("failing", "relieved", "recovered")],
            "bars": [
                {"code": key, "width": percent(int(figure.get(key, 0)), whole)}
                for key in ("failing", "relieved", "recovered")
                if figure.get(key)
            ],
        }
        for look, figure in figures
    ]
    return {"rows": rows, "reading": reading, "title": title}


def _dimension_cell(figure: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        "key": key,
        "label": LIGHT_STATES[key],
        "count": int(figure.get(key, 0)),
        "url": figure.get(f"{key}_url", ""),
    }


@register.simple_tag
def stage_bar(stages: Mapping[str, int]) -> SafeString:
    """A slim stacked bar for a table cell; the cell's neighbours hold the figures."""
    counts = [(look.code, int(stages.get(look.code, 0))) for look in STAGES]
    total = sum(count for _code, count in counts)
    said = ", ".join(f"{stage_label(code)} {share_of(count, total)}" for code, count in counts)
    rects = format_html_join(
        "",
        '<rect class="{}" x="{}" y="0" width="{}" height="100%"></rect>',
        ((part["code"], part["x"], part["width"]) for part in _segments(counts, total)),
    )
    return format_html(
        '<svg class="bar bar--slim" role="img" aria-label="{}">'
        '<rect class="track" width="100%" height="100%"></rect>{}</svg>',
        said,
        rects,
    )


@register.simple_tag
def figure_cells(cells: Iterable[Mapping[str, Any]]) -> SafeString:
    """The figures of one row of a table, `{value, shown?, url?, tone?, group_start?}` each."""
    return SafeString("".join(map(_figure_cell, cells)))


def _figure_cell(cell: Mapping[str, Any]) -> str:
    tone, url = cell.get("tone", ""), cell.get("url", "")
    names = ("num", tone, "group-start" if cell.get("group_start") else "")
    shown = cell.get("shown") or number(cell["value"])
    inside = f'<a class="cell" href="{escape(url)}">{shown}</a>' if url else shown
    return f'<td class="{" ".join(filter(None, names))}">{inside}</td>'
