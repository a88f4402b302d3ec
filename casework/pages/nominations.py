"""Nominations for a reader: the queue by age, one with its story, and what the actor may do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.access import visible_households
from households.models import Household
from households.services.duplicates import NearMatch, sentence
from households.services.national_ids import find_by_national_id
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import Level
from povertyops.areas.models import Area
from povertyops.areas.queries import address_labels
from povertyops.common.crypto import open_sealed
from povertyops.common.nid import mask

from ..enums import NominationChannel, NominationStatus
from ..models import Nomination, NominationEvent, NominationPhoto
from ..nomination_access import reaches, subdistricts_for, visible_nominations
from ..nomination_rules import ANOTHER_FAMILY, CHECKING_ROLES, may_follow
from ..queries.known_families import households_called, members_called
from ..queries.nominations import overdue_q
from ..services.nominations import contact_of
from ..services.nominations.naming import near_of
from ..services.nominations.steps import (
    last_day_to_appeal,
    why_not_appeal,
    why_not_check,
    why_not_decide,
    why_not_decide_appeal,
    why_not_withdraw,
)

SHOWN = 200
FOUND_SHOWN = 10
_STATUS = NominationStatus
TABS: Mapping[str, tuple[Promise, tuple[str, ...]]] = {
    "all": (gettext_lazy("รออยู่ทั้งหมด"), NominationStatus.of_waiting()),
    "check": (gettext_lazy("รอตรวจ"), (_STATUS.RECEIVED,)),
    "decide": (gettext_lazy("รอพิจารณา"), (_STATUS.CHECKED,)),
    "appeals": (gettext_lazy("ขอให้พิจารณาใหม่"), (_STATUS.APPEALED,)),
    "done": (
        gettext_lazy("เสร็จแล้ว"),
        (_STATUS.ACCEPTED, _STATUS.REJECTED, _STATUS.KNOWN, _STATUS.WITHDRAWN),
    ),
}
TONES = {
    _STATUS.RECEIVED: "warn",
    _STATUS.CHECKED: "warn",
    _STATUS.APPEALED: "warn",
    _STATUS.ACCEPTED: "good",
    _STATUS.KNOWN: "calm",
    _STATUS.REJECTED: "bad",
    _STATUS.WITHDRAWN: "",
}
_EVENT_KINDS = {_STATUS.RECEIVED: "edit", _STATUS.CHECKED: "check", _STATUS.ACCEPTED: "list"}


@dataclass(frozen=True, slots=True)
class NominationCard:
    """One line of the queue."""

    row: Nomination
    place: str
    days: int
    is_overdue: bool
    tone: str

    @property
    def is_waiting(self) -> bool:
        return self.row.status in NominationStatus.of_waiting()


@dataclass(frozen=True, slots=True)
class NominationQueue:
    """The page: tabs with their counts, and the lines of one."""

    tab: str
    counts: Mapping[str, int]
    overdue: int
    cards: Sequence[NominationCard]
    own_only: bool


def queue_for(
    actor: Actor, *, tab: str, area: str = "", centre: UUID | None = None, overdue: bool = False
) -> NominationQueue:
    """Those that wait longest first; of the finished ones the newest. Three queries."""
    rows = visible_nominations(actor)
    if area:
        rows = rows.filter(area_code__startswith=area)
    if centre:
        rows = rows.filter(centre=centre)
    today = actor.today()
    wanted = {name: Count("pk", filter=Q(status__in=statuses)) for name, (_label, statuses) in TABS.items()}
    counts = rows.aggregate(**wanted, overdue=Count("pk", filter=overdue_q(today)))
    shown = rows.filter(status__in=TABS[tab][1]).defer("contact", "sealed_pin")
    if overdue:
        shown = shown.filter(overdue_q(today))
    order = ("-decided_on", "-pk") if tab == "done" else ("nominated_on", "pk")
    found = list(shown.select_related("nominated_by").order_by(*order)[:SHOWN])
    places = address_labels(row.area_code for row in found)
    return NominationQueue(
        tab=tab,
        counts={name: counts[name] for name in TABS},
        overdue=counts["overdue"],
        cards=[_card(row, places, today) for row in found],
        own_only=not actor.is_system and actor.role not in CHECKING_ROLES,
    )


def _card(row: Nomination, places: Mapping[str, str], today: date) -> NominationCard:
    return NominationCard(
        row=row,
        place=places[row.area_code],
        days=(today - row.nominated_on).days,
        is_overdue=row.status == _STATUS.RECEIVED and row.check_due_on < today,
        tone=TONES[NominationStatus(row.status)],
    )


def waiting_for(actor: Actor) -> QuerySet[Nomination]:
    """What an officer's queue counts: nominations in sight without a last word."""
    return visible_nominations(actor).filter(status__in=NominationStatus.of_waiting())


