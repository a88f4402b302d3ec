"""Reading meetings: the next number, what is still to be followed up, what came in late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from casework.models import CohortState, Visit
from casework.queries.standing import standing
from casework.rules import stands_at
from povertyops.common.thai import fiscal_year_bounds

from .enums import CheckResult, ResolutionState
from .models import Meeting, Resolution, SpotCheck


def next_number(province_code: str, year: int) -> int:
    """The number that the next meeting of a year is proposed to have."""
    found = Meeting.objects.filter(province_code=province_code, year=year).aggregate(last=Max("number"))
    return (found["last"] or 0) + 1


def meetings_before(meeting: Meeting) -> QuerySet[Meeting]:
    """Earlier meetings of the province, the latest first; by day, then by number."""
    earlier = Q(held_on__lt=meeting.held_on) | Q(
        held_on=meeting.held_on, year=meeting.year, number__lt=meeting.number
    )
    rows = Meeting.objects.filter(earlier, province_code=meeting.province_code).defer("payload")
    return rows.exclude(pk=meeting.pk).order_by("-held_on", "-year", "-number")


def last_meeting(province_code: str) -> Meeting | None:
    """The latest meeting of a province, planned or not."""
    rows = Meeting.objects.filter(province_code=province_code).defer("payload")
    return rows.order_by("-held_on", "-year", "-number").first()


def last_frozen_before(meeting: Meeting) -> Meeting | None:
    """The meeting whose figures this one's are compared with."""
    return meetings_before(meeting).filter(frozen_at__isnull=False).first()


def open_resolutions(province_code: str) -> QuerySet[Resolution]:
    rows = Resolution.objects.filter(province_code=province_code, state=ResolutionState.OPEN)
    return rows.select_related("meeting").defer("meeting__payload").order_by("meeting__held_on", "position")


def resolutions_to_follow_up(meeting: Meeting) -> QuerySet[Resolution]:
    """What earlier meetings resolved and was still open on the day of this one, or was reported to it."""
    day_after = _start_of(meeting.held_on + timedelta(days=1))
    wanted = Q(closed_at=None) | Q(closed_at__gte=day_after) | Q(followed_up__meeting=meeting)
    rows = Resolution.objects.filter(wanted, meeting__in=meetings_before(meeting).values("pk"))
    return (
        rows.distinct()
        .select_related("meeting")
        .defer("meeting__payload")
        .prefetch_related("followed_up__recorded_by")
        .order_by("meeting__held_on", "meeting__number", "position", "id")
    )


def known_until(meeting: Meeting) -> datetime | None:
    """Up to when something had to be recorded to be in a meeting's figures; None while nothing is frozen.

    Figures of the day itself hold what was recorded until they were frozen; those of a past day what was
    recorded by the end of that day.
    """
    if meeting.frozen_at is None or meeting.as_of is None:
        return None
    if meeting.as_of == stands_at(meeting.fiscal_year, timezone.localdate(meeting.frozen_at)):
        return meeting.frozen_at
    return _start_of(meeting.as_of + timedelta(days=1))


def late_visits(meeting: Meeting, list_kind: str | None = None) -> QuerySet[Visit]:
    """Visits made by the day of a frozen meeting's figures that arrived after them: they change today, never
    that meeting. Empty while nothing is frozen. Of the households on the meeting's list, or on another."""
    list_kind = meeting.list_kind if list_kind is None else list_kind
    known = known_until(meeting)
    if known is None or meeting.as_of is None:
        return Visit.objects.none()
    found = Visit.objects.filter(
        standing(Visit),
        province_code=meeting.province_code,
        visited_on__range=(fiscal_year_bounds(meeting.fiscal_year)[0], meeting.as_of),
        recorded_at__gt=known,
    )
    return found.filter(household__in=_on_list(meeting, list_kind)) if list_kind else found


def _on_list(meeting: Meeting, list_kind: str) -> QuerySet[CohortState, UUID]:
    """Households that are on a kind of list in the year and province of the meeting."""
    rows = CohortState.objects.filter(fiscal_year=meeting.fiscal_year, province_code=meeting.province_code)
    return rows.filter(list_kinds__contains=[list_kind]).values_list("household_id", flat=True)


def late_since_last(meeting: Meeting) -> int:
    """How many visits came too late for the last frozen meeting; what the next pack says, of its own list."""
    before = last_frozen_before(meeting)
    return late_visits(before, meeting.list_kind).count() if before is not None else 0


@dataclass(frozen=True, slots=True)
class CheckTally:
    """The spot checks of a district or municipal centre, counted by result."""

    district_code: str
    centre_id: UUID | None
    drawn: int
    pending: int
    agrees: int
    differs: int
    not_found: int

    @property
    def is_municipal(self) -> bool:
        return self.centre_id is not None

    @property
    def checked(self) -> int:
        return self.drawn - self.pending


def check_tallies(checks: QuerySet[SpotCheck]) -> list[CheckTally]:
    """Counts per district, municipal centres on lines of their own."""
    groups = checks.order_by().values_list("district_code", "centre_id", "is_municipal", "result")
    counted: dict[tuple[str, UUID | None], dict[str, int]] = {}
    for district, centre, municipal, result, number in groups.annotate(number=Count("pk")):
        tally = counted.setdefault((district, centre if municipal else None), {})
        tally[result] = tally.get(result, 0) + number
    return [
        CheckTally(
            district_code=district,
            centre_id=centre,
            drawn=sum(tally.values()),
            pending=tally.get(CheckResult.PENDING, 0),
            agrees=tally.get(CheckResult.AGREES, 0),
            differs=tally.get(CheckResult.DIFFERS, 0),
            not_found=tally.get(CheckResult.NOT_FOUND, 0),
        )
        for (district, centre), tally in sorted(
            counted.items(), key=lambda item: (item[0][0], str(item[0][1] or ""))
        )
    ]


def years_with_meetings(meetings: QuerySet[Meeting]) -> list[int]:
    return list(meetings.order_by("-year").values_list("year", flat=True).distinct())


def pending_checks(meeting: Meeting) -> int:
    return SpotCheck.objects.filter(meeting=meeting, result=CheckResult.PENDING).count()


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
