"""The switch between Thai and English."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from povertyops.common.policies import public

from ..forms import LanguageForm
from ..services import choose_language


@require_POST
@public
def set_language_choice(request: HttpRequest) -> HttpResponse:
    """Remember the language, for the person and on this device, and go back to the page that was read."""
    form = LanguageForm(request.POST)
    response = redirect(_page_before(request))
    if not form.is_valid():
        return response
    language = form.cleaned_data["language"]
    actor = getattr(request, "actor", None)
    if actor is not None:
        choose_language(actor=actor, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _page_before(request: HttpRequest) -> str:
    """A path of this site, nothing else. The browser knows best where it was; some do not say."""
    for told in (request.META.get("HTTP_REFERER", ""), request.POST.get("next", "")):
        if told and url_has_allowed_host_and_scheme(told, {request.get_host()}):
            parts = urlsplit(told)
            return urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))
    return settings.LOGIN_REDIRECT_URL
