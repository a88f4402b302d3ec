"""Somebody who reads the public page and wants the numbers that are not on it: linear programming, nothing of
ours.

What is shown, what adds up and what follows from the meaning of the figures becomes a system over hidden
numbers that are at least nothing; each is then made as small and as large as the system lets it be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

STAGES = ("waiting", "survive", "sufficient", "sustainable")
DIMENSIONS = ("health", "living", "education", "income", "access")
HALVES = ("verified_households", "found", "helped_households", *(f"failing_{d}" for d in DIMENSIONS))
EPSILON = 1e-7

Terms = Mapping[Any, float]


class System:
    """Equations and inequalities (sum >= bound) over numbers that are at least nothing."""

    def __init__(self) -> None:
        self.equations: list[tuple[dict[Any, float], float]] = []
        self.slacks = 0

    def equal(self, terms: Terms, value: float) -> None:
        self.equations.append((dict(terms), value))

    def at_least(self, terms: Terms, value: float) -> None:
        self.slacks += 1
        self.equations.append(({**terms, ("slack", self.slacks): -1.0}, value))

    def bounds(self, wanted: Sequence[Any]) -> dict[Any, tuple[float, float]]:
        names = sorted({name for terms, _ in self.equations for name in terms}, key=str)
        table = _Simplex(names, self.equations)
        return {
            name: (table.best({name: 1.0}), -table.best({name: -1.0})) for name in wanted if name in names
        }


class _Simplex:
    """The two phases of the simplex method on a dense tableau, Bland's rule."""

    def __init__(self, names: Sequence[Any], equations: Sequence[tuple[dict[Any, float], float]]) -> None:
        self.place = {name: number for number, name in enumerate(names)}
        width = len(names)
        self.rows: list[list[float]] = []
        for terms, value in equations:
            sign = -1.0 if value < 0 else 1.0
            row = [0.0] * (width + 1)
            for name, factor in terms.items():
                row[self.place[name]] += sign * factor
            row[-1] = sign * value
            self.rows.append(row)
        self.width = width
        self._first_phase()

    def _first_phase(self) -> None:
        count = len(self.rows)
        for number, row in enumerate(self.rows):
            row[-1:] = [*(1.0 if other == number else 0.0 for other in range(count)), row[-1]]
        self.basis = [self.width + number for number in range(count)]
        cost = [0.0] * self.width + [1.0] * count
        rest = self._run(self.rows, self.basis, cost)
        assert rest < 1e-5, "what is shown contradicts itself"
        for number in range(count):
            if self.basis[number] >= self.width:
                column = next((c for c in range(self.width) if abs(self.rows[number][c]) > EPSILON), None)
                if column is not None:
                    _pivot(self.rows, self.basis, number, column)
        kept = [number for number in range(count) if self.basis[number] < self.width]
        self.rows = [self.rows[number][: self.width] + self.rows[number][-1:] for number in kept]
        self.basis = [self.basis[number] for number in kept]

    def best(self, cost: Terms) -> float:
        """The smallest value of a sum; the tableau stays at a corner for the next question."""
        costs = [0.0] * self.width
        for name, factor in cost.items():
            costs[self.place[name]] = factor
        return self._run(self.rows, self.basis, costs)

    @staticmethod
    def _run(rows: list[list[float]], basis: list[int], cost: Sequence[float]) -> float:
        reduced = [*cost, 0.0]
        for row, column in zip(rows, basis, strict=True):
            if factor := reduced[column]:
                reduced = [a - factor * b for a, b in zip(reduced, row, strict=True)]
        while (
            column := next((c for c, value in enumerate(reduced[:-1]) if value < -EPSILON), None)
        ) is not None:
            ratios = [
                (row[-1] / row[column], basis[n], n) for n, row in enumerate(rows) if row[column] > EPSILON
            ]
            if not ratios:
                return float("-inf")
            least = min(ratio for ratio, _, _ in ratios)
            number = min((leaving, n) for ratio, leaving, n in ratios if ratio <= least + EPSILON)[1]
            _pivot(rows, basis, number, column)
            factor = reduced[column]
            reduced = [a - factor * b for a, b in zip(reduced, rows[number], strict=True)]
        return -reduced[-1]


