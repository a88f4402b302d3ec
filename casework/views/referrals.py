"""Referrals: the queue, one of them with its steps, sending one from a household."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dimensions.enums import Dimension
from households.access import get_household_for_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICE_ROLES
from povertyops.areas.queries import address_labels
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..access import get_referral_for, menu_items_for
from ..enums import ReferralStatus
from ..forms.referrals import AnswerForm, FinishForm, ReferralForm
from ..models import Referral
from ..pages.household import failing_now, newest_state
from ..pages.referrals import WHOSE_LABELS, cards_of, lead_office, offices_of, page_of, tabs_of, whose_of
from ..queries.referrals import QUEUE_ORDER, referral_counts, referral_queue, shows
from ..referral_rules import REFERRING_ROLES
from ..services.referrals import (
    accept_referral,
    finish_referral,
    return_referral,
    send_referral,
    withdraw_referral,
)
from .shared import READING_ROLES, actor_of, posted, status_of, succeeds

SENDERS = tuple(sorted(REFERRING_ROLES))
ANSWERERS = tuple(sorted(REFERRING_ROLES | OFFICE_ROLES))
STEPS = {
    ReferralStatus.ACCEPTED: accept_referral,
    ReferralStatus.RETURNED: return_referral,
    ReferralStatus.WITHDRAWN: withdraw_referral,
}
SAID: dict[ReferralStatus, str | Promise] = {
    ReferralStatus.ACCEPTED: gettext_lazy("รับเรื่องแล้ว เริ่มนับวันดำเนินการ"),
    ReferralStatus.RETURNED: gettext_lazy("ส่งคืนแล้ว ผู้ส่งเห็นเหตุผลและส่งไปหน่วยงานอื่นได้"),
    ReferralStatus.WITHDRAWN: gettext_lazy("ถอนเรื่องแล้ว"),
}


@require_safe
@allow(*READING_ROLES)
def referral_list(request: HttpRequest) -> HttpResponse:
    """What was referred, the most overdue first."""
    actor = actor_of(request)
    today = actor.today()
    show, whose = _chosen(request)
    rows = referral_queue(actor, show, today=today, whose=whose)
    page, urls = page_of_request(request, rows, QUEUE_ORDER)
    counts = referral_counts(actor, today=today, whose=whose)
    context = {
        "cards": cards_of(page.rows, today),
        "count": counts[show],
        "tabs": tabs_of(counts, show, whose),
        "whose": whose_of(actor, show, whose),
        "show": show,
        "is_office": actor.role in OFFICE_ROLES,
        "shows_office": actor.reach.office_id is None or actor.reach.led,
        "now": actor.now(),
        **urls,
    }
    return render(request, "casework/referral_list.html", context)


def _chosen(request: HttpRequest) -> tuple[str, str]:
    show, whose = request.GET.get("show", ""), request.GET.get("whose", "")
    known = shows(actor_of(request).today())
    return show if show in known else "open", whose if whose in WHOSE_LABELS else ""


@require_safe
@allow(*READING_ROLES)
def referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One referral: what is asked, how it stands, what this person may do."""
    actor = actor_of(request)
    return _page(request, actor, get_referral_for(actor, pk))


def _page(
    request: HttpRequest,
    actor: Actor,
    row: Referral,
    answer: AnswerForm | None = None,
    finish: FinishForm | None = None,
) -> HttpResponse:
    form = answer or AnswerForm()
    finish_form = finish or _finish_form(actor, row)
    context = {**page_of(actor, row), "form": form, "finish": finish_form}
    return render(request, "casework/referral.html", context, status=status_of(form, finish_form))


def _finish_form(actor: Actor, row: Referral, data: Any = None) -> FinishForm:
    return FinishForm(
        data,
        prefix="done",
        initial={"given_on": actor.today()},
        items=menu_items_for(row.province_code),
        dimension=Dimension(row.dimension),
    )


@require_POST
@allow(*ANSWERERS)
def referral_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One step: accepted, returned with a reason, done, withdrawn."""
    actor = actor_of(request)
    row = get_referral_for(actor, pk)
    if request.POST.get("move") == ReferralStatus.DONE:
        return _finish(request, actor, row)
    form = AnswerForm(request.POST)
    if form.is_valid() and form.cleaned_data["move"] in STEPS:
        move, note = form.cleaned_data["move"], form.cleaned_data["note"]
        if succeeds(form, lambda: STEPS[move](actor=actor, referral_id=pk, note=note)):
            messages.success(request, str(SAID[move]))
            kept = move == ReferralStatus.ACCEPTED or actor.role not in OFFICE_ROLES
            return redirect("referral", pk=pk) if kept else redirect("referral_list")
    return _page(request, actor, row, answer=form)


def _finish(request: HttpRequest, actor: Actor, row: Referral) -> HttpResponse:
    form = _finish_form(actor, row, request.POST)
    if form.is_valid():
        note, given = form.cleaned_data["note"], form.help(row.household_id)
        if succeeds(form, lambda: finish_referral(actor=actor, referral_id=row.pk, note=note, help=given)):
            messages.success(request, _("บันทึกว่าดำเนินการแล้ว"))
            return redirect("referral", pk=row.pk)
    return _page(request, actor, row, finish=form)


@require_http_methods(["GET", "POST"])
@allow(*SENDERS)
def referral_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand a need of this household to an office; `?again=` sends a returned one elsewhere."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    before = _sent_back(actor, pk, request.GET.get("again", ""))
    failing = failing_now(newest_state(pk))
    form = ReferralForm(
        posted(request),
        initial=_first_values(household.province_code, failing, before),
        offices=offices_of(household.province_code),
        items=menu_items_for(household.province_code),
        failing=failing,
    )
    if request.method == "POST" and form.is_valid():
        wanted = form.referral(pk, before.pk if before else None)
        if succeeds(form, lambda: send_referral(actor=actor, referral=wanted)):
            messages.success(request, _("ส่งต่อแล้ว ติดตามสถานะได้ที่หน้าครัวเรือน"))
            return redirect("household", pk=pk)
    context = {
        "form": form,
        "household": household,
        "place": address_labels([household.area_code])[household.area_code],
        "before": before,
        "reason": before.events.filter(status=ReferralStatus.RETURNED).last() if before else None,
        "draft_key": f"referral:{pk}",
    }
    return render(request, "casework/referral_form.html", context, status=status_of(form))


def _sent_back(actor: Actor, household_id: UUID, asked: str) -> Referral | None:
    """The returned referral of this household that is to be sent elsewhere."""
    if not asked:
        return None
    try:
        found = get_referral_for(actor, UUID(asked))
    except ValueError:
        return None
    returned = found.status == ReferralStatus.RETURNED and found.household_id == household_id
    return found if returned else None


def _first_values(province_code: str, failing: int, before: Referral | None) -> dict[str, Any]:
    if before is not None:
        names = ("dimension", "subject", "detail")
        return {**{name: getattr(before, name) for name in names}, "item": before.item_id}
    dimension = next(iter(Dimension.from_mask(failing)), None)
    lead = lead_office(province_code, dimension) if dimension else None
    return {"dimension": dimension, "office": lead.pk if lead else None}
