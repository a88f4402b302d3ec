"""Pages of appointments: list, a new one, ending one, and a whole order from a CSV file."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.common.csv_table import decode
from povertyops.common.errors import DomainError
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..access import visible_appointments, visible_users
from ..forms import ApplyForm, AppointmentFilter, AppointmentForm, EndForm, OrderForm, add_domain_error
from ..models import Appointment
from ..queries import find_person
from ..requests import ActorRequest
from ..rules import APPOINTING_ROLES, normal_phone, normal_sign_in_name, normal_username
from ..services import apply_order, appoint, check_order, end_appointment
from ..services.orders import COLUMNS
from .shared import (
    appointment_form_args,
    chips_of,
    example_csv,
    posted,
    provinces_for,
    status_of,
    uploaded_bytes,
)

EXAMPLE_ROW = (
    *("somchai.j", "0812345678", "นาย", "สมชาย", "ใจงาม"),
    *("พี่เลี้ยง", "ทีมพี่เลี้ยงรับแพรก", "1/10/2568", "30/9/2569", ""),
)
SOON = timedelta(days=30)


@require_safe
@allow(*APPOINTING_ROLES)
def appointment_list(request: ActorRequest) -> HttpResponse:
    """Appointments of the sphere, newest first."""
    form = AppointmentFilter(request.GET, provinces=provinces_for(request.actor))
    rows = _filtered(request, form)
    page, urls = page_of_request(request, rows.select_related("user", "centre"), ["-valid_from", "-id"])
    shown = [posted(request, row) for row in page.rows]
    return render(
        request,
        "accounts/appointment_list.html",
        {"form": form, "chips": chips_of(request, form), "rows": shown, "count": rows.count(), **urls},
    )


def _filtered(request: ActorRequest, form: AppointmentFilter) -> QuerySet[Appointment]:
    rows = visible_appointments(request.actor)
    data = form.cleaned_data if form.is_valid() else {}
    for word in (data.get("q") or "").split():
        name = Q(user__first_name__contains=word) | Q(user__last_name__contains=word)
        name |= Q(user__username__startswith=normal_username(word)) | Q(user__phone=normal_phone(word))
        rows = rows.filter(name | Q(centre__name__contains=word) | Q(order_number__startswith=word))
    if role := data.get("role"):
        rows = rows.filter(role=role)
    if province := data.get("province"):
        rows = rows.filter(centre__province_code=province)
    today = timezone.localdate()
    valid = Appointment.objects.valid_on(today).values("pk")
    match data.get("state"):
        case "valid":
            rows = rows.filter(pk__in=valid)
        case "soon":
            rows = rows.filter(pk__in=valid, valid_to__lte=today + SOON)
        case "over":
            rows = rows.filter(Q(valid_to__lt=today) | Q(revoked_at__isnull=False))
    return rows


@require_http_methods(["GET", "POST"])
@allow(*APPOINTING_ROLES)
def appointment_new(request: ActorRequest) -> HttpResponse:
    """Appoint a person who has an account."""
    initial = {"username": _asked_for(request)}
    form = AppointmentForm(request.POST or None, initial=initial, **appointment_form_args(request))
    if form.is_valid():
        person = find_person(normal_sign_in_name(form.cleaned_data["username"]))
        wanted = form.appointment()
        if person is None or wanted is None:
            form.add_error("username", _("ไม่พบผู้ใช้นี้ ตรวจตัวสะกด หรือเพิ่มผู้ใช้ใหม่"))
        else:
            try:
                appoint(actor=request.actor, user=person, appointment=wanted)
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, _("แต่งตั้ง %(name)s แล้ว") % {"name": person.display_name})
                return redirect("user", pk=person.pk)
    actor = request.actor
    context = {"form": form, "provinces": provinces_for(actor), "province": request.GET.get("province", "")}
    return render(request, "accounts/appointment_new.html", context, status=status_of(form))


def _asked_for(request: ActorRequest) -> str:
    """The user name of the person whose page the link came from."""
    pk = request.GET.get("user", "")
    person = visible_users(request.actor).filter(pk=int(pk)).first() if pk.isdecimal() else None
    return person.username if person else ""


@require_POST
@allow(*APPOINTING_ROLES)
def appointment_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Set the last day, or take the appointment back at once."""
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["last_day"][0]))
        return redirect("appointment_list")
    at_once = "now" in request.POST
    row = end_appointment(
        actor=request.actor,
        appointment_id=pk,
        last_day=None if at_once else form.cleaned_data["last_day"] or timezone.localdate(),
    )
    messages.success(request, _("เพิกถอนคำสั่งแล้ว") if at_once else _("กำหนดวันสุดท้ายแล้ว"))
    return redirect("user", pk=row.user_id)


@require_http_methods(["GET", "POST"])
@allow(*APPOINTING_ROLES)
def appointment_import(request: ActorRequest) -> HttpResponse:
    """An order as a CSV file: first what it would do, row by row; then, sent again, done."""
    if "text" in request.POST:
        return _apply(request)
    form = OrderForm(request.POST or None, request.FILES or None)
    context = {"form": form, "columns": COLUMNS}
    if form.is_valid():
        order = form.cleaned_data["order_number"]
        try:
            text = decode(uploaded_bytes(form))
            check = check_order(actor=request.actor, order_number=order, text=text)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            context["check"] = check
            context["apply_form"] = ApplyForm(initial={"order_number": order, "text": text})
    return render(request, "accounts/appointment_import.html", context, status=status_of(form))


def _apply(request: ActorRequest) -> HttpResponse:
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return redirect("appointment_import")
    result = apply_order(actor=request.actor, **form.cleaned_data)
    return render(request, "accounts/appointment_imported.html", {"result": result})


@require_safe
@allow(*APPOINTING_ROLES)
def appointment_example(request: ActorRequest) -> HttpResponse:
    """An empty order with its heads and one example row."""
    return example_csv("appointments.csv", COLUMNS, EXAMPLE_ROW)
