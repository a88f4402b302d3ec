"""Exports, one file per kind; a new kind is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.inputs import CohortFilters
from casework.queries.cohort import cohort_count
from casework.queries.lists import helps_list, persons_list, visits_list
from povertyops.accounts.actor import Actor

from . import helps, households, persons, visits
from .base import Row, Text


@dataclass(frozen=True)
class ListExport:
    """A list that can be taken away: the same filters and the same predicate as its page.

    `count` says how many rows it will have, for the formats that do not stream.
    """

    label: Promise
    heads: Sequence[Text]
    rows: Callable[[Actor, CohortFilters], Iterator[Row]]
    count: Callable[[Actor, CohortFilters], int]


LISTS: Mapping[str, ListExport] = {
    "household": ListExport(_("ครัวเรือน"), households.HEADS, households.rows, cohort_count),
    "person": ListExport(
        _("คนเป้าหมาย"),
        persons.HEADS,
        persons.rows,
        lambda actor, filters: persons_list(actor, filters).count(),
    ),
    "visit": ListExport(
        _("การลงพื้นที่"), visits.HEADS, visits.rows, lambda actor, filters: visits_list(actor, filters).count()
    ),
    "help": ListExport(
        _("ความช่วยเหลือ"), helps.HEADS, helps.rows, lambda actor, filters: helps_list(actor, filters).count()
    ),
}

__all__ = ["LISTS", "ListExport"]
