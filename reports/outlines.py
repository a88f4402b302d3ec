"""Outlines of areas as paths of one small drawing, for pages without a map library. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import cos, radians
from typing import Any

SHEET_WIDTH = 640
# A ring that comes back to its start has at least three corners.
LEAST_POINTS = 4
Point = Sequence[float]


def drawn(geometries: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """GeoJSON geometries as path data on a sheet `SHEET_WIDTH` wide, and its height; whole steps are fine
    enough.
    """
    rings = {code: list(_rings(geometry)) for code, geometry in geometries.items()}
    points = [point for each in rings.values() for ring in each for point in ring]
    if not points:
        return {}, 0
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    scale = SHEET_WIDTH / max((east - west) * narrow, 1e-6)

    def at(point: Point) -> tuple[int, int]:
        return round((point[0] - west) * narrow * scale), round((north - point[1]) * scale)

    paths = {
        code: "".join(_path([at(point) for point in ring]) for ring in each) for code, each in rings.items()
    }
    return {code: path for code, path in paths.items() if path}, round((north - south) * scale)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Point]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def _path(points: Sequence[tuple[int, int]]) -> str:
    kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "Z" if len(kept) >= LEAST_POINTS else ""
