"""From the rows of an opening balance to what each would do: the household it means, the item, what is there.

Set by set: a number of queries that does not grow with the rows. Nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from dimensions.enums import Dimension, Stage
from households.access import can_give_help, can_write, visible_households
from households.models import Membership
from povertyops.accounts.actor import Actor
from povertyops.common.crypto import blind_index
from povertyops.common.names import search_key
from povertyops.common.thai import format_thai_date, to_arabic_digits

from ..access import Workable, households_to_work_on
from ..carry_rules import Field, Place, Said, Wrong
from ..enums import CarryKind
from ..models import Case, Help, HelpMenuItem

CHUNK = 2_000
NEW, SAME = "new", "same"
UNNAMED = "before-"
"""How the code of the item begins under which a dimension keeps helps that name no item of the menu."""

HelpKey = tuple[UUID, str, date, Decimal, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a row would do, or what is wrong with it. `kind`: NEW, or SAME where it is there already."""

    row: int
    kind: str = ""
    household_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    wrong: Sequence[Wrong] = ()


def judge(actor: Actor, kind: str, said: Sequence[Said]) -> list[Judged]:
    """What each of these rows would do, in their order."""
    found = find_households(actor, [each.place for each in said])
    targets = _targets(actor, {pk for pks in found.values() for pk in pks})
    judge_one = (_Stages if kind == CarryKind.STAGES else _Helps)(actor, targets).judge
    judged = []
    for each in said:
        household = _one_household(each.place, found)
        if isinstance(household, Wrong):
            judged.append(Judged(each.row, wrong=[household]))
        else:
            judged.append(judge_one(each, household))
    return judged


# ---------------------------------------------------------------------------------------------- households


def find_households(actor: Actor, places: Iterable[Place]) -> dict[Place, list[UUID]]:
    """The visible households that each place may mean: by id, else by house code, else by address."""
    wanted = set(places)
    by_pin = _by_pin(actor, {place.pin for place in wanted if place.pin})
    by_code = _by_code(actor, {place.house_code for place in wanted if place.house_code})
    by_address = _by_address(actor, {place.house_no for place in wanted if place.house_no and place.area})
    return {
        place: by_pin.get(place.pin)
        or _with_head(by_code.get(place.house_code, []), place)
        or _at_address(by_address.get(place.house_no, []), place)
        for place in wanted
    }


_Candidate = tuple[UUID, str, str]


def _by_pin(actor: Actor, pins: set[str]) -> dict[str, list[UUID]]:
    index = {blind_index(pin): pin for pin in pins}
    found: dict[str, list[UUID]] = {}
    for some in _chunks(list(index)):
        rows = Membership.objects.filter(
            person__national_id__blind_index__in=some,
            valid_to=None,
            superseded_at=None,
            household__in=visible_households(actor).values("pk"),
        ).values_list("person__national_id__blind_index", "household")
        found |= {index[bytes(blind)]: [household] for blind, household in rows}
    return found


def _by_code(actor: Actor, codes: set[str]) -> dict[str, list[_Candidate]]:
    return _candidates(actor, "house_code", codes)


def _by_address(actor: Actor, numbers: set[str]) -> dict[str, list[_Candidate]]:
    return _candidates(actor, "house_no", numbers)


def _candidates(actor: Actor, column: str, values: set[str]) -> dict[str, list[_Candidate]]:
    found: dict[str, list[_Candidate]] = defaultdict(list)
    for some in _chunks(sorted(values)):
        rows = visible_households(actor).filter(**{f"{column}__in": some})
        for value, pk, area, head in rows.values_list(column, "pk", "area_code", "head_name"):
            found[to_arabic_digits(value)].append((pk, area, search_key(head)))
    return found


def _with_head(candidates: Sequence[_Candidate], place: Place) -> list[UUID]:
    """One house may hold several families: the name of the head then tells which."""
    if len(candidates) > 1 and place.head:
        named = [pk for pk, _area, head in candidates if head == place.head]
        return named or [pk for pk, _area, _head in candidates]
    return [pk for pk, _area, _head in candidates]


def _at_address(candidates: Sequence[_Candidate], place: Place) -> list[UUID]:
    if not place.area or not place.head:
        return []
    return [pk for pk, area, head in candidates if area.startswith(place.area) and head == place.head]


def _targets(actor: Actor, ids: set[UUID]) -> dict[UUID, Workable]:
    found: dict[UUID, Workable] = {}
    for some in _chunks(sorted(ids)):
        found |= households_to_work_on(actor, some, lock=False)
    return found


