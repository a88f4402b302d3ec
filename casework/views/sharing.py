"""Sharing out waiting households to teams: a proposal by score and load, and its confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from povertyops.common.errors import InvalidInput
from povertyops.common.policies import allow

from ..pages.sharing import last_shared, open_sealed, propose, share_form
from ..rules import ASSIGNING_ROLES
from ..services.sharing import SharedOut, share_households
from .shared import actor_of, status_of

SHARERS = tuple(sorted(ASSIGNING_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*SHARERS)
def share_out(request: HttpRequest) -> HttpResponse:
    """GET: who would get what, nothing written. POST: exactly the proposal that was shown."""
    if request.method == "POST":
        return _confirm(request)
    actor = actor_of(request)
    form = share_form(actor, request.GET)
    form.is_valid()
    context = {
        "form": form,
        "proposal": propose(actor, form),
        "last": last_shared(actor),
        "query": request.GET.urlencode(),
        "today": actor.today(),
    }
    return render(request, "casework/sharing/share_out.html", context, status=status_of(form))


def _confirm(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    try:
        shares, asked = open_sealed(actor, request.POST.get("plan", ""))
        done = share_households(actor=actor, shares=shares, most=int(asked["most"]), asked=asked)
    except InvalidInput as refusal:
        messages.warning(request, str(refusal))
    else:
        _tell(request, done)
    query = request.GET.urlencode()
    return redirect(f"{request.path}?{query}" if query else request.path)


def _tell(request: HttpRequest, done: SharedOut) -> None:
    said = {"count": done.row.households, "teams": len(done.row.shares)}
    if said["count"]:
        messages.success(request, _("แบ่งแล้ว %(count)d ครัวเรือน ให้ %(teams)d ทีม") % said)
    for households, sentence in (
        (done.taken, _("เว้นไว้ %(count)d ครัวเรือนที่มีทีมรับไปแล้วระหว่างนี้")),
        (done.no_room, _("เว้นไว้ %(count)d ครัวเรือน เพราะทีมเต็มหรือเลิกปฏิบัติงานแล้ว")),
        (done.gone, _("เว้นไว้ %(count)d ครัวเรือนที่ไม่อยู่ในความดูแลของท่านแล้ว")),
    ):
        if households:
            messages.warning(request, sentence % {"count": len(households)})
