"""Reading a GeoJSON FeatureCollection of boundaries piece by piece, and judging each shape. Knows no rows.

Follows RFC 7946: WGS 84, longitude before latitude, rings closed.
"""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from povertyops.common.errors import InvalidInput

# Four digits of a degree are eleven metres: finer than any screen shows of an area.
DIGITS = 4
_OF_NUMBERS = "0123456789.eE+-"
_BLANK = " \t\r\n"

Position = tuple[float, float]
Ring = list[Position]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a file, one of its features and one outline may be."""

    file_bytes: int
    feature_bytes: int
    points: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry as it is stored, and the box around it: west, south, east, north."""

    geometry: dict[str, Any]
    bbox: tuple[float, float, float, float]


def refuse(code: str, message: str) -> NoReturn:
    raise InvalidInput(code, message)


def features_of(pieces: Iterable[bytes], bounds: Bounds) -> Iterator[dict[str, Any]]:
    """The features of a file in their order; never more than one of them in memory.

    Raises InvalidInput where the file is too large, is no JSON or no FeatureCollection: also at its end.
    """
    reader = _Reader(pieces, bounds)
    kind, seen = None, False
    reader.take("{")
    while not reader.took("}"):
        key = reader.value()
        reader.take(":")
        if key == "features":
            seen = True
            yield from _elements(reader)
        else:
            found = reader.value()
            kind = found if key == "type" else kind
        if not reader.took(","):
            reader.take("}")
            break
    if kind != "FeatureCollection" or not seen:
        refuse("not_features", _("ไฟล์นี้ไม่ใช่ GeoJSON แบบ FeatureCollection"))
    reader.finish()


def _elements(reader: _Reader) -> Iterator[dict[str, Any]]:
    reader.take("[")
    while not reader.took("]"):
        feature = reader.value()
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            refuse("not_a_feature", _("รายการใน features ต้องเป็น Feature ทุกรายการ"))
        yield feature
        if not reader.took(","):
            reader.take("]")
            break


class _Reader:
    """JSON values taken one by one from a growing text."""

    def __init__(self, pieces: Iterable[bytes], bounds: Bounds) -> None:
        self._pieces = iter(pieces)
        self._bounds = bounds
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_constant=_no_number)
        self._text, self._at, self._read, self._ended = "", 0, 0, False

    def take(self, sign: str) -> None:
        if not self.took(sign):
            self._broken()

    def took(self, sign: str) -> bool:
        """Whether the sign came next; it is then behind us."""
        if self._next() != sign:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        self._next()
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except RecursionError:
                self._broken()
            except ValueError:
                if not self._grow():
                    self._broken()
                continue
            # A number may go on in the next piece: of "0." and "1e" the decoder takes the first digit alone.
            if self._text[end:].strip(_OF_NUMBERS) or not self._grow():
                self._at = end
                return found

    def finish(self) -> None:
        if self._next():
            self._broken()

    def _next(self) -> str:
        """The next sign that is not blank; "" at the end of the file."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._grow():
                return ""

    def _grow(self) -> bool:
        """Take the next piece in; False at the end of the file."""
        if self._ended:
            return False
        if len(self._text) - self._at > self._bounds.feature_bytes:
            refuse("feature_too_big", _("อ่านไฟล์ต่อไม่ได้ ไฟล์เสียหรือมีขอบเขตที่ละเอียดเกินไป"))
        piece = next(self._pieces, b"")
        self._read += len(piece)
        if self._read > self._bounds.file_bytes:
            refuse_size(self._bounds)
        self._ended = not piece
        try:
            more = self._utf8.decode(piece, final=self._ended)
        except UnicodeDecodeError:
            refuse("not_utf8", _("ไฟล์ต้องเข้ารหัสแบบ UTF-8"))
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(piece)

    def _broken(self) -> NoReturn:
        refuse("broken_json", _("อ่านไฟล์ไม่ได้ ไฟล์ไม่ใช่ JSON หรือถูกตัดไม่ครบ"))


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def refuse_size(bounds: Bounds) -> NoReturn:
    limit = bounds.file_bytes // (1024 * 1024)
    refuse("too_big", _("ไฟล์ใหญ่เกิน %d เมกะไบต์ ลดความละเอียดของไฟล์ก่อน") % limit)


def shape_of(geometry: Any, code: str, bounds: Bounds) -> Shape | None:
    """The geometry with coordinates rounded and what that made empty left out; None where nothing is left.

    Raises InvalidInput for anything but a Polygon or a MultiPolygon in degrees.
    """
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        refuse("not_a_polygon", _("ขอบเขตของ %s ต้องเป็น Polygon หรือ MultiPolygon") % code)
    parts = geometry.get("coordinates")
    polygons = [
        rings
        for part in _listed([parts] if kind == "Polygon" else parts, code)
        if (rings := _rings(part, code))
    ]
    # The largest first: a map writes an area's value there.
    polygons.sort(key=lambda rings: _extent(rings[0]), reverse=True)
    points = [point for rings in polygons for ring in rings for point in ring]
    if len(points) > bounds.points:
        refuse("too_many_points", _("ขอบเขตของ %s ละเอียดเกินไป ลดความละเอียดของไฟล์ก่อน") % code)
    if not points:
        return None
    stored = {"type": "Polygon", "coordinates": polygons[0]}
    if len(polygons) > 1:
        stored = {"type": "MultiPolygon", "coordinates": polygons}
    return Shape(stored, _box(points))


def _box(points: Ring) -> tuple[float, float, float, float]:
    across, along = zip(*points, strict=True)
    return min(across), min(along), max(across), max(along)


def _extent(ring: Ring) -> float:
    west, south, east, north = _box(ring)
    return (east - west) * (north - south)


def _rings(part: Any, code: str) -> list[Ring]:
    """The outline and its holes; nothing where the outline shrinks to a line."""
    outline, *holes = [_ring(ring, code) for ring in _listed(part, code)] or [[]]
    return [outline, *(hole for hole in holes if hole)] if outline else []


def _ring(ring: Any, code: str) -> Ring:
    """Rounded, without the same point twice in a row; empty where fewer than three corners are left."""
    made: Ring = []
    for position in _listed(ring, code):
        point = _point(position, code)
        if not made or made[-1] != point:
            made.append(point)
    if made and made[0] != made[-1]:
        made.append(made[0])
    return made if len(made) > 3 else []


def _point(position: Any, code: str) -> Position:
    try:
        x, y = float(position[0]), float(position[1])
    except (TypeError, ValueError, LookupError, OverflowError):
        _bad_coordinates(code)
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90):
        _bad_coordinates(code)
    return round(x, DIGITS), round(y, DIGITS)


def _listed(value: Any, code: str) -> list[Any]:
    if not isinstance(value, list):
        _bad_coordinates(code)
    return value


def _bad_coordinates(code: str) -> NoReturn:
    refuse("bad_coordinates", _("พิกัดของ %s ต้องเป็นลองจิจูดและละติจูดเป็นองศา (WGS 84)") % code)
