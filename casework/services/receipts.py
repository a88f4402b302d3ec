"""One record per visit however often it is sent: receipts by client UUID, answers to what was sent before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.http import Http404

from households.access import scope_q
from povertyops.accounts.actor import Actor
from povertyops.common.errors import DomainError
from povertyops.common.prepared import array_of

from ..access import SCOPE
from ..inputs import HelpInput, VisitInput
from ..models import Visit, VisitConflict, VisitReceipt

_in_order = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode

Status = Literal["created", "same", "conflict", "refused"]


@dataclass(frozen=True, slots=True)
class VisitOutcomeResult:
    """What became of one visit. `visit` is the stored record where the caller may see it.

    `error` says why a visit of a batch was refused: a DomainError, or Http404 for a household out of sight.
    """

    visit_id: UUID
    status: Status
    visit: Visit | None = None
    error: DomainError | Http404 | None = None


def content_hash(visit: VisitInput) -> bytes:
    """Fingerprint of what a visit says. What is measured at sending is left out: it differs every time."""
    return hashlib.sha256(_in_order(body_of(visit)).encode()).digest()


def body_of(visit: VisitInput) -> dict[str, Any]:
    """The visit as JSON, the same for the same content whatever the order in which parts were sent."""
    return {
        **_later_parts(visit),
        "household": str(visit.household_id),
        "visited_at": visit.visited_at.astimezone(UTC).isoformat(),
        "outcome": visit.outcome,
        "note": visit.note,
        "next_visit_on": _text(visit.next_visit_on),
        "notice_version": visit.notice_version,
        "helps": sorted((_help_body(help_) for help_ in visit.helps), key=lambda body: body["id"]),
        "verifications": sorted([str(f.person_id), str(f.status), f.note] for f in visit.verifications),
        "answers": sorted([int(number), str(value)] for number, value in visit.answers.items()),
        "survey_year": visit.survey_year,
        "self_solved": sorted(str(dimension) for dimension in visit.self_solved),
        "place": [visit.latitude, visit.longitude, visit.accuracy_m],
        "amends": _text(visit.amends),
    }


def _later_parts(visit: VisitInput) -> dict[str, Any]:
    """Parts that came with a later release: named only where said, so that older fingerprints stay true."""
    said = {
        "claimed_at": visit.claimed_at and visit.claimed_at.astimezone(UTC).isoformat(),
        "time_doubt": str(visit.time_doubt),
        "family_contribution": visit.family_contribution,
        "priorities": sorted(
            [row.rank, str(row.dimension), row.indicator or 0, row.reason] for row in visit.priorities
        ),
        "skipped": sorted([int(number), str(reason)] for number, reason in visit.skipped.items()),
        "is_full": visit.is_full,
    }
    return {name: value for name, value in said.items() if value}


def _help_body(help_: HelpInput) -> dict[str, Any]:
    return {
        "id": str(help_.id),
        "item": str(help_.item_id),
        "given_on": help_.given_on.isoformat(),
        "agency": help_.agency_name,
        "amount": f"{help_.amount_baht:.2f}",
        "detail": help_.detail,
        "status": str(help_.status),
        "letter": help_.letter_number,
        "fulfils": _text(help_.fulfils),
    }


def _text(value: date | UUID | None) -> str | None:
    return None if value is None else str(value)


# Answers with the few that were there before.
_RECEIPTS = """
    WITH given AS (
        SELECT visit_id, decode(content_hash, 'hex') AS content_hash
        FROM unnest(%s::uuid[], %s::text[]) AS t (visit_id, content_hash)
    ), stored AS (
        INSERT INTO casework_visitreceipt (visit_id, content_hash, user_id, recorded_at)
        SELECT visit_id, content_hash, %s, coalesce(%s::timestamptz, now()) FROM given
        ON CONFLICT (visit_id) DO NOTHING RETURNING visit_id
    )
    SELECT visit_id FROM given WHERE visit_id NOT IN (SELECT visit_id FROM stored)
"""


def claim_receipts(actor: Actor, rows: Sequence[tuple[UUID, bytes]]) -> set[UUID]:
    """Write a receipt per (visit id, content hash); the ids that had none before, so that the visits are this
    caller's to store.

    The unique key decides, not a look beforehand: of two requests at once the second waits for the first. Of
    two visits with one id the first gives the receipt its content.
    """
    if not rows:
        return set()
    unique = dict(reversed(rows))
    ids = sorted(unique, key=attrgetter("int"))
    hashes = array_of(unique[visit_id].hex() for visit_id in ids)
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS, [array_of(ids), hashes, actor.user_id, actor.recorded_at])
        return set(unique) - {row[0] for row in cursor.fetchall()}


def give_back(visit_ids: Sequence[UUID]) -> None:
    """Take the receipts of visits back that were refused after all."""
    if visit_ids:
        VisitReceipt.objects.filter(visit_id__in=visit_ids).delete()


def answer_repeats(
    actor: Actor, visits: Sequence[VisitInput], reachable: set[UUID]
) -> list[VisitOutcomeResult]:
    """What to say of visits whose id was used before, or whose household the caller cannot see.

    Equal content is the same visit, for its sender and for whoever sees its household. Other content is kept
    beside it for the officer. Of a record out of sight nothing is said. `reachable`: the visible households.
    """
    if not visits:
        return []
    ids = [visit.id for visit in visits]
    receipts = VisitReceipt.objects.in_bulk(ids)
    stored = Visit.objects.in_bulk(ids)
    seen = set(Visit.objects.filter(scope_q(actor, SCOPE), pk__in=ids).values_list("pk", flat=True))
    results = []
    conflicts = []
    for visit in visits:
        receipt, found = receipts.get(visit.id), stored.get(visit.id)
        known = _is_same(actor, visit, receipt, seen)
        if known:
            results.append(VisitOutcomeResult(visit.id, "same", found))
        elif receipt is None or visit.household_id not in reachable:
            results.append(VisitOutcomeResult(visit.id, "refused", error=Http404()))
        else:
            conflicts.append(conflict_row(actor, visit, found))
            results.append(VisitOutcomeResult(visit.id, "conflict", found if visit.id in seen else None))
    VisitConflict.objects.bulk_create(conflicts, ignore_conflicts=True)
    return results


def _is_same(actor: Actor, visit: VisitInput, receipt: VisitReceipt | None, seen: set[UUID]) -> bool:
    if receipt is None or bytes(receipt.content_hash) != content_hash(visit):
        return False
    return visit.id in seen or (actor.user_id is not None and receipt.user_id == actor.user_id)


def conflict_row(actor: Actor, visit: VisitInput, stored: Visit | None) -> VisitConflict:
    """Another body under a used id, kept for the officer of the stored visit's household."""
    return VisitConflict(
        visit_id=visit.id,
        household_id=stored.household_id if stored else visit.household_id,
        province_code=stored.province_code if stored else "",
        body=body_of(visit),
        body_hash=content_hash(visit),
        user=actor.user,
        recorded_at=actor.stamp,
    )
