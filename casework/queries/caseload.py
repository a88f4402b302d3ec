"""In whose hands a household is, who has seen it, and whether somebody still answers for it.

Predicates on CohortState, so that a number of the supervisor's sheet and the list behind it agree.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment

from ..enums import HelpStatus, VisitOutcome
from ..models import Assignment, Help, Visit
from ..months import Month
from .standing import standing

NOTICE_DAYS = 30
NO_MENTOR = 0

IN_CARE = Q(is_open=True, is_removed=False)


def seen_in(month: Month) -> Exists:
    """The household itself was met in the month, by whoever went."""
    days = (month.first_day, month.last_day)
    return Exists(
        Visit.objects.filter(
            standing(Visit),
            household=OuterRef("household_id"),
            visited_on__range=days,
            outcome=VisitOutcome.MET,
        )
    )


def in_hands_by(month: Month, today: date) -> Q:
    """For a month that is over: only households that were in the same hands already then."""
    if month.last_day >= today:
        return Q()
    given = Assignment.objects.filter(
        household=OuterRef("household_id"), team=OuterRef("team_id"), valid_from__lte=month.last_day
    )
    named = Q(mentor_id__isnull=False) & Exists(given.filter(mentor=OuterRef("mentor_id")))
    return Q(team_id=None) | named | (Q(mentor_id=None) & Exists(given))


def not_seen_q(month: Month, today: date) -> Q:
    return IN_CARE & in_hands_by(month, today) & ~Q(seen_in(month))


def mentor_q(mentor: int) -> Q:
    """In the hands of one mentor; `NO_MENTOR`: of a team together, nobody named."""
    if mentor == NO_MENTOR:
        return Q(team_id__isnull=False, mentor_id=None)
    return Q(mentor_id=mentor)


def promised() -> Exists:
    """Help was promised that nobody has delivered or taken back."""
    kept = Help.objects.filter(standing(Help), fulfils=OuterRef("pk"))
    return Exists(
        Help.objects.filter(
            standing(Help), ~Exists(kept), household=OuterRef("household_id"), status=HelpStatus.PROMISED
        )
    )


def owned_on(day: date) -> Q:
    """The named mentor is still a mentor of the team on the day; with nobody named, the team has one."""
    mentors = Appointment.objects.valid_on(day).filter(
        centre_id=OuterRef("team_id"), role=Role.MENTOR, user__is_active=True
    )
    named = Exists(mentors.filter(user_id=OuterRef("mentor_id")))
    return (Q(mentor_id__isnull=False) & named) | (Q(mentor_id=None) & Exists(mentors))


def mentor_gone_q(today: date) -> Q:
    """In care of a team or mentor whose appointment is over."""
    return IN_CARE & Q(team_id__isnull=False) & ~owned_on(today)


def mentor_leaving_q(today: date) -> Q:
    """Nobody will answer for it any more within the days of notice."""
    later = today + timedelta(days=NOTICE_DAYS)
    return IN_CARE & Q(team_id__isnull=False) & owned_on(today) & ~owned_on(later)
