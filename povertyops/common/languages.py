"""In which language a request is answered, and which of two names is shown.

Thai unless somebody chose English: what a browser asks for says little on a phone bought second hand. Tasks
and commands never come through here, and files are handed on to others: all of them stay Thai.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override

# The same bytes for everybody who asks under one address, so the address says the language (`?language=en`).
SAID_BY_ADDRESS = ("/public/", "/field/shell/", "/sw.js", "/manifest.webmanifest")
# What is handed on to colleagues and other systems.
FILES = (".csv", ".xlsx", ".pdf", ".png")


class LanguageMiddleware:
    """Answers in the language the person chose, else the one chosen on this device, else Thai.

    Stands after the session was read, so that such answers already vary by cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with override(language_of(request)):
            return self.get_response(request)


def language_of(request: HttpRequest) -> str:
    """The language of the answer; never by Accept-Language."""
    if request.path.startswith(SAID_BY_ADDRESS):
        return known_language(request.GET.get("language")) or settings.LANGUAGE_CODE
    if request.path.endswith(FILES):
        return settings.LANGUAGE_CODE
    actor = getattr(request, "actor", None)
    chosen = known_language(actor.user.language) if actor and actor.user else ""
    on_device = known_language(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
    return chosen or on_device or settings.LANGUAGE_CODE


def known_language(code: str | None) -> str:
    """The code if the product speaks it, else nothing."""
    return code if code in dict(settings.LANGUAGES) else ""


def kept_in_thai() -> override:
    """For what is worded now and stored: `with kept_in_thai(): ...`, whatever the acting person reads."""
    return override(settings.LANGUAGE_CODE)


def in_language(thai: str, english: str) -> str:
    """Of a name that data hold in two languages the one for the reader; Thai where there is no English."""
    return thai if is_thai() or not english else english


def is_thai() -> bool:
    return get_language() == settings.LANGUAGE_CODE
