"""How programs sign in: a token, which acts under its owner's valid appointment of the day."""

from __future__ import annotations

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from .actor import Actor
from .models import User
from .queries import valid_appointments


class ActorTokenAuthentication(TokenAuthentication):
    """`Authorization: Token ...`; sets the actor as the session's middleware does."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        if user.must_change_password:
            raise AuthenticationFailed("must_change_password")
        posts = valid_appointments(user)
        actor = Actor(user=user, appointment=posts[0] if posts else None)
        request._request.actor = actor  # type: ignore[attr-defined]
        return user, token


class ActorTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """How the API's description names this way in."""

    target_class = "povertyops.accounts.authentication.ActorTokenAuthentication"
