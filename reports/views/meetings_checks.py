"""Spot checks: drawing the sample, the officer's list, what was found at a house."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import scope_q
from povertyops.accounts.actor import Actor
from povertyops.common.answering import attempt, posted, status_of
from povertyops.common.policies import allow

from ..enums import CheckResult
from ..forms.meetings import SpotCheckForm
from ..meeting_access import get_spot_check_for, visible_meetings, visible_spot_checks
from ..models import Meeting, SpotCheck
from ..pages.meetings import check_cards, uuid_or_none
from ..services.spot_checks import draw_spot_checks, record_spot_check, why_not_record
from .board import actor_of
from .meetings import EVERYBODY, WRITERS
from .meetings_parts import back_to

# More than any province draws: at most 20 in each district and municipal centre.
SHOWN = 3_000


@require_POST
@allow(*WRITERS)
def spot_checks_draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draw the sample of every district, once."""
    drawn = draw_spot_checks(actor=actor_of(request), meeting_id=pk)
    messages.success(
        request, _("สุ่มได้ %(count)d ครัวเรือน อำเภอและเทศบาลเห็นรายการของตนแล้ว") % {"count": len(drawn)}
    )
    return back_to(pk, "checks")


@require_safe
@allow(*EVERYBODY)
def spot_check_list(request: HttpRequest) -> HttpResponse:
    """The sample of one meeting, as far as the person sees it; without a question that of the newest."""
    actor = actor_of(request)
    meeting = _meeting(request, actor)
    rows = visible_spot_checks(actor).filter(meeting=meeting).select_related("household", "checked_by")
    district, centre = request.GET.get("district", ""), uuid_or_none(request.GET.get("centre", ""))
    if centre is not None:
        rows = rows.filter(centre_id=centre, is_municipal=True)
    elif district:
        rows = rows.filter(district_code=district, is_municipal=False)
    first = Case(When(result=CheckResult.PENDING, then=Value(0)), default=Value(1))
    checks = list(rows.order_by(first, "household__area_code", "household__sort_key", "pk")[:SHOWN])
    cards = check_cards(checks)
    context = {
        "meeting": meeting,
        "waiting": [card for card in cards if card.check.result == CheckResult.PENDING],
        "done": [card for card in cards if card.check.result != CheckResult.PENDING],
        "today": actor.today(),
    }
    return render(request, "reports/meetings/checks.html", context)


def _meeting(request: HttpRequest, actor: Actor) -> Meeting | None:
    """The meeting asked for, else the newest one with a sample that concerns the person."""
    rows = visible_meetings(actor).defer("payload")
    asked = uuid_or_none(request.GET.get("meeting", ""))
    if asked is not None:
        return rows.filter(pk=asked).first()
    own = SpotCheck.objects.filter(scope_q(actor, "household__scope__"))
    return rows.filter(pk__in=own.values("meeting")).order_by("-held_on").first()


@require_http_methods(["GET", "POST"])
@allow(*EVERYBODY)
def spot_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was found at one house, on a phone."""
    actor = actor_of(request)
    check = get_spot_check_for(actor, pk)
    initial = {
        "result": "" if check.result == CheckResult.PENDING else check.result,
        "note": check.note,
        "checked_on": check.checked_on or actor.today(),
    }
    form = SpotCheckForm(posted(request), initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        if attempt(form, lambda: record_spot_check(actor=actor, check_id=pk, **data)):
            messages.success(request, _("บันทึกผลการตรวจแล้ว"))
            return redirect(f"{reverse('spot_check_list')}?{urlencode({'meeting': check.meeting_id})}")
    (card,) = check_cards([check])
    refusal = why_not_record(actor, check, check.meeting)
    context = {
        "card": card,
        "check": check,
        "meeting": check.meeting,
        "form": form,
        "refusal": refusal,
        "back_url": f"{reverse('spot_check_list')}?meeting={check.meeting_id}",
    }
    return render(request, "reports/meetings/check.html", context, status=status_of(form))
