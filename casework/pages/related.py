"""What other households have to do with one: merged into it, split off, in one house, moved to or from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext

from dimensions.enums import Stage
from households.access import visible_households
from households.enums import LinkKind
from households.models import Household, HouseholdLink, Person
from povertyops.accounts.actor import Actor

from ..enums import StageEventKind
from ..models import Assignment, HouseholdMerge, PersonMerge, StageEvent


@dataclass(frozen=True, slots=True)
class Relation:
    """Another household beside this one. `household_id` is None where the actor may not see it."""

    kind: str | Promise
    name: str
    on: date
    household_id: UUID | None
    merge_id: UUID | None = None
    reason: str = ""


class Told(NamedTuple):
    """A line of the story; the fields of `story.Event`."""

    when: Any
    kind: str
    title: str
    by: str = ""
    text: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """What is stored of it: loaded once for the card and the story."""

    household_id: UUID
    links: list[HouseholdLink]
    merges: list[HouseholdMerge]
    persons: list[PersonMerge]


def load_related(household_id: UUID) -> Related:
    persons = PersonMerge.objects.filter(household=household_id, undone_at=None)
    return Related(
        household_id,
        list(_links(household_id)),
        _merges(household_id),
        list(persons.select_related("kept", "gone", "made_by").defer("manifest")),
    )


def relations_of(actor: Actor, related: Related) -> list[Relation]:
    """Everything that touches this household, the newest first."""
    household_id, links = related.household_id, related.links
    names = _names(actor, {_other(link, household_id) for link in links})
    found: dict[tuple[str, UUID], Relation] = {}
    for link in links:
        other = _other(link, household_id)
        found.setdefault(
            (link.kind, other),
            Relation(
                LinkKind(link.kind).label,
                names.get(other, gettext("ครัวเรือนในพื้นที่อื่น")),
                link.effective_on,
                other if other in names else None,
                reason=link.reason,
            ),
        )
    merges = [
        Relation(gettext("รวมเข้ามา"), merge.gone.head_name, merge.effective_on, None, merge.pk, merge.reason)
        for merge in related.merges
    ]
    return sorted([*merges, *found.values()], key=lambda row: row.on, reverse=True)


def told_of(actor: Actor, related: Related) -> Iterator[Told]:
    """Lines for the household's story: merges with the stages of the one that went, links, moves."""
    for merge in related.merges:
        title = gettext("รวมกับครัวเรือน%(name)s") % {"name": merge.gone.head_name}
        by = merge.made_by.display_name if merge.made_by else ""
        yield Told(merge.effective_on, "edit", title, by, merge.reason)
        yield from _stages_then(merge)
    for person in related.persons:
        names = {"kept": person.kept.full_name, "gone": person.gone.full_name}
        title = gettext("%(gone)s เป็นคนเดียวกับ %(kept)s รวมรายชื่อแล้ว") % names
        by = person.made_by.display_name if person.made_by else ""
        yield Told(person.recorded_at, "edit", title, by, person.reason)
    yield from _moves(actor, related)


def _stages_then(merge: HouseholdMerge) -> Iterator[Told]:
    rows = StageEvent.objects.filter(household=merge.gone_id).exclude(kind=StageEventKind.OPENED)
    for row in rows:
        kind = "slip" if row.kind == StageEventKind.SLIPPED else "stage"
        title = gettext("ขั้น%(stage)s") % {"stage": Stage(row.to_stage).label}
        fact = gettext("ของครัวเรือน%(name)s ก่อนรวม") % {"name": merge.gone.head_name}
        yield Told(row.effective_on, kind, title, facts=(fact,))
    for held in Assignment.objects.filter(household=merge.gone_id).select_related("team__centre"):
        fact = gettext("ของครัวเรือน%(name)s ก่อนรวม") % {"name": merge.gone.head_name}
        title = gettext("มอบให้%(team)sดูแล") % {"team": held.team.centre.name}
        yield Told(held.valid_from, "team", title, facts=(fact,))


def _moves(actor: Actor, related: Related) -> Iterator[Told]:
    household_id, links = related.household_id, related.links
    if not links:
        return
    people = {
        person.pk: person.full_name
        for person in Person.objects.filter(pk__in={pk for link in links for pk in link.person_ids})
    }
    names = _names(actor, {_other(link, household_id) for link in links})
    seen: set[tuple[str, UUID, date]] = set()
    for link in links:
        key = (link.kind, _other(link, household_id), link.effective_on)
        if key in seen and link.kind != LinkKind.MOVED:
            continue
        seen.add(key)
        name = names.get(_other(link, household_id), gettext("ครัวเรือนในพื้นที่อื่น"))
        title = _title(link, household_id) % {"name": name}
        by = link.recorded_by.display_name if link.recorded_by else ""
        who = tuple(people[pk] for pk in link.person_ids if pk in people)
        yield Told(link.effective_on, "edit", title, by, link.reason, who)


def _title(link: HouseholdLink, household_id: UUID) -> str:
    if link.kind == LinkKind.MOVED:
        leaves = link.household_id == household_id
        return gettext("สมาชิกย้ายไปอยู่กับ%(name)s") if leaves else gettext("สมาชิกย้ายมาจาก%(name)s")
    titles = {
        LinkKind.SPLIT: gettext("แยกครัวเรือน: %(name)s"),
        LinkKind.JOINED: gettext("รวมอยู่ด้วยกัน: %(name)s"),
        LinkKind.SAME_HOUSE: gettext("อยู่บ้านหลังเดียวกับ%(name)s แต่เป็นคนละครอบครัว"),
    }
    return titles[LinkKind(link.kind)]


def _links(household_id: UUID) -> Iterator[HouseholdLink]:
    rows = HouseholdLink.objects.filter(Q(household=household_id) | Q(other=household_id))
    yield from rows.select_related("recorded_by").order_by("-effective_on", "-recorded_at", "pk")


def _other(link: HouseholdLink, household_id: UUID) -> UUID:
    return link.other_id if link.household_id == household_id else link.household_id


def _names(actor: Actor, ids: set[UUID]) -> dict[UUID, str]:
    """The households of these that the actor sees, with their names."""
    if not ids:
        return {}
    return dict(visible_households(actor).filter(pk__in=ids).values_list("pk", "head_name"))


def _merges(household_id: UUID) -> list[HouseholdMerge]:
    """Of this household and of those that had merged into one that it took in."""
    inside = Household.objects.filter(merged_into=household_id).values("pk")
    rows = HouseholdMerge.objects.filter(
        Q(kept=household_id) | Q(gone__in=inside), undone_at=None
    ).select_related("gone", "made_by")
    rows = rows.defer("manifest")
    return list(rows.order_by("-effective_on", "-recorded_at"))
