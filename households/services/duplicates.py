"""Persons and households that may stand in the register twice: proposing pairs, what a nomination resembles,
and what people say of a pair. Merging is casework's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ..access import scope_q
from ..duplicates.access import decidable_pairs, get_pair_for, pairs_of_household, visible_pairs
from ..duplicates.finder import compare_households, households_named, resembling
from ..duplicates.grounds import sentence, speaks_against
from ..duplicates.nightly import Progress, Tally, provinces_with_households, run_provinces
from ..enums import FoundBy, PairKind, PairState
from ..models import DuplicatePair, HouseholdScope

__all__ = [
    "NearMatch",
    "close_pairs",
    "decidable_pairs",
    "decide_not_same",
    "find_duplicates",
    "get_pair_for",
    "near_matches",
    "pairs_of_household",
    "propose_pairs",
    "reopen_pairs",
    "sentence",
    "speaks_against",
    "visible_pairs",
]


@dataclass(frozen=True, slots=True)
class NearMatch:
    """A household of the register that resembles one about to be nominated. `grounds` as on a pair.

    Of one that is not `visible` nothing but its being there may be told.
    """

    household_id: UUID
    score: int
    grounds: list[dict[str, Any]]
    visible: bool


def propose_pairs(
    *,
    household_ids: Collection[UUID] | None = None,
    person_ids: Collection[UUID] | None = None,
    batch: UUID | None = None,
    found_by: FoundBy,
) -> int:
    """Compare these households, the homes of these persons and the households of an import with the register.

    Stores what is alike as OPEN pairs and answers how many are new; what no longer fits is GONE. A pair that
    a person has decided is never opened again. May run twice, and on nothing.
    """
    households = households_named(household_ids or (), person_ids or (), batch)
    return compare_households(households, found_by=found_by, batch_id=batch)


def find_duplicates(
    *, provinces: Sequence[str] = (), full: bool = False, tell: Progress = lambda _province: None
) -> Tally:
    """Compare whoever is new or changed in these provinces (none given: all); `full` compares everybody.

    A province that another run holds is left out. `tell` is called with each province that is done.
    """
    return run_provinces(provinces or provinces_with_households(), full=full, tell=tell)


def near_matches(
    *,
    actor: Actor,
    head_name: str = "",
    first_name: str = "",
    last_name: str = "",
    birth_date: date | None = None,
    house_no: str = "",
    house_code: str = "",
    phone: str = "",
    area_code: str = "",
    pin: str = "",
    place: tuple[float, float] | None = None,
    limit: int = 8,
) -> list[NearMatch]:
    """Households that resemble the one described, the most alike first. Nothing is stored.

    `place` is (latitude, longitude). A full national id finds its household in any province.
    """
    found = resembling(
        head_name=head_name,
        first_name=first_name,
        last_name=last_name,
        birth_date=birth_date,
        house_no=house_no,
        house_code=house_code,
        phone=phone,
        area_code=area_code,
        pin=pin,
        place=place,
        limit=limit,
    )
    ids = [household_id for household_id, _score, _grounds in found]
    seen = set(HouseholdScope.objects.filter(scope_q(actor), pk__in=ids).values_list("pk", flat=True))
    return [NearMatch(pk, score, grounds, pk in seen) for pk, score, grounds in found]


def decide_not_same(*, actor: Actor, pair_id: UUID, reason: str) -> DuplicatePair:
    """Two that are not the same, remembered for good; the persons of two households follow them.

    Side effect: audit row.
    """
    if not (actor.is_system or actor.role in OFFICER_ROLES):
        raise NotAllowed("not_your_decision", _("เจ้าหน้าที่ศูนย์เท่านั้นที่ตัดสินว่าเป็นคนละราย"))
    if not reason.strip():
        raise InvalidInput("reason_missing", _("ต้องบอกเหตุผลที่เห็นว่าเป็นคนละราย"), field="reason")
    with transaction.atomic():
        pair = get_pair_for(actor, pair_id, lock=True)
        if pair.state not in (PairState.OPEN, PairState.GONE):
            raise Conflict("already_decided", _("คู่นี้มีผู้ตัดสินแล้ว โปรดเปิดรายการใหม่"))
        decided = {
            "state": PairState.NOT_SAME,
            "reason": reason.strip()[:500],
            "decided_by_id": actor.user_id,
            "decided_at": actor.stamp,
        }
        DuplicatePair.objects.filter(_with_its_persons(pair), state__in=_UNDECIDED).update(**decided)
        audit(
            actor,
            "duplicate.not_same",
            object_type="duplicate_pair",
            object_id=pair.pk,
            household_id=pair.left_household_id,
            province_code=pair.province_code,
            changes={"other": str(pair.right_household_id), "reason": reason.strip()[:500]},
        )
        pair.refresh_from_db()
    return pair


def close_pairs(household_ids: Sequence[UUID]) -> int:
    """Households that became one: the pairs between them are MERGED, their other open pairs GONE.

    Compare the household that stays afterwards (`propose_pairs`). Inside the caller's transaction.
    """
    ids = list(household_ids)
    among = Q(left_household_id__in=ids, right_household_id__in=ids)
    merged = DuplicatePair.objects.filter(among, state__in=_UNDECIDED).update(state=PairState.MERGED)
    touching = Q(left_household_id__in=ids) | Q(right_household_id__in=ids)
    gone = DuplicatePair.objects.filter(touching, state=PairState.OPEN).update(state=PairState.GONE)
    return merged + gone


def reopen_pairs(household_ids: Sequence[UUID]) -> int:
    """Households that were taken apart again: the pairs between them that a merge closed are OPEN."""
    ids = list(household_ids)
    among = Q(left_household_id__in=ids, right_household_id__in=ids)
    return DuplicatePair.objects.filter(among, state=PairState.MERGED).update(state=PairState.OPEN)


_UNDECIDED = (PairState.OPEN, PairState.GONE)


def _with_its_persons(pair: DuplicatePair) -> Q:
    """The pair; and for two households the pairs of their persons."""
    if pair.kind != PairKind.HOUSEHOLD:
        return Q(pk=pair.pk)
    left, right = pair.left_household_id, pair.right_household_id
    either = Q(left_household_id=left, right_household_id=right) | Q(
        left_household_id=right, right_household_id=left
    )
    return Q(pk=pair.pk) | either
