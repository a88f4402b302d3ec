"""The supervisor's sheet: who was seen this month, mentor by mentor or team by team, the lowest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.urls import reverse

from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.areas.models import Area, Centre
from povertyops.common.templatetags.ui.figures import percent
from povertyops.common.thai import format_thai_month

from ..filters import NOBODY
from ..inputs import CohortFilters
from ..models import CohortState, Device
from ..months import Month, month_of
from ..queries.caseload import IN_CARE, in_hands_by, promised, seen_in
from ..queries.cohort import EVERYONE, cohort_rows
from ..rules import stands_at
from .teams import mentors_of, teams_for

LINES_A_PAGE = 100
MONTHS_BACK = 12
STALE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Sync:
    """What the phones of one or more people last said of themselves."""

    last_at: datetime | None = None
    waiting: int = 0
    oldest_at: datetime | None = None


@dataclass(slots=True)
class Line:
    """A mentor of a team, a team's households with nobody named (`mentor_id` None), or a whole team."""

    team_id: UUID
    mentor_id: int | None
    total: int = 0
    seen: int = 0
    overdue: int = 0
    promised: int = 0
    whole_team: bool = False
    team: str = ""
    mentor: str = ""
    sync: Sync = field(default_factory=Sync)
    oldest_days: int = 0
    is_stale: bool = False
    behind: bool = False
    month: str = ""
    query: str = ""

    @property
    def unseen(self) -> int:
        return self.total - self.seen

    @property
    def width(self) -> str:
        return percent(self.seen, self.total)

    @property
    def tone(self) -> str:
        if self.seen == self.total:
            return "done"
        return "late" if self.behind else "ok"

    @property
    def unseen_url(self) -> str:
        return self._list_url(f"not_seen_month={self.month}")

    @property
    def overdue_url(self) -> str:
        return self._list_url("overdue=1")

    @property
    def promised_url(self) -> str:
        return self._list_url("promised=1")

    def _list_url(self, switch: str) -> str:
        return f"{reverse('household_list')}?{self.query}&{switch}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of lines, and the sums of all of them."""

    month: Month
    by: str
    lines: Sequence[Line]
    count: int
    page: int
    pages: int
    total: int
    seen: int
    overdue: int
    promised: int
    unassigned: int
    idle: Sequence[str]
    now: datetime
    query: str

    @property
    def unseen(self) -> int:
        return self.total - self.seen

    @property
    def unseen_url(self) -> str:
        return f"{reverse('household_list')}?{self.query}&not_seen_month={self.month}"


