"""Targets as pages show them: the province's, each district's share, and how far both are on their line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.rules import stands_at
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import CODE_LENGTH, NATION, Level
from povertyops.areas.models import Area
from povertyops.areas.queries import areas_by_code
from povertyops.common.thai import fiscal_year_bounds

from ..enums import ShareKey
from ..models import Figures, Target, TargetShare
from ..queries import progress_of
from ..rules import GOALS, Goal, Standing, owed, standing, weight_of
from ..services.targets import districts_of
from .columns import Text

if TYPE_CHECKING:
    from .board import Board


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target beside an area's own figures."""

    goal: Goal
    percent: Decimal
    due_on: date
    households: int
    standing: Standing
    url: str

    @property
    def label(self) -> str:
        return goal_text(self.goal, self.percent)

    @property
    def said(self) -> str:
        return standing_text(self.standing)

    @property
    def share(self) -> float:
        return 100 * self.standing.reached / self.households if self.households else 0.0


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """A district's share. `formula` says how the key came to it."""

    code: str
    label: str
    households: int
    share: TargetShare | None
    formula: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class TargetView:
    """One target with its districts; `mine` where the reader may change it.

    `whole` is False for a reader of some districts only; the province's own standing is then left out.
    """

    target: Target
    goal: Goal
    area: Area
    households: int
    standing: Standing | None
    lines: Sequence[DistrictLine]
    mine: bool
    whole: bool
    versions: Sequence[Target]

    @property
    def label(self) -> str:
        return goal_text(self.goal, self.target.percent)

    @property
    def said(self) -> str:
        return standing_text(self.standing) if self.standing else ""

    @property
    def shared(self) -> int:
        return sum(line.share.households for line in self.lines if line.share)

    @property
    def differs(self) -> int:
        """By how much the districts' shares miss the province's number."""
        return self.shared - self.standing.target if self.standing else 0

    @property
    def key_label(self) -> Text:
        return ShareKey(self.target.share_key).label


def target_line(board: Board) -> TargetLine | None:
    """The target that held on the board's day: that of a province, or a district's share of it.

    Of several the one that is due first. None for other places, for one kind of list, and without a target.
    """
    code, figures = board.place.code, board.figures
    if board.place.is_centre or board.list_kind or figures is None or code == NATION:
        return None
    if len(code) not in (CODE_LENGTH[Level.PROVINCE], CODE_LENGTH[Level.DISTRICT]):
        return None
    target = targets_on(code[:2], board.fiscal_year, board.past_day).first()
    if target is None or target.figure not in GOALS or figures.households is None:
        return None
    count: int | None = owed(target.percent, figures.households)
    if len(code) == CODE_LENGTH[Level.DISTRICT]:
        count = next((each.households for each in target.shares.all() if each.district_code == code), None)
    stands = None if count is None else _standing(target, figures, count, board.as_of)
    if stands is None:
        return None
    url = f"{reverse('targets_home')}?{urlencode({'fiscal_year': board.fiscal_year})}"
    return TargetLine(GOALS[target.figure], target.percent, target.due_on, figures.households, stands, url)


def targets_on(province_code: str, fiscal_year: int, past_day: date | None = None) -> QuerySet[Target]:
    """The versions that hold now, or that held at the end of a past day; the first due first."""
    rows = Target.objects.filter(province_code=province_code, fiscal_year=fiscal_year)
    if past_day is None:
        rows = rows.filter(replaced_at=None)
    else:
        end = timezone.make_aware(datetime.combine(past_day + timedelta(days=1), time.min))
        rows = rows.filter(Q(replaced_at=None) | Q(replaced_at__gte=end), recorded_at__lt=end)
    return rows.prefetch_related("shares").order_by("due_on", "figure")


def target_views(actor: Actor, fiscal_year: int) -> list[TargetView]:
    """The targets of the actor's province, narrowed to the districts in reach."""
    code = actor.province_code
    province = progress_of(fiscal_year, code)
    if province is None:
        return []
    targets = list(targets_on(code, fiscal_year).select_related("set_by"))
    districts = districts_of(fiscal_year, code)
    areas = areas_by_code([code, *districts])
    day = stands_at(fiscal_year, timezone.localdate())
    older = _older_versions(targets)
    return [
        _view(actor, target, province, districts, areas, day, older.get(target.figure, []))
        for target in targets
        if target.figure in GOALS
    ]