# ---------------------------------------------------------------------------------------------- near matches


@dataclass(frozen=True, slots=True)
class NearCard:
    """A household of the register that is in sight and resembles the one named."""

    household: Household
    place: str
    score: int
    grounds: Sequence[str]
    said: str = ""

    @property
    def label(self) -> str:
        return f"{self.household.head_name} · {self.household.house_no} {self.place}"


def near_cards(
    actor: Actor, matches: Iterable[NearMatch], said: Mapping[UUID, str] | None = None
) -> list[NearCard]:
    """The visible ones, asked again through `visible_households`; two queries."""
    kept = [match for match in matches if match.visible]
    rows = visible_households(actor).in_bulk([match.household_id for match in kept])
    places = address_labels(row.area_code for row in rows.values())
    words = dict(ANOTHER_FAMILY)
    return [
        NearCard(
            household=rows[match.household_id],
            place=places[rows[match.household_id].area_code],
            score=match.score,
            grounds=[text for ground in match.grounds if (text := sentence(ground))],
            said=str(words.get((said or {}).get(match.household_id, ""), "")),
        )
        for match in kept
        if match.household_id in rows
    ]


def near_of_nomination(actor: Actor, row: Nomination) -> list[NearMatch]:
    """What resembles it now, with the head's national id where one was given."""
    place = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    found = near_of(
        actor,
        head=row.persons[0],
        area_code=row.area_code,
        house_no=row.house_no,
        house_code=row.house_code,
        phone=row.phone,
        pin=_pin_of(row),
        place=place,
    )
    return [match for match in found if match.household_id != row.household_id]


def _pin_of(row: Nomination) -> str:
    return open_sealed(row.key_id, bytes(row.sealed_pin), row.pk.bytes) if row.sealed_pin else ""


# ------------------------------------------------------------------------------------- families known already


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of the register gave: households in sight, and whether there are more than are shown."""

    choices: Sequence[tuple[str, str]] = ()
    has_more: bool = False


def found_for(actor: Actor, row: Nomination, *, text: str, pin: str) -> Found:
    """Households in the actor's sight called so, the nearest to the nomination first; by an id the one in
    which that person lives. Side effect of an id that is found: access log."""
    if pin:
        household_id = find_by_national_id(actor=actor, pin=pin)
        return Found(known_choices(actor, [household_id] if household_id else []))
    rows = households_called(actor, text, near=row.area_code, most=FOUND_SHOWN + 1)
    shown = rows[:FOUND_SHOWN]
    members = members_called([found.pk for found in shown], text)
    return Found(_choices(shown, members), has_more=len(rows) > FOUND_SHOWN)


def known_choices(actor: Actor, household_ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """Those of these households that are in sight, as choices."""
    wanted = list(household_ids)
    return _choices(list(visible_households(actor).filter(pk__in=wanted)) if wanted else [], {})


def _choices(rows: Sequence[Household], members: Mapping[UUID, str]) -> list[tuple[str, str]]:
    places = address_labels(row.area_code for row in rows) if rows else {}
    found = []
    for row in rows:
        label = f"{row.head_name} · {row.house_no} {places[row.area_code]}"
        if row.pk in members:
            label += " · " + _("สมาชิก: %(name)s") % {"name": members[row.pk]}
        found.append((str(row.pk), label))
    return found


# --------------------------------------------------------------------------------------------- one nomination


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story and who took it."""

    event: NominationEvent
    title: str
    kind: str
    by: str


@dataclass(frozen=True, slots=True)
class NominationStory:
    """A nomination as its page shows it to one reader."""

    row: Nomination
    place: str
    tone: str
    days: int
    is_overdue: bool
    pin: str
    photos: Sequence[NominationPhoto]
    steps: Sequence[Step]
    near: Sequence[NearCard]
    near_beyond: int
    is_inside: bool
    has_contact: bool
    household: Household | None
    acts: frozenset[str]
    waits_for: str
    appeal_until: date | None