def sheet_for(actor: Actor, *, month: Month, by: str, area: str, page: int) -> Sheet:
    """Eight queries for any number of mentors."""
    today, now = actor.today(), actor.now()
    lines = _lines(actor, month, area, by)
    pages = max(1, -(-len(lines) // LINES_A_PAGE))
    page = min(max(page, 1), pages)
    shown = lines[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]
    mentors = mentors_of({line.team_id for line in lines} | _team_ids(actor), today)
    _name(shown)
    _add_syncs(shown, mentors, now)
    _judge(shown, month, today, area)
    busy = {line.mentor_id for line in lines}
    idle = {user.display_name for users in mentors.values() for user in users if user.pk not in busy}
    return Sheet(
        month=month,
        by=by,
        lines=shown,
        count=len(lines),
        page=page,
        pages=pages,
        total=sum(line.total for line in lines),
        seen=sum(line.seen for line in lines),
        overdue=sum(line.overdue for line in lines),
        promised=sum(line.promised for line in lines),
        unassigned=_rows(actor, month, area).filter(team_id=None).count(),
        idle=sorted(idle)[:LINES_A_PAGE] if by == "mentor" and not area else (),
        now=now,
        query=_query(month, area),
    )


def _rows(actor: Actor, month: Month, area: str) -> QuerySet[CohortState]:
    """Households in care as the month's fiscal year has them."""
    filters = CohortFilters(fiscal_year=month.fiscal_year, area=area, membership=EVERYONE)
    return cohort_rows(actor, filters).filter(IN_CARE)


def _lines(actor: Actor, month: Month, area: str, by: str) -> list[Line]:
    """What each has in hand, the lowest share first."""
    today = actor.today()
    keys = ("team_id",) if by == "team" else ("team_id", "mentor_id")
    on = stands_at(month.fiscal_year, today)
    counted = (
        _rows(actor, month, area)
        .filter(in_hands_by(month, today), team_id__isnull=False)
        .order_by()
        .values_list(*keys)
        .annotate(
            total=Count("pk"),
            seen=Count("pk", filter=Q(seen_in(month))),
            overdue=Count("pk", filter=Q(due_on__lt=on)),
            promises=Count("pk", filter=Q(promised())),
        )
    )
    if by == "team":
        lines = [Line(team, None, *numbers) for team, *numbers in counted]
        for line in lines:
            line.whole_team = True
    else:
        lines = [Line(*row) for row in counted]
    return sorted(lines, key=lambda line: (line.seen / line.total, -line.total, str(line.team_id)))


def _team_ids(actor: Actor) -> set[UUID]:
    return set(islice(teams_for(actor).values_list("pk", flat=True), 2_000))


def _name(lines: Sequence[Line]) -> None:
    teams = Centre.objects.in_bulk({line.team_id for line in lines})
    people = User.objects.in_bulk({line.mentor_id for line in lines if line.mentor_id})
    for line in lines:
        line.team = teams[line.team_id].name
        if line.mentor_id:
            line.mentor = people[line.mentor_id].display_name


def _add_syncs(lines: Sequence[Line], mentors: Mapping[UUID, Sequence[User]], now: datetime) -> None:
    """The newest word of each mentor's phones; a team's line stands for all its mentors."""
    crews = {
        id(line): [line.mentor_id] if line.mentor_id else [user.pk for user in mentors.get(line.team_id, ())]
        for line in lines
    }
    everyone = {pk for crew in crews.values() for pk in crew}
    phones = syncs_of(everyone)
    for line in lines:
        sync = line.sync = _together([phones[pk] for pk in crews[id(line)] if pk in phones])
        line.oldest_days = (now - sync.oldest_at).days if sync.oldest_at else 0
        line.is_stale = sync.last_at is not None and (now - sync.last_at).days >= STALE_DAYS


def syncs_of(user_ids: Iterable[int]) -> dict[int, Sync]:
    """User -> what their phones said, all of them together; one query."""
    rows = (
        Device.objects.filter(user__in=list(user_ids))
        .order_by()
        .values_list("user_id")
        .annotate(
            last=Max("last_sync_at"),
            items=Sum("waiting"),
            oldest=Min("oldest_at", filter=Q(waiting__gt=0)),
        )
    )
    return {user: Sync(last, waiting or 0, oldest) for user, last, waiting, oldest in rows}


def _together(syncs: Sequence[Sync]) -> Sync:
    return Sync(
        max((sync.last_at for sync in syncs if sync.last_at), default=None),
        sum(sync.waiting for sync in syncs),
        min((sync.oldest_at for sync in syncs if sync.oldest_at), default=None),
    )


def _judge(lines: Iterable[Line], month: Month, today: date, area: str) -> None:
    """Behind: fewer seen than the share of the month that has passed."""
    days = (month.last_day - month.first_day).days + 1
    passed = min((today - month.first_day).days, days)
    for line in lines:
        line.month = str(month)
        line.behind = line.seen * days < line.total * passed
        named = {} if line.whole_team else {"mentor": line.mentor_id or NOBODY}
        line.query = f"{_query(month, area)}&{urlencode({'team': line.team_id, **named})}"


def _query(month: Month, area: str) -> str:
    values = {"membership": EVERYONE, "fiscal_year": month.fiscal_year}
    return urlencode({**values, "area": area} if area else values)


def months_to_choose(today: date) -> list[tuple[str, str]]:
    """This month and those before it."""
    found = [month_of(today)]
    while len(found) < MONTHS_BACK:
        found.append(found[-1].before)
    return [(str(month), format_thai_month(month.first_day)) for month in found]


def districts_to_choose(actor: Actor) -> list[tuple[str, str]]:
    """Districts, for those who see a whole province."""
    if not actor.reach.provinces:
        return []
    rows = Area.objects.filter(parent_id__in=actor.reach.provinces, is_current=True).order_by("sort_key")
    return [(area.code, area.label) for area in rows]
