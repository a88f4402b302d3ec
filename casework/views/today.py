"""Where a person's day begins: the field worker's list, the officer's queues, visits in two versions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from povertyops.accounts.enums import FIELD_ROLES
from povertyops.common.policies import allow

from ..pages.conflicts import open_conflicts
from ..pages.queues import boxes_for
from ..pages.today import groups_for
from ..rules import APPROVING_ROLES
from ..services.conflicts import settle_conflict
from .shared import WRITING_ROLES, actor_of

OFFICERS = tuple(sorted(APPROVING_ROLES))


@require_safe
@allow(*WRITING_ROLES)
@gzip_page
def today(request: HttpRequest) -> HttpResponse:
    """Whom to see, and why."""
    actor = actor_of(request)
    groups = groups_for(actor)
    context = {
        "groups": groups,
        "pressing": sum(len(group.cards) for group in groups if not group.waits),
        "total": sum(len(group.cards) for group in groups),
        "today": actor.today(),
        "takes_along": actor.role in FIELD_ROLES,
    }
    return render(request, "casework/today.html", context)


@require_safe
@allow(*OFFICERS)
def queues(request: HttpRequest) -> HttpResponse:
    """What waits for the officer."""
    actor = actor_of(request)
    return render(request, "casework/queues.html", {"boxes": boxes_for(actor), "now": actor.now()})


@require_safe
@allow(*OFFICERS)
def visit_conflicts(request: HttpRequest) -> HttpResponse:
    """Visits of which two versions came in, side by side."""
    return render(request, "casework/visit_conflicts.html", {"cards": open_conflicts(actor_of(request))})


@require_POST
@allow(*OFFICERS)
def conflict_settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The other version was looked at."""
    settle_conflict(actor=actor_of(request), conflict_id=pk)
    messages.success(request, _("บันทึกว่าพิจารณาแล้ว ทั้งสองฉบับยังเก็บไว้"))
    return redirect("visit_conflicts")
