"""Two households side by side: what each is and has, where they differ, who of them may be the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from households.access import visible_households
from households.enums import PairKind, PairState
from households.models import DuplicatePair, Household, Listing, Person
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import path_of

from ..enums import HelpStatus, PlanStatus
from ..models import Assignment, Case, HouseholdMerge, HouseholdPlan, PersonMerge
from ..services.merge_fields import value_of
from ..services.merge_work import FIELDS, TEAM, MergeChoices
from .people import Member, members_of
from .story import standing_helps, standing_visits

LABELS: Mapping[str, str | Promise] = {
    "head_name": _("หัวหน้าครัวเรือน"),
    "house_no": _("บ้านเลขที่"),
    "house_code": _("รหัสประจำบ้าน"),
    "phone": _("โทรศัพท์"),
    "area_code": _("หมู่บ้าน"),
    "place": _("พิกัดบ้าน"),
    TEAM: _("ทีมพี่เลี้ยง"),
}
MERGES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two households."""

    key: str
    household: Household
    place: str
    members: Sequence[Member]
    lists: Sequence[str]
    visits: int
    helps: int
    baht: Decimal
    plan: str
    stage: Stage
    opened_on: date | None
    values: Mapping[str, str]

    @property
    def weight(self) -> tuple[int, int, int]:
        """The more of it, the rather it is kept."""
        return (int(self.stage), self.visits + self.helps, len(self.lists))


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of both; `shown` are the words for its values."""

    name: str
    label: str | Promise
    left: str
    right: str

    @property
    def differs(self) -> bool:
        return self.left != self.right


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides, their fields, and the right person that each left person seems to be."""

    pair: DuplicatePair
    left: Side
    right: Side
    fields: Sequence[FieldRow]
    same: Mapping[UUID, UUID]

    @property
    def suggested(self) -> Side:
        return self.right if self.right.weight > self.left.weight else self.left

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right

    @property
    def differing(self) -> list[FieldRow]:
        return [row for row in self.fields if row.differs]


def comparison_of(actor: Actor, pair: DuplicatePair) -> Comparison:
    """The pair's two households; both are in the actor's sight."""
    wanted = [pair.left_household_id, pair.right_household_id]
    rows = visible_households(actor).select_related("scope").in_bulk([pk for pk in wanted if pk])
    left, right = (
        side_of(key, rows[pk], actor.today())
        for key, pk in zip(("left", "right"), wanted, strict=True)
        if pk is not None
    )
    fields = [FieldRow(name, LABELS[name], left.values[name], right.values[name]) for name in LABELS]
    return Comparison(pair, left, right, fields, likely_same(left.members, right.members))


def side_of(key: str, household: Household, today: date) -> Side:
    given = standing_helps(household.pk).filter(status=HelpStatus.DELIVERED)
    helped = given.aggregate(count=Count("pk"), baht=Sum("amount_baht"))
    case = Case.objects.filter(household=household).order_by("-opened_on").first()
    place = " ".join(area.label for area in reversed(path_of(household.area_code)[2:]))
    plan = HouseholdPlan.objects.filter(household=household, status=PlanStatus.ACTIVE).first()
    return Side(
        key=key,
        household=household,
        place=place,
        members=members_of(household.pk, today=today),
        lists=_lists(household.pk),
        visits=standing_visits(household.pk).count(),
        helps=helped["count"],
        baht=helped["baht"] or Decimal(0),
        plan=gettext("ฉบับที่ %(version)d") % {"version": plan.version} if plan else "",
        stage=Stage(case.stage) if case else Stage.WAITING,
        opened_on=case.opened_on if case else None,
        values={**{name: _shown(household, name, place) for name in FIELDS}, TEAM: _team(household.pk)},
    )


def _shown(household: Household, name: str, place: str) -> str:
    return place if name == "area_code" else value_of(household, name)


def _team(household_id: UUID) -> str:
    row = (
        Assignment.objects.filter(household=household_id, valid_to=None)
        .select_related("team__centre")
        .first()
    )
    return row.team.centre.name if row else ""


def _lists(household_id: UUID) -> list[str]:
    rows = Listing.objects.filter(household=household_id, superseded_at=None)
    rows = rows.select_related("target_list__kind").order_by("-fiscal_year", "kind_code")
    return [f"{row.target_list.kind.name} {row.fiscal_year}" for row in rows]


