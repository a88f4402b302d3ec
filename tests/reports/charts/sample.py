"""Figures of an invented area, for charts and packs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from reports.definitions import WAIT_EPOCH
from reports.models import FrozenProgress

DAY = date(2025, 9, 30)
DIMENSIONS = ("health", "living", "education", "income", "access")
STEPS = ("listed", "checked", "assigned", "visited", "survive", "sufficient", "sustainable")
WAITED = 20


def area(households: int = 312, **given: Any) -> FrozenProgress:
    """Everybody waits WAITED days at their step on DAY."""
    waiting = households // 3
    survive = households // 4
    sufficient = households // 5
    values: dict[str, Any] = {
        "households": households,
        "waiting": waiting,
        "survive": survive,
        "sufficient": sufficient,
        "sustainable": households - waiting - survive - sufficient,
        "persons": 3 * households,
        "passing": households // 6,
        "baht": Decimal(1250 * households),
        "development_baht": Decimal(500 * households),
        "helps": 2 * households,
        "development_helps": households,
    }
    for place, dimension in enumerate(DIMENSIONS, start=1):
        values[f"failing_{dimension}"] = households // (place + 1)
        values[f"relieved_{dimension}"] = households // (2 * place + 2)
        values[f"recovered_{dimension}"] = households // (4 * place + 4)
    for step in STEPS:
        values[f"step_{step}"] = households // len(STEPS)
        values[f"since_{step}"] = (households // len(STEPS)) * ((DAY - WAIT_EPOCH).days - WAITED)
    fields = {field.name for field in FrozenProgress._meta.get_fields()}
    return FrozenProgress(**{name: value for name, value in {**values, **given}.items() if name in fields})


def leaves(value: Any) -> Iterator[Any]:
    """Every value of a JSON tree."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value
