"""Where the invented households live: villages, mentor teams and municipal centres of all districts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from uuid import UUID

from casework.models import MentorTeam
from povertyops.areas.enums import CentreKind, Level
from povertyops.areas.models import Area, Centre, CentreCoverage
from povertyops.common.names import sort_key

from ..people import VILLAGE_WORDS
from . import FOCUS_DISTRICT, FOCUS_HOUSEHOLDS

HOUSEHOLDS_A_VILLAGE = 13
MOST_VILLAGES = 76_000
MUNICIPAL_PREFIX = "ศจพ.ทม.(จำลอง) "


@dataclass(frozen=True, slots=True)
class Village:
    """A village with the numbers `first` to `first + count - 1` of the households."""

    code: str
    centre_id: UUID
    is_municipal: bool
    team_id: UUID
    first: int
    count: int


def settle(households: int) -> list[Village]:
    """Make villages, teams and municipal centres, and give every household a place."""
    subdistricts = list(Area.objects.filter(level=Level.SUBDISTRICT, is_current=True).order_by("code"))
    districts = sorted({area.code[:4] for area in subdistricts})
    wanted = min(MOST_VILLAGES, max(len(subdistricts), households // HOUSEHOLDS_A_VILLAGE))
    villages = list(_village_codes([area.code for area in subdistricts], wanted))
    _make_villages(villages)
    offices = _district_centres(districts)
    municipal = _municipal_centres(subdistricts)
    teams = _teams(subdistricts, offices)
    counts = _counts(villages, households)
    placed: list[Village] = []
    first = 0
    for code, count in zip(villages, counts, strict=True):
        town = municipal.get(code[:6])
        placed.append(
            Village(code, town or offices[code[:4]], town is not None, teams[code[:6]], first, count)
        )
        first += count
    return [village for village in placed if village.count]


def _village_codes(subdistricts: list[str], wanted: int) -> Iterator[str]:
    each, more = divmod(wanted, len(subdistricts))
    for place, code in enumerate(subdistricts):
        for moo in range(1, each + (place < more) + 1):
            yield f"{code}{moo:02d}"


def _counts(villages: list[str], households: int) -> list[int]:
    """Uneven on purpose: a village has between one and eight shares, the focus district its fixed number."""
    random = Random(2568)
    focus = [code.startswith(FOCUS_DISTRICT) for code in villages]
    inside = min(FOCUS_HOUSEHOLDS, households) if any(focus) else 0
    parts = []
    for is_focus, total in ((True, inside), (False, households - inside)):
        shares = [random.randint(1, 8) if flag is is_focus else 0 for flag in focus]
        parts.append(_divide(total, shares))
    return [one + other for one, other in zip(*parts, strict=True)]


def _divide(total: int, shares: list[int]) -> list[int]:
    whole, given, seen, made = sum(shares) or 1, 0, 0, []
    for share in shares:
        seen += share
        upto = total * seen // whole
        made.append(upto - given)
        given = upto
    return made


def _make_villages(codes: list[str]) -> None:
    names = [f"บ้าน{word}" for word in VILLAGE_WORDS]
    keys = [sort_key(name) for name in names]
    Area.objects.bulk_create(
        (
            Area(
                code=code,
                level=Level.VILLAGE,
                name=names[place % len(names)],
                sort_key=keys[place % len(names)],
                parent_id=code[:6],
            )
            for place, code in enumerate(codes)
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )


def _district_centres(districts: list[str]) -> dict[str, UUID]:
    rows = CentreCoverage.objects.filter(centre__kind=CentreKind.DISTRICT, area_id__in=districts)
    return dict(rows.values_list("area_id", "centre_id"))


def _municipal_centres(subdistricts: list[Area]) -> dict[str, UUID]:
    """The first subdistrict of every district is a town."""
    provinces = dict(
        Centre.objects.filter(kind=CentreKind.PROVINCE).values_list("province_code", "pk").order_by()
    )
    towns = {area.code[:4]: area for area in reversed(subdistricts)}
    centres = {
        town.code: Centre(
            kind=CentreKind.TOWN_MUNICIPALITY,
            name=f"{MUNICIPAL_PREFIX}{town.name} {town.code}",
            province_code=town.code[:2],
            parent_id=provinces[town.code[:2]],
        )
        for town in towns.values()
    }
    Centre.objects.bulk_create(centres.values(), batch_size=1_000)
    CentreCoverage.objects.bulk_create(
        CentreCoverage(centre=centre, area_id=code) for code, centre in centres.items()
    )
    return {code: centre.pk for code, centre in centres.items()}


def _teams(subdistricts: list[Area], offices: dict[str, UUID]) -> dict[str, UUID]:
    teams = {
        area.code: Centre(
            kind=CentreKind.MENTOR_TEAM,
            name=f"ทีมพี่เลี้ยงตำบล{area.name} {area.code}",
            province_code=area.code[:2],
            parent_id=offices[area.code[:4]],
        )
        for area in subdistricts
    }
    Centre.objects.bulk_create(teams.values(), batch_size=1_000)
    MentorTeam.objects.bulk_create((MentorTeam(centre=team) for team in teams.values()), batch_size=1_000)
    return {code: team.pk for code, team in teams.items()}