def story_of(actor: Actor, row: Nomination) -> NominationStory:
    """Everything of it that this reader may see: a nominator reads the nomination, nothing of the register
    that is out of sight otherwise."""
    today, inside = actor.today(), reaches(actor, row)
    acts = acts_for(actor, row)
    near, beyond = _near_for(actor, row, inside)
    card = _card(row, address_labels([row.area_code]), today)
    decided = row.decided_on if row.status == _STATUS.REJECTED and row.appealed_on is None else None
    return NominationStory(
        row=row,
        place=card.place,
        tone=card.tone,
        days=card.days,
        is_overdue=card.is_overdue,
        pin=mask(_pin_of(row)) if row.sealed_pin else "",
        photos=list(
            NominationPhoto.objects.filter(nomination=row).only("pk", "width", "height").order_by("pk")
        ),
        steps=_steps(row),
        near=near,
        near_beyond=beyond,
        is_inside=inside,
        has_contact=inside and contact_of(row) is not None,
        household=_household_for(actor, row),
        acts=acts,
        waits_for="" if acts & {"check", "decide", "decide_appeal"} else _waits_for(actor, row),
        appeal_until=last_day_to_appeal(decided, row.province_code) if decided else None,
    )


def acts_for(actor: Actor, row: Nomination) -> frozenset[str]:
    """What this reader may do with it now."""
    asked = {
        "check": why_not_check,
        "decide": why_not_decide,
        "decide_appeal": why_not_decide_appeal,
        "appeal": why_not_appeal,
        "withdraw": why_not_withdraw,
    }
    return frozenset(name for name, why_not in asked.items() if why_not(actor, row) is None)


def decisions_for(row: Nomination) -> list[tuple[str, str]]:
    """What may be decided at this point, in plain words."""
    words = {
        _STATUS.ACCEPTED: _("รับเข้าดูแล นับเป็นสำรวจพบเพิ่มเติม"),
        _STATUS.KNOWN: _("เป็นครัวเรือนที่มีอยู่แล้ว"),
        _STATUS.REJECTED: _("ไม่รับ"),
    }
    refused = {_STATUS.ACCEPTED} if row.is_poor is False and row.status == _STATUS.CHECKED else set()
    return [
        (status.value, text)
        for status, text in words.items()
        if may_follow(row.status, status) and status not in refused
    ]


def _near_for(actor: Actor, row: Nomination, inside: bool) -> tuple[list[NearCard], int]:
    """Inside the area what resembles it now, and how many more out of sight; to a mere nominator what was
    shown at the time, if it still is in sight."""
    said = {UUID(match["household"]): match["said"] for match in row.near}
    if inside:
        if row.status not in NominationStatus.of_waiting():
            return [], 0
        matches = near_of_nomination(actor, row)
        return near_cards(actor, matches, said), sum(not match.visible for match in matches)
    shown = [
        NearMatch(UUID(match["household"]), match["score"], match["grounds"], True)
        for match in row.near
        if match["shown"]
    ]
    return near_cards(actor, shown, said), 0


def _household_for(actor: Actor, row: Nomination) -> Household | None:
    """The household that came of it or that it was, for whoever sees that household anyway."""
    return visible_households(actor).filter(pk=row.household_id).first() if row.household_id else None


def _steps(row: Nomination) -> list[Step]:
    events = (
        NominationEvent.objects.filter(nomination=row).select_related("actor").order_by("recorded_at", "pk")
    )
    return [_step(row, event) for event in events]


def _step(row: Nomination, event: NominationEvent) -> Step:
    status = NominationStatus(event.status)
    title = _("เสนอชื่อ") if status == _STATUS.RECEIVED else str(status.label)
    by = event.actor.display_name if event.actor else ""
    if not by and row.channel == NominationChannel.PUBLIC:
        by = str(NominationChannel.PUBLIC.label)
    return Step(event, title, _EVENT_KINDS.get(status, "edit"), by)


def _waits_for(actor: Actor, row: Nomination) -> str:
    """Whose turn it is, for a reader who cannot go on himself."""
    asked: dict[str, Any] = {
        _STATUS.RECEIVED: why_not_check,
        _STATUS.CHECKED: why_not_decide,
        _STATUS.APPEALED: why_not_decide_appeal,
    }
    why_not = asked.get(row.status)
    return str(why_not(actor, row) or "") if why_not else ""


# ------------------------------------------------------------------------------------------------- the forms


def subdistrict_choices_for(actor: Actor) -> list[tuple[str, Any]]:
    """Subdistricts in which the actor may nominate, under their districts."""
    return _grouped(Area.objects.filter(subdistricts_for(actor)))


def subdistrict_choices_of(province_code: str) -> list[tuple[str, Any]]:
    """All subdistricts of a province, under their districts."""
    return _grouped(Area.objects.filter(code__startswith=province_code))


def _grouped(areas: QuerySet[Area]) -> list[tuple[str, Any]]:
    rows = areas.filter(level=Level.SUBDISTRICT, is_current=True).select_related("parent")
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows.order_by("parent__sort_key", "parent_id", "sort_key", "code"):
        found.setdefault(row.parent.label if row.parent else "", []).append((row.code, row.label))
    return list(found.items())
