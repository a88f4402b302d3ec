"""Turns, medians and the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Line:
    """One row of the table: what was measured, both sides, and the target."""

    what: str
    product: str
    floor: str
    ratio: str
    target: str
    good: bool | None = None


@dataclass
class Report:
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        print(f"  {line.what}: {line.product} | {line.floor} | {line.ratio} | {line.target}", flush=True)

    def table(self) -> str:
        heads = ("measured", "product", "floor", "ratio", "target", "")
        rows = [heads] + [
            (one.what, one.product, one.floor, one.ratio, one.target, _mark(one.good)) for one in self.lines
        ]
        widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join(line.rstrip() for line in lines)


def _mark(good: bool | None) -> str:
    return "" if good is None else "ok" if good else "MISSED"


def in_turns(
    one: Callable[[], object], other: Callable[[], object], turns: int
) -> tuple[list[float], list[float]]:
    """Seconds of each side, A B A B, after one unmeasured turn of both."""
    one()
    other()
    first, second = [], []
    for _turn in range(turns):
        first.append(seconds(one))
        second.append(seconds(other))
    return first, second


def seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def ms(value: float) -> str:
    return f"{value * 1000:.1f} ms"
