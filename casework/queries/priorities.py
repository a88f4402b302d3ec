"""The weights in force, and the score as an expression, so that lists are ordered by it in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import (
    Case as Choose,
)
from django.db.models import (
    DateField,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable, CombinedExpression, Expression
from django.db.models.functions import Coalesce, JSONObject

from dimensions.enums import Dimension

from ..models import Case, CohortState, PriorityWeights
from ..priority import (
    ALL_INDICATORS,
    DEFAULTS,
    Part,
    Parts,
    Score,
    Weights,
    failing_dimensions,
    points,
    score,
)

ALL_DIMENSIONS = sum(dimension.bit for dimension in Dimension)
URGENT_FIRST = ("calm", "sort_key", "household_id")
"""The most pressing first, for keyset paging over `with_points`."""
_FIELDS = (
    *("indicators", "dimensions", "fragile", "waiting"),
    *("full_dimensions", "full_fragile", "full_days", "version"),
)


def weights_for(province_code: str) -> Weights:
    """The province's own weights, else the nation's, else those of the product; one query."""
    rows = {row.province_code: row for row in current_weights(province_code)}
    row = rows.get(province_code) or rows.get("")
    return weights_of(row) if row else DEFAULTS


def current_weights(province_code: str) -> QuerySet[PriorityWeights]:
    """What is in force for the province and for the nation, where somebody has set it."""
    return PriorityWeights.objects.filter(province_code__in={province_code, ""}, superseded_at=None)


def weights_of(row: PriorityWeights) -> Weights:
    return Weights(**{name: getattr(row, name) for name in _FIELDS})


# ---------------------------------------------------------------------------------------------- expression


Numbers = Callable[[str], Combinable]
"""The name of a weight -> its whole number, as an expression."""


def _points(raw: Combinable, most: Combinable, full: Combinable) -> CombinedExpression:
    """`priority.points_of` in SQL."""
    whole = IntegerField()
    given = _combined(_combined(Value(2), Combinable.MUL, most), Combinable.MUL, _Least(raw, full))
    above = _combined(given, Combinable.ADD, full)
    return CombinedExpression(
        above, Combinable.DIV, _combined(Value(2), Combinable.MUL, full), output_field=whole
    )


class _Least(Func):
    function = "LEAST"
    output_field = IntegerField()


class _BitsSet(Func):
    template = "bit_count((%(expressions)s)::integer::bit(8))::integer"
    output_field = IntegerField()


class _NotNegative(Func):
    function = "GREATEST"
    template = "%(function)s(0, %(expressions)s)"
    output_field = IntegerField()


class _DaysBetween(Func):
    """Days from the second day to the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def priority_expression(weights: Weights, on: date) -> Expression:
    """The points of a row of CohortState on a day by these weights."""
    return _expression(lambda name: Value(int(getattr(weights, name)), output_field=IntegerField()), on)


def _in_force(province_code: str) -> Numbers:
    """The weights that `weights_for` finds, within the query that needs them."""
    rows = current_weights(province_code).order_by("-province_code")

    def number(name: str) -> Combinable:
        known = Subquery(rows.values(name)[:1])
        return Coalesce(known, Value(int(getattr(DEFAULTS, name))), output_field=IntegerField())

    return number


def _full(part: Part, number: Numbers) -> Combinable:
    if part is Part.INDICATORS:
        return Value(ALL_INDICATORS, output_field=IntegerField())
    return number({Part.WAITING: "full_days"}.get(part, f"full_{part.value}"))


def _expression(number: Numbers, on: date) -> Expression:
    """The points of a row of CohortState on a day; 0 for a household that is not in care.

    A household nobody has visited waits since its case was opened (`Case.opened_on`): the columns of the row
    itself (`step_since`) begin anew with every assignment, which would make it look less pressing.
    """
    found = _combined(F("baseline"), Combinable.BITOR, F("additional"))
    failing = _combined(found, Combinable.BITAND, Value(ALL_DIMENSIONS) - F("recovered"))
    waits_since = Coalesce(F("last_visit_on"), _opened_on(), Value(on, output_field=DateField()))
    raw: dict[Part, Combinable] = {
        Part.INDICATORS: _NotNegative(F("failing_share")),
        Part.DIMENSIONS: _BitsSet(failing),
        Part.FRAGILE: _NotNegative(F("fragile")),
        Part.WAITING: _NotNegative(_DaysBetween(Value(on, output_field=DateField()), waits_since)),
    }
    parts = (_points(raw[part], number(part.value), _full(part, number)) for part in Part)
    points: Any = sum(parts, Value(0))
    return Choose(When(is_open=True, then=points), default=Value(0), output_field=IntegerField())


