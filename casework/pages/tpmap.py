"""Records as TPMAP wants them: each with its text, its mark, and what changed since it was marked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from dimensions.enums import Dimension
from households.access import can_write
from households.enums import Sex
from households.models import Household, Membership
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.areas.models import Area
from povertyops.areas.queries import address_labels
from povertyops.common.languages import kept_in_thai

from ..enums import HelpStatus, PlanStatus, VisitOutcome
from ..models import Agency, CohortState, DimensionFinding, Help, HouseholdPlan, Visit
from ..queries.lists import standing
from ..queries.tpmap import (
    HELP,
    VISIT,
    TpmapFilters,
    waiting_helps,
    waiting_visits,
    without_waiting_visit,
)
from ..services.tpmap import MARKING_ROLES
from .household import failing_now
from .logbook import GivenFacts, LogbookFacts, MemberFacts, logbook_text
from .people import age_on, current_memberships

SIZE = 20
Choices = list[tuple[str, str]]

# The records that each of these corrects, however many times over.
_EARLIER = """
WITH RECURSIVE chain (root, id) AS (
    SELECT id, amends_id FROM {table} WHERE id = ANY(%s) AND amends_id IS NOT NULL
    UNION ALL
    SELECT chain.root, record.amends_id FROM chain JOIN {table} record ON record.id = chain.id
    WHERE record.amends_id IS NOT NULL
)
SELECT chain.root, chain.id, record.tpmap_marked_at
FROM chain JOIN {table} record ON record.id = chain.id
"""


class Earlier(NamedTuple):
    """A record that was corrected, and when it was entered into TPMAP."""

    id: UUID
    marked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One record with its text. `changed_since`: an earlier version was entered then and reads otherwise."""

    kind: str
    record: Visit | Help
    day: date
    place: str
    title: str
    text: str
    marked_at: datetime | None
    marked_by: User | None
    changed_since: datetime | None
    may_mark: bool
    helps: list[Help]

    @property
    def household(self) -> Household:
        return self.record.household

    @property
    def key(self) -> str:
        """What the bulk form sends."""
        return f"{self.kind}:{self.record.pk}"

    @property
    def mask(self) -> int:
        return Dimension.mask_of({row.dimension for row in self.helps})


# ------------------------------------------------------------------------------------------------ the queue


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of what waits, oldest first; the cursors are empty at the ends."""

    entries: list[Entry]
    next_cursor: str
    previous_cursor: str


class _Place(NamedTuple):
    """Where a page begins: after or before a record's day and key."""

    day: date
    pk: UUID
    backwards: bool


def queue_page(actor: Actor, filters: TpmapFilters, query: QueryDict) -> QueuePage:
    """Visits and helps in one order of days, each table asked for one page by key."""
    place = _place_of(query)
    backwards = place is not None and place.backwards
    related = ("household__scope", "tpmap_marked_by")
    found: list[Visit | Help] = [
        *_some(waiting_visits(actor, filters).select_related(*related), "visited_on", place),
        *_some(waiting_helps(actor, filters).select_related(*related, "item", "agency"), "given_on", place),
    ]
    found.sort(key=_order_of, reverse=backwards)
    more, rows = len(found) > SIZE, found[:SIZE]
    if backwards:
        rows.reverse()
    has_next = backwards or more
    has_previous = more if backwards else place is not None
    return QueuePage(
        entries_of(actor, rows),
        next_cursor=_cursor(rows[-1], "after") if rows and has_next else "",
        previous_cursor=_cursor(rows[0], "before") if rows and has_previous else "",
    )


def _some(rows: QuerySet[Any], day: str, place: _Place | None) -> list[Any]:
    backwards = place is not None and place.backwards
    if place is not None:
        operator = "lt" if backwards else "gt"
        beyond = Q(**{f"{day}__{operator}": place.day}) | Q(**{f"id__{operator}": place.pk})
        rows = rows.filter(beyond, **{f"{day}__{operator}e": place.day})
    order = [f"-{day}", "-id"] if backwards else [day, "id"]
    return list(rows.order_by(*order)[: SIZE + 1])


def day_of(record: Visit | Help) -> date:
    return record.visited_on if isinstance(record, Visit) else record.given_on


def _order_of(record: Visit | Help) -> tuple[date, UUID]:
    return day_of(record), record.pk


def _cursor(record: Visit | Help, name: str) -> str:
    return f"{name}={day_of(record).isoformat()}.{record.pk.hex}"


