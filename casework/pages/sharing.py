"""Who gets which waiting household, before anything is written: per team before and after, per district what
waits; and the preview sealed, so that exactly it is confirmed."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.models import TargetList
from povertyops.accounts.actor import Actor
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import areas_by_code
from povertyops.common.errors import InvalidInput

from ..forms.sharing import ShareForm
from ..models import ShareOut
from ..queries.priorities import weights_for
from ..queries.sharing import Named, pool_filters, pool_of, rooms_of, waiting_by_district
from ..services.sharing import Share
from ..sharing import Room, Shared, share_out
from .priorities import tone_of
from .teams import teams_for

SALT = "casework.share_out"
GOOD_FOR_SECONDS = 12 * 3_600
SMALLEST_MOST = 10
LAST_SHOWN = 5
FEW_TEAMS = 20


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household of the proposal."""

    household_id: UUID
    name: str
    house_no: str
    place: str
    points: int

    @property
    def said(self) -> str:
        return str(self.points)

    @property
    def tone(self) -> str:
        return tone_of(self.points)


@dataclass(slots=True)
class TeamLine:
    """A team before and after, with what it would be given."""

    team: Centre
    before: int
    households: list[HouseholdLine] = field(default_factory=list)

    @property
    def given(self) -> int:
        return len(self.households)

    @property
    def after(self) -> int:
        return self.before + self.given


@dataclass(slots=True)
class DistrictLine:
    """A district: what waits there, what its teams have in hand, what is proposed, what stays and why."""

    area: Area
    waiting: int = 0
    points: int = 0
    teams: int = 0
    load: int = 0
    proposed: int = 0
    uncovered: int = 0
    full: int = 0

    @property
    def per_team(self) -> str:
        return f"{self.load / self.teams:.1f}" if self.teams else "–"


@dataclass(slots=True)
class Proposal:
    """Everything the page shows. `waiting` counts all that the filters find, not only what is shared now."""

    waiting: int
    teams: list[TeamLine]
    districts: list[DistrictLine]
    shared: Shared
    sealed: str
    most: int

    @property
    def proposed(self) -> int:
        return sum(team.given for team in self.teams)

    @property
    def taking(self) -> int:
        """Teams that would get something."""
        return sum(1 for team in self.teams if team.given)

    @property
    def shown_teams(self) -> list[TeamLine]:
        """All while they are few, else those that would get something."""
        return self.teams if len(self.teams) <= FEW_TEAMS else [team for team in self.teams if team.given]

    @property
    def idle_teams(self) -> int:
        return len(self.teams) - len(self.shown_teams)


def share_form(actor: Actor, data: Any) -> ShareForm:
    """The form with the actor's areas and lists, and a most that would hold everything that waits."""
    on = actor.today()
    rooms = rooms_of(teams_for(actor).select_related("parent"), on)
    usual_most = _usual_most(rooms, waiting_by_district(actor, pool_filters(on)))
    return ShareForm(data, areas=_areas(actor), kinds=_kinds(actor), usual_most=usual_most)


