"""Moving a household to another centre: the request, the receiver's answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import get_household_for_write
from povertyops.common.policies import allow

from ..access import get_transfer_for
from ..enums import Decision
from ..forms.transfers import TransferDecisionForm, TransferForm
from ..pages.transfers import book_of, subdistrict_choices
from ..rules import ASSIGNING_ROLES, TRANSFER_DECIDING_ROLES
from ..services.transfers import decide_transfer, request_transfer, withdraw_transfer
from .shared import actor_of, attempt, posted, status_of, succeeds

SENDERS = tuple(sorted(ASSIGNING_ROLES))
RECEIVERS = tuple(sorted(TRANSFER_DECIDING_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*SENDERS)
def transfer_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the household has moved to."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    form = TransferForm(
        posted(request),
        initial={"effective_on": actor.today()},
        subdistricts=subdistrict_choices(household.province_code),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: request_transfer(
                actor=actor,
                household_id=pk,
                to_area_code=form.to_area_code,
                reason=data["reason"],
                effective_on=data["effective_on"],
            ),
        )
        if made:
            moved = made.decision == Decision.ACCEPTED
            said = (
                _("ย้ายไปหมู่บ้านใหม่แล้ว ศูนย์เดิมยังดูแล")
                if moved
                else _("ส่งคำขอโอนแล้ว ท่านยังรับผิดชอบจนกว่าศูนย์ปลายทางจะรับ")
            )
            messages.success(request, said)
            return redirect("transfers")
    context = {"form": form, "household": household}
    return render(request, "casework/transfer_form.html", context, status=status_of(form))


@require_safe
@allow(*SENDERS)
def transfers(request: HttpRequest) -> HttpResponse:
    """What waits for the person's centre, what it sent, what was decided."""
    return render(request, "casework/transfers.html", {"book": book_of(actor_of(request))})


@require_POST
@allow(*RECEIVERS)
def transfer_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receiver's answer."""
    actor = actor_of(request)
    transfer = get_transfer_for(actor, pk)
    form = TransferDecisionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        accept = data["decision"] == "accept"
        if succeeds(
            form, lambda: decide_transfer(actor=actor, transfer_id=pk, accept=accept, note=data["note"])
        ):
            said = _("รับโอนแล้ว ต่อไปมอบหมายทีมพี่เลี้ยง") if accept else _("ไม่รับโอน ศูนย์เดิมยังดูแลครัวเรือนนี้")
            messages.success(request, f"{transfer.household.head_name}: {said}")
            return redirect("transfers")
    context = {"book": book_of(actor), "faulty": form, "faulty_id": pk}
    return render(request, "casework/transfers.html", context, status=422)


@require_POST
@allow(*SENDERS)
def transfer_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sender takes the request back."""
    withdraw_transfer(actor=actor_of(request), transfer_id=pk)
    messages.success(request, _("ถอนคำขอโอนแล้ว"))
    return redirect("transfers")
