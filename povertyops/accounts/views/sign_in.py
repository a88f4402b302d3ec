"""Signing in and out, the landing page, switching the appointment, choosing a new password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from povertyops.common.errors import DomainError
from povertyops.common.policies import account_holder, public, signed_in

from ..forms import PasswordForm, SignInForm, add_domain_error
from ..middleware import SESSION_KEY, chosen_appointment
from ..models import User
from ..places import landing_url
from ..requests import ActorRequest
from ..rules import normal_sign_in_name
from ..services import change_own_password
from .shared import status_of


@signed_in
def home(request: ActorRequest) -> HttpResponse:
    """To the page of the person's role."""
    return redirect(landing_url(request.actor.role))


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """One answer for a wrong password, an unknown name and a closed account; after some, a pause."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        name = normal_sign_in_name(form.cleaned_data["username"])
        user = authenticate(request, username=name, password=form.cleaned_data["password"])
        if isinstance(user, User):
            login(request, user)
            return redirect(onward)
        form.add_error(None, _("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง"))
    return _page(request, form)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """What stands in for the answer during a pause, for known and unknown names alike (settings of axes)."""
    return _page(request, SignInForm(), locked_out=True)


def _page(request: HttpRequest, form: SignInForm, *, locked_out: bool = False) -> HttpResponse:
    asked_for = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form, "next": asked_for, "locked_out": locked_out, **_demo()}
    return render(request, "accounts/sign_in.html", context, status=429 if locked_out else 200)


def _demo() -> dict[str, Any]:
    """The personas of the demo; nothing elsewhere. Named in the settings: this floor knows no story."""
    if not settings.SIGN_IN_PANEL:
        return {}
    return {
        "personas": import_string(settings.SIGN_IN_PANEL)(),
        "demo_password": import_string(settings.SIGN_IN_PASSWORD),
    }


def _onward(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else settings.LOGIN_REDIRECT_URL


@require_POST
@account_holder
def sign_out(request: ActorRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGIN_URL)


@require_POST
@signed_in
def switch_appointment(request: ActorRequest) -> HttpResponse:
    """Act under another of one's valid appointments; the session gets a new key."""
    wanted = request.POST.get("appointment", "")
    chosen = chosen_appointment(request.appointments, wanted)
    if chosen is not None and str(chosen.pk) == wanted:
        request.session.cycle_key()
        request.session[SESSION_KEY] = wanted
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@account_holder
def password(request: ActorRequest) -> HttpResponse:
    """Choose a new password; the other sessions of the account end."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            user = change_own_password(actor=request.actor, old=data["old"], new=data["new"])
        except DomainError as error:
            add_domain_error(form, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("ตั้งรหัสผ่านใหม่แล้ว"))
            return redirect(settings.LOGIN_REDIRECT_URL)
    forced = request.user.must_change_password
    return render(request, "accounts/password.html", {"form": form, "forced": forced}, status=status_of(form))
