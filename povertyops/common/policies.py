"""The policy of every view, said at the view itself; a test walks the routes and refuses a bare one.

Exactly one of `public`, `signed_in` or `allow(...)` decorates each page. API views use `ApiPolicy`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a view: anyone, anyone signed in with a valid appointment, or some roles."""

    anonymous: bool = False
    roles: frozenset[str] | None = None

    def allows(self, role: str | None) -> bool:
        if self.anonymous:
            return True
        return role is not None and (self.roles is None or role in self.roles)


def _guard(policy: Policy) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = getattr(request, "actor", None)
            if not policy.anonymous and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not policy.allows(actor.role if actor else None):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def public(view: View) -> View:
    """Anyone, signed in or not."""
    return _guard(Policy(anonymous=True))(view)


def signed_in(view: View) -> View:
    """Anyone who is signed in and holds a valid appointment."""
    return _guard(Policy())(view)


def allow(*roles: str) -> Callable[[View], View]:
    """Only people acting under one of these roles."""
    return _guard(Policy(roles=frozenset(str(role) for role in roles)))
