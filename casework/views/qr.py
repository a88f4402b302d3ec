"""QR links of households: the officer's sheet of cards, and the short address behind them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from households.access import get_household_for, merged_home
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.accounts.takings import Taking, count_taking
from povertyops.areas.queries import address_labels, path_of
from povertyops.common.audit import log_access
from povertyops.common.policies import allow

from ..pages.chosen import chosen_households
from ..pages.qr import (
    MOST_CARDS,
    cards_of,
    households_chosen,
    households_of_village,
    key_of,
)
from ..rules import APPROVING_ROLES
from .shared import READING_ROLES, actor_of

OFFICERS = tuple(sorted(APPROVING_ROLES))


@require_safe
@allow(*READING_ROLES)
def household_short(request: HttpRequest, short: str) -> HttpResponse:
    """What a scanned code opens: the household's page, for whoever may see it."""
    pk = key_of(short)
    if pk is None:
        raise Http404
    actor = actor_of(request)
    try:
        get_household_for(actor, pk)
    except Http404:
        pk = merged_home(actor, pk)
    return redirect("household", pk=pk)


@require_safe
@allow(*OFFICERS)
def household_qr(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card of one household, and the way to those of its village."""
    household = get_household_for(actor_of(request), pk)
    return _sheet(request, actor_of(request), [household], village=household.area_code)


@require_http_methods(["GET", "POST"])
@allow(*OFFICERS)
def qr_sheet(request: HttpRequest) -> HttpResponse:
    """Cards of a village (`?area=`), or of the households ticked in a list; counted among what an account
    takes away in a day. The card of one household says no more than its page."""
    actor = actor_of(request)
    if request.method == "POST":
        chosen = chosen_households(request, actor, today=actor.today())
        rows = households_chosen(actor, chosen.ids[: MOST_CARDS + 1])
    else:
        rows = households_of_village(actor, request.GET.get("area", ""))
    households = list(rows[: MOST_CARDS + 1])
    if not households:
        messages.warning(request, _("ยังไม่ได้เลือกครัวเรือนที่จะพิมพ์ เลือกจากรายการก่อน"))
        return redirect("household_list")
    cards = households[:MOST_CARDS]
    name = _("บัตร QR ครัวเรือน %(place)s") % {"place": _place_of(cards)}
    count_taking(actor=actor, taking=Taking("qr_sheet", "html", name.strip(), len(cards)))
    return _sheet(request, actor, cards, more=len(households) > MOST_CARDS)


def _place_of(households: list[Household]) -> str:
    """The village of the cards; nothing where they are of several."""
    village, *others = {row.area_code for row in households}
    return "" if others else address_labels([village])[village]


def _sheet(
    request: HttpRequest, actor: Actor, households: list[Household], *, village: str = "", more: bool = False
) -> HttpResponse:
    """Each printed household is written down as looked at: a stack of cards is a list of the poor."""
    log_access(
        actor,
        "qr_sheet",
        object_type="household",
        object_id=households[0].pk if len(households) == 1 else "",
        household_id=households[0].pk if len(households) == 1 else None,
        details={"households": [str(row.pk) for row in households]},
    )
    context = {
        "cards": cards_of(households, request.build_absolute_uri("/").rstrip("/")),
        "more": more,
        "most": MOST_CARDS,
        "village": path_of(village)[-1] if village else None,
    }
    return render(request, "casework/qr_sheet.html", context)
