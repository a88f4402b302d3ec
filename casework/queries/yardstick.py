"""Indicator sets, stage criteria and follow-up intervals, loaded once for a whole piece of work.

A version counts from its day on: a fiscal year that is over is judged by what was in force at its end.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from dimensions.models import StageCriteria
from dimensions.queries import SetVersion, mapping_of, set_versions, sets_in_force
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
        self._in_force: dict[date, list[SetVersion]] = {}

    def mapping(self, survey_year: int, on: date) -> DimensionMap:
        """Indicator number -> dimension, in the set that applies to a survey year, as it was on a day."""
        found = self._set(survey_year, on)
        return mapping_of(found) if found else {}

    def same_set(self, survey_year: int, other: int, on: date) -> bool:
        one, another = self._set(survey_year, on), self._set(other, on)
        return (one and one.code) == (another and another.code)

    def rule(self, province_code: str, on: date) -> StageRule:
        """The criteria of a province on a day: its own, else the nation's, else version 1 as built in."""
        begun = {row.province_code: row.rule for row in self._criteria if row.effective_from <= on}
        return begun.get(province_code) or begun.get("") or StageRule()

    def follow_up_days(self, province_code: str, stage: int) -> int:
        return follow_up_days(self._intervals, province_code, stage)

    def set_size(self, survey_year: int, on: date) -> int:
        """How many indicators the set of a survey year has on a day; 0 where none is known."""
        found = self._set(survey_year, on)
        return found.size if found else 0

    def _set(self, survey_year: int, on: date) -> SetVersion | None:
        if on not in self._in_force:
            self._in_force[on] = sets_in_force(self._sets, on)
        begun = [found for found in self._in_force[on] if found.valid_from <= survey_year]
        return begun[-1] if begun else None

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
    def _sets(self) -> list[SetVersion]:
        if not self._beside:
            return set_versions()
        rows = json.loads(self._beside.sets)
        return [
            SetVersion(pk, code, first, date.fromisoformat(since), size)
            for pk, code, first, since, size in rows
        ]

    @cached_property
    def _intervals(self) -> list[tuple[str, int, int]]:
        if self._beside:
            return [(province, stage, days) for province, stage, days in json.loads(self._beside.intervals)]
        return list(FollowUpInterval.objects.values_list("province_code", "stage", "days"))
