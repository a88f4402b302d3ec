"""Questions about areas and centres: which code is meant, who answers for a place, what lies under what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from povertyops.common.languages import is_thai

from .enums import CentreKind, Extent, Level
from .models import AbolishedArea, Area, Centre, CentreCoverage, CodeMeaning
from .rules import RESPONSIBLE_KINDS, ancestors_of


class Found(StrEnum):
    """What became of a code on a list."""

    CURRENT = "current"
    FOLLOWED = "followed"  # abolished with one successor, which is taken
    CHOSEN = "chosen"  # a person chose once what it means
    AMBIGUOUS = "ambiguous"  # abolished with several successors or none: a person must choose
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Resolution:
    """`code` is the current code, or "" where a person must choose among `candidates` (maybe none).
    `centre_id` is the municipal centre that a code of a municipal unit was chosen to mean."""

    found: Found
    code: str = ""
    abolished_name: str = ""
    candidates: tuple[str, ...] = ()
    centre_id: UUID | None = None


def resolve_subdistricts(codes: Iterable[str]) -> dict[str, Resolution]:
    """What each six-digit code means today, in three queries for any number of codes. What the table of areas
    knows goes before what a person chose, and that before what is known of abolished codes."""
    wanted = set(codes)
    current = set(
        Area.objects.filter(code__in=wanted, level=Level.SUBDISTRICT, is_current=True).values_list(
            "code", flat=True
        )
    )
    result = {code: Resolution(Found.CURRENT, code) for code in current}
    missing = wanted - current
    if missing:
        result |= {code: Resolution(Found.UNKNOWN) for code in missing}
        result |= {old.code: _follow(old) for old in AbolishedArea.objects.filter(code__in=missing)}
        result |= {
            code: Resolution(Found.CHOSEN, area, result[code].abolished_name, (), centre)
            for code, area, centre in current_meanings(missing)
        }
    return result


def current_meanings(codes: Iterable[str]) -> QuerySet[CodeMeaning, tuple[str, str, UUID | None]]:
    """(code, current subdistrict, municipal centre) of every code that somebody chose a meaning for."""
    chosen = CodeMeaning.objects.filter(code__in=set(codes), superseded_at=None)
    return chosen.values_list("code", "area_id", "centre_id")


def remembered_codes() -> QuerySet[CodeMeaning, str]:
    """The codes that somebody chose a meaning for."""
    return CodeMeaning.objects.filter(superseded_at=None).values_list("code", flat=True)


def resolve_subdistrict(code: str) -> Resolution:
    """What a six-digit code means today."""
    return resolve_subdistricts([code])[code]


def _follow(old: AbolishedArea) -> Resolution:
    successors = tuple(old.successors)
    if len(successors) == 1:
        return Resolution(Found.FOLLOWED, successors[0], old.name)
    return Resolution(Found.AMBIGUOUS, "", old.name, successors)


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one centre that answers for a place."""

    centre_id: UUID
    is_municipal: bool


def responsible_centres(area_codes: Iterable[str]) -> dict[str, Responsible]:
    """The centre answering for each village or subdistrict: a municipal centre that covers the village or
    its whole subdistrict, else the district's. One query for any number of codes.

    Raises KeyError for a place in no district that has a centre.
    """
    codes = set(area_codes)
    rows = CentreCoverage.objects.filter(
        centre__kind__in=RESPONSIBLE_KINDS,
        centre__is_active=True,
        centre__province_code__in={code[:2] for code in codes},
        extent=Extent.FULL,
    ).values_list("area_id", "centre_id", "centre__kind")
    by_area = _most_local(rows)
    return {code: _nearest(code, by_area) for code in codes}


def _most_local(rows: Iterable[tuple[str, UUID, str]]) -> dict[str, Responsible]:
    return {area: Responsible(centre, CentreKind(kind).is_municipal) for area, centre, kind in rows}


def _nearest(code: str, by_area: Mapping[str, Responsible]) -> Responsible:
    for length in (8, 6):
        if len(code) >= length and code[:length] in by_area:
            return by_area[code[:length]]
    return by_area[code[:4]]


def responsible_centre(area_code: str) -> Centre:
    """The centre answering for one village or subdistrict. Raises KeyError where there is none."""
    return Centre.objects.get(pk=responsible_centres([area_code])[area_code].centre_id)


def path_of(code: str) -> list[Area]:
    """The areas from the nation down to the area itself; for breadcrumbs."""
    return list(Area.objects.filter(code__in=[*ancestors_of(code), code]).order_by("level"))


def children_of(code: str) -> QuerySet[Area]:
    """The current areas directly under one, in Thai order."""
    return Area.objects.filter(parent_id=code, is_current=True).order_by("sort_key", "code")


def areas_by_code(codes: Iterable[str]) -> dict[str, Area]:
    return Area.objects.in_bulk(set(codes))


def address_labels(codes: Iterable[str]) -> dict[str, str]:
    """หมู่ 5 บ้านทุ่งนา ต.พังยาง อ.ระโนด จ.สงขลา for each code, in one query."""
    wanted = set(codes)
    areas = areas_by_code(part for code in wanted for part in [*ancestors_of(code), code])
    return {code: _address(code, areas) for code in wanted}


def _address(code: str, areas: Mapping[str, Area]) -> str:
    return place_of([code, *reversed(ancestors_of(code)[1:])], areas)


def place_of(codes: Iterable[str], areas: Mapping[str, Area]) -> str:
    """The labels of these areas as one place, the smallest first; English puts commas between."""
    between = " " if is_thai() else ", "
    return between.join(areas[code].label for code in codes if code in areas)


def centres_of_province(province_code: str) -> QuerySet[Centre]:
    """Centres of a province with their parents, coverage prefetched."""
    return (
        Centre.objects.filter(province_code=province_code)
        .select_related("parent")
        .prefetch_related("coverage__area")
        .order_by("kind", "name")
    )


def mentor_teams_under(centre_ids: Iterable[UUID]) -> QuerySet[Centre]:
    """Active mentor teams of these centres or of the subdistrict teams under them."""
    ids = list(centre_ids)
    under = Q(parent_id__in=ids) | Q(parent__parent_id__in=ids, parent__kind=CentreKind.SUBDISTRICT_TEAM)
    return Centre.objects.filter(under, kind=CentreKind.MENTOR_TEAM, is_active=True).order_by("name")


def subdistricts_by_district(province_code: str) -> list[tuple[Area, list[Area]]]:
    """The current districts of a province with their subdistricts, both in Thai order; one query."""
    levels = (Level.DISTRICT, Level.SUBDISTRICT)
    areas = Area.objects.filter(code__startswith=province_code, level__in=levels, is_current=True)
    rows = list(areas.order_by("sort_key", "code"))
    under: dict[str | None, list[Area]] = {}
    for row in rows:
        under.setdefault(row.parent_id, []).append(row)
    return [(district, under.get(district.code, [])) for district in under.get(province_code, [])]
