"""Giving households to mentor teams, the teams and what each carries, making a team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from povertyops.accounts.enums import FIELD_ROLES, Role
from povertyops.common.policies import allow

from ..forms.teams import AssignForm, TeamForm
from ..pages.chosen import Chosen, changed_meanwhile, chosen_households, picks_of
from ..pages.teams import get_team_for, loads_for, mentors_of, parents_for, team_choices, teams_for
from ..rules import APPROVING_ROLES, ASSIGNING_ROLES
from ..services.assignment import assign_households, end_assignments
from ..services.teams import create_mentor_team
from .shared import actor_of, attempt, posted, status_of

ASSIGNERS = tuple(sorted(ASSIGNING_ROLES))
TEAM_MAKERS = tuple(sorted(APPROVING_ROLES))
TEAM_READERS = tuple(sorted(ASSIGNING_ROLES | (FIELD_ROLES - {Role.MENTOR})))


@require_http_methods(["GET", "POST"])
@allow(*ASSIGNERS)
def assign(request: HttpRequest) -> HttpResponse:
    """Choose a team for the households ticked in a list (or all of its filter), see the count, apply."""
    if request.method == "GET":
        return redirect(f"{reverse('household_list')}?no_team=1&sort=priority")
    actor = actor_of(request)
    chosen = chosen_households(request, actor, today=actor.today())
    if not chosen.count:
        messages.warning(request, _nothing_chosen(chosen))
        return redirect(_back(request))
    applies = request.POST.get("step") == "apply"
    form = _assign_form(request, applies)
    if applies and (change := changed_meanwhile(request, chosen)):
        form.add_error(None, change)
    if applies and form.is_valid():
        data = form.cleaned_data
        moved = attempt(
            form,
            lambda: assign_households(
                actor=actor,
                household_ids=chosen.ids,
                team_id=data["team"],
                mentor_id=data["mentor"],
                valid_from=data["valid_from"],
            ),
        )
        if moved is not None:
            messages.success(request, _said(moved, chosen.count))
            return redirect(_back(request))
    context = {
        "form": form,
        "chosen": chosen,
        "query": request.GET.urlencode(),
        "back_url": _back(request, picks_of(chosen)),
    }
    return render(request, "casework/assign.html", context, status=status_of(form) if applies else 200)


def _assign_form(request: HttpRequest, applies: bool) -> AssignForm:
    actor = actor_of(request)
    team = request.POST.get("team", "")
    known = mentors_of([UUID(team)], actor.today()) if _is_key(team) else {}
    mentors = [(user.pk, user.display_name) for users in known.values() for user in users]
    initial = {"valid_from": actor.today(), "team": team}
    return AssignForm(
        request.POST if applies else None, initial=initial, teams=team_choices(actor), mentors=mentors
    )


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _said(moved: int, count: int) -> str:
    if moved == count:
        return _("มอบหมายแล้ว %(count)d ครัวเรือน") % {"count": moved}
    return _("มอบหมายแล้ว %(moved)d ครัวเรือน อีก %(rest)d อยู่กับทีมนี้อยู่แล้ว") % {
        "moved": moved,
        "rest": count - moved,
    }


def _nothing_chosen(chosen: Chosen) -> str:
    if chosen.read_only:
        return _("ครัวเรือนที่เลือกอยู่ในความรับผิดชอบของเทศบาล ท่านดูได้อย่างเดียว")
    return _("ยังไม่ได้เลือกครัวเรือน เลือกจากรายการก่อน")


def _back(request: HttpRequest, picks: Sequence[tuple[str, str]] = ()) -> str:
    """The list the person came from, on the same page, with its filters and, while undecided, its ticks."""
    query = "&".join(part for part in (request.GET.urlencode(), urlencode(picks)) if part)
    return f"{reverse('household_list')}?{query}" if query else reverse("household_list")


@require_http_methods(["POST"])
@allow(*ASSIGNERS)
def unassign(request: HttpRequest) -> HttpResponse:
    """Take households back from their teams."""
    actor = actor_of(request)
    chosen = chosen_households(request, actor, today=actor.today())
    if chosen.count:
        ended = end_assignments(actor=actor, household_ids=chosen.ids)
        messages.success(request, _("ถอนการมอบหมายแล้ว %(count)d ครัวเรือน") % {"count": ended})
    else:
        messages.warning(request, _nothing_chosen(chosen))
    return redirect(_back(request))


@require_safe
@allow(*TEAM_READERS)
def team_list(request: HttpRequest) -> HttpResponse:
    """Teams of the person's centre with their mentors and load, the most overdue first."""
    actor = actor_of(request)
    context = {
        "loads": loads_for(actor, teams_for(actor)),
        "may_make": actor.role in APPROVING_ROLES,
        "today": actor.today(),
    }
    return render(request, "casework/team_list.html", context)


@require_safe
@allow(*TEAM_READERS)
def team(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One team: who is in it and what it carries."""
    actor = actor_of(request)
    centre = get_team_for(actor, pk)
    (load,) = loads_for(actor, [centre])
    context = {"load": load, "centre": centre, "team_key": str(pk)}
    return render(request, "casework/team.html", context)


@require_http_methods(["GET", "POST"])
@allow(*TEAM_MAKERS)
def team_new(request: HttpRequest) -> HttpResponse:
    """Make a mentor team."""
    actor = actor_of(request)
    parents = [(str(centre.pk), centre.name) for centre in parents_for(actor)]
    initial: dict[str, Any] = {"parent": parents[0][0] if parents else ""}
    form = TeamForm(posted(request), parents=parents, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: create_mentor_team(
                actor=actor,
                name=data["name"],
                parent_id=UUID(data["parent"]),
                organisation=data["organisation"],
                phone=data["phone"],
            ),
        )
        if made:
            messages.success(request, _("สร้างทีมแล้ว ต่อไปแต่งตั้งพี่เลี้ยงและมอบหมายครัวเรือน"))
            return redirect("team", pk=made.pk)
    return render(request, "casework/team_new.html", {"form": form}, status=status_of(form))
