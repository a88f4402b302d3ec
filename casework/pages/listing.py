"""What surrounds every list: choices for its filters, chips for those in force, names behind codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from dimensions.enums import Dimension
from households.models import TargetList
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.areas.enums import NATION, CentreKind, Level
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import place_of
from povertyops.common.thai import fiscal_year_of, format_thai_date, format_thai_month

from ..access import visible_cohort
from ..enums import HelpNature
from ..filters import MEMBERSHIPS, SWITCHES, CohortFilterForm
from ..inputs import CohortFilters
from ..models import Agency
from ..queries.caseload import NO_MENTOR
from .teams import teams_for

Choices = list[tuple[Any, Any]]
DIMENSION_FILTERS = ("failing", "relieved", "recovered")
CURSORS = ("after", "page")
PICKS = ("household", "everything")
MUNICIPAL = (CentreKind.CITY_MUNICIPALITY, CentreKind.TOWN_MUNICIPALITY)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force and the address without it."""

    label: str | Promise
    remove_url: str


@dataclass(frozen=True, slots=True)
class Names:
    """Areas, centres and kinds of list by their keys, loaded once for choices, chips and rows alike."""

    areas: dict[str, Area]
    teams: dict[UUID, str]
    kinds: dict[str, str]
    years: list[int]
    centres: dict[UUID, str]
    mentor: str = ""

    def place(self, code: str, *, depth: int = 3) -> str:
        """Village and what it lies in; `depth` 2 stops at the subdistrict, 3 at the district."""
        parts = [code[:length] for length in (8, 6, 4)][:depth]
        return place_of(parts, self.areas)


def names_for(
    actor: Actor, filters: CohortFilters, *, villages: Iterable[str], team_ids: Iterable[UUID | None]
) -> Names:
    """Four queries, however long the page."""
    codes = {code[:length] for code in villages for length in (4, 6, 8)} | {filters.area} - {""}
    areas = Area.objects.filter(
        Q(code__in=codes) | Q(parent_id__in=_parents(actor, filters), is_current=True)
    )
    shown = {pk for pk in (*team_ids, filters.team) if pk}
    teams = teams_for(actor) | Centre.objects.filter(pk__in=shown, kind=CentreKind.MENTOR_TEAM)
    lists = TargetList.objects.filter(province_code=actor.province_code)
    lists = lists.select_related("kind").order_by("kind__rank")
    return Names(
        areas={area.code: area for area in areas.order_by("sort_key", "code")},
        teams=dict(teams.values_list("pk", "name")),
        kinds={row.kind_id: str(row.kind) for row in lists},
        years=sorted({fiscal_year_of(actor.today()), *(row.fiscal_year for row in lists)}, reverse=True),
        centres=_municipal_centres(actor),
        mentor=_mentor_name(actor, filters.mentor),
    )


def _mentor_name(actor: Actor, mentor: int | None) -> str:
    """The mentor in the filter, if the person sees a household in those hands."""
    if not mentor or not visible_cohort(actor).filter(mentor_id=mentor).exists():
        return ""
    return User.objects.get(pk=mentor).display_name


def _parents(actor: Actor, filters: CohortFilters) -> set[str]:
    """Areas whose children are offered: the reach itself, and the way down to the chosen area."""
    chosen = {filters.area[:length] for length in (2, 4, 6) if len(filters.area) >= length}
    return {*actor.reach.codes, *(code for code in chosen if actor.reach.covers(code))}


def _municipal_centres(actor: Actor) -> dict[UUID, str]:
    """Offered to whoever sees a whole province."""
    if not actor.reach.provinces:
        return {}
    rows = Centre.objects.filter(province_code=actor.province_code, kind__in=MUNICIPAL, is_active=True)
    return dict(rows.order_by("name").values_list("pk", "name"))


def area_choices(names: Names, filters: CohortFilters) -> Choices:
    """Offered areas by level, the widest first; the chosen one is always among them."""
    levels: dict[int, Choices] = {}
    for area in names.areas.values():
        levels.setdefault(area.level, []).append((area.code, area.label))
    groups = [(str(Level(level).label), rows) for level, rows in sorted(levels.items()) if level]
    return [("", gettext("ทุกพื้นที่ที่ดูแล")), *groups]


def chips_of(form: CohortFilterForm, filters: CohortFilters, names: Names, query: QueryDict) -> list[Chip]:
    """One chip per value in force."""
    return [Chip(label, without(query, name, value)) for name, value, label in _said(form, filters, names)]


