"""What the yardstick says of a year, a set or a province. Plain values, for callers on every floor above."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from povertyops.common.errors import InvalidInput
from povertyops.common.naming import Names

from .enums import Certainty, Dimension, Stage
from .models import (
    DimensionInfo,
    IncomeThreshold,
    Indicator,
    IndicatorSet,
    PovertyLine,
    StageCriteria,
    StageInfo,
)
from .rules import StageRule


class AppliedSet(NamedTuple):
    """The set that applies to a survey year; carried forward when it was made for earlier years only."""

    indicator_set: IndicatorSet
    carried_forward: bool


class SetVersion(NamedTuple):
    """A version of a set: from which survey year it is asked, since which day it counts, and its size."""

    id: int
    code: str
    valid_from: int
    since: date
    size: int


class AppliedThreshold(NamedTuple):
    """The income threshold that applies to a survey year, and the year it was set for."""

    baht: int
    survey_year: int
    certainty: Certainty
    carried_forward: bool


def dimension_infos() -> list[DimensionInfo]:
    """The five dimensions in order, with label and lead office."""
    return list(DimensionInfo.objects.filter(superseded_at=None))


def edited_names() -> Names:
    """(code, Thai, English) of dimensions and stages that an administrator calls otherwise than built in."""
    dimensions = DimensionInfo.objects.filter(superseded_at=None).order_by()
    stages = StageInfo.objects.filter(superseded_at=None).order_by()
    rows = dimensions.values_list("dimension", "label", "label_en").union(
        stages.values_list("stage", "label", "label_en"), all=True
    )
    with override(None):
        built_in = {each.value: str(each.label) for each in Dimension}
        built_in |= {each.code: str(each.label) for each in Stage}
    return tuple(
        (code, label if label != built_in[code] else "", label_en)
        for code, label, label_en in sorted(rows)
        if label != built_in[code] or label_en
    )


def indicator_sets() -> list[IndicatorSet]:
    """The current version of every set, earliest years first."""
    return list(IndicatorSet.objects.filter(superseded_at=None))


def indicator_set_for(survey_year: int) -> AppliedSet:
    """The set of a survey year, else the newest earlier one. Raises InvalidInput before the first set."""
    applied = _set_of_year(indicator_sets(), survey_year)
    if applied is None:
        raise InvalidInput(
            "no_indicator_set",
            _("ไม่มีชุดตัวชี้วัดสำหรับปีสำรวจ %(year)s ให้ตรวจปีสำรวจของบัญชี") % {"year": survey_year},
        )
    return AppliedSet(applied, carried_forward=survey_year > applied.valid_to)


def _set_of_year(sets: Iterable[IndicatorSet], survey_year: int) -> IndicatorSet | None:
    begun = [candidate for candidate in sets if candidate.valid_from <= survey_year]
    return max(begun, key=lambda candidate: candidate.valid_from, default=None)


def indicators_of(indicator_set: IndicatorSet) -> tuple[Indicator, ...]:
    """The indicators of a set in the order of their numbers; a version of a set never changes."""
    return _indicators(indicator_set.pk)


def dimension_of_indicators(indicator_set: IndicatorSet) -> dict[int, Dimension]:
    """Indicator number -> dimension, for those that stand for one."""
    return _dimension_of_indicators(indicator_set.pk)


def numbers_of(indicator_set: IndicatorSet) -> frozenset[int]:
    """Every number that a list of these years may print."""
    return frozenset(indicator.number for indicator in indicators_of(indicator_set))


def set_versions() -> list[SetVersion]:
    """Every version of every set, of each set the oldest first."""
    rows = IndicatorSet.objects.annotate(since=TruncDate("recorded_at"), size=Count("indicators"))
    columns = rows.order_by("code", "version").values_list("id", "code", "valid_from", "since", "size")
    return [SetVersion(*values) for values in columns]


def sets_in_force(versions: Iterable[SetVersion], on: date) -> list[SetVersion]:
    """Of each set the version in force at the end of a day, the earliest survey years first.

    Lists are older than the system: a set that came on the first day of all is before it what its first
    version says. One that was added later is asked from its own day on, so that past years stand.
    """
    known = list(versions)
    start = min((version.since for version in known), default=on)
    found: dict[str, SetVersion] = {}
    for version in known:
        if version.since <= on or (version.since == start and version.code not in found):
            found[version.code] = version
    return sorted(found.values(), key=lambda version: version.valid_from)


def mapping_of(version: SetVersion) -> dict[int, Dimension]:
    """Indicator number -> dimension in one version of a set."""
    return _dimension_of_indicators(version.id)


def indicators_in(version: SetVersion) -> tuple[Indicator, ...]:
    """The indicators of one version of a set, as they were worded then."""
    return _indicators(version.id)


def counterparts(from_set: IndicatorSet, to_set: IndicatorSet) -> dict[int, frozenset[int]]:
    """Number in one set -> numbers in the other that ask the same, where any do.

    Neighbouring sets only: the later one names its counterparts in the earlier.
    """
    if from_set.code == to_set.code:
        return {number: frozenset((number,)) for number in numbers_of(from_set) & numbers_of(to_set)}
    later, backwards = (from_set, True) if from_set.valid_from > to_set.valid_from else (to_set, False)
    pairs = [(found.number, int(earlier)) for found in indicators_of(later) for earlier in found.counterparts]
    if not backwards:
        pairs = [(earlier, number) for number, earlier in pairs]
    return {
        number: frozenset(other for from_number, other in pairs if from_number == number)
        for number, _other in pairs
    }


def threshold_for(survey_year: int) -> AppliedThreshold | None:
    """The income threshold of a survey year, else the newest earlier one; None before the first."""
    found = (
        IncomeThreshold.objects.filter(superseded_at=None, survey_year__lte=survey_year)
        .order_by("-survey_year")
        .first()
    )
    if found is None:
        return None
    carried = found.survey_year != survey_year
    return AppliedThreshold(found.baht, found.survey_year, Certainty(found.certainty), carried)


def income_thresholds() -> list[IncomeThreshold]:
    return list(IncomeThreshold.objects.filter(superseded_at=None))


def poverty_lines() -> list[PovertyLine]:
    return list(PovertyLine.objects.filter(superseded_at=None))


def criteria_for(province_code: str, on: date) -> StageRule:
    """The stage criteria of a province on a day: its own, else the nation's, else version 1 as built in."""
    rules = stage_rules(on)
    return rules.get(province_code) or rules.get("") or StageRule()


def stage_rules(on: date) -> dict[str, StageRule]:
    """Province code -> criteria on a day; "" is the nation, for provinces without their own. One query."""
    begun = StageCriteria.objects.filter(effective_from__lte=on).order_by("effective_from", "version")
    return {criteria.province_code: criteria.as_rule() for criteria in begun}


@lru_cache(maxsize=64)
def _indicators(set_id: int) -> tuple[Indicator, ...]:
    return tuple(Indicator.objects.filter(indicator_set_id=set_id))


@lru_cache(maxsize=64)
def _dimension_of_indicators(set_id: int) -> dict[int, Dimension]:
    return {
        indicator.number: Dimension(indicator.dimension)
        for indicator in _indicators(set_id)
        if indicator.dimension
    }
