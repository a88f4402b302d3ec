"""The wizard of a hand-over: what the leaver owns, who could take it, and the sheet that is printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.accounts.access import sphere_q
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.accounts.models import Appointment, User
from povertyops.areas.models import Centre
from povertyops.areas.queries import address_labels

from ..models import Assignment, HandOver
from ..nearness import Near, Offer, Spot, Taker, suggest
from ..rules import APPROVING_ROLES
from ..services.hand_over import HOUSEHOLD, Key, NewOwner, Owned, owned_by
from .teams import mentors_of, teams_for

CHOICES_A_ROW = 5
MOST_TAKERS = 80
MOST_ROWS = 600

KINDS: Mapping[str, Promise | str] = {
    "household": _("ครัวเรือน"),
    "step": _("ขั้นตอนในแผน"),
    "stage": _("รออนุมัติขึ้นขั้น"),
    "removal": _("คำขอนำออก"),
    "plan": _("แผนรออนุมัติ"),
    "care": _("ดูแลต่อเนื่องรออนุมัติ"),
    "transfer": _("คำขอโอนครัวเรือน"),
    "referral": _("เรื่องส่งต่อ"),
}


_NEAR: Mapping[Near, Promise | str] = {
    Near.VILLAGE: _("ดูแลหมู่เดียวกันอยู่แล้ว"),
    Near.SUBDISTRICT: _("ดูแลตำบลเดียวกันอยู่แล้ว"),
    Near.DISTRICT: _("ดูแลอำเภอเดียวกันอยู่แล้ว"),
    Near.FAR: _("ยังไม่มีครัวเรือนใกล้เคียง"),
}
# For somebody with nothing in hand yet, whose team works there.
_NEAR_OF_TEAM: Mapping[Near, Promise | str] = {
    Near.VILLAGE: _("รับครัวเรือนอื่นในหมู่เดียวกันครั้งนี้"),
    Near.SUBDISTRICT: _("ทีมทำงานในตำบลเดียวกัน"),
    Near.DISTRICT: _("ทีมทำงานในอำเภอเดียวกัน"),
    Near.FAR: _("ยังไม่มีครัวเรือนใกล้เคียง"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can take things over; a mentor with the team, an officer without."""

    user: User
    team: Centre | None
    post: str

    @property
    def value(self) -> str:
        return f"{self.team.pk}:{self.user.pk}" if self.team else str(self.user.pk)

    @property
    def label(self) -> str:
        return f"{self.user.display_name} · {self.team.name if self.team else self.post}"


@dataclass(slots=True)
class Row:
    """One thing in the table: where it is, who is offered, who is chosen and why."""

    thing: Owned
    name: str
    place: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    value: str = ""
    why: str = ""

    @property
    def field_name(self) -> str:
        return f"owner-{self.thing.kind}-{self.thing.id}"

    @property
    def kind(self) -> Promise | str:
        return KINDS[self.thing.kind]


@dataclass(frozen=True, slots=True)
class Wizard:
    """Rows with their suggestions; `mentors` may take households, `people` everything else."""

    rows: Sequence[Row]
    mentors: Sequence[Candidate]
    people: Sequence[Candidate]
    rest: int = 0

    @property
    def counts(self) -> list[tuple[Promise | str, int]]:
        numbers: dict[str, int] = defaultdict(int)
        for row in self.rows:
            numbers[row.thing.kind] += 1
        return [(KINDS[kind], number) for kind, number in numbers.items()]

    @property
    def has_households(self) -> bool:
        return any(row.thing.kind == HOUSEHOLD for row in self.rows)

    @property
    def has_others(self) -> bool:
        return any(row.thing.kind != HOUSEHOLD for row in self.rows)

    @property
    def unplaced(self) -> int:
        return sum(1 for row in self.rows if not row.value)

    def owners(self) -> dict[Key, NewOwner]:
        """The choices as the service takes them."""
        return {row.thing.key: _owner(row.value) for row in self.rows if row.value}


def _owner(value: str) -> NewOwner:
    team, _colon, user = value.rpartition(":")
    return NewOwner(int(user), UUID(team) if team else None)


def wizard_for(actor: Actor, leaver: User, sent: Mapping[str, Any]) -> Wizard:
    """The table with suggestions, or with what was chosen in the form (`owner-...`, `all_...`).

    A dozen queries for any number of rows.
    """
    everything = owned_by(actor, leaver)
    things = everything[:MOST_ROWS]
    households = Household.objects.in_bulk({thing.household_id for thing in things})
    places = address_labels(household.area_code for household in households.values())
    mentors = mentor_candidates(actor, leaver)
    people = _people(actor, leaver, mentors)
    rows = []
    for thing in things:
        household = households[thing.household_id]
        rows.append(Row(thing, household.head_name, places[household.area_code]))
    _offer_households([row for row in rows if row.thing.kind == HOUSEHOLD], households, mentors, leaver)
    _offer_others(rows, people)
    _take_choices(rows, mentors, people, sent)
    return Wizard(rows, mentors, people, rest=len(everything) - len(things))


