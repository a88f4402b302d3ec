"""The boards: one page per area from the nation to the village, and per municipal centre."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES
from povertyops.common.policies import allow

from ..access import highest_area, may_open_lists, sees_below, visible_area, visible_centre
from ..pages.board import Asked, Board, area_board, centre_board


@allow(*BOARD_ROLES)
def board_home(request: HttpRequest) -> HttpResponse:
    """To the person's own board."""
    actor = _actor(request)
    if actor.reach.centre_id is not None:
        return redirect("board_centre", actor.reach.centre_id)
    return redirect("board", highest_area(actor))


@allow(*BOARD_ROLES)
def board(request: HttpRequest, code: str) -> HttpResponse:
    actor = _actor(request)
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


@allow(*BOARD_ROLES)
def board_centre(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = _actor(request)
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
    return render(request, "reports/board.html", {"board": shown})


def _actor(request: HttpRequest) -> Actor:
    """The policy of the views has made sure that there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
