"""From the payload of a frozen meeting to its files, in its words. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from povertyops.common.naming import said_as

from ..charts import (
    Chart,
    PlaceFigures,
    agencies_option,
    dimension_option,
    districts_option,
    funnel_option,
    stage_option,
)
from ..charts.paper import png
from ..enums import PackFileKind
from ..typesetting import pdf
from .annex import annex
from .document import document
from .memo import memo
from .sections.help import agency_helps
from .snapshot import Snapshot

OnStep = Callable[[int, int, str], None]
File = tuple[PackFileKind, str, bytes]
AGENCIES = "agencies"
TEMPLATES = Path(__file__).parent / "templates"


def no_step(done: int, total: int, says: str) -> None:
    return


def render_files(
    payload: Mapping[str, Any], *, thai_digits: bool = False, on_step: OnStep = no_step
) -> Iterator[File]:
    """(kind, name, bytes) of each file, made from the payload alone; the same payload gives the same figures.

    `on_step(done, total, what comes next)` is called before each and at the end. Raises UnknownFormat for a
    payload of a later version.
    """
    snap = Snapshot(payload)
    makers = _makers(snap, thai_digits)
    for done, (kind, name, says, make) in enumerate(makers):
        on_step(done, len(makers), says)
        with override("th"), said_as(snap.names):
            body = make()
        yield kind, name, body
    on_step(len(makers), len(makers), "")


Maker = tuple[PackFileKind, str, str, Callable[[], bytes]]


def _makers(snap: Snapshot, thai_digits: bool) -> list[Maker]:
    """What is to be made, in order. Names are plain letters, so that every system can store them."""
    payload, stem = snap.payload, snap.id
    with override("th"), said_as(snap.names):
        charts = key_charts(snap)
    return [
        (
            PackFileKind.PDF,
            f"{stem}-pack.pdf",
            _("เอกสารการประชุม"),
            lambda: pdf(
                TEMPLATES / "pack.typ", document(payload, thai_digits=thai_digits), written_at=snap.frozen_at
            ),
        ),
        (PackFileKind.XLSX, f"{stem}-annex.xlsx", _("ตารางแนบ"), lambda: annex(payload)),
        (
            PackFileKind.MEMO,
            f"{stem}-memo.pdf",
            _("บันทึกข้อความ"),
            lambda: pdf(
                TEMPLATES / "memo.typ", memo(payload, thai_digits=thai_digits), written_at=snap.frozen_at
            ),
        ),
        *(
            (PackFileKind.CHART, f"{stem}-{made.code}.png", made.title, _picture_of(made, thai_digits))
            for made in charts
        ),
    ]


def _picture_of(made: Chart, thai_digits: bool) -> Callable[[], bytes]:
    return lambda: png(made, thai_digits=thai_digits)


def key_charts(snap: Snapshot) -> list[Chart]:
    """The charts that are also handed out as pictures."""
    figures = snap.province.figures
    made = [
        stage_option(figures),
        dimension_option(figures),
        funnel_option(figures, snap.as_of),
        districts_option([PlaceFigures(spot.name, spot.figures) for spot in snap.districts]),
        agencies_option(agency_helps(snap)),
    ]
    return [_titled(chart, snap) for chart in made if not chart.is_empty]


def _titled(chart: Chart, snap: Snapshot) -> Chart:
    """A picture is handed out alone, so it says itself which list it counts."""
    if not snap.list_name:
        return chart
    counted = _("ทุกบัญชี") if chart.code == AGENCIES else snap.only_list
    return replace(chart, title=f"{chart.title} · {counted}")
