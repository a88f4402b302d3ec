"""Signing in by user name or phone number, through one door and in equal time for known and unknown names."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .models import User
from .rules import normal_sign_in_name


class NameOrPhoneBackend(ModelBackend):
    """What is typed is a user name or, when it is all digits, a phone number; never both."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        name = normal_sign_in_name(username)
        column = "phone" if name.isdecimal() else "username"
        user = User.objects.filter(**{column: name}).first()
        if user is None:
            User().set_password(password)  # as long as a check would take
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
