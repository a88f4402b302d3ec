"""Mentor teams a person may use, and how much each has in hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext

from households.access import visible_households
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment, User
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.areas.queries import mentor_teams_under
from povertyops.common.thai import fiscal_year_of

from ..access import visible_cohort
from ..models import MentorTeam
from ..rules import visited_from

PARENTS_OF_TEAMS = (
    CentreKind.DISTRICT,
    CentreKind.CITY_MUNICIPALITY,
    CentreKind.TOWN_MUNICIPALITY,
    CentreKind.SUBDISTRICT_TEAM,
)


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """A team with its mentors and what it has in hand; counts are households in the person's sight."""

    centre: Centre
    details: MentorTeam | None
    mentors: list[User] = field(default_factory=list)
    households: int = 0
    seen: int = 0
    overdue: int = 0


def teams_for(actor: Actor) -> QuerySet[Centre]:
    """Active mentor teams of the person's reach, in the order of names.

    Whoever assigns may give households to them; a team's plain member sees those at work in the subdistrict.
    """
    teams = Centre.objects.filter(kind=CentreKind.MENTOR_TEAM, is_active=True).order_by("name")
    if actor.appointment is None:
        return teams.none()
    centre = actor.appointment.centre
    match actor.role:
        case Role.PROVINCIAL_SECRETARY:
            return teams.filter(province_code=actor.province_code)
        case Role.DISTRICT_OFFICER:
            return mentor_teams_under([centre.pk])
        case Role.MUNICIPAL_OFFICER:
            return teams.filter(parent=centre)
        case Role.TEAM_LEADER:
            return teams.filter(parent_id__in=[centre.pk, centre.parent_id])
        case Role.TEAM_MEMBER:
            at_work = visible_households(actor).values("scope__team_id")
            return teams.filter(Q(parent=centre) | Q(pk__in=at_work))
    return teams.none()


def get_team_for(actor: Actor, pk: UUID) -> Centre:
    team = teams_for(actor).select_related("parent").filter(pk=pk).first()
    if team is None:
        raise Http404
    return team


def parents_for(actor: Actor) -> QuerySet[Centre]:
    """Centres under which the person may make a team."""
    if actor.appointment is None:
        return Centre.objects.none()
    centres = Centre.objects.filter(kind__in=PARENTS_OF_TEAMS, is_active=True).order_by("kind", "name")
    if actor.role is Role.PROVINCIAL_SECRETARY:
        return centres.filter(province_code=actor.province_code)
    own = actor.appointment.centre_id
    return centres.filter(Q(pk=own) | Q(parent=own))


def loads_for(actor: Actor, teams: Iterable[Centre]) -> list[TeamLoad]:
    """The teams with what they carry, the most overdue first: four queries for any number."""
    centres = list(teams)
    ids = [centre.pk for centre in centres]
    today = actor.today()
    counts = _counts(actor, ids, today)
    details = MentorTeam.objects.in_bulk(ids)
    mentors = mentors_of(ids, today)
    loads = [
        TeamLoad(
            centre, details.get(centre.pk), mentors.get(centre.pk, []), *counts.get(centre.pk, (0, 0, 0))
        )
        for centre in centres
    ]
    return sorted(loads, key=lambda load: (-load.overdue, load.centre.name))


def _counts(actor: Actor, ids: list[UUID], today: date) -> dict[UUID | None, tuple[int, int, int]]:
    """Team -> households in care, seen lately, overdue."""
    rows = visible_cohort(actor).filter(fiscal_year=fiscal_year_of(today), team_id__in=ids, is_open=True)
    counted = rows.values_list("team_id").annotate(
        households=Count("pk"),
        seen=Count("pk", filter=Q(last_visit_on__gte=visited_from(today))),
        overdue=Count("pk", filter=Q(is_removed=False, due_on__lt=today)),
    )
    return {team: (households, seen, overdue) for team, households, seen, overdue in counted}


def mentors_of(team_ids: Iterable[UUID], today: date) -> dict[UUID, list[User]]:
    """Team -> the people appointed as its mentors today."""
    rows = (
        Appointment.objects.valid_on(today)
        .filter(centre_id__in=team_ids, role=Role.MENTOR, user__is_active=True)
        .select_related("user")
        .order_by("user__first_name", "user__last_name")
    )
    found: dict[UUID, list[User]] = {}
    for row in rows:
        found.setdefault(row.centre_id, []).append(row.user)
    return found


def team_choices(actor: Actor) -> list[tuple[str, str]]:
    """Teams for a form, each with how many households it has in hand."""
    return [
        (
            str(load.centre.pk),
            gettext("%(team)s (ดูแลอยู่ %(count)d ครัวเรือน)")
            % {"team": load.centre.name, "count": load.households},
        )
        for load in sorted(loads_for(actor, teams_for(actor)), key=lambda load: load.centre.name)
    ]
