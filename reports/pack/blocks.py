"""The parts a document is put together from. Templates draw them and know no Thai; these know no typst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from povertyops.common.thai import to_thai_digits

from ..charts.base import Chart
from ..charts.paper import drawing

Block = dict[str, Any]
# What is never written in Thai digits: codes that somebody types in again, and what the template reads.
AS_IT_IS = frozenset({"kind", "id", "drawing", "tone", "look", "columns", "code", "lang"})


def heading(text: str, *, level: int = 1, note: str = "", flows: bool = False) -> Block:
    """Level 1 begins a page and stands in the contents; one that `flows` stays on the page."""
    return {"kind": "heading", "text": text, "level": level, "note": note, "flows": flows}


def paragraph(text: str, *, tone: str = "") -> Block:
    return {"kind": "paragraph", "text": text, "tone": tone}


def tiles(items: Sequence[Block]) -> Block:
    return {"kind": "tiles", "items": list(items)}


def tile(label: str, value: str, unit: str = "", *, change: str = "", note: str = "") -> Block:
    return {"label": label, "value": value, "unit": unit, "change": change, "note": note}


def table(heads: Sequence[str], rows: Sequence[Block], *, columns: str, note: str = "") -> Block:
    """`columns`: a letter per column, w a wide text (W wider), t a text, n a number, b a bar of percent."""
    return {
        "kind": "table",
        "note": note,
        "heads": list(heads),
        "columns": columns,
        "rows": list(rows),
    }


def row(*cells: str | float, look: str = "") -> Block:
    """`look` is "total", "of-which" or plain."""
    return {"cells": list(cells), "look": look}


def chart(made: Chart, *, width: int = 720, height: int | None = None, thai_digits: bool = False) -> Block:
    return {
        "kind": "chart",
        "reading": made.reading,
        "drawing": drawing(made, width, height, thai_digits=thai_digits),
    }


def story(title: str, text: str, note: str) -> Block:
    return {"kind": "story", "title": title, "text": text, "note": note}


def lines(count: int) -> Block:
    """Empty lines to write on."""
    return {"kind": "lines", "count": count}


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}" if whole else "–"


def change(value: float | None, *, digits: int = 0) -> str:
    """+12, −3 or no change; nothing where there is nothing to compare with."""
    if value is None:
        return ""
    if round(value, digits) == 0:
        return _("เท่าเดิม")
    sign = "+" if value > 0 else "−"
    return f"{sign}{abs(value):,.{digits}f}"


def in_digits(value: Any, *, thai_digits: bool, key: str = "") -> Any:
    """The whole document in Thai digits, but for codes."""
    if not thai_digits or key in AS_IT_IS:
        return value
    if isinstance(value, str):
        return to_thai_digits(value)
    if isinstance(value, dict):
        return {name: in_digits(part, thai_digits=True, key=name) for name, part in value.items()}
    if isinstance(value, list):
        return [in_digits(part, thai_digits=True, key=key) for part in value]
    return value
