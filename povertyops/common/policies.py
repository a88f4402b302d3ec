"""The policy of every view, said at the view itself; a test walks the routes and refuses a bare one.

Exactly one of `public`, `account_holder`, `signed_in` or `allow(...)` decorates each page. API views use
`povertyops.common.api.ApiPolicy`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class NoAppointment(PermissionDenied):
    """Signed in, but without a valid appointment: nothing may be opened, and the page says what to do."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a view: anyone, anyone with an account, anyone with a valid appointment, or some roles."""

    anonymous: bool = False
    without_appointment: bool = False
    roles: frozenset[str] | None = None

    @property
    def open_to_all_accounts(self) -> bool:
        """Whether it can be called without an appointment, and before a new password was chosen."""
        return self.anonymous or self.without_appointment

    def allows(self, role: str | None) -> bool:
        if self.open_to_all_accounts:
            return True
        return role is not None and (self.roles is None or role in self.roles)


def role_of(request: Any) -> str | None:
    """The role under which the request is made."""
    actor = getattr(request, "actor", None)
    return actor.role if actor else None


def _guard(policy: Policy) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not policy.anonymous and not request.user.is_authenticated:
                return ask_to_sign_in(request)
            role = role_of(request)
            if not policy.allows(role):
                raise PermissionDenied if role else NoAppointment
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment asks the whole page to go there."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": settings.LOGIN_URL})
    return redirect_to_login(request.get_full_path())


def public(view: View) -> View:
    """Anyone, signed in or not."""
    return _guard(Policy(anonymous=True))(view)


def account_holder(view: View) -> View:
    """Anyone who is signed in, also without a valid appointment or with a password to change."""
    return _guard(Policy(without_appointment=True))(view)


def signed_in(view: View) -> View:
    """Anyone who is signed in and holds a valid appointment."""
    return _guard(Policy())(view)


def allow(*roles: str) -> Callable[[View], View]:
    """Only people acting under one of these roles."""
    return _guard(Policy(roles=frozenset(str(role) for role in roles)))