def _place_of(query: QueryDict) -> _Place | None:
    """A cursor that is no day and key gives the first page."""
    for name in ("after", "before"):
        day, _dot, key = query.get(name, "").partition(".")
        try:
            return _Place(date.fromisoformat(day), UUID(hex=key), name == "before")
        except ValueError:
            continue
    return None


# ---------------------------------------------------------------------------------------------- the entries


def entries_of_household(actor: Actor, household_id: UUID) -> list[Entry]:
    """Every standing record of a household, newest first; help given at a visit stands with the visit."""
    visits = Visit.objects.filter(standing(Visit), household_id=household_id)
    visits = visits.select_related("household__scope", "tpmap_marked_by")
    entries = entries_of(actor, list(visits))
    shown = {row.pk for entry in entries for row in entry.helps}
    helps = Help.objects.filter(standing(Help), household_id=household_id).exclude(pk__in=shown)
    helps = helps.select_related("household__scope", "tpmap_marked_by", "item", "agency")
    entries += entries_of(actor, list(helps))
    return sorted(entries, key=lambda entry: _order_of(entry.record), reverse=True)


def entry_of(actor: Actor, record: Visit | Help) -> Entry:
    return entries_of(actor, [record])[0]


def waiting_of(household_id: UUID) -> int:
    """How many records of a household are not in TPMAP yet; help at a visit counts with its visit."""
    here = {"household_id": household_id, "tpmap_marked_at": None}
    visits = Visit.objects.filter(standing(Visit), **here).count()
    return visits + Help.objects.filter(standing(Help), without_waiting_visit(), **here).count()


def entries_of(actor: Actor, records: Sequence[Visit | Help]) -> list[Entry]:
    """The records with their texts, in their order: ten queries for any number."""
    if not records:
        return []
    visits = [row for row in records if isinstance(row, Visit)]
    helps = [row for row in records if isinstance(row, Help)]
    earlier = _earlier(Visit, visits) | _earlier(Help, helps)
    given = _helps_of(visits, earlier)
    solved = _solved(visits)
    with kept_in_thai():
        common = _common({row.household_id for row in records}, actor.today())
    places = address_labels({row.household.area_code for row in records})
    marks = actor.role in MARKING_ROLES

    def entry(row: Visit | Help) -> Entry:
        with_helps = given.get(row.pk, []) if isinstance(row, Visit) else [row]
        with kept_in_thai():
            facts = _facts_of(row, common[row.household_id], with_helps, solved.get(row.pk, 0))
        changed = [each.marked_at for each in earlier.get(row.pk, ()) if each.marked_at]
        return Entry(
            kind=VISIT if isinstance(row, Visit) else HELP,
            record=row,
            day=day_of(row),
            place=places[row.household.area_code],
            title=str(VisitOutcome(row.outcome).label) if isinstance(row, Visit) else row.item.name,
            text=logbook_text(facts),
            marked_at=row.tpmap_marked_at,
            marked_by=row.tpmap_marked_by,
            changed_since=max(changed) if changed and row.tpmap_marked_at is None else None,
            may_mark=marks and can_write(actor, row.household.scope) and not row.is_void,
            helps=with_helps,
        )

    return [entry(row) for row in records]


def _facts_of(row: Visit | Help, common: LogbookFacts, helps: Iterable[Help], solved: int) -> LogbookFacts:
    given = [_given(each) for each in helps]
    if isinstance(row, Visit):
        return replace(
            common,
            day=row.visited_on,
            outcome=str(VisitOutcome(row.outcome).label),
            note=row.note,
            contribution=row.family_contribution,
            solved=solved,
            helps=given,
        )
    return replace(common, day=row.given_on, helps=given)


def _given(row: Help) -> GivenFacts:
    return GivenFacts(
        name=row.item.name,
        day=row.given_on,
        agency=row.agency.name if row.agency else "",
        amount=row.amount_baht,
        detail=row.detail,
        letter=row.letter_number,
        is_promise=row.status == HelpStatus.PROMISED,
    )


def _earlier(model: type[Visit] | type[Help], rows: Collection[Any]) -> dict[UUID, list[Earlier]]:
    """Record -> what it corrects, in one query; none when nothing is a correction."""
    ids = [row.pk for row in rows if row.amends_id is not None]
    found: dict[UUID, list[Earlier]] = {}
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_EARLIER.format(table=model._meta.db_table), [ids])
            for root, pk, marked_at in cursor.fetchall():
                found.setdefault(root, []).append(Earlier(pk, marked_at))
    return found


