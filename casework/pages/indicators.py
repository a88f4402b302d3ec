"""The wording of indicators on pages, by survey year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from dimensions.enums import Dimension
from dimensions.queries import indicator_sets, indicators_of


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
        rows = indicators_of(applied) if applied else ()
        found[year] = {row.number: _text(row.number, row.text, row.dimension) for row in rows}
    return found


def _text(number: int, text: str, dimension: str) -> IndicatorText:
    return IndicatorText(
        number=number,
        text=text or gettext("(ยังไม่พบถ้อยคำของข้อนี้)"),
        dimension=Dimension(dimension) if dimension else None,
    )
