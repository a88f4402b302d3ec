"""What holds for every answer whatever the page: one log line a request, and no copies of personal pages."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("povertyops.request")


def known_user(request: HttpRequest) -> AbstractBaseUser | None:
    """The signed-in user if the page asked for one; never a query of its own."""
    user = getattr(request, "_cached_user", None)
    return user if isinstance(user, AbstractBaseUser) else None


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
        if "Cache-Control" not in response.headers and self._is_personal(request):
            add_never_cache_headers(response)
        return response

    @staticmethod
    def _is_personal(request: HttpRequest) -> bool:
        return "Authorization" in request.headers or known_user(request) is not None