def _helps_of(visits: Sequence[Visit], earlier: Mapping[UUID, list[Earlier]]) -> dict[UUID, list[Help]]:
    """Visit -> standing help given at it, also under a record that it corrects."""
    owner = {row.pk: row.pk for row in visits}
    owner |= {each.id: row.pk for row in visits for each in earlier.get(row.pk, ())}
    rows = Help.objects.filter(standing(Help), visit_id__in=owner).select_related("item", "agency")
    found: dict[UUID, list[Help]] = {}
    for row in rows.order_by("recorded_at", "pk"):
        if row.visit_id is not None:
            found.setdefault(owner[row.visit_id], []).append(row)
    return found


def _solved(visits: Sequence[Visit]) -> dict[UUID, int]:
    """Visit -> mask of what it found the family to have solved itself."""
    rows = DimensionFinding.objects.filter(visit__in=visits).values_list("visit_id", "dimension")
    found: dict[UUID, int] = {}
    for visit_id, dimension in rows:
        if visit_id is not None:
            found[visit_id] = found.get(visit_id, 0) | Dimension(dimension).bit
    return found


def _common(household_ids: Collection[UUID], today: date) -> dict[UUID, LogbookFacts]:
    """Household -> what every record of it tells: members, what fails, 4ท."""
    members: dict[UUID, list[MemberFacts]] = {}
    for row in current_memberships(household_ids):
        members.setdefault(row.household_id, []).append(_member(row, today))
    plans = HouseholdPlan.objects.filter(household_id__in=household_ids, status=PlanStatus.ACTIVE)
    four_t = dict(plans.values_list("household_id", "four_t"))
    states = CohortState.objects.filter(household_id__in=household_ids)
    states = states.order_by("household_id", "-fiscal_year").distinct("household_id")
    failing = {state.household_id: failing_now(state) for state in states}
    return {
        pk: LogbookFacts(
            day=today,
            members=members.get(pk, ()),
            failing=failing.get(pk, 0),
            four_t=four_t.get(pk) or {},
        )
        for pk in household_ids
    }


def _member(row: Membership, today: date) -> MemberFacts:
    person = row.person
    return MemberFacts(
        relation=gettext("หัวหน้าครัวเรือน") if row.is_head else row.relation or gettext("สมาชิก"),
        sex=str(Sex(person.sex).label) if person.sex else "",
        age=age_on(person.birth_date, today) if person.birth_date else None,
        occupation=person.occupation,
    )


# --------------------------------------------------------------------------------- around the queue


def area_choices(actor: Actor, filters: TpmapFilters) -> Choices:
    """Everything, then what lies in the reach and on the way down to the chosen place."""
    way = {filters.area[:length] for length in (2, 4, 6) if len(filters.area) >= length}
    parents = {*actor.reach.codes, *(code for code in way if actor.reach.covers(code))}
    areas = Area.objects.filter(Q(code=filters.area) | Q(parent_id__in=parents, is_current=True))
    rows = areas.order_by("level", "sort_key", "code")
    return [("", gettext("ทุกพื้นที่ที่ดูแล")), *((area.code, area.label) for area in rows)]


def agency_choices(actor: Actor, filters: TpmapFilters) -> Choices:
    """Agencies whose help waits, in the order of names."""
    waiting = waiting_helps(actor, TpmapFilters(area=filters.area, kind=HELP)).order_by()
    found = Agency.objects.filter(pk__in=waiting.values("agency_id"))
    if filters.agency is not None:
        found = Agency.objects.filter(Q(pk__in=found.values("pk")) | Q(pk=filters.agency))
    return [(str(pk), name) for pk, name in found.order_by("name").values_list("pk", "name")]


def chips_of(
    filters: TpmapFilters, areas: Mapping[str, str], agencies: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """The filters in force, each with the address without it."""
    kinds = {VISIT: gettext("การเยี่ยม"), HELP: gettext("ความช่วยเหลือ")}
    agency = str(filters.agency or "")
    values = {"area": filters.area, "kind": filters.kind, "agency": agency}
    labels = {
        "area": areas.get(filters.area, filters.area),
        "kind": kinds.get(filters.kind, ""),
        "agency": agencies.get(agency, gettext("หน่วยงาน")),
    }
    in_force = {name: value for name, value in values.items() if value}
    return [{"label": labels[name], "remove_url": f"?{urlencode(_but(in_force, name))}"} for name in in_force]


def _but(values: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in values.items() if other != name}