def _older_versions(targets: Sequence[Target]) -> dict[str, list[Target]]:
    if not targets:
        return {}
    rows = Target.objects.filter(
        province_code=targets[0].province_code,
        fiscal_year=targets[0].fiscal_year,
        replaced_at__isnull=False,
    ).select_related("set_by")
    found: dict[str, list[Target]] = {}
    for row in rows.order_by("-recorded_at"):
        found.setdefault(row.figure, []).append(row)
    return found


def _view(
    actor: Actor,
    target: Target,
    province: Figures,
    districts: Mapping[str, Figures],
    areas: Mapping[str, Area],
    day: date,
    versions: Sequence[Target],
) -> TargetView:
    whole = actor.reach.covers(province.code)
    shares = {share.district_code: share for share in target.shares.all()}
    seen = {code: row for code, row in districts.items() if actor.reach.covers(code)}
    weights = {code: weight_of(target.share_key, row) for code, row in districts.items()}
    number = owed(target.percent, province.households)
    lines = [_district_line(target, row, areas, shares.get(code), weights, day) for code, row in seen.items()]
    lines.sort(key=lambda line: (line.standing.ahead, line.label))
    stands = standing_of(target, province, number, day) if whole else None
    return TargetView(
        target=target,
        goal=GOALS[target.figure],
        area=areas[province.code],
        households=province.households if whole else 0,
        standing=stands,
        lines=lines,
        mine=actor.role is Role.PROVINCIAL_SECRETARY,
        whole=whole,
        versions=versions if whole else [],
    )


def _district_line(
    target: Target,
    row: Figures,
    areas: Mapping[str, Area],
    share: TargetShare | None,
    weights: Mapping[str, int],
    day: date,
) -> DistrictLine:
    label = areas[row.code].label if row.code in areas else row.code
    count = share.households if share else 0
    stands = standing_of(target, row, count, day)
    return DistrictLine(row.code, label, row.households, share, _formula(share, weights, row.code), stands)


def _formula(share: TargetShare | None, weights: Mapping[str, int], code: str) -> str:
    if share is None:
        return _("ยังไม่ได้แบ่ง")
    if share.is_manual:
        return _("ปรับด้วยมือ: %(note)s") % {"note": share.note}
    return f"× {weights[code]:,} / {sum(weights.values()):,}"


def standing_of(target: Target, figures: Figures, count: int, day: date) -> Standing:
    """How an area whose figures are all told stands against its number of a target."""
    return standing(
        count,
        GOALS[target.figure].reached(figures),
        start=fiscal_year_bounds(target.fiscal_year)[0],
        due=target.due_on,
        day=day,
    )


def _standing(target: Target, figures: Figures, count: int, day: date) -> Standing | None:
    """None where what the goal counts is hidden from the reader."""
    told = (figures.waiting, figures.survive, figures.sufficient, figures.sustainable)
    if None in told or getattr(figures, target.figure, 0) is None:
        return None
    return standing_of(target, figures, count, day)


def goal_text(goal: Goal, percent: Decimal) -> str:
    return _("%(goal)s อย่างน้อยร้อยละ %(percent)s") % {
        "goal": goal.label,
        "percent": f"{percent.normalize():f}",
    }


def standing_text(stands: Standing) -> str:
    """One sentence: met, ahead of the line, on it, or behind."""
    if stands.is_met:
        return _("ถึงเป้าหมายแล้ว")
    if stands.ahead >= 0:
        return _("เร็วกว่าเส้นเป้าหมาย %(count)s ครัวเรือน เหลืออีก %(left)s") % {
            "count": f"{stands.ahead:,}",
            "left": f"{stands.left:,}",
        }
    return _("ช้ากว่าเส้นเป้าหมาย %(count)s ครัวเรือน เหลืออีก %(left)s") % {
        "count": f"{-stands.ahead:,}",
        "left": f"{stands.left:,}",
    }
