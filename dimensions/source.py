"""Reads the reviewed data files of the yardstick, with how sure each fact is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class YardstickSource:
    """The facts of the files, one mapping of column to value per row; each set holds its `indicators`."""

    dimensions: list[Facts]
    indicator_sets: list[Facts]
    income_thresholds: list[Facts]
    poverty_lines: list[Facts]
    stage_criteria: list[Facts]


def read_source(folder: Path = DATA) -> YardstickSource:
    return YardstickSource(
        dimensions=_read(folder / "dimensions.json")["dimensions"],
        indicator_sets=[_read(path) for path in sorted(folder.glob("indicators_*.json"))],
        income_thresholds=_read(folder / "income_thresholds.json")["thresholds"],
        poverty_lines=_read(folder / "poverty_lines.json")["lines"],
        stage_criteria=_read(folder / "stage_criteria.json")["criteria"],
    )


def _read(path: Path) -> Facts:
    facts: Facts = json.loads(path.read_text(encoding="utf-8"))
    return facts
