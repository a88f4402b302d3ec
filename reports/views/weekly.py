"""The Monday figures: a text to paste and a picture to post."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.past_days import read_past_day
from povertyops.common.policies import allow

from .. import pages
from ..pages.weekly import WEEK, message, poster, weekly_of
from ..typesetting import picture

TEMPLATE = Path(pages.__file__).with_name("weekly.typ")
_PIXELS_PER_POINT = 72


@require_safe
@allow(*OFFICER_ROLES, Role.EXECUTIVE)
def weekly(request: HttpRequest) -> HttpResponse:
    today, day = timezone.localdate(), _asked_day(request)
    found = weekly_of(_actor(request), day)
    later = day + WEEK
    return render(
        request,
        "reports/weekly.html",
        {
            "weekly": found,
            "message": message(found) if found.figures else "",
            "picture_url": f"{reverse('weekly_picture')}?day={day.isoformat()}",
            "earlier_url": f"?day={(day - WEEK).isoformat()}",
            "later_url": f"?day={later.isoformat()}" if later <= today else "",
        },
    )


@require_safe
@allow(*OFFICER_ROLES, Role.EXECUTIVE)
def weekly_picture(request: HttpRequest) -> HttpResponse:
    """PNG of 1080 by 1350, upright as chats show it whole."""
    found = weekly_of(_actor(request), _asked_day(request))
    if found.figures is None:
        raise Http404
    body = picture(TEMPLATE, poster(found), ppi=_PIXELS_PER_POINT)
    name = f"weekly-{found.day.isoformat()}.png"
    return HttpResponse(
        body,
        content_type="image/png",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, max-age=60"},
    )


def _asked_day(request: HttpRequest) -> date:
    today = timezone.localdate()
    return read_past_day(request.GET.get("day", ""), today=today) or today


def _actor(request: HttpRequest) -> Actor:
    """The person acting; the policy of the view has made sure there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
