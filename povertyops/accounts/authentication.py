"""How programs sign in: a token, which acts under its owner's valid appointment of the day."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from .actor import Actor
from .models import User
from .queries import actor_of_digest


class ActorTokenAuthentication(TokenAuthentication):
    """`Authorization: Token ...`; sets the actor as the session's middleware does.

    The token, its owner and what the owner may act under come in one query.
    """

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        actor, token = found
        if token.user.must_change_password:
            raise AuthenticationFailed("must_change_password")
        request._request.actor = actor  # type: ignore[attr-defined]
        return token.user, token

    def authenticate_credentials(self, token: bytes) -> tuple[Actor, AuthToken]:
        """The actor behind a token. Raises AuthenticationFailed for one that is unknown or has expired."""
        found = actor_of_digest(_digest_of(token))
        if found is None:
            raise AuthenticationFailed(_("Invalid token."))
        actor, held = found
        self.validate_user(held)
        return actor, held


def _digest_of(token: bytes) -> str:
    try:
        return str(hash_token(token.decode()))
    except (TypeError, ValueError) as error:  # not hexadecimal, not even text
        raise AuthenticationFailed(_("Invalid token.")) from error


class ActorTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """How the API's description names this way in."""

    target_class = "povertyops.accounts.authentication.ActorTokenAuthentication"
