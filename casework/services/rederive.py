"""After a change of the rules: households whose lists disagree are derived and counted again, some at a time.

What is to be done stands in the database, so that a lost message or a killed worker only delays it. Each step
is one transaction with its cursor; a step that ran twice finds nothing to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404

from households.models import Derivation, Household, ListKind
from households.services.derive import derive_households
from households.services.list_kinds import KindDraft, change_list_kind
from households.services.source_rules import RuleDraft, save_rule
from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.enums import Role
from povertyops.common.ids import uuid7
from povertyops.common.leases import LeaseLost, release_lease, renew_lease, take_lease

from .after import after_write

LEASE = "derive-again"
LEASE_SECONDS = 120


def change_rule(*, actor: Actor, draft: RuleDraft) -> Derivation | None:
    """Put a rule of sources in force; what has to be derived again, None where nothing changed."""
    nation = actor.is_system or actor.role is Role.SYSTEM_ADMIN
    with transaction.atomic():
        if not save_rule(actor=actor, draft=draft):
            return None
        return _ask(actor, "" if nation else actor.province_code)


def change_kind(*, actor: Actor, code: str, draft: KindDraft) -> Derivation | None:
    """Say anew what a kind of list is; what has to be derived again, None where its rank stays."""
    with transaction.atomic():
        changed = change_list_kind(actor=actor, code=code, draft=draft)
        return _ask(actor, "") if "rank" in changed else None


def kind_for(code: str) -> ListKind:
    """A kind by its code."""
    kind = ListKind.objects.filter(pk=code).first()
    if kind is None:
        raise Http404
    return kind


def _ask(actor: Actor, province: str) -> Derivation:
    return Derivation.objects.create(province_code=province, asked_by=actor.user, asked_at=actor.stamp)


def unfinished_derivation(province: str) -> Derivation | None:
    """What is still being derived again for a province, if anything."""
    waiting = Derivation.objects.filter(finished_at=None, province_code__in={"", province})
    return waiting.order_by("asked_at").first()


def continue_derivations() -> int:
    """Do all that is asked for; how many households changed. Whoever else is at it is left in peace."""
    holder = uuid7()
    if not take_lease(LEASE, holder, LEASE_SECONDS):
        return 0
    changed = 0
    try:
        for pk in (
            Derivation.objects.filter(finished_at=None).order_by("asked_at").values_list("pk", flat=True)
        ):
            while (found := _step(pk, holder)) is not None:
                changed += found
    except LeaseLost:
        return changed
    finally:
        release_lease(LEASE, holder)
    return changed


def _step(pk: int, holder: UUID) -> int | None:
    """The next households of a derivation, whole or not at all; None when there are no more."""
    actor = system_actor()
    with transaction.atomic():
        asked = Derivation.objects.select_for_update().get(pk=pk)
        ids = _next(asked.province_code, asked.cursor)
        if not ids:
            asked.finished_at = actor.now()
            asked.save(update_fields=["finished_at"])
            return None
        list(Household.objects.filter(pk__in=_with_neighbours(ids)).order_by("pk").select_for_update())
        changed = derive_households(ids)
        after_write(actor=actor, household_ids=changed, since=date.min)
        asked.cursor, asked.done, asked.changed = ids[-1], asked.done + len(ids), asked.changed + len(changed)
        asked.save(update_fields=["cursor", "done", "changed"])
        renew_lease(LEASE, holder, LEASE_SECONDS)
    return len(changed)


_NEXT = """
    SELECT h.id FROM households_household h
    WHERE h.id > %(cursor)s::uuid AND (%(province)s = '' OR h.province_code = %(province)s)
      AND ((SELECT count(*) FROM households_listing l
            WHERE l.household_id = h.id AND l.superseded_at IS NULL) > 1
           OR EXISTS (
               SELECT 1 FROM households_listing l
               JOIN households_listedperson p ON p.listing_id = l.id
               JOIN households_listedperson q ON q.person_id = p.person_id
               JOIN households_listing m ON m.id = q.listing_id AND m.superseded_at IS NULL
               WHERE l.household_id = h.id AND l.superseded_at IS NULL AND m.household_id <> h.id
           ))
    ORDER BY h.id LIMIT %(most)s
"""
_NEIGHBOURS = """
    SELECT m.household_id FROM households_listing l
    JOIN households_listedperson p ON p.listing_id = l.id
    JOIN households_listedperson q ON q.person_id = p.person_id
    JOIN households_listing m ON m.id = q.listing_id AND m.superseded_at IS NULL
    WHERE l.household_id = ANY(%(ids)s) AND l.superseded_at IS NULL
    UNION
    SELECT m.household_id FROM households_listing l
    JOIN households_listedperson p ON p.listing_id = l.id
    JOIN households_membership m ON m.person_id = p.person_id
    WHERE l.household_id = ANY(%(ids)s) AND l.superseded_at IS NULL
      AND m.valid_to IS NULL AND m.superseded_at IS NULL
"""


def _next(province: str, cursor: UUID | None) -> list[UUID]:
    """Households on more than one list, or with somebody who stands in another household, too."""
    after = str(cursor or UUID(int=0))
    with connection.cursor() as found:
        found.execute(_NEXT, {"province": province, "cursor": after, "most": settings.DERIVE_AT_ONCE})
        return [row[0] for row in found.fetchall()]


def _with_neighbours(ids: Sequence[UUID]) -> set[UUID]:
    """These households, and those from or to which their people may move."""
    with connection.cursor() as found:
        found.execute(_NEIGHBOURS, {"ids": list(ids)})
        return {*ids, *(row[0] for row in found.fetchall())}
