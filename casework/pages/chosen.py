"""The households a bulk act is for: those ticked in a list, or everything its filter finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from households.access import scope_q
from households.models import HouseholdScope
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.errors import InvalidInput

from ..filters import cohort_filters_of
from ..queries.cohort import household_ids

LARGEST = 20_000
SHOWN = 8
MOST_PICKED = 150


@dataclass(frozen=True, slots=True)
class Chosen:
    """`writable` may be changed by the person, `read_only` belong to a municipal centre."""

    ids: list[UUID]
    read_only: int
    everything: bool
    names: list[str]

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def unnamed(self) -> int:
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True)
class Picked:
    """Ticks to restore: on this page, and of other pages (carried along unseen)."""

    everything: bool
    here: Set[UUID]
    elsewhere: Sequence[UUID]

    @property
    def count(self) -> int:
        return len(self.here) + len(self.elsewhere)


def chosen_households(request: HttpRequest, actor: Actor, *, today: date) -> Chosen:
    """From a POST: `household` values, or `everything` with the list's filters in the address.

    What the person cannot see is dropped, what it may only read is counted apart. Raises InvalidInput for a
    filter that cannot be read: left out it would mean more households than were asked for.
    """
    everything = bool(request.POST.get("everything"))
    if everything:
        ids = household_ids(actor, cohort_filters_of(request.GET, today=today))
    else:
        ids = _keys(request.POST.getlist("household"))
    if len(ids) > LARGEST:
        raise InvalidInput("too_many", _("เลือกได้ครั้งละไม่เกิน 20,000 ครัวเรือน โปรดกรองให้แคบลง"))
    return _sorted_out(actor, ids, everything)


def picked_in(query: QueryDict, shown: Iterable[UUID]) -> Picked:
    """What an address says was ticked before, when a person comes back to the list."""
    try:
        keys = set(_keys(query.getlist("household")[:MOST_PICKED]))
    except InvalidInput:
        keys = set()
    shown = set(shown)
    return Picked(bool(query.get("everything")), keys & shown, sorted(keys - shown))


def picks_of(chosen: Chosen) -> list[tuple[str, str]]:
    """The choice as it stands in the list's address; a choice too long for one is not carried."""
    if chosen.everything:
        return [("everything", "1")]
    return [("household", str(pk)) for pk in chosen.ids] if chosen.count <= MOST_PICKED else []


def _keys(values: Sequence[str]) -> list[UUID]:
    try:
        return list(dict.fromkeys(UUID(value) for value in values))
    except ValueError:
        raise InvalidInput("bad_key", _("รายการที่เลือกไม่ถูกต้อง โปรดกลับไปเลือกใหม่")) from None


def _sorted_out(actor: Actor, ids: Sequence[UUID], everything: bool) -> Chosen:
    seen = HouseholdScope.objects.filter(scope_q(actor), pk__in=ids).order_by("household__sort_key")
    rows = list(seen.values_list("pk", "is_municipal", "household__head_name"))
    reads_municipal = actor.role is Role.DISTRICT_OFFICER
    usable = [(pk, name) for pk, municipal, name in rows if not (municipal and reads_municipal)]
    return Chosen(
        ids=[pk for pk, _name in usable],
        read_only=len(rows) - len(usable),
        everything=everything,
        names=[name for _pk, name in usable[:SHOWN]],
    )


def changed_meanwhile(request: HttpRequest, chosen: Chosen) -> str | None:
    """What to say when the filter now finds another number of households than the person was shown."""
    shown = request.POST.get("expected", "")
    if not shown or shown == str(chosen.count):
        return None
    return _("รายการเปลี่ยนไประหว่างนี้ จาก %(shown)s เป็น %(now)d ครัวเรือน โปรดตรวจแล้วยืนยันอีกครั้ง") % {
        "shown": shown,
        "now": chosen.count,
    }