def _combined(left: Combinable, connector: str, right: Combinable) -> CombinedExpression:
    return CombinedExpression(left, connector, right, output_field=IntegerField())


def _opened_on() -> Subquery:
    """When the newest case of the household was opened; asked only for rows without a visit."""
    cases = Case.objects.filter(household=OuterRef("household_id")).order_by("-opened_on", "-recorded_at")
    return Subquery(cases.values("opened_on")[:1])


def with_points(rows: QuerySet[CohortState], weights: Weights, on: date) -> QuerySet[CohortState]:
    """The rows with `points`, and `calm`: what is missing to 100, so that `URGENT_FIRST` ascends in all its
    columns."""
    expression = priority_expression(weights, on)
    return rows.annotate(points=expression, calm=Value(100) - expression)


def by_priority(rows: QuerySet[CohortState], weights: Weights, on: date) -> QuerySet[CohortState]:
    """The rows with `points`, the most pressing first."""
    return with_points(rows, weights, on).order_by(*URGENT_FIRST)


# ------------------------------------------------------------------------------------- rows read anyway


def with_parts(rows: QuerySet[CohortState], province_code: str) -> QuerySet[CohortState]:
    """The rows with what their score rests on beside their own columns, so that a list of them knows its
    points (`points_on`) without another query: when an unvisited one was opened, and the weights in force."""
    in_force = current_weights(province_code).order_by("-province_code")
    weights = in_force.values(said=JSONObject(**{name: name for name in _FIELDS}))
    opened = Choose(When(last_visit_on=None, then=_opened_on()), output_field=DateField())
    return rows.annotate(case_opened_on=opened, weights_in_force=Subquery(weights[:1]))


def by_day(rows: QuerySet[CohortState], province_code: str, on: date) -> QuerySet[CohortState]:
    """The rows of `with_parts` by the day they are due, of one day the most pressing first: the same query
    holds the weights in force, so that a list can be cut after so many."""
    calm = Value(100) - _expression(_in_force(province_code), on)
    asked = with_parts(rows, province_code).annotate(calm=calm)
    return asked.order_by(F("due_on").asc(nulls_last=True), *URGENT_FIRST)


def points_on(state: CohortState, on: date) -> int:
    """The points of a row of `with_parts` on a day; 0 for a household that is not in care."""
    given: Any = state
    return points(parts_of(state, given.case_opened_on, on), _weights_with(given)) if state.is_open else 0


def score_on(state: CohortState, on: date) -> Score | None:
    """The score of a row of `with_parts`; None for a household that is not in care."""
    given: Any = state
    return score_of(state, given.case_opened_on, on, _weights_with(given))


def _weights_with(given: Any) -> Weights:
    return Weights(**given.weights_in_force) if given.weights_in_force else DEFAULTS


# ------------------------------------------------------------------------------------------- one household


def parts_of(state: CohortState, opened_on: date | None, on: date) -> Parts:
    """What the score of a row rests on, as `priority_expression` reads it."""
    since = state.last_visit_on or opened_on or on
    return Parts(
        failing_share=state.failing_share,
        dimensions=failing_dimensions(
            baseline=state.baseline, additional=state.additional, recovered=state.recovered
        ),
        fragile=state.fragile,
        days=max((on - since).days, 0),
        was_visited=state.last_visit_on is not None,
    )


def score_of(state: CohortState, opened_on: date | None, on: date, weights: Weights) -> Score | None:
    """The score of a household in care; None for one that is not."""
    return score(parts_of(state, opened_on, on), weights) if state.is_open else None
