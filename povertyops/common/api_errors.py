"""Refusals as the API words them: JSON `{code, message, ...details}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler
from rest_framework.views import set_rollback

from .errors import DomainError

# The first kind that fits.
_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, Promise | str], ...] = (
    (
        (exceptions.NotAuthenticated, exceptions.AuthenticationFailed),
        "not_authenticated",
        _("ยังไม่ได้ลงชื่อเข้าใช้ หรือหมดเวลาแล้ว โปรดลงชื่อเข้าใช้ใหม่ ข้อมูลในเครื่องยังอยู่ครบ"),
    ),
    (RequestDataTooBig, "too_long", _("ข้อมูลที่ส่งมาใหญ่เกินไป โปรดส่งครั้งละน้อยลง")),
    (
        (exceptions.ParseError, UnreadablePostError),
        "unreadable",
        _("อ่านข้อมูลที่ส่งมาไม่ได้ อาจขาดระหว่างทาง โปรดส่งใหม่"),
    ),
    (exceptions.UnsupportedMediaType, "unsupported", _("ชนิดของข้อมูลที่ส่งมาไม่ถูกต้อง")),
    (exceptions.MethodNotAllowed, "method_not_allowed", _("ที่อยู่นี้ไม่รับคำสั่งแบบนี้")),
    (exceptions.Throttled, "too_often", _("ส่งคำขอถี่เกินไป โปรดรอสักครู่แล้วลองใหม่")),
    ((exceptions.NotFound, Http404), "not_found", _("ไม่พบรายการนี้ หรืออยู่นอกพื้นที่ที่ท่านดูแล")),
    (
        (exceptions.PermissionDenied, PermissionDenied),
        "not_allowed",
        _("คำสั่งแต่งตั้งที่ใช้อยู่ไม่มีสิทธิ์ทำรายการนี้"),
    ),
)
# What the framework leaves to its error pages.
_STATUS: dict[type[Exception], int] = {RequestDataTooBig: 413, UnreadablePostError: 400}
_STALE_PAGE = ("csrf_failed", _("หน้านี้เปิดค้างไว้นานเกินไป โปรดเปิดหน้าใหม่แล้วส่งอีกครั้ง"))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals of the product with their code; those of the framework with ours."""
    if isinstance(error, DomainError):
        set_rollback()
        return Response({"code": error.code, "message": str(error), **error.details}, status=error.status)
    response = default_handler(error, context)
    if response is None and (status := _STATUS.get(type(error))):
        set_rollback()
        response = Response(status=status)
    if response is not None:
        code, message = _worded(error)
        if code:
            response.data = {"code": code, "message": str(message), "detail": str(message)}
    return response


def _worded(error: Exception) -> tuple[str, Promise | str]:
    if isinstance(error, exceptions.PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        return _STALE_PAGE
    return next(((code, text) for kinds, code, text in _WORDS if isinstance(error, kinds)), ("", ""))
