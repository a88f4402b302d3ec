"""`GET /api/v1/households/` and `/{id}/`: the cohort of a fiscal year, as far as the caller may see it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dimensions.enums import Dimension, Stage
from dimensions.reasons import why
from households.access import get_household_for
from povertyops.accounts.enums import HOUSEHOLD_ROLES
from povertyops.common.api import ApiPolicy
from povertyops.common.paging import PARAMETER, keyset_page

from ..enums import Membership
from ..filters import SWITCHES, cohort_filters_of
from ..models import CohortState, Help, Visit
from ..queries import ORDER, as_of, cohort_count, cohort_list, standing
from ..queries.priorities import points_on, score_on, with_parts
from ..services.stages import explain
from .serializers import HelpRow, HouseholdBody, HouseholdPage, RefusalBody, stored_visit

NEWEST = 20
ALLOWED = ApiPolicy.allow(*sorted(HOUSEHOLD_ROLES))
TEXT, DAY, NUMBER = OpenApiTypes.STR, OpenApiTypes.DATE, OpenApiTypes.INT


def _parameter(name: str, kind: Any, said: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=said)


FILTERS = [
    _parameter("fiscal_year", NUMBER, "Buddhist year; the current one when left out."),
    _parameter("area", TEXT, "Area code of 2, 4, 6 or 8 digits."),
    _parameter("centre", OpenApiTypes.UUID, "A municipal centre."),
    _parameter("list", TEXT, "Kind of target list, such as tpmap or csr; narrows every other filter."),
    _parameter("lists", TEXT, "All kinds of list it stands on, no more and no less, with commas between."),
    *(
        _parameter(name, TEXT, f"Dimension that is {name}; may be repeated.")
        for name in ("failing", "relieved", "recovered")
    ),
    _parameter("stage", TEXT, "waiting, survive, sufficient or sustainable."),
    _parameter("membership", TEXT, "listed, found or carried; listed and found when left out."),
    _parameter("team", OpenApiTypes.UUID, "A mentor team."),
    _parameter("mentor", TEXT, "Id of the mentor who has it in hand; none: a team with nobody named."),
    _parameter("not_seen_month", TEXT, "Not met in this month (2569-11; 1 for the current one) by anybody."),
    *(_parameter(name, OpenApiTypes.BOOL, "1 to keep only these.") for name in SWITCHES),
    _parameter("q", TEXT, "Name of a member, house code or house number."),
    _parameter(PARAMETER, TEXT, "Where the page begins, from `next`."),
]


class HouseholdsView(APIView):
    """The list of households."""

    permission_classes = [ALLOWED]

    @extend_schema(
        operation_id="households_list", parameters=FILTERS, responses={200: HouseholdPage, 400: RefusalBody}
    )
    def get(self, request: Request) -> Response:
        """Fifty households a page, in Thai order of names; the list behind any number of a board."""
        actor = request.actor  # type: ignore[attr-defined]
        filters = cohort_filters_of(request.query_params, today=actor.today())
        on = as_of(filters)
        rows = with_parts(cohort_list(actor, filters), actor.province_code)
        page = keyset_page(rows, ORDER, request.query_params.get(PARAMETER, ""))
        return Response(
            {
                "count": cohort_count(actor, filters),
                "as_of": on,
                "next": _next_url(request, page.next_cursor),
                "results": [row_json(row, on) for row in page.rows],
            }
        )


class HouseholdView(APIView):
    """One household."""

    permission_classes = [ALLOWED]

    @extend_schema(operation_id="households_read", responses={200: HouseholdBody, 404: RefusalBody})
    def get(self, request: Request, pk: UUID) -> Response:
        """The household in its newest fiscal year, what the next stage lacks, newest visits and helps."""
        actor, today = request.actor, timezone.localdate()  # type: ignore[attr-defined]
        household = get_household_for(actor, pk)
        own_rows = CohortState.objects.filter(household=household).order_by("fiscal_year")
        states = list(with_parts(own_rows, actor.province_code))
        for state in states:
            state.household = household
        visits = Visit.objects.filter(standing(Visit), household=household).order_by("-visited_at", "-pk")
        helps = (
            Help.objects.filter(standing(Help), household=household)
            .select_related("item", "agency")
            .order_by("-given_on", "-pk")
        )
        missing = explain(pk, today).missing
        return Response(
            {
                **(row_json(states[-1], today) if states else {"id": pk}),
                "priority_parts": parts_json(states[-1], today) if states else [],
                "years": [state.fiscal_year for state in states],
                "missing": [
                    {
                        "code": condition.code,
                        "stage": condition.stage.code,
                        "dimension": condition.dimension,
                        "message": str(why(condition)),
                    }
                    for condition in missing
                ],
                "visits": [stored_visit(visit) for visit in visits[:NEWEST]],
                "helps": HelpRow(helps[:NEWEST], many=True).data,
            }
        )


def parts_json(state: CohortState, on: date) -> list[dict[str, Any]]:
    """The parts that the score of a row of `with_parts` is made of."""
    found = score_on(state, on)
    return [
        {"part": part.part.value, "points": part.points, "most": part.most, "message": part.sentence}
        for part in (found.parts if found else ())
    ]


def row_json(state: CohortState, on: date) -> dict[str, Any]:
    """A row of `with_parts` as `HouseholdRow` describes it, written out by hand: serializers cost more than
    the query."""
    household = state.household
    return {
        "id": state.household_id,
        "fiscal_year": state.fiscal_year,
        "head_name": household.head_name,
        "house_no": household.house_no,
        "house_code": household.house_code,
        "area": state.area_code,
        "membership": Membership(state.membership).name.lower(),
        "lists": state.list_kinds,
        "stage": Stage(state.stage).code,
        "proposed_stage": None if state.proposed_stage is None else Stage(state.proposed_stage).code,
        "failing": _codes(state.baseline),
        "relieved": _codes(state.relieved),
        "recovered": _codes(state.recovered),
        "persons": state.persons,
        "removed": state.is_removed,
        "open": state.is_open,
        "team": state.team_id,
        "last_visit_on": state.last_visit_on,
        "due_on": state.due_on,
        "priority": points_on(state, on) if state.is_open else None,
    }


def _codes(mask: int) -> list[str]:
    return [dimension.value for dimension in Dimension.from_mask(mask)]


def _next_url(request: Request, cursor: str) -> str | None:
    if not cursor:
        return None
    query = request.query_params.copy()
    query[PARAMETER] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
