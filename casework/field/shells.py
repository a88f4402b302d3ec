"""Shells: field pages without personal data, the same bytes for all readers of a language."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, override

from povertyops.common.naming import Names, names_in_force

# Loaded beside the page instead of one after another, as their imports would.
MODULES = ("store", "vault", "net", "seal", "drafts", "kit", "places", "outbox", "sync", "app")
NAMES = ("today", "household", "visit", "assess", "facts", "outbox", "offline")


@dataclass(frozen=True, slots=True)
class Shell:
    """A drawn shell: its bytes, plain and gzipped, and the hash of them."""

    plain: bytes
    zipped: bytes
    etag: str


def shell_response(request: HttpRequest, name: str) -> HttpResponse:
    """The shell as an answer; anyone may keep it, and asks whether it is still the same."""
    shell = shell_of(name, get_language())
    if request.headers.get("If-None-Match") == shell.etag:
        response = HttpResponse(status=304)
    else:
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(shell.zipped if zipped else shell.plain)
        if zipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = shell.etag
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "no-cache"
    return response


def shell_of(name: str, language: str | None = None) -> Shell:
    """Drawn once a process, language and wording, without a request: nothing of a person can get in.

    404 for other names.
    """
    if name not in NAMES:
        raise Http404
    return _draw(name, language or settings.LANGUAGE_CODE, settings.RELEASE, names_in_force())


@lru_cache(maxsize=32)
def _draw(name: str, language: str, release: str, names: Names) -> Shell:
    with override(language):
        plain = render_to_string(
            f"field/{name}.html",
            {"shell": name, "release": release, "nav": _nav(name), "modules": _modules()},
        )
    body = plain.encode()
    return Shell(body, gzip.compress(body, 9, mtime=0), f'"{sha256(body).hexdigest()[:24]}"')


def _modules() -> list[str]:
    return [static("vendor/idb/index.js"), *(static(f"js/field/{name}.js") for name in MODULES)]


def _nav(name: str) -> list[dict[str, Any]]:
    """What stands under the thumb, as `accounts.places.navigation` words it."""
    places = (
        ("today", gettext("งานวันนี้"), "today"),
        ("outbox", gettext("รายการรอส่ง"), "arrow-up"),
        ("household_list", gettext("ครัวเรือน"), "household"),
    )
    return [
        {"label": label, "url": reverse(route), "icon": icon, "current": route == name}
        for route, label, icon in places
    ]
