"""Dirty marks: written in the transaction of a write, drained by `reports`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from .models import DirtyMark

Leaf = tuple[int, str, UUID | None]


def mark_dirty(leaves: Iterable[Leaf]) -> None:
    """Mark (fiscal year, leaf area code, municipal centre or None) for recomputing; duplicates fold."""
    DirtyMark.objects.bulk_create(
        [
            DirtyMark(fiscal_year=year, area_code=code, centre_id=centre)
            for year, code, centre in sorted(set(leaves), key=lambda leaf: (leaf[0], leaf[1], str(leaf[2])))
        ]
    )
