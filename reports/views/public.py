"""The public page of a province and its files: the same figures for everyone, no person, no session, no
cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from povertyops.accounts.enums import Role
from povertyops.common.naming import names_in_force
from povertyops.common.policies import allow, public

from ..models import PublicPage, PublicRelease
from ..pages.public import as_csv, as_json, public_view, said_of
from ..public_rules import release_day
from ..services.public import draft_release, newest_public_release, switch_public_page
from .board import actor_of

# A page that is switched off is gone everywhere after this long.
FRESH_SECONDS = 300


@require_safe
@public
def public_page(request: HttpRequest, area: str) -> HttpResponse:
    """Figures and a map of one province, as of the last month."""
    return _answer(request, area, "html", _page)


@require_safe
@public
def public_json(request: HttpRequest, area: str) -> HttpResponse:
    return _answer(
        request,
        area,
        "json",
        lambda found: HttpResponse(as_json(found.shown), content_type="application/json"),
    )


@require_safe
@public
def public_csv(request: HttpRequest, area: str) -> HttpResponse:
    return _answer(request, area, "csv", _csv)


@require_http_methods(["GET", "POST"])
@allow(Role.PROVINCIAL_SECRETARY)
def public_settings(request: HttpRequest) -> HttpResponse:
    """The switch, and exactly what everyone sees or would see."""
    actor = actor_of(request)
    if request.method == "POST":
        switched = switch_public_page(actor=actor, on=request.POST.get("on") == "1")
        messages.success(request, _("เปิดหน้าสาธารณะแล้ว") if switched.is_on else _("ปิดหน้าสาธารณะแล้ว"))
        return redirect("public_settings")
    code = actor.province_code
    page = PublicPage.objects.filter(province_code=code).select_related("switched_by").first()
    made = PublicRelease.objects.filter(province_code=code).defer("kept").order_by("-day").first()
    day = release_day(actor.today())
    draft = draft_release(code, day) if made is None or made.day < day else None
    release = draft.release if draft else None
    shown = release.shown if release else (made.shown if made else None)
    view = public_view(shown) if shown else None
    return render(
        request,
        "reports/public/settings.html",
        {"page": page, "code": code, "view": view, "day": day, "waits": bool(draft) and release is None},
    )


def _answer(
    request: HttpRequest, area: str, kind: str, body: Callable[[PublicRelease], HttpResponse]
) -> HttpResponse:
    """The newest release as this kind of file, or 304 where the reader has it."""
    release = newest_public_release(area)
    if release is None:
        raise Http404
    told = f"{release.pk} {release.made_at} {kind} {get_language()} {settings.RELEASE} {names_in_force()}"
    etag = f'"{sha256(told.encode()).hexdigest()[:24]}"'
    # An answer in whole seconds is not changed within the second it was made in.
    changed = int(release.made_at.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=changed)
    response = response or body(release)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(datetime.fromtimestamp(changed, UTC).timestamp())
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}, must-revalidate"
    return response


def _page(found: PublicRelease) -> HttpResponse:
    """Drawn without the request: nothing on it may depend on who asks. Its address says the language."""
    view = public_view(found.shown)
    return HttpResponse(render_to_string("reports/public/page.html", {"view": view, "said": said_of(view)}))


def _csv(found: PublicRelease) -> HttpResponse:
    name = f"progress-{found.province_code}-{found.day}.csv"
    return HttpResponse(
        as_csv(found.shown),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
