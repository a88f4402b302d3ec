"""How pressing a household is, as a plain function: 0 to 100 points in four parts that anybody can add up.

The same in SQL, to order lists by, is `queries.priorities.priority_expression`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ALL_INDICATORS = 1_000


class Part(StrEnum):
    """A part of the score."""

    INDICATORS = "indicators"
    DIMENSIONS = "dimensions"
    FRAGILE = "fragile"
    WAITING = "waiting"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]


_LABELS: dict[Part, Promise] = {
    Part.INDICATORS: _("สัดส่วนตัวชี้วัดที่ตกเกณฑ์"),
    Part.DIMENSIONS: _("มิติที่ยังไม่ผ่านเกณฑ์"),
    Part.FRAGILE: _("สมาชิกที่เปราะบาง"),
    Part.WAITING: _("เวลาตั้งแต่เยี่ยมครั้งล่าสุด"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points that each part can give, together 100, and the value at which it gives them all."""

    indicators: int = 30
    dimensions: int = 30
    fragile: int = 20
    waiting: int = 20
    full_dimensions: int = 4
    full_fragile: int = 3
    full_days: int = 180
    version: int = 0

    def most(self, part: Part) -> int:
        """The points a part can give."""
        return int(getattr(self, part.value))

    def full(self, part: Part) -> int:
        """The value from which on a part gives all its points."""
        return {
            Part.INDICATORS: ALL_INDICATORS,
            Part.DIMENSIONS: self.full_dimensions,
            Part.FRAGILE: self.full_fragile,
            Part.WAITING: self.full_days,
        }[part]


DEFAULTS = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is known of a household. `failing_share` is in thousandths of the set's indicators; `dimensions`
    fail or were found later and have not recovered; `days` since the last visit, or since the case was
    opened where `was_visited` is false."""

    failing_share: int = 0
    dimensions: int = 0
    fragile: int = 0
    days: int = 0
    was_visited: bool = True

    def raw(self, part: Part) -> int:
        return {
            Part.INDICATORS: self.failing_share,
            Part.DIMENSIONS: self.dimensions,
            Part.FRAGILE: self.fragile,
            Part.WAITING: self.days,
        }[part]


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One part: the points it gives of the most it could, the value they rest on, and both in words."""

    part: Part
    points: int
    most: int
    raw: int
    sentence: str

    @property
    def label(self) -> str | Promise:
        return self.part.label


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 points; the points of the parts add up to it."""

    points: int
    parts: tuple[ScoredPart, ...]


def score(parts: Parts, weights: Weights = DEFAULTS) -> Score:
    """The score of a household under these weights."""
    scored = tuple(
        ScoredPart(
            part,
            points_of(parts.raw(part), weights.most(part), weights.full(part)),
            weights.most(part),
            max(parts.raw(part), 0),
            _sentence(part, parts, weights),
        )
        for part in Part
    )
    return Score(sum(each.points for each in scored), scored)


def points(parts: Parts, weights: Weights = DEFAULTS) -> int:
    """The points of the score alone, for lists."""
    return sum(points_of(parts.raw(part), weights.most(part), weights.full(part)) for part in Part)


def points_of(raw: int, most: int, full: int) -> int:
    """Whole points, half a point up: nothing at 0, `most` from `full` on."""
    reached = min(max(raw, 0), full)
    return (2 * most * reached + full) // (2 * full)


def failing_dimensions(*, baseline: int, additional: int, recovered: int) -> int:
    """How many dimensions fail or were found later, and have not recovered; the arguments are masks."""
    return ((baseline | additional) & ~recovered).bit_count()


def _sentence(part: Part, parts: Parts, weights: Weights) -> str:
    full = weights.full(part)
    match part:
        case Part.INDICATORS:
            said = {"share": f"{max(parts.failing_share, 0) / 10:.1f}"}
            return gettext("ตกเกณฑ์ร้อยละ %(share)s ของตัวชี้วัดทั้งชุด") % said
        case Part.DIMENSIONS:
            said_dimensions = {"count": parts.dimensions, "full": full}
            return gettext("ยังไม่ผ่านเกณฑ์ %(count)d มิติ (เต็มเมื่อ %(full)d มิติ)") % said_dimensions
        case Part.FRAGILE:
            said_fragile = {"count": parts.fragile, "full": full}
            return gettext("เด็กเล็กหรือผู้สูงอายุ %(count)d คน (เต็มเมื่อ %(full)d คน)") % said_fragile
        case Part.WAITING:
            said_days = {"days": max(parts.days, 0), "full": full}
            if parts.was_visited:
                return gettext("เยี่ยมครั้งล่าสุด %(days)d วันก่อน (เต็มเมื่อ %(full)d วัน)") % said_days
            return gettext("ยังไม่เคยเยี่ยม รับเข้าดูแลมา %(days)d วัน (เต็มเมื่อ %(full)d วัน)") % said_days
