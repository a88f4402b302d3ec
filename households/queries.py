"""Hand corrections as they stand: versions of fields, and values that wait for a person to choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max, QuerySet

from povertyops.accounts.actor import Actor

from .access import scope_q
from .enums import CorrectionState
from .models import Correction
from .rules import fact_key


def fact_versions(household_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Per household the fields that were set by hand, each with its newest version; one query for all."""
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    rows = (
        Correction.objects.filter(household_id__in=household_ids, version__gt=0)
        .values_list("household_id", "person_id", "field")
        .annotate(newest=Max("version"))
        .order_by()
    )
    for household_id, person_id, field, newest in rows:
        found[household_id][fact_key(field, person_id)] = newest
    return found


def waiting_corrections(actor: Actor | None) -> QuerySet[Correction]:
    """Values that contradict the one in use, of the households the actor may see, the oldest first."""
    return Correction.objects.filter(
        scope_q(actor, "household__scope__"), state=CorrectionState.WAITING
    ).order_by("recorded_at", "pk")
