"""`manage.py load_boundaries FILE`: bring boundaries in from GeoJSON, print what did not match.

Ends with 0 when the file was read, 1 when it cannot be used; then nothing is kept.
"""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from povertyops.areas.geojson import refuse, refuse_size
from povertyops.areas.models import Area
from povertyops.areas.services import BoundaryReport, load_boundaries
from povertyops.areas.services.boundaries import bounds_of_files
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import DomainError

PIECE = 1 << 20
SHOWN = 5


class Command(BaseCommand):
    help = "Load boundaries of areas from a GeoJSON file, matched by code. Can run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="", help="whose boundaries they are; stands under the map")
        parser.add_argument("--property", default="code", help="the property that holds the area code")
        parser.add_argument("--report", type=Path, help="write everything that did not match as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_boundaries(
                actor=SYSTEM,
                pieces=_pieces(options["file"]),
                source=options["source"] or options["file"].name,
                code_property=options["property"],
            )
        except DomainError as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)
        for line in lines_of(report):
            self.stdout.write(line)
        if options["report"]:
            write_report(report, options["report"])


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            if path.stat().st_size > bounds_of_files().file_bytes:
                refuse_size(bounds_of_files())
            while piece := file.read(PIECE):
                yield piece
    except OSError:
        refuse("no_file", _("เปิดไฟล์ %s ไม่ได้") % path)


def lines_of(report: BoundaryReport) -> list[str]:
    levels = " ".join(str(level.label) for level in sorted(report.levels))
    lines = [
        _("ขอบเขต %(levels)s: ใหม่ %(loaded)d แทนของเดิม %(replaced)d เหมือนเดิม %(unchanged)d")
        % {
            "levels": levels or "-",
            "loaded": report.loaded,
            "replaced": report.replaced,
            "unchanged": report.unchanged,
        }
    ]
    lines += [
        _("%(what)s %(count)d: %(codes)s") % {"what": what, "count": len(codes), "codes": _few(codes)}
        for what, codes in _leftovers(report)
        if codes
    ]
    return [*lines, *_lines_of_holes(report)]


def _leftovers(report: BoundaryReport) -> list[tuple[str, list[str]]]:
    return [
        (_("รหัสที่ไม่รู้จัก"), report.unknown),
        (_("รหัสที่ยกเลิกแล้ว"), report.abolished),
        (_("รหัสซ้ำในไฟล์ ใช้รายการแรก"), report.duplicates),
        (_("ไม่มีรูปร่าง"), report.empty),
    ]


def _lines_of_holes(report: BoundaryReport) -> list[str]:
    if not report.hole_count:
        return [_("ทุกพื้นที่ของระดับนี้มีขอบเขตแล้ว")] if report.levels else []
    lines = [_("พื้นที่ที่ยังไม่มีขอบเขต %d แห่ง") % report.hole_count]
    names = _province_names(report)
    return lines + [
        f"  {names.get(code, code)} {len(areas)}: {_few([f'{area.label} ({area.code})' for area in areas])}"
        for code, areas in report.holes.items()
    ]


def _few(words: list[str]) -> str:
    rest = len(words) - SHOWN
    return ", ".join(words[:SHOWN]) + (" " + _("และอีก %d") % rest if rest > 0 else "")


def _province_names(report: BoundaryReport) -> dict[str, str]:
    return {area.code: area.label for area in Area.objects.filter(code__in=report.holes)}


def write_report(report: BoundaryReport, path: Path) -> None:
    """Every code and area that did not match, one a line, for a spreadsheet."""
    names = _province_names(report)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow([_("เรื่อง"), _("รหัส"), _("พื้นที่"), _("จังหวัด")])
        for what, codes in _leftovers(report):
            table.writerows([what, _text(code), "", ""] for code in codes)
        for province, areas in report.holes.items():
            for area in areas:
                table.writerow([_("ไม่มีขอบเขต"), area.code, area.label, names.get(province, province)])


def _text(code: str) -> str:
    """A code as the file has it, never one that a spreadsheet would compute."""
    return code if code.isalnum() else f"'{code}"
