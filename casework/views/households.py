"""The register's pages: the list, finding by national id, the household itself, showing an id."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dimensions.enums import Dimension
from households.access import get_household_for, merged_home
from households.services.national_ids import find_by_national_id, reveal_national_id
from povertyops.common.policies import allow

from ..forms.households import NationalIdForm, RevealForm
from ..pages.assessment import assessed
from ..pages.care import care_card_of
from ..pages.checklist import checklists_of
from ..pages.duplicates import hints_for
from ..pages.household import story_for
from ..pages.people import members_of
from ..pages.plan import plan_card_of
from ..pages.priorities import priority_card_of
from ..pages.referrals import status_block
from ..pages.related import load_related, relations_of
from ..pages.story import open_promises, story_of
from ..pages.tpmap import waiting_of
from ..rules import APPROVING_ROLES, ASSIGNING_ROLES
from .shared import READING_ROLES, WRITING_ROLES, actions_for, actor_of, attempt, posted, status_of

STORY_LENGTH = 40


@require_safe
@allow(*READING_ROLES)
def household(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One household's story."""
    actor = actor_of(request)
    try:
        found = get_household_for(actor, pk)
    except Http404:
        return redirect("household", pk=merged_home(actor, pk))
    story = story_for(actor, found)
    dimension = _dimension(request.GET.get("dimension", ""))
    related = load_related(pk)
    events = story_of(actor, pk, dimension, related)
    shown = len(events) if "all" in request.GET else STORY_LENGTH
    context = {
        "household": found,
        "story": story,
        "members": members_of(pk, today=actor.today()),
        "promises": open_promises([pk]),
        "events": events[:shown],
        "more_events": max(len(events) - shown, 0),
        "dimension": dimension,
        "dimensions": list(Dimension),
        "acts": actions_for(actor, story),
        "plan_card": plan_card_of(pk, story.plan, story.steps, actor.today()),
        "care_card": care_card_of(actor, pk, story.stage, may_write=story.may_write and not story.is_closed),
        "may_approve": actor.role in APPROVING_ROLES,
        "checklists": checklists_of(pk, story.stage, story.stage_now),
        "assessed": assessed(pk, today=actor.today()),
        "referral": status_block(actor, pk),
        "priority": priority_card_of(story.state, story.case, found.province_code, actor.today())
        if actor.role in ASSIGNING_ROLES
        else None,
        "relations": relations_of(actor, related),
        "tpmap_waiting": waiting_of(pk) if actor.role in WRITING_ROLES else None,
        "today": actor.today(),
        "duplicate_hints": hints_for(actor, pk) if actor.role in APPROVING_ROLES else (),
    }
    return render(request, "households/household.html", context)


def _dimension(code: str) -> Dimension | None:
    return Dimension(code) if code in Dimension.values else None


@require_POST
@allow(*READING_ROLES)
def household_search(request: HttpRequest) -> HttpResponse:
    """Find a household by a member's national id, which never stands in an address."""
    actor = actor_of(request)
    form = NationalIdForm(request.POST)
    if form.is_valid():
        found = find_by_national_id(actor=actor, pin=form.cleaned_data["national_id"])
        if found:
            return redirect("household", pk=found)
        form.add_error("national_id", _("ไม่พบเลขนี้ในครัวเรือนที่ท่านดูแล"))
    return render(request, "households/search.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def reveal_id(request: HttpRequest, pk: UUID, person_id: UUID) -> HttpResponse:
    """Show one national id in full, after a reason that is kept with the name of who looked."""
    actor = actor_of(request)
    found = get_household_for(actor, pk)
    member = next((m for m in members_of(pk, today=actor.today()) if m.person.pk == person_id), None)
    if member is None or not member.masked:
        raise Http404
    form = RevealForm(posted(request))
    shown = None
    if request.method == "POST" and form.is_valid():
        shown = attempt(
            form,
            lambda: reveal_national_id(actor=actor, household_id=pk, person_id=person_id, reason=form.said),
        )
    context = {"household": found, "member": member, "form": form, "shown": shown}
    return render(request, "households/reveal.html", context, status=status_of(form))
