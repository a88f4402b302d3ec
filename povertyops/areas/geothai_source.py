"""Reads the package geothai, which is needed to load areas and never afterwards."""

from __future__ import annotations

import geothai
from geothai.abolished import abolished_areas
from geothai.types import District, Province, Subdistrict

from .rules import BANGKOK
from .services import AreaSource, SourceAbolished, SourceArea


def read_source() -> AreaSource:
    """All current and abolished areas of the package, names without the word for their kind."""
    areas: list[SourceArea] = []
    for province in geothai.provinces():
        areas.append(_row(province))
        for district in geothai.districts(province.code):
            areas.append(_row(district))
            areas.extend(map(_row, geothai.subdistricts(district.code)))
    old = [
        SourceAbolished(row.code, _bare(row.code, row.name_th), row.successors) for row in abolished_areas()
    ]
    return AreaSource(areas=areas, abolished=old)


def _row(area: Province | District | Subdistrict) -> SourceArea:
    return SourceArea(area.code, _bare(area.code, area.name_th), area.name_en)


def _bare(code: str, name: str) -> str:
    """Bangkok's districts carry their kind in the name; ours add it when they are shown."""
    return name.removeprefix("เขต") if code.startswith(BANGKOK) else name
