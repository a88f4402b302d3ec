"""Loading the yardstick: what changed becomes a new version, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from povertyops.common.audit import Acting, audit
from povertyops.common.naming import names_changed

from ..models import (
    DimensionInfo,
    IncomeThreshold,
    Indicator,
    IndicatorSet,
    PovertyLine,
    StageCriteria,
)
from ..source import Facts, YardstickSource

VersionedModel = type[DimensionInfo] | type[IndicatorSet] | type[IncomeThreshold] | type[PovertyLine]
VersionedRow = DimensionInfo | IndicatorSet | IncomeThreshold | PovertyLine


@dataclass(frozen=True, slots=True)
class Change:
    """One row that got a new version, or was left because a person had corrected it by hand."""

    kind: str
    key: str
    version: int
    changed: tuple[str, ...] = ()
    kept: bool = False


@transaction.atomic
def load_yardstick(*, actor: Acting, source: YardstickSource) -> list[Change]:
    """Bring the rows to what the files say; can run again. Rows the files do not name stay.

    Where the current version was entered by a person it is kept, and the difference reported. One audit row
    per new version.
    """
    changes = [
        *_load(DimensionInfo, source.dimensions),
        *_load(IndicatorSet, source.indicator_sets, _differing_indicators, _add_indicators),
        *_load(IncomeThreshold, source.income_thresholds),
        *_load(PovertyLine, source.poverty_lines),
        *_load_criteria(source.stage_criteria),
    ]
    names_changed()
    for change in changes:
        if not change.kept:
            audit(
                actor,
                "load_yardstick",
                object_type=change.kind,
                object_id=change.key,
                changes={"version": change.version, "changed": list(change.changed)},
            )
    return changes


def _load(
    model: VersionedModel,
    wanted: Iterable[Facts],
    also_differing: Callable[[Any, Facts], list[str]] = lambda _row, _facts: [],
    after: Callable[[Any, Facts], None] = lambda _row, _facts: None,
) -> list[Change]:
    current: dict[tuple[Any, ...], VersionedRow] = {
        _key(model, vars(row)): row
        for row in model._default_manager.filter(superseded_at=None).select_for_update()
    }
    changes = []
    for facts in wanted:
        row = current.get(_key(model, facts))
        differing = [*_differing(row, facts, model.FACTS), *also_differing(row, facts)] if row else []
        if row is not None and not differing:
            continue
        name = " ".join(map(str, _key(model, facts)))
        kind = model._meta.model_name or ""
        if row is not None and row.entered_by_id is not None:
            changes.append(Change(kind, name, row.version, tuple(differing), kept=True))
            continue
        version = row.version + 1 if row else 1
        if row is not None:
            row.superseded_at = Now()
            row.save(update_fields=["superseded_at"])
        after(_create(model, facts, version), facts)
        changes.append(Change(kind, name, version, tuple(differing)))
    return changes


def _key(model: VersionedModel, facts: Facts) -> tuple[Any, ...]:
    return tuple(facts[field] for field in model.KEY)


def _differing(row: object, facts: Facts, fields: Sequence[str]) -> list[str]:
    return [field for field in fields if getattr(row, field) != facts[field]]


def _create(model: VersionedModel, facts: Facts, version: int) -> VersionedRow:
    row = model(version=version, **{field: facts[field] for field in (*model.KEY, *model.FACTS)})
    row.full_clean()
    row.save(force_insert=True)
    return row


def _differing_indicators(row: IndicatorSet, facts: Facts) -> list[str]:
    known = {indicator.number: indicator for indicator in row.indicators.all()}
    wanted = {_number(found): _with_defaults(found) for found in facts["indicators"]}
    changed = [
        f"{number} {field}"
        for number, found in wanted.items()
        if number in known
        for field in _differing(known[number], found, Indicator.FACTS)
    ]
    return changed + [f"{number}" for number in sorted(known.keys() ^ wanted.keys())]


def _add_indicators(row: IndicatorSet, facts: Facts) -> None:
    indicators = [Indicator(indicator_set=row, **_with_defaults(found)) for found in facts["indicators"]]
    for indicator in indicators:
        indicator.full_clean(exclude=["indicator_set"], validate_unique=False)
    Indicator.objects.bulk_create(indicators)


def _with_defaults(found: Facts) -> Facts:
    return {"counterparts": [], "name": "", "ask": "", **found}


def _number(found: Facts) -> int:
    number: int = found["number"]
    return number


def _load_criteria(wanted: Iterable[Facts]) -> list[Change]:
    """Criteria are dated, not superseded: what differs from the newest row of its day is a new version."""
    changes = []
    for facts in wanted:
        province, start = facts["province_code"], date.fromisoformat(facts["effective_from"])
        newest = StageCriteria.objects.filter(province_code=province, effective_from=start).last()
        differing = _differing(newest, facts, StageCriteria.FACTS) if newest else []
        if newest is not None and not differing:
            continue
        key = f"{province or 'nation'} {start}"
        if newest is not None and newest.entered_by_id is not None:
            changes.append(Change("stagecriteria", key, newest.version, tuple(differing), kept=True))
            continue
        version = (StageCriteria.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        row = StageCriteria(
            version=version,
            province_code=province,
            effective_from=start,
            **{field: facts[field] for field in StageCriteria.FACTS},
        )
        row.full_clean()
        row.save(force_insert=True)
        changes.append(Change("stagecriteria", key, version, tuple(differing)))
    return changes
