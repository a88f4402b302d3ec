"""Reading the figures of now: always from the tables of the roll-up, never a live sum."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q

from casework.models import Agency
from households.models import ListKind
from povertyops.areas.enums import CODE_LENGTH, NATION, Level

from .enums import MeetingState
from .models import AgencyProgress, AreaProgress, DayProgress, FrozenProgress, Meeting, RollupRun


def progress_of(fiscal_year: int, code: str, list_kind: str = "") -> AreaProgress | None:
    """The figures of one area or municipal centre; None where it has no households."""
    return AreaProgress.objects.filter(code=code, fiscal_year=fiscal_year, list_kind=list_kind).first()


def all_progress_of(code: str) -> list[AreaProgress]:
    """An area's figures in every year and list: newest year first, the whole cohort before its lists."""
    return list(AreaProgress.objects.filter(code=code).order_by("-fiscal_year", "list_kind"))


def progress_below(
    fiscal_year: int, code: str, list_kind: str, centres: Collection[str]
) -> list[AreaProgress]:
    """The rows right under an area, and those of its municipal centres (by code), wherever they lie."""
    rows = AreaProgress.objects.filter(fiscal_year=fiscal_year, list_kind=list_kind)
    if len(code) == CODE_LENGTH[Level.PROVINCE] and code != NATION:
        rows = rows.filter(Q(parent_code=code) | Q(code__in=centres))
    else:
        rows = rows.filter(parent_code=code)
    return list(rows)


def days_of_years() -> dict[int, date]:
    """Fiscal year -> the day its figures stand at."""
    return dict(RollupRun.objects.values_list("fiscal_year", "as_of"))


def list_names() -> dict[str, str]:
    return {kind.code: str(kind) for kind in ListKind.objects.all()}


def list_name(list_kind: str) -> str:
    """Empty for all lists."""
    return list_names().get(list_kind, list_kind) if list_kind else ""


def last_frozen(
    province_code: str, code: str, fiscal_year: int, list_kind: str, day: date
) -> FrozenProgress | None:
    """An area's figures of the newest meeting of its province and year, frozen up to a day."""
    meetings = Meeting.objects.filter(province_code=province_code, fiscal_year=fiscal_year, as_of__lte=day)
    newest = meetings.exclude(state=MeetingState.PLANNED).order_by("-as_of", "-frozen_at").values("pk")[:1]
    rows = FrozenProgress.objects.filter(meeting__in=newest, code=code, list_kind=list_kind)
    return rows.select_related("meeting").defer("meeting__payload").first()


def is_closed(day: date, fiscal_year: int) -> bool:
    """Whether the figures of the larger areas were put down at the end of that day."""
    return DayProgress.objects.filter(code=NATION, fiscal_year=fiscal_year, list_kind="", day=day).exists()


def agencies_of(fiscal_year: int, code: str) -> list[AgencyProgress]:
    """Help given in an area or municipal centre by each agency, the one that gave most first."""
    rows = AgencyProgress.objects.filter(fiscal_year=fiscal_year, code=code)
    return list(rows.order_by("-baht", "-helps", "agency_id"))


def agency_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    found = Agency.objects.filter(pk__in=[pk for pk in ids if pk is not None])
    return dict(found.values_list("pk", "name"))


def closed_days(fiscal_year: int, code: str, list_kind: str, days: Sequence[date]) -> list[DayProgress]:
    """An area's figures, for each of the days (earliest first) on the last day that was closed by then.

    A closed day stands for one of them only, so older days, which are closed by the week, are not repeated.
    """
    rows = DayProgress.objects.filter(code=code, fiscal_year=fiscal_year, list_kind=list_kind).order_by("day")
    nearest: dict[date, date] = {}
    for closed in rows.filter(day__lte=days[-1]).values_list("day", flat=True) if days else []:
        nearest[next(day for day in days if day >= closed)] = closed
    return list(rows.filter(day__in=nearest.values())) if nearest else []
