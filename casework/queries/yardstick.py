"""Indicator sets, stage criteria and follow-up intervals, loaded once for a whole piece of work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count

from dimensions.enums import Dimension
from dimensions.models import IndicatorSet, StageCriteria
from dimensions.queries import mappings
from dimensions.rules import DimensionMap, StageRule

from ..models import FollowUpInterval
from ..rules import follow_up_days
from .facts import Facts


class _Criteria(NamedTuple):
    province_code: str
    effective_from: date
    rule: StageRule


class LoadedYardstick:
    """Takes criteria and intervals from facts where there are any, else asks each table at most once."""

    def __init__(self, facts: Sequence[Facts] = ()) -> None:
        self._beside = facts[0] if facts else None

    def mapping(self, survey_year: int) -> DimensionMap:
        """Indicator number -> dimension, in the set that applies to a survey year."""
        return self._mappings.get(self._year_of_set(survey_year), {})

    def same_set(self, survey_year: int, other: int) -> bool:
        return self._year_of_set(survey_year) == self._year_of_set(other)

    def rule(self, province_code: str, on: date) -> StageRule:
        """The criteria of a province on a day: its own, else the nation's, else version 1 as built in."""
        begun = {row.province_code: row.rule for row in self._criteria if row.effective_from <= on}
        return begun.get(province_code) or begun.get("") or StageRule()

    def follow_up_days(self, province_code: str, stage: int) -> int:
        return follow_up_days(self._intervals, province_code, stage)

    def set_size(self, survey_year: int) -> int:
        """How many indicators the set of a survey year has; 0 where none is known."""
        begun = [size for year, size in self._set_sizes if year <= survey_year]
        return begun[-1] if begun else 0

    def _year_of_set(self, survey_year: int) -> int:
        return max((year for year in self._mappings if year <= survey_year), default=0)

    @cached_property
    def _mappings(self) -> Mapping[int, Mapping[int, Dimension]]:
        return mappings()

    @cached_property
    def _criteria(self) -> list[_Criteria]:
        if self._beside:
            rows = [StageCriteria(**values) for values in json.loads(self._beside.criteria)]
        else:
            rows = list(StageCriteria.objects.order_by("effective_from", "version"))
        return [
            _Criteria(row.province_code, date.fromisoformat(str(row.effective_from)), row.as_rule())
            for row in rows
        ]

    @cached_property
    def _set_sizes(self) -> list[tuple[int, int]]:
        if self._beside:
            return [(year, size) for year, size in json.loads(self._beside.set_sizes)]
        current = IndicatorSet.objects.filter(superseded_at=None).annotate(size=Count("indicators"))
        return list(current.order_by("valid_from").values_list("valid_from", "size"))

    @cached_property
    def _intervals(self) -> list[tuple[str, int, int]]:
        if self._beside:
            return [(province, stage, days) for province, stage, days in json.loads(self._beside.intervals)]
        return list(FollowUpInterval.objects.values_list("province_code", "stage", "days"))
