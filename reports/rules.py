"""Goals of a province, how they are shared out to districts, and the line they are measured against. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.common.naming import STAGE_NAMES, with_stages

from .enums import ShareKey


class Counts(Protocol):
    """What a goal reads of an area's figures."""

    households: int
    persons: int
    verified_households: int
    waiting: int
    survive: int
    sufficient: int
    sustainable: int
    passing: int
    visited_90: int
    helped_households: int


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that at least a part of the households shall have reached. `reached` says how many have."""

    code: str
    label: Promise
    counts: Promise
    reached: Callable[[Counts], int]


# Stages are "at least": whoever is sustainable has survived.
GOALS: Mapping[str, Goal] = {
    goal.code: goal
    for goal in (
        Goal(
            "survive",
            with_stages(_("{survive}ขึ้นไป")),
            with_stages(_("ครัวเรือนตามบัญชีที่อยู่ขั้น{survive} {sufficient} หรือ{sustainable}")),
            lambda row: row.survive + row.sufficient + row.sustainable,
        ),
        Goal(
            "sufficient",
            with_stages(_("{sufficient}ขึ้นไป")),
            with_stages(_("ครัวเรือนตามบัญชีที่อยู่ขั้น{sufficient}หรือ{sustainable}")),
            lambda row: row.sufficient + row.sustainable,
        ),
        Goal(
            "sustainable",
            STAGE_NAMES["sustainable"],
            with_stages(_("ครัวเรือนตามบัญชีที่อยู่ขั้น{sustainable}")),
            lambda row: row.sustainable,
        ),
        Goal(
            "passing",
            _("ผ่านเกณฑ์ จปฐ. ครบทุกมิติ"),
            _("ครัวเรือนตามบัญชีที่ทุกมิติที่ตกเกณฑ์มีผลประเมินล่าสุดผ่านแล้ว"),
            lambda row: row.passing,
        ),
        Goal(
            "visited_90",
            _("เยี่ยมใน 90 วัน"),
            _("ครัวเรือนที่อยู่ในการดูแลและมีการลงพื้นที่ภายใน 90 วัน"),
            lambda row: row.visited_90,
        ),
        Goal(
            "helped_households",
            _("ได้รับความช่วยเหลือ"),
            _("ครัวเรือนตามบัญชีที่ได้รับความช่วยเหลืออย่างน้อยหนึ่งรายการในปี"),
            lambda row: row.helped_households,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a number of households is on its way to a target on a day.

    `expected` is where the straight line from the start to the due day stands, in whole households; `ahead`
    is negative when behind.
    """

    target: int
    reached: int
    expected: int

    @property
    def ahead(self) -> int:
        return self.reached - self.expected

    @property
    def left(self) -> int:
        return max(0, self.target - self.reached)

    @property
    def is_met(self) -> bool:
        return self.reached >= self.target


def owed(percent: Decimal, households: int) -> int:
    """Households that are at least this percentage of all: 90 % of 11 are 10."""
    return ceil(Fraction(percent) * households / 100)


def share_out(
    whole: int, weights: Mapping[str, int], most: Mapping[str, int] | None = None
) -> dict[str, int]:
    """A number shared out by weight so that the shares add up to it exactly: the largest remainders round up.

    `most` caps a share (a district cannot owe more households than it has); what is cut off is shared out
    again. Equal remainders go to the greater weight, then by code. Without any weight everybody gets nothing.
    """
    shares = dict.fromkeys(weights, 0)
    open_codes = [code for code in weights if weights[code] > 0]
    left = whole
    while left > 0 and open_codes:
        given = _largest_remainder(left, {code: weights[code] for code in open_codes})
        left = 0
        for code, count in given.items():
            room = count if most is None else most[code] - shares[code]
            shares[code] += min(count, room)
            left += max(0, count - room)
        open_codes = [code for code in open_codes if most is None or shares[code] < most[code]]
    return shares


def _largest_remainder(whole: int, weights: Mapping[str, int]) -> dict[str, int]:
    total = sum(weights.values())
    shares = {code: whole * weight // total for code, weight in weights.items()}
    order = sorted(weights, key=lambda code: (-(whole * weights[code] % total), -weights[code], code))
    for code in order[: whole - sum(shares.values())]:
        shares[code] += 1
    return shares


def weight_of(key: str, row: Counts) -> int:
    """What a district weighs under a key; one without households owes nothing."""
    match ShareKey(key):
        case ShareKey.CASES:
            return row.households
        case ShareKey.PERSONS:
            return row.persons
    return 1 if row.households else 0


def re_share(
    whole: int, weights: Mapping[str, int], most: Mapping[str, int], by_hand: Mapping[str, int]
) -> dict[str, int]:
    """Shares in which corrections by hand stay and the others share out what is left."""
    kept = {code: count for code, count in by_hand.items() if code in weights}
    rest = {code: weight for code, weight in weights.items() if code not in kept}
    left = max(0, whole - sum(kept.values()))
    return {**share_out(left, rest, {code: most[code] for code in rest}), **kept}


def expected(target: int, start: date, due: date, day: date, from_count: int = 0) -> int:
    """Where the straight line stands on a day: `from_count` on the start, the target on the due day and
    after.
    """
    if day >= due or due <= start:
        return target
    passed = max(0, (day - start).days)
    return from_count + (target - from_count) * passed // (due - start).days


def standing(target: int, reached: int, *, start: date, due: date, day: date) -> Standing:
    return Standing(target, reached, expected(target, start, due, day))