def mentor_candidates(actor: Actor, leaver: User) -> list[Candidate]:
    """Mentors of the leaver's teams first, then of teams of the same centre, then others in reach."""
    teams = list(teams_for(actor).select_related("parent")[:2_000])
    own = set(
        Assignment.objects.filter(mentor=leaver, valid_to=None)
        .order_by()
        .values_list("team", flat=True)
        .distinct()
    ) | set(Appointment.objects.filter(user=leaver, role=Role.MENTOR).values_list("centre", flat=True))
    parents = {team.parent_id for team in teams if team.pk in own}
    teams.sort(key=lambda team: (team.pk not in own, team.parent_id not in parents, team.name))
    mentors = mentors_of([team.pk for team in teams], actor.today())
    found = [
        Candidate(user, team, team.name)
        for team in teams
        for user in mentors.get(team.pk, ())
        if user.pk != leaver.pk
    ]
    return found[:MOST_TAKERS]


def _people(actor: Actor, leaver: User, mentors: Sequence[Candidate]) -> list[Candidate]:
    """Officers of the leaver's centres and those above, then the mentors."""
    centres = Appointment.objects.filter(user=leaver).values_list(
        "centre", "centre__parent", "centre__parent__parent"
    )
    ids = {pk for row in centres for pk in row if pk}
    rows = (
        Appointment.objects.valid_on(actor.today())
        .filter(
            Q(centre__in=ids) | Q(role=Role.PROVINCIAL_SECRETARY),
            centre__province_code=actor.province_code,
            role__in=OFFICER_ROLES | {Role.TEAM_LEADER},
            user__is_active=True,
        )
        .exclude(user=leaver)
        .select_related("user", "centre")
        .order_by("role", "user__first_name", "pk")[:MOST_TAKERS]
    )
    found = {row.user_id: Candidate(row.user, None, row.centre.name) for row in rows}
    for mentor in mentors:
        found.setdefault(mentor.user.pk, Candidate(mentor.user, None, mentor.post))
    return list(found.values())


# --------------------------------------------------------------------------------------------- suggestions


def _offer_households(
    rows: Sequence[Row], households: Mapping[UUID, Household], mentors: Sequence[Candidate], leaver: User
) -> None:
    if not rows or not mentors:
        return
    ids = [row.thing.household_id for row in rows]
    held = Assignment.objects.filter(household__in=ids, valid_to=None).order_by()
    own = set(held.values_list("team", flat=True).distinct())
    takers = {
        each.value: Taker(each.value, same_team=bool(each.team and each.team.pk in own)) for each in mentors
    }
    spots = [_spot(households[row.thing.household_id]) for row in rows]
    _load(takers, mentors, leaver, {spot.area_code[:4] for spot in spots})
    labels = {each.value: each.label for each in mentors}
    for row, offers in zip(rows, suggest(spots, list(takers.values()), keep=CHOICES_A_ROW), strict=True):
        row.choices = [(each.key, labels[each.key]) for each in offers]
        row.value, row.why = offers[0].key, said(offers[0])


def _spot(household: Household) -> Spot:
    return Spot(household.area_code, household.latitude, household.longitude)


def _load(
    takers: Mapping[str, Taker[str]], mentors: Sequence[Candidate], leaver: User, districts: set[str]
) -> None:
    """What each candidate has in hand already: one query.

    Whoever has nothing yet works where the team does, or else in the district.
    """
    held = (
        Assignment.objects.filter(mentor__in={each.user.pk for each in mentors}, valid_to=None)
        .exclude(mentor=leaver)
        .values_list("team", "mentor", "household__area_code", "household__latitude", "household__longitude")
    )
    hands: dict[str, list[Spot]] = defaultdict(list)
    for team, mentor, area, latitude, longitude in held:
        hands[f"{team}:{mentor}"].append(Spot(area, latitude, longitude))
    of_team: dict[str, set[str]] = defaultdict(set)
    for key, spots in hands.items():
        of_team[key.partition(":")[0]].update(spot.area_code[:6] for spot in spots)
        if key in takers:
            takers[key].load = takers[key].held = len(spots)
            takers[key].holds(spots)
    for key, taker in takers.items():
        if not taker.held:
            known = of_team.get(key.partition(":")[0]) or districts
            taker.areas.update(code[:length] for code in known for length in (4, 6))


