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
from ..links import board_query
from ..pages.board import Asked, Board, area_board, centre_board


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
    actor = actor_of(request)
    area = visible_area(actor, code)
    return _page(
        request,
        area_board(
            area,
            Asked.from_query(request.GET),
            opens_lists=may_open_lists(actor),
            from_code=highest_area(actor),
            with_rows=sees_below(actor, area.level),
        ),
    )


@require_safe
@allow(*BOARD_ROLES)
def board_centre(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    centre = visible_centre(actor, pk)
    return _page(
        request,
        centre_board(
            centre,
            Asked.from_query(request.GET),
            opens_lists=may_open_lists(actor),
            from_code=highest_area(actor),
        ),
    )


def _page(request: HttpRequest, shown: Board) -> HttpResponse:
    return render(request, "reports/board.html", {"board": shown, **_ways_on(actor_of(request), shown)})


def _ways_on(actor: Actor, shown: Board) -> dict[str, Any]:
    """Addresses of the exports, and whether an empty board points to the import."""
    query = urlencode(board_query(shown.place, shown.fiscal_year, shown.list_kind))
    return {
        "csv_url": f"{reverse('export_board', args=['csv'])}?{query}",
        "xlsx_url": f"{reverse('export_board', args=['xlsx'])}?{query}",
        "may_import": actor.role in OFFICER_ROLES,
    }


def actor_of(request: HttpRequest) -> Actor:
    """The person acting; the policy of the view has made sure there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
