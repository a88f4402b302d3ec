"""Exports, one file per kind; a new kind is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.inputs import CohortFilters
from povertyops.accounts.actor import Actor

from . import helps, households, persons, visits
from .base import Row, Text


@dataclass(frozen=True)
class ListExport:
    """A list that can be taken away: the same filters and the same predicate as its page."""

    label: Promise
    heads: Sequence[Text]
    rows: Callable[[Actor, CohortFilters], Iterator[Row]]


LISTS: Mapping[str, ListExport] = {
    "household": ListExport(_("ครัวเรือน"), households.HEADS, households.rows),
    "person": ListExport(_("คนเป้าหมาย"), persons.HEADS, persons.rows),
    "visit": ListExport(_("การลงพื้นที่"), visits.HEADS, visits.rows),
    "help": ListExport(_("ความช่วยเหลือ"), helps.HEADS, helps.rows),
}

__all__ = ["LISTS", "ListExport"]