def said(offer: Offer[str]) -> str:
    """Why this person, in words."""
    if offer.km is not None:
        near = gettext("ครัวเรือนที่ดูแลอยู่ใกล้สุดห่าง %(km).1f กม.") % {"km": offer.km}
    else:
        near = str((_NEAR if offer.held else _NEAR_OF_TEAM)[offer.near])
    load = gettext("มีในมือ %(count)d ครัวเรือน") % {"count": offer.held} if offer.held else gettext("ยังไม่มีในมือ")
    team = gettext("ทีมเดียวกัน") if offer.same_team else ""
    return " · ".join(part for part in (near, load, team) if part)


def _offer_others(rows: Sequence[Row], people: Sequence[Candidate]) -> None:
    """Steps and referrals go with the household's new owner, decisions to an approver."""
    taker_of = {row.thing.household_id: row.value for row in rows if row.thing.kind == HOUSEHOLD}
    labels = {each.value: each.label for each in people}
    deciding = _approvers(people)
    for row in rows:
        if row.thing.kind == HOUSEHOLD:
            continue
        offered = deciding if row.thing.is_tied_to_post else labels
        with_household = taker_of.get(row.thing.household_id, "").rpartition(":")[2]
        if with_household in offered:
            row.value, row.why = with_household, gettext("ไปกับครัวเรือน")
        elif offered:
            row.value = next(iter(offered))
            row.why = gettext("มีอำนาจพิจารณาแทน") if row.thing.is_tied_to_post else gettext("เจ้าหน้าที่ของศูนย์")
        first = [row.value] if row.value else []
        row.choices = [(value, offered[value]) for value in [*first, *_few(offered, row.value)]]


def _few(offered: Mapping[str, str], chosen: str) -> list[str]:
    return [value for value in offered if value != chosen][: CHOICES_A_ROW - 1]


def _approvers(people: Sequence[Candidate]) -> dict[str, str]:
    deciding = set(
        Appointment.objects.filter(
            user__in=[each.user.pk for each in people if each.team is None], role__in=APPROVING_ROLES
        ).values_list("user", flat=True)
    )
    return {each.value: each.label for each in people if each.user.pk in deciding}


def _take_choices(
    rows: Sequence[Row], mentors: Sequence[Candidate], people: Sequence[Candidate], sent: Mapping[str, Any]
) -> None:
    """What the person chose in the form stands instead of the suggestion."""
    takers = {each.value: each.label for each in mentors}
    others = {each.value: each.label for each in people}
    deciding = _approvers(people) if sent else {}
    for row in rows:
        if row.thing.kind == HOUSEHOLD:
            known, for_all = takers, sent.get("all_households", "")
        else:
            known = deciding if row.thing.is_tied_to_post else others
            for_all = sent.get("all_others", "")
        chosen = for_all if sent.get("step") == "all" and for_all in known else sent.get(row.field_name, "")
        if chosen in known and chosen != row.value:
            row.value, row.why = chosen, gettext("เลือกเอง")
            if chosen not in dict(row.choices):
                row.choices = [(chosen, known[chosen]), *row.choices]


# -------------------------------------------------------------------------------------------------- the sheet


@dataclass(frozen=True, slots=True)
class Receiver:
    """One new owner on the printed sheet, with what they take."""

    name: str
    lines: Sequence[Mapping[str, Any]]

    @property
    def households(self) -> int:
        return sum(1 for line in self.lines if line["kind"] == HOUSEHOLD)


def visible_hand_overs(actor: Actor) -> QuerySet[HandOver]:
    """Those of the centres the person looks after, and of the own centre."""
    within = sphere_q(actor, "centre__")
    if actor.appointment is not None:
        within |= Q(centre=actor.appointment.centre_id)
    return HandOver.objects.filter(within, province_code=actor.province_code)


def get_hand_over_for(actor: Actor, pk: UUID) -> HandOver:
    rows = visible_hand_overs(actor).select_related("leaver", "centre", "made_by").filter(pk=pk)
    row = rows.first()
    if row is None:
        raise Http404
    return row


def receivers_of(made: HandOver) -> list[Receiver]:
    """The lines of a hand-over by their new owner, numbered through each."""
    found = []
    for name, lines in groupby(made.lines, key=lambda line: line["to_name"]):
        found.append(Receiver(name, [{**line, "kind_label": KINDS[line["kind"]]} for line in lines]))
    return found


def made_before(actor: Actor, leaver: User) -> Iterable[HandOver]:
    """Earlier hand-overs of the same person, the newest first."""
    return visible_hand_overs(actor).filter(leaver=leaver).order_by("-recorded_at", "-pk")[:10]
