"""The boards: one page per area from the nation to the village, and per municipal centre."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, OFFICER_ROLES
from povertyops.common.policies import allow

from ..access import highest_area, may_open_lists, sees_below, visible_area, visible_centre
from ..forms.board import DaysForm
from ..links import board_query
from ..pages.board import Asked, Board, area_board, centre_board
from ..pages.dimensions import HEADS, dimension_rows
from ..pages.map import board_map
from ..pages.sections import sections_below


@require_safe
@allow(*BOARD_ROLES)
def board_home(request: HttpRequest) -> HttpResponse:
    """To the person's own board."""
    actor = actor_of(request)
    if actor.reach.centre_id is not None:
        return redirect("board_centre", actor.reach.centre_id)
    return redirect("board", highest_area(actor))


@require_safe
@allow(*BOARD_ROLES)
def board(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, board_of_area(request, code))


@require_safe
@allow(*BOARD_ROLES)
def board_centre(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, board_of_centre(request, pk))


def board_of_area(request: HttpRequest, code: str) -> Board:
    actor = actor_of(request)
    area = visible_area(actor, code)
    return area_board(
        area,
        Asked.from_query(request.GET, today=actor.today()),
        opens_lists=may_open_lists(actor),
        from_code=highest_area(actor),
        with_rows=sees_below(actor, area.level),
    )


def board_of_centre(request: HttpRequest, pk: UUID) -> Board:
    actor = actor_of(request)
    return centre_board(
        visible_centre(actor, pk),
        Asked.from_query(request.GET, today=actor.today()),
        opens_lists=may_open_lists(actor),
        from_code=highest_area(actor),
    )


def _page(request: HttpRequest, shown: Board) -> HttpResponse:
    actor = actor_of(request)
    asked = shown.asked
    days = DaysForm.of(request.GET, asked.as_of, asked.compare)
    context: dict[str, Any] = {"board": shown, "days": days, **_ways_on(actor, shown)}
    if shown.figures is not None:
        context["map"] = board_map(shown, figure=asked.map_figure or asked.sort)
        context["dimensions"] = {"heads": HEADS, "rows": dimension_rows(shown)}
        context["sections"] = sections_below(shown)
    return render(request, "reports/board.html", context)


def _ways_on(actor: Actor, shown: Board) -> dict[str, Any]:
    """Addresses of the exports, and whether an empty board points to the import."""
    query = urlencode(board_query(shown.place, shown.fiscal_year, shown.list_kind, shown.past_day))
    return {
        "csv_url": f"{reverse('export_board', args=['csv'])}?{query}",
        "xlsx_url": f"{reverse('export_board', args=['xlsx'])}?{query}",
        "may_import": actor.role in OFFICER_ROLES,
    }


def actor_of(request: HttpRequest) -> Actor:
    """The person acting; the policy of the view has made sure there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
