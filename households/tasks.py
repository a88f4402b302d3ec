"""Background work of the register; each task may run twice."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from .enums import FoundBy
from .services.duplicates import find_duplicates, propose_pairs


@shared_task(name="households.find_duplicates")
def find_in_all_provinces() -> int:
    """Compare who is new or changed since the last time; nightly. Answers the number of new pairs."""
    return find_duplicates().new


@shared_task(name="households.find_duplicates_of_import")
def find_duplicates_of_import(batch_id: str) -> int:
    """Compare the households of an applied list with the register."""
    return propose_pairs(batch=UUID(batch_id), found_by=FoundBy.IMPORT)
