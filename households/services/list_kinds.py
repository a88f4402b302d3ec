"""Loading the kinds of list that come with the product from their reviewed data file."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from ..models import ListKind

SOURCE = Path(__file__).resolve().parent.parent / "data" / "list_kinds.json"


@transaction.atomic
def load_list_kinds() -> list[str]:
    """Make the kinds that are not there yet and return their codes; kinds a person has changed stay as they
    are."""
    kinds = [ListKind(**facts) for facts in json.loads(SOURCE.read_text(encoding="utf-8"))]
    known = set(ListKind.objects.values_list("code", flat=True))
    missing = [kind for kind in kinds if kind.code not in known]
    ListKind.objects.bulk_create(missing, ignore_conflicts=True)
    return [kind.code for kind in missing]
