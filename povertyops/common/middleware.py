"""Turns refusals into answers, in one place: a page, a fragment for htmx, or JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .errors import DomainError
from .policies import NoAppointment

API_PREFIX = "/api/"


class RefusalMiddleware:
    """Answers DomainError everywhere, and absent or forbidden rows where a whole page would be wrong."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A NUL in an address names nothing, and PostgreSQL takes none: refused before anything is asked."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return refuse(request, 400, "bad_address", _("ที่อยู่ของหน้านี้มีอักขระที่ใช้ไม่ได้"))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case DomainError():
                return refuse(request, error.status, error.code, str(error), error.details)
            case NoAppointment():
                return self._no_appointment(request)
            case PermissionDenied() if not wants_page(request):
                return refuse(request, 403, "not_allowed", _("คำสั่งแต่งตั้งที่ใช้อยู่ไม่มีสิทธิ์ทำรายการนี้"))
            case Http404() if not wants_page(request):
                return refuse(request, 404, "not_found", _("ไม่พบรายการนี้ หรืออยู่นอกพื้นที่ที่ท่านดูแล"))
        return None

    @staticmethod
    def _no_appointment(request: HttpRequest) -> HttpResponse:
        if wants_page(request):
            return render(request, "errors/no_appointment.html", status=403)
        return refuse(request, 403, "no_appointment", _("บัญชีนี้ไม่มีคำสั่งแต่งตั้งที่ยังมีผล"))


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)


def wants_page(request: HttpRequest) -> bool:
    return not is_api(request) and "HX-Request" not in request.headers


def refuse(
    request: HttpRequest, status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> HttpResponse:
    """One refusal as the caller can use it; `link_url` and `link_label` among the details lead on."""
    if is_api(request):
        return JsonResponse({"code": code, "message": message}, status=status)
    context: dict[str, Any] = {"code": code, "message": message, "status": status, "back_url": _back(request)}
    context |= {name: (details or {}).get(name, "") for name in ("link_url", "link_label")}
    template = "errors/refused.html" if wants_page(request) else "errors/fragment.html"
    return render(request, template, context, status=status)


def _back(request: HttpRequest) -> str:
    """The page a refused form was on: where it was posted to, if that answers GET."""
    return request.path if request.method == "POST" else ""