def _usual_most(rooms: Sequence[Room], waiting: Mapping[str, int]) -> int:
    """An even load where most waits for each team of a district, rounded up to a ten."""
    even = [SMALLEST_MOST]
    for district, number in waiting.items():
        loads = [
            room.load for room in rooms if any(area[:4] in (district, district[:2]) for area in room.areas)
        ]
        if loads:
            even.append(-(-(sum(loads) + number) // len(loads)))
    return -(-max(even) // 10) * 10


def _areas(actor: Actor) -> list[tuple[str, str]]:
    """The districts of a province, the subdistricts of anything smaller."""
    rows = Area.objects.filter(parent_id__in=actor.reach.codes, is_current=True).order_by("sort_key", "code")
    return [(area.code, area.label) for area in rows if len(area.code) < 8]


def _kinds(actor: Actor) -> list[tuple[str, str]]:
    lists = TargetList.objects.filter(province_code=actor.province_code).order_by("kind__rank")
    return list(dict(lists.values_list("kind_id", "kind__name")).items())


def propose(actor: Actor, form: ShareForm) -> Proposal:
    """What the form asks for, shared out; nothing is written."""
    on = actor.today()
    pool = pool_of(actor, _filters(actor, form), weights_for(actor.province_code), on)
    pool = [each for each in pool if each.waiting.points >= form.least_points]
    teams = list(teams_for(actor).select_related("parent"))
    rooms = rooms_of(teams, on)
    shared = share_out((each.waiting for each in pool[: form.count_wanted]), rooms, most=form.most_wanted)
    areas = areas_by_code(code for each in pool for code in _codes_of(each.waiting.place.village))
    lines = _team_lines(teams, rooms, pool, shared, areas)
    return Proposal(
        waiting=len(pool),
        teams=lines,
        districts=_district_lines(rooms, pool, shared),
        shared=shared,
        sealed=_seal(actor, lines, form),
        most=form.most_wanted,
    )


def _filters(actor: Actor, form: ShareForm) -> Any:
    form.is_valid()
    data = form.cleaned_data
    dimension = data.get("dimension")
    return pool_filters(
        actor.today(),
        area=data.get("area") or "",
        list_kind=data.get("kind") or "",
        failing=(Dimension(dimension),) if dimension else (),
    )


def _codes_of(village: str) -> tuple[str, str]:
    return village, village[:6]


def _team_lines(
    teams: Iterable[Centre],
    rooms: Sequence[Room],
    pool: Iterable[Named],
    shared: Shared,
    areas: dict[str, Area],
) -> list[TeamLine]:
    """Teams that cover something of the pool or have something in hand, those that get most on top."""
    names = {each.waiting.household_id: each for each in pool}
    places = {each.waiting.place for each in names.values()}
    by_pk = {team.pk: team for team in teams}
    lines = []
    for room in rooms:
        given = shared.given.get(room.team_id, [])
        if not given and not any(room.covers(place) for place in places):
            continue
        line = TeamLine(by_pk[room.team_id], room.load)
        line.households = [_household_line(names[each.household_id], areas) for each in given]
        lines.append(line)
    return sorted(lines, key=lambda line: (-line.given, line.team.name))


def _household_line(named: Named, areas: dict[str, Area]) -> HouseholdLine:
    waiting = named.waiting
    place = " ".join(areas[code].label for code in _codes_of(waiting.place.village) if code in areas)
    return HouseholdLine(waiting.household_id, named.name, named.house_no, place, waiting.points)


def _district_lines(rooms: Iterable[Room], pool: Iterable[Named], shared: Shared) -> list[DistrictLine]:
    waiting = [each.waiting for each in pool]
    codes = {each.place.village[:4] for each in waiting}
    areas = areas_by_code(codes)
    lines = {code: DistrictLine(areas[code]) for code in codes if code in areas}

    def line_of(village: str) -> DistrictLine:
        return lines[village[:4]]

    for each in waiting:
        line_of(each.place.village).waiting += 1
        line_of(each.place.village).points += each.points
    for room in rooms:
        for code in {area[:4] for area in room.areas} & lines.keys():
            lines[code].teams += 1
            lines[code].load += room.load
    for households in shared.given.values():
        for each in households:
            line_of(each.place.village).proposed += 1
    for each in shared.uncovered:
        line_of(each.place.village).uncovered += 1
    for each in shared.full:
        line_of(each.place.village).full += 1
    return sorted(lines.values(), key=lambda line: (-line.waiting, line.area.sort_key))


# -------------------------------------------------------------------------------------------------- the seal


def _seal(actor: Actor, teams: Iterable[TeamLine], form: ShareForm) -> str:
    """The proposal as it is confirmed: for this person under this appointment alone."""
    shares = [
        [line.team.pk.hex, _packed(household.household_id for household in line.households)]
        for line in teams
        if line.households
    ]
    asked = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    asked |= {"most": form.most_wanted, "count": form.count_wanted}
    body = {"who": [actor.user_id, str(actor.appointment_id)], "asked": asked, "shares": shares}
    return signing.dumps(body, salt=SALT) if shares else ""


def open_sealed(actor: Actor, sealed: str) -> tuple[list[Share], dict[str, Any]]:
    """The shares and what was asked for; raises InvalidInput for another's, an old or a spoilt preview."""
    try:
        body = signing.loads(sealed, salt=SALT, max_age=GOOD_FOR_SECONDS)
    except signing.BadSignature:
        body = {}
    if body.get("who") != [actor.user_id, str(actor.appointment_id)]:
        raise InvalidInput("plan_gone", _("ตัวอย่างนี้หมดอายุหรือไม่สมบูรณ์ โปรดดูตัวอย่างใหม่แล้วยืนยันอีกครั้ง"))
    shares = [Share(UUID(hex=team), _unpacked(packed)) for team, packed in body["shares"]]
    return shares, body["asked"]


def _packed(ids: Iterable[UUID]) -> str:
    return base64.b64encode(b"".join(pk.bytes for pk in ids)).decode()


def _unpacked(packed: str) -> tuple[UUID, ...]:
    raw = base64.b64decode(packed)
    return tuple(UUID(bytes=raw[start : start + 16]) for start in range(0, len(raw), 16))


def last_shared(actor: Actor) -> list[ShareOut]:
    """What the person shared out lately."""
    return list(ShareOut.objects.filter(made_by=actor.user).order_by("-recorded_at")[:LAST_SHOWN])
