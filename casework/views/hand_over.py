"""Handing over what a leaver owns: the wizard, and the sheet to print and sign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from povertyops.accounts.access import get_user_for, looks_after, visible_appointments
from povertyops.accounts.actor import Actor
from povertyops.accounts.duties import Leaving, duties_of
from povertyops.accounts.enums import Role
from povertyops.accounts.models import User
from povertyops.accounts.queries import open_appointments
from povertyops.accounts.rules import may_appoint
from povertyops.common.policies import allow

from ..forms.hand_over import HandOverForm
from ..pages.hand_over import get_hand_over_for, made_before, receivers_of, wizard_for
from ..rules import HANDING_OVER_ROLES
from ..services.hand_over import hand_over as hand_over_now
from .shared import actor_of, attempt, posted, status_of

HANDERS = tuple(sorted(HANDING_OVER_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*HANDERS)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the leaver owns with a new owner for each; confirmed, all of it changes hands."""
    actor = actor_of(request)
    leaver = get_user_for(actor, pk)
    confirms = request.POST.get("step") == "confirm"
    wizard = wizard_for(actor, leaver, request.POST)
    initial: dict[str, Any] = {"effective_on": actor.today()}
    if request.method == "POST" and not confirms:
        initial |= {name: request.POST.get(name, "") for name in HandOverForm.base_fields}
    form = HandOverForm(posted(request) if confirms else None, initial=initial)
    if confirms and form.is_valid():
        made = attempt(
            form,
            lambda: hand_over_now(
                actor=actor,
                leaver_id=pk,
                owners=wizard.owners(),
                partly=bool(wizard.rest),
                **form.cleaned_data,
            ),
        )
        if made:
            messages.success(
                request, _("ส่งมอบแล้ว %(count)d รายการ พิมพ์ใบส่งมอบให้ทั้งสองฝ่ายลงชื่อ") % {"count": len(made.lines)}
            )
            return redirect("hand_over", pk=pk)
    context = {
        "leaver": leaver,
        "wizard": wizard,
        "form": form,
        "made": made_before(actor, leaver),
        **_farewell(actor, leaver),
    }
    return render(request, "casework/hand_over.html", context, status=status_of(form))


def _farewell(actor: Actor, leaver: User) -> dict[str, object]:
    """What is left elsewhere, and the appointments and account that can be ended now."""
    left = duties_of(Leaving(leaver.pk, actor.today()))
    posts = visible_appointments(actor).filter(pk__in=open_appointments([leaver.pk]).values("pk"))
    return {
        "left": left,
        "posts": [
            post for post in posts.select_related("centre") if may_appoint(actor.role, Role(post.role))
        ],
        "may_close": looks_after(actor, leaver) and leaver.is_active and leaver.pk != actor.user_id,
    }


@require_safe
@allow(*HANDERS)
def hand_over_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sheet both sign: every line by its new owner."""
    made = get_hand_over_for(actor_of(request), pk)
    context = {"made": made, "receivers": receivers_of(made), "count": len(made.lines)}
    return render(request, "casework/hand_over_sheet.html", context)
