"""The lists: households, target persons, visits and help; every number of a board opens one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.paging import Page, page_of_request
from povertyops.common.policies import allow

from ..forms.filters import FilterPanel
from ..forms.households import NationalIdForm
from ..forms.priorities import HouseholdPanel
from ..models import CohortState
from ..pages.chosen import picked_in
from ..pages.listing import Names, chips_of, depth_of, household_url, names_for, tidy, without_picks
from ..pages.persons import person_rows
from ..pages.priorities import order_tabs, tone_of
from ..queries.cohort import ORDER, as_of, cohort_count, cohort_list
from ..queries.lists import (
    HELP_ORDER,
    PERSON_ORDER,
    VISIT_ORDER,
    helps_list,
    persons_list,
    visits_list,
)
from ..queries.priorities import URGENT_FIRST, weights_for, with_points
from ..rules import ASSIGNING_ROLES, BULK_HELP_ROLES
from .shared import READING_ROLES, WRITING_ROLES, actor_of


@require_safe
@allow(*READING_ROLES)
def household_list(request: HttpRequest) -> HttpResponse:
    """Households of a fiscal year, in Thai order of names or the most pressing first."""
    actor = actor_of(request)
    panel = HouseholdPanel(request.GET, today=actor.today())
    filters = panel.cohort_filters
    order: tuple[str, ...] = ORDER
    rows = cohort_list(actor, filters)
    if panel.is_by_priority:
        order = URGENT_FIRST
        rows = with_points(rows, weights_for(actor.province_code), as_of(filters))
    page, urls = page_of_request(request, rows, order)
    frame = _frame(request, panel, (row.area_code for row in page.rows), (row.team_id for row in page.rows))
    names, depth = frame["names"], depth_of(actor, filters)
    codes = {row.area_code for row in page.rows}
    places = {code: names.place(code, depth=depth) for code in codes}
    context = {
        **frame,
        **urls,
        "rows": [_household_row(row, names, places) for row in page.rows],
        "count": cohort_count(actor, filters),
        "orders": order_tabs(request.GET, is_by_priority=panel.is_by_priority),
        "is_by_priority": panel.is_by_priority,
        "picked": picked_in(request.GET, (row.household_id for row in page.rows)),
        "here": without_picks(request.GET),
        "may_assign": actor.role in ASSIGNING_ROLES,
        "may_help": actor.role in BULK_HELP_ROLES,
        "may_print_cards": actor.role in OFFICER_ROLES,
        "shows_team": bool(actor.reach.team_id is None),
        "id_form": NationalIdForm() if actor.role in WRITING_ROLES else None,
        "today": actor.today(),
    }
    return render(request, "households/household_list.html", context)


def _household_row(row: CohortState, names: Names, places: Mapping[str, str]) -> dict[str, Any]:
    household = row.household
    points: int = getattr(row, "points", 0)  # only in the order by priority
    return {
        "state": row,
        "household": household,
        "url": household_url(row.household_id),
        "pick_label": _("เลือก %(name)s") % {"name": household.head_name},
        "house": _("บ้านเลขที่ %(number)s") % {"number": household.house_no} if household.house_no else "",
        "place": places[row.area_code],
        "team": names.teams.get(row.team_id, "") if row.team_id else "",
        "points": str(points),
        "points_tone": tone_of(points),
    }


def _frame(
    request: HttpRequest,
    panel: FilterPanel,
    villages: Iterable[str] = (),
    team_ids: Iterable[UUID | None] = (),
) -> dict[str, Any]:
    """Filters, chips and footer, the same around every list."""
    actor = actor_of(request)
    filters = panel.cohort_filters
    names = names_for(actor, filters, villages=villages, team_ids=team_ids)
    panel.offer(names, filters)
    return {
        "panel": panel,
        "filters": filters,
        "names": names,
        "chips": chips_of(panel, filters, names, request.GET),
        "query": tidy(request.GET),
        "as_of": as_of(filters),
    }


@require_safe
@allow(*READING_ROLES)
def person_list(request: HttpRequest) -> HttpResponse:
    """Target persons, once per household, in Thai order of names."""
    actor = actor_of(request)
    panel = FilterPanel(request.GET, today=actor.today())
    rows = persons_list(actor, panel.cohort_filters)
    page, context = _paged(request, panel, rows, PERSON_ORDER)
    context["rows"] = person_rows(page.rows, today=actor.today())
    return render(request, "casework/person_list.html", context)


@require_safe
@allow(*READING_ROLES)
def visit_list(request: HttpRequest) -> HttpResponse:
    """Visits of a fiscal year, newest first."""
    actor = actor_of(request)
    panel = FilterPanel(request.GET, today=actor.today())
    page, context = _paged(request, panel, visits_list(actor, panel.cohort_filters), VISIT_ORDER)
    context["rows"] = page.rows
    return render(request, "casework/visit_list.html", context)


@require_safe
@allow(*READING_ROLES)
def help_list(request: HttpRequest) -> HttpResponse:
    """Delivered help of a fiscal year, newest first."""
    actor = actor_of(request)
    panel = FilterPanel(request.GET, today=actor.today())
    page, context = _paged(request, panel, helps_list(actor, panel.cohort_filters), HELP_ORDER)
    context["rows"] = page.rows
    return render(request, "casework/help_list.html", context)


def _paged(
    request: HttpRequest, panel: FilterPanel, rows: QuerySet[Any], order: tuple[str, ...]
) -> tuple[Page[Any], dict[str, Any]]:
    page, urls = page_of_request(request, rows, order)
    codes = [_area_of(row) for row in page.rows]
    frame = _frame(request, panel, codes)
    depth = depth_of(actor_of(request), frame["filters"])
    frame["places"] = {code: frame["names"].place(code, depth=depth) for code in codes}
    return page, {**frame, **urls, "count": rows.count()}


def _area_of(row: Any) -> str:
    listing = getattr(row, "listing", None)
    return listing.household.area_code if listing else row.household.area_code