def _said(
    form: CohortFilterForm, filters: CohortFilters, names: Names
) -> Iterator[tuple[str, str, str | Promise]]:
    """(parameter, value, label) of everything that narrows the list."""
    yield from _places_said(form, filters, names)
    if filters.list_kind:
        yield "list", "", names.kinds.get(filters.list_kind, filters.list_kind)
    if filters.lists:
        said = " + ".join(names.kinds.get(code, code) for code in filters.lists)
        yield "lists", "", gettext("อยู่ในบัญชีชุดนี้พอดี: %(lists)s") % {"lists": said}
    yield from _dimensions_said(form, filters)
    if filters.stage is not None:
        yield "stage", "", gettext("ขั้น: %(stage)s") % {"stage": filters.stage.label}
    if filters.membership:
        yield "membership", "", dict(MEMBERSHIPS).get(filters.membership, filters.membership)
    for name in SWITCHES:
        if getattr(filters, name):
            yield name, "", form.fields[name].label or name
    yield from _others_said(filters)


def _others_said(filters: CohortFilters) -> Iterator[tuple[str, str, str | Promise]]:
    if filters.step is not None:
        yield "step", "", gettext("มาถึงขั้นตอน: %(step)s") % {"step": filters.step.label}
    if filters.nature:
        yield "nature", "", HelpNature(filters.nature).label
    if filters.agency is not None:
        name = Agency.objects.filter(pk=filters.agency).values_list("name", flat=True).first()
        yield "agency", "", name or gettext("หน่วยงานเดียว")
    if filters.as_of is not None:
        day = {"day": format_thai_date(filters.as_of, "short")}
        yield (
            "as_of",
            "",
            gettext("ตามที่บันทึกไว้ถึงสิ้นวันที่ %(day)s เฉพาะครัวเรือนที่ท่านเปิดได้ในวันนี้") % day,
        )
    if filters.q:
        yield "q", "", gettext("ค้น: %(text)s") % {"text": filters.q}


def _places_said(
    form: CohortFilterForm, filters: CohortFilters, names: Names
) -> Iterator[tuple[str, str, str | Promise]]:
    if filters.fiscal_year != fiscal_year_of(form.today):
        yield "fiscal_year", "", gettext("ปีงบประมาณ %(year)d") % {"year": filters.fiscal_year}
    if filters.area and filters.area != NATION:
        area = names.areas.get(filters.area)
        yield "area", "", area.label if area else filters.area
    if filters.centre:
        yield "centre", "", names.centres.get(filters.centre, gettext("ศูนย์เทศบาล"))
    if filters.team:
        yield "team", "", names.teams.get(filters.team, gettext("ทีมพี่เลี้ยง"))
    yield from _hands_said(filters, names)


def _hands_said(filters: CohortFilters, names: Names) -> Iterator[tuple[str, str, str | Promise]]:
    if filters.mentor == NO_MENTOR:
        yield "mentor", "", gettext("ทั้งทีมดูแลร่วมกัน")
    elif filters.mentor:
        yield "mentor", "", names.mentor or gettext("พี่เลี้ยง")
    if filters.not_seen_month:
        month = format_thai_month(filters.not_seen_month.first_day)
        yield "not_seen_month", "", gettext("ยังไม่ได้พบในเดือน %(month)s") % {"month": month}


def _dimensions_said(form: CohortFilterForm, filters: CohortFilters) -> Iterator[tuple[str, str, str]]:
    for name in DIMENSION_FILTERS:
        for dimension in getattr(filters, name):
            yield name, dimension.value, f"{form.fields[name].label}: {Dimension(dimension).label}"


def without(query: QueryDict, name: str, value: str = "") -> str:
    """The address without one filter, or one of its values, from its first page."""
    kept = query.copy()
    values = [each for each in kept.getlist(name) if value and each != value]
    kept.setlist(name, values)
    if not values:
        kept.pop(name, None)
    return f"?{tidy(kept)}"


def tidy(query: QueryDict) -> str:
    """The filters in force as they stand in an address: no cursor, nothing empty."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in (*CURSORS, *PICKS):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def without_picks(query: QueryDict) -> str:
    """The same page of the list, as a bulk act leads back to it; what is ticked travels in the form."""
    kept = query.copy()
    for name in PICKS:
        kept.pop(name, None)
    return kept.urlencode()


def depth_of(actor: Actor, filters: CohortFilters) -> int:
    """How far up a place is named: to the district for those who see several."""
    several = bool(actor.reach.provinces) and len(filters.area) < 4
    return 3 if several else 2


@cache
def _household_route() -> list[str]:
    nobody = UUID(int=0)
    return reverse("household", args=[nobody]).split(str(nobody))


def household_url(household_id: UUID) -> str:
    """Address of a household; a list holds one a row, so the route is looked up once."""
    return str(household_id).join(_household_route())


def offered(values: Sequence[tuple[Any, Any]], blank: str | Promise) -> Choices:
    return [("", blank), *values]
