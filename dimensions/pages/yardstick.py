"""What the page of the yardstick shows, put together from the current rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from ..asking import Asking, asking_for
from ..enums import Certainty, Dimension, IndicatorUnit
from ..models import IncomeThreshold, Indicator, IndicatorSet, PovertyLine
from ..queries import (
    criteria_for,
    dimension_infos,
    dimension_of_indicators,
    income_thresholds,
    indicator_sets,
    indicators_of,
    poverty_lines,
)
from ..rules import StageRule

_TONES = {Certainty.VERIFIED: "good", Certainty.ONE_SOURCE: "calm", Certainty.UNKNOWN: "bad"}


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure a fact is; `tone` colours its badge."""

    certainty: Certainty

    @property
    def tone(self) -> str:
        return _TONES.get(self.certainty, "warn")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator; it says how sure it is only where that differs from the rest of its set."""

    number: int
    text: str
    asking: Asking
    text_sureness: Sureness | None
    unit: IndicatorUnit | None
    unit_sureness: Sureness | None
    dimension: Dimension | None
    dimension_sureness: Sureness | None
    counterparts: list[int]


@dataclass(frozen=True, slots=True)
class CategoryRows:
    label: str
    sureness: Sureness | None
    indicators: list[IndicatorRow]


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category on the page that edits its set; `count` is of the indicators in it."""

    code: str
    label: str
    sureness: Sureness
    count: int


@dataclass(frozen=True, slots=True)
class SetSection:
    """A set; `usual` says for "text", "unit", "dimension" and "category" how sure most of them are."""

    found: IndicatorSet
    usual: Mapping[str, Sureness]
    categories: list[CategoryRows]
    count: int


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension with its office, how sure both are and, per set in order, its label and numbers."""

    dimension: Dimension
    label_sureness: Sureness
    lead_office: str
    lead_office_short: str
    office_sureness: Sureness
    source: str
    numbers: list[tuple[str, list[int]]]


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
    mappings = [(found.label, dimension_of_indicators(found)) for found in sets]
    return [
        DimensionRow(
            dimension=Dimension(info.dimension),
            label_sureness=_sureness(info.certainty.get("label")),
            lead_office=info.lead_office,
            lead_office_short=info.lead_office_short,
            office_sureness=_sureness(info.certainty.get("lead_office")),
            source=info.source,
            numbers=[
                (label, [number for number, mapped in mapping.items() if mapped == info.dimension])
                for label, mapping in mappings
            ],
        )
        for info in dimension_infos()
    ]


def _section(found: IndicatorSet) -> SetSection:
    indicators = indicators_of(found)
    usual = {
        part: _usual([indicator.certainty.get(part) for indicator in indicators])
        for part in ("text", "unit", "dimension")
    }
    usual["category"] = _usual([category["certainty"] for category in found.categories])
    return SetSection(
        found=found,
        usual=usual,
        categories=[
            CategoryRows(
                label=category["label"],
                sureness=_unusual(category["certainty"], usual["category"]),
                indicators=[
                    _row(found.code, row, usual) for row in indicators if row.category == category["code"]
                ],
            )
            for category in found.categories
        ],
        count=len(indicators),
    )


def category_lines(found: IndicatorSet) -> list[CategoryLine]:
    """The categories of a set in order, each with how many indicators it holds."""
    held = Counter(indicator.category for indicator in indicators_of(found))
    return [
        CategoryLine(each["code"], each["label"], _sureness(each["certainty"]), held[each["code"]])
        for each in found.categories
    ]


def _row(code: str, indicator: Indicator, usual: Mapping[str, Sureness]) -> IndicatorRow:
    certainty = indicator.certainty
    return IndicatorRow(
        number=indicator.number,
        text=indicator.text,
        asking=asking_for(code, indicator.number, indicator.text, name=indicator.name, ask=indicator.ask),
        text_sureness=_unusual(certainty.get("text"), usual["text"]),
        unit=IndicatorUnit(indicator.unit) if indicator.unit else None,
        unit_sureness=_unusual(certainty.get("unit"), usual["unit"]),
        dimension=Dimension(indicator.dimension) if indicator.dimension else None,
        dimension_sureness=_unusual(certainty.get("dimension"), usual["dimension"]),
        counterparts=indicator.counterparts,
    )


def _usual(codes: list[str | None]) -> Sureness:
    [(code, _times)] = Counter(codes).most_common(1) or [(None, 0)]
    return _sureness(code)


def _unusual(code: str | None, usual: Sureness) -> Sureness | None:
    sureness = _sureness(code)
    return None if sureness == usual else sureness


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