def _pivot(rows: list[list[float]], basis: list[int], number: int, column: int) -> None:
    pivot = rows[number][column]
    rows[number] = [value / pivot for value in rows[number]]
    for other, row in enumerate(rows):
        if other != number and (factor := row[column]):
            rows[other] = [a - factor * b for a, b in zip(row, rows[number], strict=True)]
    basis[number] = column


def attack(
    releases: Sequence[Mapping[str, Any]], unchanged: frozenset[tuple[str, str]] = frozenset()
) -> dict[Any, tuple[float, float]]:
    """Bounds of every hidden number of releases. `unchanged`: (table, line) that stood still between them,
    told
    to the attacker for nothing. Keys are (release, line, figure), the line "" for the province."""
    system = System()
    hidden: list[Any] = []
    for number, release in enumerate(releases):
        hidden += _read(system, number, release)
    for table, line in unchanged:
        codes = STAGES if table == "stage" else (table,)
        for code in codes:
            system.equal({(0, line, code): 1.0, (1, line, code): -1.0}, 0.0)
    return system.bounds(hidden)


def _read(system: System, number: int, release: Mapping[str, Any]) -> list[Any]:
    lines = {"+".join(one["codes"]): one["figures"] for one in release["districts"]}
    lines[""] = release["figures"]
    older = release["older_tables"]
    hidden: list[Any] = []
    for line, figures in lines.items():
        hidden += [(number, line, code) for code, value in figures.items() if value is None]
        _read_line(system, (number, line), figures, older)
    for table in ("stage", *HALVES):
        for code in STAGES if table == "stage" else (table,):
            parts = {(number, line, code): 1.0 for line in lines if line}
            system.equal({**parts, (number, "", code): -1.0}, 0.0)
    if not older:
        _relief(system, number, release["figures"])
    return [name for name in hidden if name[2] not in ("visits", "helps", "baht")]


def _read_line(system: System, line: tuple[int, str], figures: Mapping[str, Any], older: Any) -> None:
    """What one line says, and how its figures hang together; a table of another month keeps to itself."""
    everyone = figures["households"]
    for code in (*STAGES, *HALVES, "passing", "visited_90"):
        if figures.get(code) is not None:
            system.equal({(*line, code): 1.0}, figures[code])
    if "stage" not in older:
        system.equal({(*line, code): 1.0 for code in STAGES}, everyone)
    for code in (*HALVES, "passing", "visited_90"):
        if code in figures and code not in older:
            system.at_least({(*line, code): -1.0}, -everyone)
    if not older:
        every = {(*line, f"failing_{d}"): 1.0 for d in DIMENSIONS}
        system.at_least({(*line, "waiting"): 1.0, **every}, everyone)


def _relief(system: System, number: int, figures: Mapping[str, Any]) -> None:
    """Who waits has a dimension not yet relieved; who passes has none that has not recovered."""

    def name(code: str) -> Any:
        return (number, "", code)

    for d in DIMENSIONS:
        for group in ("relieved", "recovered"):
            value = figures[f"{group}_{d}"]
            if value is not None:
                system.equal({name(f"{group}_{d}"): 1.0}, value)
        failing, relieved, recovered = (
            name(f"{group}_{d}") for group in ("failing", "relieved", "recovered")
        )
        system.at_least({failing: 1.0, relieved: -1.0}, 0)
        system.at_least({relieved: 1.0, recovered: -1.0}, 0)
        system.at_least({name("waiting"): 1.0, failing: -1.0, relieved: 1.0}, 0)
        system.at_least({name("passing"): -1.0, failing: -1.0, recovered: 1.0}, -figures["households"])
