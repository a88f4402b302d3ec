"""Charts on paper: ECharts itself draws the page's option as SVG in one V8 per process."""

from __future__ import annotations

import atexit
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings
from py_mini_racer import MiniRacer

from povertyops.common.thai import to_thai_digits

from ..typesetting import picture
from .base import Chart
from .palette import INK

_DRAW = """
(function (option, width, height) {
  const chart = echarts.init(null, null, {renderer: "svg", ssr: true, width, height});
  try {
    chart.setOption(fitted(option, width));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
})
"""
# ECharts asks how wide a text is; without a canvas it would count the marks above and below as letters.
_MEASURE = """
echarts.setPlatformAPI({
  measureText(text, font) {
    return {width: widthOf(String(text), parseFloat(/([\\d.]+)px/.exec(font)?.[1] ?? 12))};
  },
});
"""
# How a chart fits a width is said once, for the page and for paper.
FIT = settings.BASE_DIR / "static" / "js" / "charts" / "fit.js"
_TEXT = re.compile(r"<text\b([^>]*)>([^<]*)</text>\n?")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_SIZE = re.compile(r"font-size:([\d.]+)px")
_MOVED = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\)")
# What only a mouse needs, and names that count how many charts were drawn before.
_HOVERING = re.compile(r'<style\b.*?</style>\n?| class="[^"]*"', re.DOTALL)
_COUNTED = re.compile(r"\bzr\d+-")
_PIXELS_PER_INCH = 96
PATIENCE = 60.0


class EngineMissing(RuntimeError):
    """The packages of the pages were not fetched."""


class Engine:
    """V8 with ECharts in it, in a thread of its own: charts are drawn one after the other, and whatever loop
    the thread of the caller runs is not waited for."""

    def __init__(self) -> None:
        folder, names = settings.VENDOR_FILES["vendor/echarts"]
        sources = (_source(folder / names[0]), _source(FIT).replace("export ", ""), _MEASURE)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")
        self._v8 = self._thread.submit(MiniRacer).result(PATIENCE)
        for source in sources:
            self._thread.submit(self._v8.eval, source).result(PATIENCE)

    def draw(self, option: dict[str, Any], width: int, height: int) -> str:
        """SVG. Raises TimeoutError where the engine does not answer."""
        asked = f"{_DRAW}({json.dumps(option)}, {width}, {height})"
        return str(self._thread.submit(self._v8.eval, asked).result(PATIENCE))

    def close(self) -> None:
        self._v8.close()


def _source(path: Path) -> str:
    if not path.is_file():
        raise EngineMissing(f"{path} is not there; run: npm ci")
    return path.read_text(encoding="utf-8")


@cache
def _engine_of(process: int) -> Engine:
    """A forked worker makes its own."""
    engine = Engine()
    atexit.register(engine.close)
    return engine


def svg(chart: Chart, width: int = 720, height: int | None = None) -> str:
    """The chart as SVG, `width` by `height` in pixels. The same chart always gives the same letters.

    Raises EngineMissing where ECharts was not fetched.
    """
    drawn = _engine_of(os.getpid()).draw(chart.option, width, height or chart.height)
    return _COUNTED.sub("zr-", _HOVERING.sub("", drawn))


def drawing(
    chart: Chart, width: int = 720, height: int | None = None, *, thai_digits: bool = False
) -> dict[str, Any]:
    """The chart for a typst template: marks as SVG, words apart, for the typesetter sets Thai right where an
    SVG's text would come out garbled (ำ upon the next letter) and could not be copied."""
    drawn = svg(chart, width, height)
    said = to_thai_digits if thai_digits else str
    words = [_word(found[1], said(unescape(found[2]))) for found in _TEXT.finditer(drawn)]
    return {
        "svg": _TEXT.sub("", drawn),
        "words": words,
        "width": width,
        "alt": said(f"{chart.title}: {chart.reading}"),
    }


def _word(attributes: str, text: str) -> dict[str, Any]:
    """A text with the point it hangs on, its size in pixels and its colour. It is centred upon its line."""
    found = dict(_ATTRIBUTE.findall(attributes))
    moved, size = _MOVED.search(found.get("transform", "")), _SIZE.search(found.get("style", ""))
    left, top = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
    return {
        "text": text,
        "x": left + float(found.get("x", 0)),
        "y": top + float(found.get("y", 0)),
        "anchor": found.get("text-anchor", "start"),
        "size": float(size[1]) if size else 12.0,
        "fill": found.get("fill", INK),
    }


def png(chart: Chart, width: int = 720, height: int | None = None, *, thai_digits: bool = False) -> bytes:
    """The chart with its title and reading as a picture, twice as fine as a screen."""
    said = to_thai_digits if thai_digits else str
    return picture(
        Path(__file__).with_name("chart.typ"),
        {
            "title": said(chart.title),
            "reading": said(chart.reading),
            "drawing": drawing(chart, width, height, thai_digits=thai_digits),
        },
        ppi=2 * _PIXELS_PER_INCH,
    )
