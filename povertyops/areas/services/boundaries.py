"""Loading boundaries from a GeoJSON file: matched by code to current areas; what did not match is said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from povertyops.common.audit import Acting, audit

from ..enums import CODE_LENGTH, NATION, Level
from ..geojson import Bounds, Shape, features_of, refuse, shape_of
from ..models import AbolishedArea, Area, Boundary
from ..rules import level_of

BATCH = 500
# Codes of a file that nobody knows are repeated to the reader, so they are kept short.
LONGEST_CODE = 40
P_CODE = "TH"


@dataclass
class BoundaryReport:
    """What a load did. Codes stand in the order of the file, holes in the order of codes."""

    loaded: int = 0
    replaced: int = 0
    unchanged: int = 0
    levels: set[Level] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    abolished: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    holes: dict[str, list[Area]] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        return self.loaded + self.replaced + self.unchanged

    @property
    def hole_count(self) -> int:
        return sum(len(areas) for areas in self.holes.values())


def bounds_of_files() -> Bounds:
    return Bounds(
        settings.BOUNDARY_MAX_BYTES, settings.BOUNDARY_MAX_FEATURE_BYTES, settings.BOUNDARY_MAX_POINTS
    )


@transaction.atomic
def load_boundaries(
    *, actor: Acting, pieces: Iterable[bytes], source: str, code_property: str = "code"
) -> BoundaryReport:
    """Bring the boundaries of a file in, and tell what did not match.

    A boundary of the same area is replaced; areas not in the file keep theirs. The first of two shapes of one
    code stands. Running it again changes nothing. Raises InvalidInput, and then nothing is kept. Writes one
    audit row.
    """
    bounds, report = bounds_of_files(), BoundaryReport()
    seen: set[str] = set()
    shapes = _shapes(pieces, code_property, bounds, seen, report)
    while batch := list(islice(shapes, BATCH)):
        _store(batch, source, report)
    if not seen:
        refuse("no_features", _("ไฟล์นี้ไม่มีขอบเขตอยู่เลย"))
    report.holes = _holes(report.levels)
    if report.loaded or report.replaced:
        _write_down(actor, report, source)
    return report


def _shapes(
    pieces: Iterable[bytes], code_property: str, bounds: Bounds, seen: set[str], report: BoundaryReport
) -> Iterator[tuple[str, Shape]]:
    """Code and shape of each feature that has both; the others go to the report."""
    for feature in features_of(pieces, bounds):
        code = _code_of(feature, code_property)
        shape = shape_of(feature.get("geometry"), code, bounds)
        if code in seen:
            report.duplicates.append(code)
            continue
        seen.add(code)
        if shape is None:
            report.empty.append(code)
        else:
            yield code, shape


def _code_of(feature: dict[str, Any], code_property: str) -> str:
    """The area code a feature names: 90, 9007, TH9007 and 900701 are understood."""
    properties = feature.get("properties")
    found = properties.get(code_property) if isinstance(properties, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        refuse("no_code", _("ทุกขอบเขตต้องมีรหัสพื้นที่ใน properties ชื่อ “%s”") % code_property)
    code = str(found).strip()
    if code.startswith(P_CODE) and len(code) > len(P_CODE):
        code = code.removeprefix(P_CODE)
    return code[:LONGEST_CODE]


def _store(batch: Sequence[tuple[str, Shape]], source: str, report: BoundaryReport) -> None:
    codes = [code for code, _shape in batch]
    current = dict(Area.objects.filter(code__in=codes).values_list("code", "is_current"))
    abolished = set(AbolishedArea.objects.filter(code__in=codes).values_list("code", flat=True))
    known = dict(Boundary.objects.filter(area_id__in=codes).values_list("area_id", "digest"))
    changed = []
    for code, shape in batch:
        if not current.get(code):
            (report.abolished if code in current or code in abolished else report.unknown).append(code)
            continue
        row = _row(code, shape, source)
        report.levels.add(Level(row.level))
        if known.get(code) == row.digest:
            report.unchanged += 1
            continue
        changed.append(row)
        report.replaced += code in known
        report.loaded += code not in known
    Boundary.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["level", "geometry", "bbox", "digest", "source", "loaded_at"],
    )


def _row(code: str, shape: Shape, source: str) -> Boundary:
    told = json.dumps([source, shape.geometry], separators=(",", ":"))
    return Boundary(
        area_id=code,
        level=level_of(code),
        geometry=shape.geometry,
        bbox=list(shape.bbox),
        digest=sha256(told.encode()).hexdigest(),
        source=source,
        loaded_at=Now(),
    )


def _holes(levels: Iterable[Level]) -> dict[str, list[Area]]:
    """Current areas of these levels without a boundary, by the code of their province."""
    without = Area.objects.filter(level__in=levels, is_current=True, boundary=None).order_by("code")
    holes: dict[str, list[Area]] = {}
    for area in without:
        province = NATION if area.code == NATION else area.code[: CODE_LENGTH[Level.PROVINCE]]
        holes.setdefault(province, []).append(area)
    return holes


def _write_down(actor: Acting, report: BoundaryReport, source: str) -> None:
    facts = {
        "source": source,
        "levels": sorted(level.name.lower() for level in report.levels),
        "loaded": report.loaded,
        "replaced": report.replaced,
        "holes": report.hole_count,
    }
    audit(actor, "boundaries.loaded", object_type="area", object_id=NATION, changes=facts)
