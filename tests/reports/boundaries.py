"""Small boundaries for tests of maps: one square an area, side by side."""

from __future__ import annotations

import json

from povertyops.areas.services import load_boundaries
from povertyops.common.audit import SYSTEM

SOURCE = "กรมตัวอย่าง"


def draw(*codes: str) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [_square(100 + place / 2, 7.0)]},
        }
        for place, code in enumerate(codes)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features})
    load_boundaries(actor=SYSTEM, pieces=[body.encode()], source=SOURCE)


def _square(west: float, south: float) -> list[list[float]]:
    east, north = west + 0.5, south + 0.5
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
