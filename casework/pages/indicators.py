"""The wording of indicators on pages, by survey year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from dimensions.enums import Dimension
from dimensions.models import Indicator
from dimensions.queries import (
    SetVersion,
    indicator_sets,
    indicators_in,
    indicators_of,
    set_versions,
    sets_in_force,
)


@dataclass(frozen=True, slots=True)
class IndicatorText:
    """An indicator as asked; `dimension` is None where it stands for none."""

    number: int
    text: str
    dimension: Dimension | None


def indicator_texts(survey_years: Iterable[int]) -> dict[int, dict[int, IndicatorText]]:
    """Survey year -> number -> indicator, of the set that applies; empty before the first set."""
    sets = indicator_sets()
    found: dict[int, dict[int, IndicatorText]] = {}
    for year in survey_years:
        begun = [each for each in sets if each.valid_from <= year]
        applied = max(begun, key=lambda each: each.valid_from, default=None)
        found[year] = _texts(indicators_of(applied) if applied else ())
    return found


def indicator_texts_on(day: date, survey_years: Iterable[int]) -> dict[int, dict[int, IndicatorText]]:
    """As `indicator_texts`, in the words that were in force on a day: what a family was asked then."""
    in_force = sets_in_force(set_versions(), day)
    return {year: _texts(_asked(in_force, year)) for year in survey_years}


def _asked(in_force: Iterable[SetVersion], year: int) -> tuple[Indicator, ...]:
    begun = [version for version in in_force if version.valid_from <= year]
    return indicators_in(begun[-1]) if begun else ()


def _texts(rows: Iterable[Indicator]) -> dict[int, IndicatorText]:
    return {row.number: _text(row.number, row.text, row.dimension) for row in rows}


def _text(number: int, text: str, dimension: str) -> IndicatorText:
    return IndicatorText(
        number=number,
        text=text or gettext("(ยังไม่พบถ้อยคำของข้อนี้)"),
        dimension=Dimension(dimension) if dimension else None,
    )
