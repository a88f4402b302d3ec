"""Columns of a list, as PostgreSQL writes them: a code, a Thai head and an expression over the list's rows.

`r` is the list's own scoped queryset (`Source.paths` names what can be read of it, as `r.x_<name>`), the
other names are joins. Expressions are our own text; every word in them passes through `quote`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from casework.inputs import CohortFilters
from povertyops.accounts.actor import Actor

from .base import FORMULA_STARTS, Text

Quote = Callable[[Any], str]
_STARTS = ", ".join(str(ord(start)) for start in sorted(FORMULA_STARTS))
BUDDHIST_OFFSET = 543

# What can be joined to the rows, once each, in this order.
JOINS: Mapping[str, str] = {
    "village": "LEFT JOIN areas_area village ON village.code = r.x_area_code",
    "subdistrict": "LEFT JOIN areas_area subdistrict ON subdistrict.code = left(r.x_area_code, 6)",
    "district": "LEFT JOIN areas_area district ON district.code = left(r.x_area_code, 4)",
    "province": "LEFT JOIN areas_area province ON province.code = left(r.x_area_code, 2)",
    "team": "LEFT JOIN areas_centre team ON team.id = r.x_team_id",
}


@dataclass(frozen=True)
class Column:
    """One column. `reads` are names of `Source.paths`. A `sealed` one is opened after PostgreSQL has
    written it; `number` ones are numbers in a workbook."""

    code: str
    head: Text
    sql: Callable[[Quote], str]
    reads: Sequence[str] = ()
    joins: Sequence[str] = ()
    number: bool = False
    sealed: bool = False


@dataclass(frozen=True)
class Source:
    """A list that can be taken away: the same filters, predicate and order as its page.

    `paths` leads from a short name to a field of the queryset. `count` says how many rows there will be.
    """

    label: Text
    rows: Callable[[Actor, CohortFilters], QuerySet[Any, Any]]
    count: Callable[[Actor, CohortFilters], int]
    paths: Mapping[str, str]
    columns: Sequence[Column]


def guarded(text: str) -> str:
    """SQL of text that no spreadsheet takes for a formula; the twin of `base.safe`."""
    return f"CASE WHEN ascii({text}) IN ({_STARTS}) THEN '''' || {text} ELSE {text} END"


def plain(code: str, head: Text, *, reads: str = "", number: bool = False) -> Column:
    """A value as it is: a key, a code of digits, a number."""
    name = reads or code
    return Column(code, head, lambda _quote: f"r.x_{name}", (name,), number=number)


def typed(code: str, head: Text, *, reads: str = "") -> Column:
    """Text that people typed."""
    name = reads or code
    return Column(code, head, lambda _quote: guarded(f"r.x_{name}"), (name,))


def day(code: str, head: Text) -> Column:
    """A date as 21/11/2568. The session writes dates as 21/11/2025."""
    text = f"r.x_{code}::text"
    buddhist = f"left({text}, 6) || (right({text}, 4)::int + {BUDDHIST_OFFSET})"
    return Column(code, head, lambda _quote: buddhist, (code,))


def clock(code: str, head: Text, *, reads: str) -> Column:
    """The time of day of a moment."""
    return Column(
        code,
        head,
        lambda quote: f"to_char(r.x_{reads} AT TIME ZONE {quote(settings.TIME_ZONE)}, 'HH24:MI')",
        (reads,),
    )


def word(code: str, head: Text, choices: Callable[[], Sequence[tuple[Any, Any]]]) -> Column:
    """A choice, by its label."""

    def said(quote: Quote) -> str:
        found = (f"WHEN {quote(value)} THEN {quote(str(label))}" for value, label in choices())
        return f"CASE r.x_{code} {' '.join(found)} END"

    return Column(code, head, said, (code,))


def name_of(code: str, head: Text, first: str, last: str) -> Column:
    """A person's name out of two fields."""
    whole = f"concat_ws(' ', nullif(r.x_{first}, ''), nullif(r.x_{last}, ''))"
    return Column(code, head, lambda _quote: guarded(whole), (first, last))


def joined(code: str, head: Text, *, reads: str, typed_by_people: bool = False) -> Column:
    """The name of an area or a team that the row lies in or belongs to."""
    name = f"{code}.name"
    said = guarded(name) if typed_by_people else name
    return Column(code, head, lambda _quote: said, (reads,), (code,))
