"""What the page of the yardstick shows, put together from the current rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from .enums import Certainty, Dimension, IndicatorUnit
from .models import IncomeThreshold, Indicator, IndicatorSet, PovertyLine
from .queries import (
    criteria_for,
    dimension_infos,
    dimension_of_indicators,
    income_thresholds,
    indicator_sets,
    indicators_of,
    poverty_lines,
)
from .rules import StageRule

_TONES = {Certainty.VERIFIED: "good", Certainty.ONE_SOURCE: "calm", Certainty.UNKNOWN: "bad"}


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure a fact is; `tone` colours its badge and `shown` leaves out what needs no mark."""

    certainty: Certainty

    @property
    def tone(self) -> str:
        return _TONES.get(self.certainty, "warn")

    @property
    def shown(self) -> bool:
        return self.certainty != Certainty.VERIFIED


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    number: int
    text: str
    text_sureness: Sureness
    unit: IndicatorUnit | None
    unit_sureness: Sureness
    dimension: Dimension | None
    dimension_sureness: Sureness
    counterparts: list[int]


@dataclass(frozen=True, slots=True)
class CategoryRows:
    label: str
    sureness: Sureness
    indicators: list[IndicatorRow]


@dataclass(frozen=True, slots=True)
class SetSection:
    found: IndicatorSet
    categories: list[CategoryRows]
    count: int


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension with its office and, per set in order, the numbers of its indicators."""

    dimension: Dimension
    label: str
    lead_office: str
    lead_office_short: str
    office_sureness: Sureness
    numbers: list[list[int]]


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """Survey years in a row that share one threshold and one certainty."""

    first_year: int
    last_year: int
    baht: int
    sureness: Sureness
    source: str


@dataclass(frozen=True, slots=True)
class YardstickPage:
    sureness: list[Sureness]
    dimensions: list[DimensionRow]
    sets: list[SetSection]
    thresholds: list[ThresholdRow]
    lines: list[PovertyLine]
    criteria: StageRule


def yardstick_page(*, province_code: str, today: date) -> YardstickPage:
    """Everything in force today; the stage criteria are those of the province."""
    sets = indicator_sets()
    return YardstickPage(
        sureness=[Sureness(certainty) for certainty in Certainty],
        dimensions=_dimension_rows(sets),
        sets=[_section(found) for found in reversed(sets)],
        thresholds=_threshold_rows(income_thresholds()),
        lines=poverty_lines(),
        criteria=criteria_for(province_code, today),
    )


def _dimension_rows(sets: list[IndicatorSet]) -> list[DimensionRow]:
    mappings = [dimension_of_indicators(found) for found in sets]
    return [
        DimensionRow(
            dimension=Dimension(info.dimension),
            label=info.label,
            lead_office=info.lead_office,
            lead_office_short=info.lead_office_short,
            office_sureness=_sureness(info.certainty.get("lead_office")),
            numbers=[
                [number for number, mapped in mapping.items() if mapped == info.dimension]
                for mapping in mappings
            ],
        )
        for info in dimension_infos()
    ]


def _section(found: IndicatorSet) -> SetSection:
    indicators = indicators_of(found)
    return SetSection(
        found=found,
        categories=[
            CategoryRows(
                label=category["label"],
                sureness=_sureness(category["certainty"]),
                indicators=[
                    _row(indicator) for indicator in indicators if indicator.category == category["code"]
                ],
            )
            for category in found.categories
        ],
        count=len(indicators),
    )


def _row(indicator: Indicator) -> IndicatorRow:
    return IndicatorRow(
        number=indicator.number,
        text=indicator.text,
        text_sureness=_sureness(indicator.certainty.get("text")),
        unit=IndicatorUnit(indicator.unit) if indicator.unit else None,
        unit_sureness=_sureness(indicator.certainty.get("unit")),
        dimension=Dimension(indicator.dimension) if indicator.dimension else None,
        dimension_sureness=_sureness(indicator.certainty.get("dimension")),
        counterparts=indicator.counterparts,
    )


def _threshold_rows(thresholds: list[IncomeThreshold]) -> list[ThresholdRow]:
    rows = []
    for (baht, certainty, source), run in groupby(
        thresholds, key=lambda row: (row.baht, row.certainty, row.source)
    ):
        years = [row.survey_year for row in run]
        rows.append(ThresholdRow(years[0], years[-1], baht, _sureness(certainty), source))
    return rows[::-1]


def _sureness(code: str | None) -> Sureness:
    return Sureness(Certainty(code) if code else Certainty.UNKNOWN)
