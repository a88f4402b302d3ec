"""Which help of the menu fits a household, and why: plain values in, a score and reasons out.

No database, clock or settings. An item that is for another stage, age or income does not fit at all; what
brings one forward is a need (a failing dimension, a failed indicator) or that it was given last time. The
rest only orders those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from dimensions.enums import Dimension, Stage


class Why(StrEnum):
    """Why an item fits, the strongest reason first."""

    INDICATOR = "indicator"
    UNRELIEVED = "unrelieved"
    FAILING = "failing"
    LAST_TIME = "last_time"
    STAGE = "stage"
    AGE = "age"
    INCOME = "income"
    AGENCY = "agency"


NEEDS = frozenset({Why.INDICATOR, Why.UNRELIEVED, Why.FAILING, Why.LAST_TIME})
WEIGHTS: dict[Why, int] = {
    Why.INDICATOR: 40,
    Why.UNRELIEVED: 30,
    Why.FAILING: 15,
    Why.LAST_TIME: 12,
    Why.AGE: 8,
    Why.STAGE: 6,
    Why.INCOME: 6,
    Why.AGENCY: 5,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `value` is the indicator, the age or the stage it speaks of, else nothing."""

    why: Why
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What the menu says of an item; an empty set or None asks for nothing."""

    id: UUID
    dimension: Dimension
    relieves: bool = True
    stages: frozenset[int] = frozenset()
    indicators: frozenset[int] = frozenset()
    min_age: int | None = None
    max_age: int | None = None
    max_income_baht: int | None = None
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFacts:
    """What is known of a household. `failing` and `relieved` are masks, `income` baht per person and year.

    `failed` are indicators of the set in force, `ages` of the members whose age is known, `last_items` what
    was given last, `agencies` who has helped nearby of late.
    """

    failing: int = 0
    relieved: int = 0
    failed: frozenset[int] = frozenset()
    stage: int = Stage.WAITING
    ages: tuple[int, ...] = ()
    income: int | None = None
    last_items: frozenset[UUID] = frozenset()
    agencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an item fits; a score of nothing has no reasons."""

    score: int = 0
    reasons: tuple[Reason, ...] = ()

    @property
    def fits(self) -> bool:
        return self.score > 0


NO_FIT = Fit()


def fit(item: ItemFacts, household: HouseholdFacts) -> Fit:
    """Score and reasons, the strongest reason first."""
    if not _may_have(item, household):
        return NO_FIT
    reasons = tuple(_reasons(item, household))
    if not any(reason.why in NEEDS for reason in reasons):
        return NO_FIT
    return Fit(sum(WEIGHTS[reason.why] for reason in reasons), reasons)


def best(items: Iterable[ItemFacts], household: HouseholdFacts) -> list[tuple[ItemFacts, Fit]]:
    """The items that fit, the best first; equal ones stay in the order of the menu."""
    fits = [(item, fit(item, household)) for item in items]
    return sorted((pair for pair in fits if pair[1].fits), key=lambda pair: -pair[1].score)


def _may_have(item: ItemFacts, household: HouseholdFacts) -> bool:
    """Whether nothing known speaks against it; what is unknown never does."""
    if item.stages and household.stage not in item.stages:
        return False
    if household.ages and _asks_age(item) and _age_of(item, household) is None:
        return False
    over = item.max_income_baht is not None and household.income is not None
    return not (over and (household.income or 0) > (item.max_income_baht or 0))


def _reasons(item: ItemFacts, household: HouseholdFacts) -> Iterator[Reason]:
    mended = item.indicators & household.failed
    if mended:
        yield Reason(Why.INDICATOR, min(mended))
    bit = item.dimension.bit
    if household.failing & bit:
        yield Reason(Why.FAILING if household.relieved & bit else Why.UNRELIEVED)
    if item.id in household.last_items:
        yield Reason(Why.LAST_TIME)
    age = _age_of(item, household)
    if age is not None:
        yield Reason(Why.AGE, age)
    if item.stages:
        yield Reason(Why.STAGE, household.stage)
    if item.max_income_baht is not None and household.income is not None:
        yield Reason(Why.INCOME, item.max_income_baht)
    if item.agency and item.agency in household.agencies:
        yield Reason(Why.AGENCY)


def _asks_age(item: ItemFacts) -> bool:
    return item.min_age is not None or item.max_age is not None


def _age_of(item: ItemFacts, household: HouseholdFacts) -> int | None:
    """The age of the first member the item is for; None when it asks for no age or nobody has it."""
    if not _asks_age(item):
        return None
    low = 0 if item.min_age is None else item.min_age
    high = 200 if item.max_age is None else item.max_age
    return next((age for age in household.ages if low <= age <= high), None)
