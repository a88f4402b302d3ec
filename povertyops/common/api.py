"""The policy of API views as a permission class. Imports no DRF views: their settings load this module."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from .policies import Policy, role_of

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ApiPolicy(BasePermission):
    """Who may call an API view. `permission_classes = [ApiPolicy.allow(Role.MENTOR, ...)]`, or `ApiPolicy`
    itself for anyone with a valid appointment."""

    policy: ClassVar[Policy] = Policy()
    message = _("คำสั่งแต่งตั้งของบัญชีนี้ไม่มีสิทธิ์เรียกใช้")
    code = "not_allowed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated and self.policy.allows(role_of(request)))

    @staticmethod
    def allow(*roles: str) -> type[ApiPolicy]:
        """Only people acting under one of these roles."""
        policy = Policy(roles=frozenset(str(role) for role in roles))
        return type("ApiPolicy", (ApiPolicy,), {"policy": policy})
