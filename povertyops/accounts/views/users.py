"""Pages of accounts: list, one account, a new one, a new password."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.common.errors import DomainError
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..access import get_user_for, looks_after, visible_appointments, visible_users
from ..enums import OFFICER_ROLES, Role
from ..forms import NewAccountForm, NewUserForm, PersonForm, UserFilter, add_domain_error
from ..models import Appointment, User
from ..requests import ActorRequest
from ..rules import APPOINTING_ROLES, normal_phone, normal_username
from ..services import change_user, create_user, reset_password, set_active
from .shared import appointment_form_args, chips_of, posted, provinces_for, status_of


@require_safe
@allow(*APPOINTING_ROLES)
def user_list(request: ActorRequest) -> HttpResponse:
    """Accounts of the sphere with the appointments they hold there."""
    form = UserFilter(request.GET, provinces=provinces_for(request.actor))
    rows = _filtered(request, form)
    page, urls = page_of_request(request, rows, ["username"])
    return render(
        request,
        "accounts/user_list.html",
        {"form": form, "chips": chips_of(request, form), "page": page, "count": rows.count(), **urls},
    )


def _filtered(request: ActorRequest, form: UserFilter) -> QuerySet[User]:
    rows = visible_users(request.actor)
    today = timezone.localdate()
    posts = visible_appointments(request.actor)
    valid = posts.filter(pk__in=Appointment.objects.valid_on(today).values("pk")).select_related("centre")
    data = form.cleaned_data if form.is_valid() else {}
    if words := data.get("q"):
        rows = rows.filter(_named(words))
    held = valid.filter(user=OuterRef("pk"))
    if role := data.get("role"):
        rows = rows.filter(Exists(held.filter(role=role)))
    if province := data.get("province"):
        rows = rows.filter(Exists(held.filter(centre__province_code=province)))
    match data.get("state"):
        case "valid":
            rows = rows.filter(Exists(held), is_active=True)
        case "none":
            rows = rows.filter(~Exists(held), is_active=True)
        case "closed":
            rows = rows.filter(is_active=False)
    return rows.prefetch_related(Prefetch("appointments", valid.order_by("-valid_from"), to_attr="posts"))


def _named(words: str) -> Q:
    """Every word stands in the first or last name or begins the user name; digits are a phone number."""
    found = Q()
    for word in words.split():
        part = Q(first_name__contains=word) | Q(last_name__contains=word)
        part |= Q(username__startswith=normal_username(word))
        found &= part | Q(phone=normal_phone(word))
    return found


@require_http_methods(["GET", "POST"])
@allow(*APPOINTING_ROLES)
def user_new(request: ActorRequest) -> HttpResponse:
    """A new account with its first appointment; its one-time password is shown once, on the answer."""
    actor = request.actor
    kind = NewAccountForm if actor.role is Role.SYSTEM_ADMIN else NewUserForm
    form = kind(request.POST or None, **appointment_form_args(request))
    if form.is_valid():
        try:
            user, password = create_user(actor=actor, person=form.person(), appointment=form.appointment())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _show_password(request, user, password, is_new=True)
    context = {"form": form, "provinces": provinces_for(actor), "province": request.GET.get("province", "")}
    return render(request, "accounts/user_new.html", context, status=status_of(form))


@require_safe
@allow(*APPOINTING_ROLES)
def user(request: ActorRequest, pk: int) -> HttpResponse:
    """One account: its values, its appointments in the sphere, what may be done to it."""
    shown = get_user_for(request.actor, pk)
    posts = visible_appointments(request.actor).filter(user=shown).select_related("centre")
    context = {
        "person": shown,
        "posts": [posted(request, post) for post in posts.order_by("-valid_from", "-id")],
        "elsewhere": shown.appointments.count() - len(posts),
        "looks_after": looks_after(request.actor, shown),
        "is_self": shown.pk == request.user.pk,
        "may_hand_over": request.actor.role in OFFICER_ROLES and shown.pk != request.user.pk,
    }
    return render(request, "accounts/user.html", context)


@require_http_methods(["GET", "POST"])
@allow(*APPOINTING_ROLES)
def user_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Name, phone and user name of an account one looks after."""
    shown = get_user_for(request.actor, pk)
    initial = {name: getattr(shown, name) or "" for name in PersonForm.base_fields}
    form = PersonForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            change_user(actor=request.actor, user_id=pk, person=form.person())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("บันทึกแล้ว"))
            return redirect("user", pk=pk)
    return render(request, "accounts/user_edit.html", {"form": form, "person": shown}, status=status_of(form))


@require_POST
@allow(*APPOINTING_ROLES)
def user_reset_password(request: ActorRequest, pk: int) -> HttpResponse:
    """A one-time password, shown once, on the answer."""
    shown, password = reset_password(actor=request.actor, user_id=pk)
    return _show_password(request, shown, password, is_new=False)


@require_POST
@allow(*APPOINTING_ROLES)
def user_active(request: ActorRequest, pk: int) -> HttpResponse:
    """Close an account or open it again."""
    shown = set_active(actor=request.actor, user_id=pk, is_active=request.POST.get("is_active") == "1")
    messages.success(request, _("เปิดบัญชีแล้ว") if shown.is_active else _("ปิดบัญชีแล้ว"))
    return redirect("user", pk=pk)


def _show_password(request: ActorRequest, person: User, password: str, *, is_new: bool) -> HttpResponse:
    context = {"person": person, "password": password, "is_new": is_new}
    return render(request, "accounts/one_time_password.html", context)
