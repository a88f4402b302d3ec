"""The poverty measures of an area and of those right below it, as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from dimensions.enums import Dimension
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Area
from povertyops.areas.queries import areas_by_code

from ..measures import Measure, Yardstick, measure, together
from ..models import MeasureSetting, SurveyedPopulation
from ..services.measures import People, people_below, populations, setting_of, yardstick_of
from ..suppression import hide_rows, rests_small


@dataclass(frozen=True, slots=True)
class Part:
    """What one dimension has in the measures of an area, in percent."""

    dimension: Dimension
    censored: float | None
    contribution: float | None
    start: float


@dataclass(frozen=True, slots=True)
class Line:
    """One area. `measure` None: too few households for this reader."""

    label: str
    url: str
    measure: Measure | None
    survey: SurveyedPopulation | None
    parts: Sequence[Part]

    @property
    def headcount(self) -> float | None:
        return _percent(self.measure.headcount) if self.measure else None

    @property
    def intensity(self) -> float | None:
        return _percent(self.measure.intensity) if self.measure else None

    @property
    def adjusted(self) -> float | None:
        found = self.measure.adjusted if self.measure else None
        return None if found is None else float(found)

    @property
    def misfit(self) -> bool:
        """Whether there is a survey, but of fewer people than are poor."""
        return bool(self.measure and self.survey and self.measure.population is None)


@dataclass(frozen=True, slots=True)
class MeasuresView:
    """All that the page shows. `setting` None: as TPMAP counts."""

    area: Area
    crumbs: Sequence[Mapping[str, str]]
    fiscal_year: int
    yardstick: Yardstick
    setting: MeasureSetting | None
    own: Line
    lines: Sequence[Line]
    hides: bool

    @property
    def below(self) -> str:
        return str(Level(self.area.level + 1).label)

    @property
    def cutoff_text(self) -> str:
        return cutoff_text(self.yardstick)

    @property
    def weights(self) -> list[tuple[Dimension, float]]:
        return [(d, float(weight)) for d, weight in self.yardstick.weights.items()]

    @property
    def without_survey(self) -> int:
        return sum(1 for line in self.lines if line.measure and line.measure.population is None)

    @property
    def reading(self) -> str:
        return _reading(self.own)


def measures_view(area: Area, fiscal_year: int, *, top: str, aggregates_only: bool) -> MeasuresView:
    """The measures of the nation, a province or a district. `top` is the highest area the reader sees."""
    counted = people_below(fiscal_year, area.code)
    few = aggregates_only and _is_hidden(area, counted, fiscal_year)
    hidden = _hidden(counted) if aggregates_only else frozenset()
    if few:
        hidden = frozenset(counted)
    province = "" if area.code == NATION else area.code[:2]
    setting = setting_of(province, fiscal_year)
    yardstick = yardstick_of(setting)
    path = _path(area.code, top)
    areas = areas_by_code([*counted, *path])
    surveys = populations([area.code, *counted], fiscal_year)
    links = area.level < Level.DISTRICT
    lines = [
        _line(areas[code], each.persons, surveys.get(code), yardstick, links, code in hidden)
        for code, each in counted.items()
        if code in areas
    ]
    lines.sort(key=lambda line: (line.measure is None, -(line.adjusted or 0), line.label))
    everyone = together(each.persons for each in counted.values())
    return MeasuresView(
        area=area,
        crumbs=[{"label": areas[code].label, "url": address(code, fiscal_year)} for code in path],
        fiscal_year=fiscal_year,
        yardstick=yardstick,
        setting=setting,
        own=_line(area, everyone, surveys.get(area.code), yardstick, False, few),
        lines=lines,
        hides=bool(hidden),
    )


def line_of(area: Area, fiscal_year: int, yardstick: Yardstick) -> Line:
    """One area under any yardstick, to see what a change would do."""
    everyone = together(each.persons for each in people_below(fiscal_year, area.code).values())
    survey = populations([area.code], fiscal_year).get(area.code)
    return _line(area, everyone, survey, yardstick, False, False)


def cutoff_text(yardstick: Yardstick) -> str:
    """One of five, where the weights are equal; else the share."""
    if len(set(yardstick.weights.values())) == 1:
        count = yardstick.cutoff * len(Dimension)
        if count.denominator == 1:
            return _("ตกเกณฑ์อย่างน้อย %(count)s ใน 5 มิติ") % {"count": count}
    return _("คะแนนรวมของมิติที่ตกเกณฑ์อย่างน้อย %(share)s") % {"share": f"{float(yardstick.cutoff):g}"}


def address(code: str, fiscal_year: int) -> str:
    return f"{reverse('measures', args=[code])}?fiscal_year={fiscal_year}"


def _line(
    area: Area,
    people: Mapping[int, int],
    survey: SurveyedPopulation | None,
    yardstick: Yardstick,
    links: bool,
    hidden: bool,
) -> Line:
    found = None if hidden else measure(people, survey.persons if survey else None, yardstick)
    url = address(area.code, 0).partition("?")[0] if links else ""
    return Line(area.label, url, found, survey, _parts(found) if found else [])


def _parts(found: Measure) -> list[Part]:
    parts, start = [], 0.0
    for dimension in Dimension:
        contribution = _percent(found.contribution(dimension))
        parts.append(Part(dimension, _percent(found.censored(dimension)), contribution, start))
        start += contribution or 0.0
    return parts


def _cells(people: People) -> tuple[int, ...]:
    """Households, those failing in each dimension, and the rest of each: what may not be a small number."""
    everyone = sum(people.households.values())
    failing = [
        sum(count for mask, count in people.households.items() if mask & dimension.bit)
        for dimension in Dimension
    ]
    return (everyone, *failing, *(everyone - count for count in failing))


def _hidden(counted: Mapping[str, People]) -> frozenset[str]:
    return hide_rows({code: _cells(each) for code, each in counted.items()})


def _is_hidden(area: Area, counted: Mapping[str, People], fiscal_year: int) -> bool:
    """Whether the area itself is hidden: by its own numbers, or as a line of the area above it."""
    own = People({}, together(each.households for each in counted.values()))
    if any(rests_small(count) for count in _cells(own)):
        return True
    return area.level == Level.DISTRICT and area.code in _hidden(people_below(fiscal_year, area.code[:2]))


def _path(code: str, top: str) -> list[str]:
    """From the highest area the reader sees down to this one."""
    own = [] if code == NATION else [code[:length] for length in range(2, len(code) + 1, 2)]
    codes = [NATION, *own]
    return [each for each in codes if top == NATION or (each != NATION and each.startswith(top))]


def _percent(share: Fraction | None) -> float | None:
    return None if share is None else float(100 * share)


def _reading(line: Line) -> str:
    found = line.measure
    if found is None or not found.poor:
        return ""
    most = max(Dimension, key=lambda dimension: found.contribution(dimension) or Fraction(0))
    words = {
        "poor": f"{found.poor:,}",
        "intensity": f"{line.intensity:.1f}",
        "most": most.label,
        "part": f"{_percent(found.contribution(most)):.1f}",
    }
    if found.population:
        words |= {"headcount": f"{line.headcount:.2f}", "adjusted": f"{line.adjusted:.4f}"}
        return (
            _(
                "คนจนหลายมิติ %(poor)s คน คิดเป็น %(headcount)s%% ของคนที่สำรวจ ตกเกณฑ์เฉลี่ย %(intensity)s%% ของมิติ "
                "ดัชนี M0 %(adjusted)s มิติ%(most)sมีส่วนมากที่สุด %(part)s%%"
            )
            % words
        )
    return (
        _("คนจนหลายมิติ %(poor)s คน ตกเกณฑ์เฉลี่ย %(intensity)s%% ของมิติ มิติ%(most)sมีส่วนมากที่สุด %(part)s%%") % words
    )