def likely_same(left: Iterable[Member], right: Iterable[Member]) -> dict[UUID, UUID]:
    """Left person -> right person: found alike, or of one name with birthdays that do not contradict."""
    mine, theirs = [m.person for m in left], [m.person for m in right]
    ids = {person.pk for person in (*mine, *theirs)}
    rows = DuplicatePair.objects.filter(kind=PairKind.PERSON, left_id__in=ids, right_id__in=ids)
    alike = {frozenset((row.left_id, row.right_id)): row.state for row in rows.order_by("score")}
    found: dict[UUID, UUID] = {}
    for one in mine:
        for other in theirs:
            state = alike.get(frozenset((one.pk, other.pk)))
            if other.pk in found.values() or state == PairState.NOT_SAME or one.pk in found:
                continue
            if state == PairState.OPEN or _same_name(one, other):
                found[one.pk] = other.pk
    return found


def _same_name(one: Person, other: Person) -> bool:
    birthdays = {one.birth_date, other.birth_date} - {None}
    return one.search_key == other.search_key and len(birthdays) < 2


def consequences(kept: Side, gone: Side, choices: MergeChoices) -> list[str]:
    """What the merge will do, in numbers."""
    both = set(kept.lists) & set(gone.lists)
    moving = len(gone.members) - len(choices.same)
    persons = {
        "moving": moving,
        "same": len(choices.same),
        "all": len(kept.members) + moving,
    }
    lists = {"moved": len(gone.lists) - len(both), "both": len(both)}
    work = {"visits": gone.visits, "helps": gone.helps, "baht": f"{gone.baht:,.0f}"}
    team = gone.values[TEAM] if TEAM in choices.take else kept.values[TEAM] or gone.values[TEAM]
    told = [
        gettext("เหลือครัวเรือนเดียว: %(name)s") % {"name": kept.household.head_name},
        gettext("การเยี่ยม %(visits)d ครั้ง ความช่วยเหลือ %(helps)d รายการ %(baht)s บาท ย้ายมารวมกัน") % work,
        gettext("สมาชิกย้ายเข้ามา %(moving)d คน เป็นคนเดียวกัน %(same)d คน รวมเป็น %(all)d คน") % persons,
        gettext("บัญชีย้ายมา %(moved)d บัญชี อยู่บัญชีเดียวกัน %(both)d บัญชี (รวมเป็นบรรทัดเดียว)") % lists,
        gettext("ขั้นที่ใช้ต่อ: %(stage)s และคำนวณใหม่จากหลักฐานรวมกัน") % {"stage": kept.stage.label},
        gettext("ทีมที่ดูแลต่อ: %(team)s") % {"team": team or gettext("ยังไม่มีทีม")},
    ]
    if choices.take - {TEAM}:
        names = ", ".join(str(LABELS[name]) for name in FIELDS if name in choices.take)
        told.append(gettext("ใช้ข้อมูลของครัวเรือนที่รวมเข้ามา: %(names)s") % {"names": names})
    return told


# ----------------------------------------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge of households or persons in the list; `undo_url_name` leads to its undoing."""

    merge: HouseholdMerge | PersonMerge
    kept: str
    gone: str
    household_id: UUID
    undo_url_name: str


def merges_seen(actor: Actor) -> list[MergeRow]:
    """The newest merges whose kept household the actor sees."""
    seen = visible_households(actor).values("pk")
    merged = Household.objects.filter(merged_into__in=seen).values("pk")
    households = HouseholdMerge.objects.filter(Q(kept__in=seen) | Q(kept__in=merged))
    persons = PersonMerge.objects.filter(household__in=seen)
    rows = [
        MergeRow(row, row.kept.head_name, row.gone.head_name, row.kept_id, "merge_undo")
        for row in _newest(households)
    ]
    rows += [
        MergeRow(row, row.kept.full_name, row.gone.full_name, row.household_id, "person_merge_undo")
        for row in _newest(persons)
    ]
    return sorted(rows, key=lambda row: row.merge.recorded_at, reverse=True)[:MERGES_SHOWN]


def _newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    found = rows.select_related("kept", "gone", "made_by", "undone_by")
    return found.defer("manifest").order_by("-recorded_at")[:MERGES_SHOWN]
