"""The Alkire-Foster measures of multidimensional poverty. Pure, in exact fractions.

Alkire, S. and Foster, J. (2011), Counting and multidimensional poverty measurement, Journal of Public
Economics 95, 476-487: a person is poor whose weighted share of failing dimensions reaches the cut-off; H is
the share of people who are poor, A the mean weighted share among them, M0 = H x A.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dimensions.enums import Dimension

EQUAL = Fraction(1, len(Dimension))


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Cut-off (a weighted share above 0 and up to 1) and the weights of the dimensions, which add up to 1."""

    cutoff: Fraction
    weights: Mapping[Dimension, Fraction]

    def score(self, mask: int) -> Fraction:
        """The weighted share of dimensions in which a mask fails."""
        return sum((self.weights[d] for d in Dimension if mask & d.bit), Fraction(0))

    def is_poor(self, mask: int) -> bool:
        return self.score(mask) >= self.cutoff


# As TPMAP counts: failing in one of the five is enough, and all weigh the same.
USUAL = Yardstick(EQUAL, dict.fromkeys(Dimension, EQUAL))


@dataclass(frozen=True, slots=True)
class Measure:
    """The measures of one population. `population` None: not surveyed, so only A and contributions are known.

    `score` is the sum of weighted shares over the poor; `failing` counts poor people per dimension
    (censored).
    """

    population: int | None
    poor: int
    score: Fraction
    failing: Mapping[Dimension, int]
    weights: Mapping[Dimension, Fraction]

    @property
    def headcount(self) -> Fraction | None:
        """H: the share of the population that is poor."""
        return Fraction(self.poor, self.population) if self.population else None

    @property
    def intensity(self) -> Fraction | None:
        """A: the mean weighted share of failing dimensions among the poor."""
        return self.score / self.poor if self.poor else None

    @property
    def adjusted(self) -> Fraction | None:
        """M0 = H x A."""
        return self.score / self.population if self.population else None

    def censored(self, dimension: Dimension) -> Fraction | None:
        """The share of the population that is poor and fails in this dimension."""
        return Fraction(self.failing[dimension], self.population) if self.population else None

    def contribution(self, dimension: Dimension) -> Fraction | None:
        """The dimension's part of M0; the contributions of all add up to 1."""
        return self.weights[dimension] * self.failing[dimension] / self.score if self.score else None


def measure(people: Mapping[int, int], population: int | None, yardstick: Yardstick = USUAL) -> Measure:
    """Measures of people counted by the mask of what they fail in; those not counted fail in nothing.

    A population smaller than its poor cannot be the one they belong to, and is taken for unknown.
    """
    poor = {mask: count for mask, count in people.items() if yardstick.is_poor(mask)}
    number = sum(poor.values())
    return Measure(
        population=population if population and population >= number else None,
        poor=number,
        score=sum((yardstick.score(mask) * count for mask, count in poor.items()), Fraction(0)),
        failing={d: sum(count for mask, count in poor.items() if mask & d.bit) for d in Dimension},
        weights=yardstick.weights,
    )


def together(people: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Counts by mask of several areas as one."""
    total: dict[int, int] = {}
    for counts in people:
        for mask, count in counts.items():
            total[mask] = total.get(mask, 0) + count
    return total
