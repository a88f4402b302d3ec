"""What holds for every answer whatever the page: one log line a request, no copies of personal pages, and a
word to the work in the background that people are here."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from .common.presence import say_people_are_at_work

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("povertyops.request")


def known_user(request: HttpRequest) -> AbstractBaseUser | None:
    """The signed-in user if the page asked for one; never a query of its own."""
    user = getattr(request, "_cached_user", None)
    return user if isinstance(user, AbstractBaseUser) else None


def is_personal(request: HttpRequest) -> bool:
    """Whether somebody signed in was answered, as far as the page asked."""
    return "Authorization" in request.headers or known_user(request) is not None


class RequestLogMiddleware:
    """Writes one line a request: the route's pattern, never the path or query, which may name a person."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        match = request.resolver_match
        user = known_user(request)
        log.info(
            "request",
            extra={
                "request_id": request_id,
                "method": request.method,
                "route": match.route if match else None,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "user_id": user.pk if user else None,
            },
        )
        return response


class NoStoreMiddleware:
    """Tells browsers and proxies to keep no copy of what a signed-in person was shown."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response.headers and is_personal(request):
            add_never_cache_headers(response)
        return response


class PresenceMiddleware:
    """Says now and then that people are at work, for whom long work makes way.

    Whole pages and what devices send say so; what a page asks for by itself while somebody waits, as the
    progress of an import, does not.
    """

    SAY_AGAIN = 5
    """Seconds; also how soon a process tries again when the cache was away."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._said = float("-inf")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_work = "HX-Request" not in request.headers and is_personal(request)
        if is_work and time.monotonic() - self._said >= self.SAY_AGAIN:
            self._said = time.monotonic()
            say_people_are_at_work()
        return response