def _chunks(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _one_household(place: Place, found: Mapping[Place, list[UUID]]) -> UUID | Wrong:
    pks = found[place]
    if len(pks) == 1:
        return pks[0]
    column = _key_field(place)
    if pks:
        return Wrong("many_households", column, _key_value(place), {"count": len(pks)})
    return Wrong("unknown_household", column, _key_value(place))


def _refused(each: Said, household: UUID, wrong: Wrong) -> Judged:
    return Judged(each.row, household_id=household, wrong=[wrong])


def _key_field(place: Place) -> Field:
    return Field.HOUSE_CODE if place.house_code else Field.PIN if place.pin else Field.HOUSE_NO


def _key_value(place: Place) -> str:
    """The id number is never repeated."""
    return place.house_code or place.house_no


# --------------------------------------------------------------------------------------------------- helps


class _Helps:
    """Judges rows of past helps against the menu, what is there already, and each other."""

    def __init__(self, actor: Actor, targets: Mapping[UUID, Workable]) -> None:
        self._actor, self._targets = actor, targets
        self._menu = Menu({target.household.province_code for target in targets.values()})
        self._there = helps_there(targets)
        self._seen: dict[HelpKey, int] = {}

    def judge(self, each: Said, household: UUID) -> Judged:
        target = self._targets[household]
        item = self._menu.item_of(each, target.household.province_code)
        if not can_give_help(self._actor, target.scope):
            return _refused(each, household, Wrong("read_only"))
        if isinstance(item, Wrong):
            return _refused(each, household, item)
        detail = _detail(each, item)
        key = help_key(household, item, each.day, each.amount, detail)
        if key in self._seen:
            return _refused(each, household, Wrong("twice", details={"other_row": self._seen[key]}))
        self._seen[key] = each.row
        data = {
            "item": item,
            "day": each.day.isoformat(),
            "amount": str(each.amount),
            "agency": each.agency,
            "letter": each.letter,
            "detail": detail,
            "early": target.listed_from is None or each.day < target.listed_from,
        }
        return Judged(each.row, SAME if key in self._there else NEW, household, data)


def _detail(each: Said, item: str) -> str:
    """What names no item of the menu keeps its own wording."""
    if item.startswith(UNNAMED) and each.item:
        return " · ".join(text for text in (each.item, each.detail) if text)[:500]
    return each.detail


def help_key(household: UUID, item: str, day: date, amount: Decimal, detail: str) -> HelpKey:
    """What makes two helps the same one; the wording only where nothing else names the help."""
    return household, item, day, amount, detail if item.startswith(UNNAMED) else ""


def helps_there(household_ids: Iterable[UUID]) -> set[HelpKey]:
    """The keys of the helps that stand in these households."""
    there: set[HelpKey] = set()
    for some in _chunks(sorted(household_ids)):
        rows = Help.objects.filter(household__in=some, is_void=False, amendments=None)
        for household, item, code, day, amount, detail in rows.values_list(
            "household", "item", "item__code", "given_on", "amount_baht", "detail"
        ):
            there.add(
                help_key(household, code if code.startswith(UNNAMED) else str(item), day, amount, detail)
            )
    return there


class Menu:
    """The menu of the nation and of these provinces, also what was taken off it: past help was from it."""

    def __init__(self, provinces: set[str]) -> None:
        self._found: dict[tuple[str, str], str] = {}
        self._names: dict[str, str] = {}
        rows = HelpMenuItem.objects.filter(province_code__in={"", *provinces}).exclude(
            code__startswith=UNNAMED
        )
        for pk, code, name, province in rows.order_by("province_code", "is_active").values_list(
            "pk", "code", "name", "province_code"
        ):
            for word in (code.casefold(), search_key(name)):
                self._found[province, word] = str(pk)
            self._names[search_key(name)] = name

    def item_of(self, each: Said, province: str) -> str | Wrong:
        """The id of the item a row names; "before-<dimension>" for a wording under a dimension."""
        for word in (each.item.casefold(), search_key(each.item)):
            for code in (province, ""):
                if word and (code, word) in self._found:
                    return self._found[code, word]
        if each.dimension is not None:
            return f"{UNNAMED}{each.dimension.value}"
        near = get_close_matches(search_key(each.item), self._names, n=1, cutoff=0.7)
        if near:
            return Wrong("unknown_item_near", Field.ITEM, each.item, {"near": self._names[near[0]]})
        return Wrong("unknown_item", Field.ITEM, each.item)


def dimension_of_unnamed(item: str) -> Dimension | None:
    return Dimension(item.removeprefix(UNNAMED)) if item.startswith(UNNAMED) else None


# -------------------------------------------------------------------------------------------------- stages


@dataclass(frozen=True, slots=True)
class Standing:
    """The open case of a household and where it stands."""

    case_id: UUID
    stage: Stage
    since: date
    opened_on: date


def standings(household_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    found: dict[UUID, Standing] = {}
    for some in _chunks(sorted(household_ids)):
        rows = Case.objects.filter(household__in=some, closed_on=None)
        for household, pk, stage, since, opened in rows.values_list(
            "household", "pk", "stage", "stage_since", "opened_on"
        ):
            found[household] = Standing(pk, Stage(stage), since, opened)
    return found


def day_of_stage(standing: Standing, day: date) -> date:
    """A stage reached before the household was in care holds from the opening of its case."""
    return max(day, standing.opened_on)


def why_not_carried(standing: Standing | None, stage: Stage, day: date) -> Wrong | None:
    if standing is None:
        return Wrong("closed")
    if stage < standing.stage:
        return Wrong("not_higher", Field.STAGE, details={"present": str(standing.stage.label)})
    if stage > standing.stage and day_of_stage(standing, day) < standing.since:
        since = format_thai_date(standing.since, "short")
        return Wrong("before_present", Field.DAY, details={"since": since})
    return None


class _Stages:
    """Judges rows of stages against where each household stands, and each other."""

    def __init__(self, actor: Actor, targets: Mapping[UUID, Workable]) -> None:
        self._actor, self._targets = actor, targets
        self._standing = standings(targets)
        self._seen: dict[UUID, int] = {}

    def judge(self, each: Said, household: UUID) -> Judged:
        known = self._standing.get(household)
        wrong = self._why_not(each, household, known)
        if wrong is not None or known is None:
            return _refused(each, household, wrong or Wrong("closed"))
        self._seen[household] = each.row
        data = {
            "stage": int(each.stage),
            "from": int(known.stage),
            "day": each.day.isoformat(),
            "holds": day_of_stage(known, each.day).isoformat(),
        }
        return Judged(each.row, SAME if each.stage == known.stage else NEW, household, data)

    def _why_not(self, each: Said, household: UUID, known: Standing | None) -> Wrong | None:
        if not can_write(self._actor, self._targets[household].scope):
            return Wrong("read_only")
        if household in self._seen:
            return Wrong("twice", details={"other_row": self._seen[household]})
        return why_not_carried(known, each.stage, each.day)
