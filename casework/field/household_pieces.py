"""The households of a kit, piece by piece: each function answers for all in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber

from dimensions.enums import Stage
from households.models import Household
from households.queries import fact_versions
from povertyops.accounts.actor import Actor

from ..enums import HelpStatus
from ..models import Assignment, CohortState, Help, Visit
from ..notices import PRIVACY_NOTICE
from ..pages.assessment import assessment_pieces
from ..pages.people import current_memberships, latest_checks
from ..pages.story import open_promises
from ..pages.suggestions import suggestions_for
from ..pages.today import short_places
from ..queries.due import recent_slips
from ..queries.lists import standing
from ..queries.plans import steps_of
from ..queries.priorities import points_on
from ..queries.referrals import referrals_of
from ..queries.yardstick import LoadedYardstick

LAST_HELPS = 3
LONGEST_NOTE = 400
ByHousehold = Mapping[UUID, Any]


def household_pieces(actor: Actor, states: Sequence[CohortState], *, today: date) -> list[dict[str, Any]]:
    """One dictionary per row of `with_parts`, in the same order."""
    ids = [state.household_id for state in states]
    pieces: list[tuple[str, ByHousehold, Any]] = [
        ("members", members_piece(ids), []),
        ("versions", fact_versions(ids), {}),
        ("promises", promises_piece(ids), []),
        ("steps", steps_piece(ids), []),
        ("last_visit", last_visit_piece(ids), None),
        ("notice_read_on", notice_piece(ids), None),
        ("helps", helps_piece(ids), []),
        ("suggested", suggested_piece(ids, today), []),
        ("referrals", referrals_piece(actor, ids, today), []),
        ("assigned_on", assigned_piece(ids), None),
        ("slipped_on", recent_slips(ids), None),
    ]
    places = short_places({state.area_code for state in states})
    assessments = assessment_pieces(ids, today=today)
    yardstick = LoadedYardstick()
    return [
        {
            **own_piece(state, places[state.area_code], yardstick, today),
            **{name: found.get(state.household_id, empty) for name, found, empty in pieces},
            **assessments[state.household_id],
        }
        for state in states
    ]


def own_piece(state: CohortState, place: str, yardstick: LoadedYardstick, today: date) -> dict[str, Any]:
    """What stands on the household and on its row of the year (`with_parts`). Masks use `Dimension.bit`."""
    household: Household = state.household
    return {
        "id": household.pk,
        "name": household.head_name or household.house_no,
        "house_no": household.house_no,
        "area": state.area_code,
        "place": place,
        "phone": household.phone,
        "lat": household.latitude,
        "lng": household.longitude,
        "stage": Stage(state.stage).code,
        "baseline": state.baseline,
        "additional": state.additional,
        "relieved": state.relieved,
        "recovered": state.recovered,
        "is_open": state.is_open,
        "due_on": state.due_on,
        "last_visit_on": state.last_visit_on,
        "is_new": state.last_visit_on is None,
        "points": points_on(state, today),
        "interval_days": yardstick.follow_up_days(household.province_code, state.stage),
    }


def members_piece(ids: Collection[UUID]) -> ByHousehold:
    """Who lives there now, with the latest check of each. Never a national id."""
    rows = list(current_memberships(ids))
    checks = latest_checks([row.person_id for row in rows])
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        person = row.person
        check = checks.get(person.pk)
        found[row.household_id].append(
            {
                "id": person.pk,
                "title": person.title,
                "first": person.first_name,
                "last": person.last_name,
                "relation": row.relation,
                "birth_year": person.birth_date.year if person.birth_date else None,
                "birth_date": person.birth_date,
                "sex": person.sex,
                "status": check.status if check else "not_yet",
                "is_head": row.is_head,
                "occupation": person.occupation,
            }
        )
    return found


def promises_piece(ids: Collection[UUID]) -> ByHousehold:
    """Help promised and not yet delivered, the oldest first."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in open_promises(ids):
        found[row.household_id].append({**_help(row), "due_on": row.given_on})
    return found


def helps_piece(ids: Collection[UUID]) -> ByHousehold:
    """The last helps that were delivered, newest first."""
    place = Window(
        RowNumber(), partition_by=F("household_id"), order_by=[F("given_on").desc(), F("pk").desc()]
    )
    rows = Help.objects.filter(standing(Help), household__in=ids, status=HelpStatus.DELIVERED)
    newest = rows.annotate(place=place).filter(place__lte=LAST_HELPS).select_related("item", "agency")
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in newest.order_by("household_id", "place"):
        found[row.household_id].append({**_help(row), "relieves": row.relieves})
    return found


def _help(row: Help) -> dict[str, Any]:
    return {
        "id": row.pk,
        "item": row.item_id,
        "item_name": row.item.name,
        "dimension": row.dimension,
        "agency": row.agency.name if row.agency else "",
        "given_on": row.given_on,
        "baht": float(row.amount_baht),
    }


def steps_piece(ids: Collection[UUID]) -> ByHousehold:
    """The steps of the plan in force."""
    return {
        pk: [
            {
                "id": step.pk,
                "text": step.text,
                "due_on": step.due_on,
                "item": step.item_id,
                "dimension": step.dimension,
                "responsible": step.responsible,
                "done": step.done_on is not None,
            }
            for step in steps
        ]
        for pk, steps in steps_of(ids).items()
    }


def last_visit_piece(ids: Collection[UUID]) -> ByHousehold:
    rows = Visit.objects.filter(standing(Visit), household__in=ids)
    newest = rows.order_by("household_id", "-visited_at", "-pk").distinct("household_id")
    return {
        row.household_id: {
            "id": row.pk,
            "on": row.visited_on,
            "outcome": row.outcome,
            "note": row.note[:LONGEST_NOTE],
            "next": row.next_visit_on,
        }
        for row in newest
    }


def notice_piece(ids: Collection[UUID]) -> ByHousehold:
    """When the present privacy notice was last read out."""
    rows = Visit.objects.filter(
        standing(Visit), household__in=ids, notice_version=PRIVACY_NOTICE.version
    ).order_by()
    return dict(rows.values_list("household_id").annotate(Max("visited_on")))


def assigned_piece(ids: Collection[UUID]) -> ByHousehold:
    rows = Assignment.objects.filter(household__in=ids, valid_to=None)
    return dict(rows.values_list("household_id", "valid_from"))


def suggested_piece(ids: Collection[UUID], today: date) -> ByHousehold:
    """What the menu offers this household first, each with why."""
    return {
        pk: [{"item": item, "why": why} for item, why in offered]
        for pk, offered in suggestions_for(ids, today=today).items()
    }


def referrals_piece(actor: Actor, ids: Collection[UUID], today: date) -> ByHousehold:
    return {
        pk: [
            {
                "status": line.status,
                "office": line.office,
                "subject": line.subject,
                "dimension": line.dimension,
                "since": line.since,
                "due_on": line.due_on,
            }
            for line in lines
        ]
        for pk, lines in referrals_of(ids, actor=actor, today=today).items()
    }
