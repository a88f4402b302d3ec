"""Gives every request its actor: the signed-in person under one valid appointment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from povertyops.common.middleware import is_api
from povertyops.common.policies import Policy

from .actor import Actor
from .models import Appointment, User
from .queries import valid_appointments

SESSION_KEY = "appointment"
# Pages that are the same for everyone: nobody is looked up, so that shared caches may keep them.
FOR_EVERYONE = "/public/"


class ActorMiddleware:
    """Sets `request.actor` (None when nobody is signed in) and `request.appointments`.

    Appointments are read anew for each request, so one that ended is gone at the next. A person who must
    choose a new password can do nothing else before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.appointments = None, []  # type: ignore[attr-defined]
        if not request.path.startswith(FOR_EVERYONE) and isinstance(request.user, User):
            posts = valid_appointments(request.user)
            request.appointments = posts  # type: ignore[attr-defined]
            chosen = chosen_appointment(posts, request.session.get(SESSION_KEY))
            request.actor = Actor(user=request.user, appointment=chosen)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.path.startswith(FOR_EVERYONE) or not isinstance(request.user, User):
            return None
        if not request.user.must_change_password:
            return None
        policy = getattr(view, "policy", None)
        if isinstance(policy, Policy) and policy.open_to_all_accounts:
            return None
        return _to_new_password(request)


def chosen_appointment(posts: list[Appointment], wanted: str | UUID | None) -> Appointment | None:
    """The appointment chosen in this session while it is valid, else the newest."""
    return next((post for post in posts if str(post.pk) == str(wanted)), posts[0] if posts else None)


def _to_new_password(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        message = _("ตั้งรหัสผ่านใหม่บนหน้าเว็บก่อนใช้งาน")
        return JsonResponse({"code": "must_change_password", "message": message}, status=403)
    page = reverse("password")
    if "HX-Request" in request.headers:
        return HttpResponse(status=403, headers={"HX-Redirect": page})
    return HttpResponseRedirect(page)
