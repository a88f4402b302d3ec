"""The boards: one page per area from the nation to the village, and per municipal centre."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, OFFICER_ROLES
from povertyops.common.policies import allow

from ..access import highest_area, may_open_lists, sees_below, visible_area, visible_centre
from ..forms.board import DaysForm
from ..links import board_query, board_url
from ..pages.board import Asked, Board, area_board, centre_board
from ..pages.compare import compared_days, comparison_of
from ..pages.dimensions import HEADS, dimension_rows
from ..pages.map import board_map
from ..pages.moved import moved_page
from ..pages.omitted import omitted_card
from ..pages.sections import sections_below, trend_section
from ..pages.targets import target_line
from ..services.asof import trend


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


@require_safe
@allow(*BOARD_ROLES)
def board_trend(request: HttpRequest, code: str) -> HttpResponse:
    """The trend of an area whose past days are not kept: by htmx alone, else on a page of its own."""
    return _trend(request, board_of_area(request, code))


@require_safe
@allow(*BOARD_ROLES)
def board_trend_centre(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _trend(request, board_of_centre(request, pk))


@require_safe
@allow(*BOARD_ROLES)
def board_moved(request: HttpRequest, code: str) -> HttpResponse:
    """The households that stand elsewhere on the second of two days."""
    return _moved(request, board_of_area(request, code))


@require_safe
@allow(*BOARD_ROLES)
def board_moved_centre(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _moved(request, board_of_centre(request, pk))


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
    context["omitted"] = omitted_card(actor, shown)
    if shown.figures is not None:
        drawn = board_map(shown, figure=asked.map_figure or asked.sort)
        drawn.unit = asked.unit or drawn.unit
        context["map"] = drawn
        context["dimensions"] = {"heads": HEADS, "rows": dimension_rows(shown)}
        context["sections"] = sections_below(shown)
        context["target"] = target_line(shown)
        context["comparison"] = comparison_of(actor, shown)
        context["target"] = target_line(shown)
    return render(request, "reports/board.html", context)


def _trend(request: HttpRequest, shown: Board) -> HttpResponse:
    if not shown.opens_lists:
        raise Http404
    if shown.figures is None:
        return redirect(board_url(shown.place, shown.fiscal_year))
    points = trend(shown.fiscal_year, shown.place.code, shown.list_kind)
    context = {"board": shown, "section": trend_section(shown, points)}
    fragment = request.headers.get("HX-Request") == "true"
    template = "reports/board_section.html" if fragment else "reports/board_trend.html"
    return render(request, template, context)


def _moved(request: HttpRequest, shown: Board) -> HttpResponse:
    actor = actor_of(request)
    if not shown.opens_lists:
        raise Http404
    page = moved_page(actor, shown, request.GET)
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "board": shown,
        "page": page,
        "days": compared_days(shown, actor.today()),
        "all_url": shown.here(page="board_moved"),
        "next_url": f"{request.path}?{query.urlencode()}" if page.next_cursor else "",
    }
    return render(request, "reports/board_moved.html", context)


def _ways_on(actor: Actor, shown: Board) -> dict[str, Any]:
    """Addresses of the exports, and whether an empty board points to the import."""
    query = urlencode(board_query(shown.place, shown.fiscal_year, shown.list_kind, shown.past_day))
    return {
        "csv_url": f"{reverse('export_board', args=['csv'])}?{query}",
        "xlsx_url": f"{reverse('export_board', args=['xlsx'])}?{query}",
        "export_url": f"{reverse('export_new')}?kind=board&{query}",
        "may_import": actor.role in OFFICER_ROLES,
    }


def actor_of(request: HttpRequest) -> Actor:
    """The person acting; the policy of the view has made sure there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
