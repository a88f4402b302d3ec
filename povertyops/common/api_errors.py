"""Refusals as the API words them: JSON `{code, message, ...details}`."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler
from rest_framework.views import set_rollback

from .errors import DomainError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals of the product with their code; the rest as the framework answers."""
    if not isinstance(error, DomainError):
        return default_handler(error, context)
    set_rollback()
    return Response({"code": error.code, "message": str(error), **error.details}, status=error.status)
