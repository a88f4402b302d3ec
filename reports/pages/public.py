"""What the public page and its files show, made of the `shown` part of a release. Nothing else is read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension, Stage
from povertyops.areas.queries import areas_by_code
from povertyops.common.languages import is_thai
from povertyops.common.naming import with_stages
from povertyops.common.thai import format_thai_date

from ..definitions import BY_CODE
from ..exports.base import BOM, safe
from ..public_rules import DISTRICT_FIGURES, HALVES, PROVINCE_FIGURES, STAGE
from .columns import Text
from .map_classes import MapClass, class_of, classes_of

HIDDEN = "*"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number; `value` None is hidden. `share` is in percent of the households, where both are told."""

    code: str
    value: int | None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One district, or several that are told together."""

    codes: Sequence[str]
    label: str
    cells: Sequence[Cell]
    reached: float | None
    shade: int | None = None
    path: str = ""

    @property
    def together(self) -> bool:
        return len(self.codes) > 1


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """One dimension of the whole province."""

    dimension: Dimension
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class PublicView:
    """All that the page shows."""

    area: str
    name: str
    fiscal_year: int
    as_of: date
    tiles: Sequence[tuple[Text, Text, Cell]]
    stages: Sequence[tuple[Stage, Cell]]
    dimensions: Sequence[DimensionLine]
    heads: Sequence[tuple[Text, Text]]
    lines: Sequence[Line]
    classes: Sequence[MapClass]
    height: int
    older: Sequence[tuple[Text, date]]

    @property
    def has_shapes(self) -> bool:
        return any(line.path for line in self.lines)


TILES = (
    *("households", "persons", "verified_households", "found", "passing", "visited_90"),
    *("helped_households", "visits", "helps", "baht"),
)
NEVER_SHARES = frozenset({"households", "persons", "visits", "helps", "baht"})
DISTRICT_COLUMNS = (*("households", "persons", *(stage.code for stage in Stage), *HALVES),)
TABLE_LABELS: Mapping[str, Text] = {STAGE: gettext_lazy("ขั้นของครัวเรือน")}


def public_view(shown: Mapping[str, Any]) -> PublicView:
    """The page of a release."""
    figures, sheet = shown["figures"], shown["sheet"]
    old = _codes_of(shown["older"])
    names = _english_names(shown)
    lines = [_line(district, sheet["paths"], old, names) for district in shown["districts"]]
    told = [line.reached for line in lines if line.reached is not None]
    classes = classes_of(told)
    return PublicView(
        area=shown["area"],
        name=names.get(shown["area"], shown["name"]),
        fiscal_year=shown["fiscal_year"],
        as_of=date.fromisoformat(shown["as_of"]),
        tiles=[(BY_CODE[code].label, BY_CODE[code].unit.value, _cell(figures, code, old)) for code in TILES],
        stages=[(stage, _cell(figures, stage.code, old)) for stage in Stage],
        dimensions=[
            DimensionLine(
                dimension,
                [
                    _cell(figures, f"failing_{dimension.value}", old),
                    _cell(figures, f"relieved_{dimension.value}", old, f"failing_{dimension.value}"),
                    _cell(figures, f"recovered_{dimension.value}", old, f"failing_{dimension.value}"),
                ],
            )
            for dimension in Dimension
        ],
        heads=[(_head(code), BY_CODE[code].counts) for code in DISTRICT_COLUMNS],
        lines=[_shaded(line, classes) for line in lines],
        classes=classes,
        height=sheet["height"],
        older=[
            (TABLE_LABELS.get(name) or _head(name), date.fromisoformat(day))
            for name, day in shown["older"].items()
        ],
    )


def as_json(shown: Mapping[str, Any]) -> bytes:
    """The figures for programs; null is hidden."""
    body = {
        **{name: shown[name] for name in ("area", "name", "fiscal_year", "as_of")},
        "hidden": _("null คือตัวเลขที่ปกปิดไว้ เพราะน้อยกว่า 5 หรือเพราะใช้คิดย้อนหาตัวเลขที่น้อยกว่า 5 ได้"),
        "labels": {code: str(_head(code)) for code in PROVINCE_FIGURES},
        "older_tables": shown["older"],
        "figures": shown["figures"],
        "districts": [
            {name: district[name] for name in ("codes", "names", "figures")}
            for district in shown["districts"]
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def as_csv(shown: Mapping[str, Any]) -> bytes:
    """One row for the province and one for each district; `*` is hidden, an empty cell is not told of
    districts.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("รหัส"), _("พื้นที่"), _("ปีงบประมาณ"), _("ข้อมูล ณ วันที่"), *PROVINCE_FIGURES])
    head = [shown["fiscal_year"], shown["as_of"]]
    writer.writerow(
        [shown["area"], safe(shown["name"]), *head, *_written(shown["figures"], PROVINCE_FIGURES)]
    )
    for district in shown["districts"]:
        cells = dict(zip(DISTRICT_FIGURES, _written(district["figures"], DISTRICT_FIGURES), strict=True))
        names = safe(" ".join(district["names"]))
        row = [cells.get(code, "") for code in PROVINCE_FIGURES]
        writer.writerow([" ".join(district["codes"]), names, *head, *row])
    return (BOM + out.getvalue()).encode()


def _written(figures: Mapping[str, int | None], codes: Sequence[str]) -> Iterator[int | str]:
    for code in codes:
        value = figures[code]
        yield HIDDEN if value is None else value


def _head(code: str) -> Text:
    """A short label that says the dimension, too."""
    figure = BY_CODE[code]
    group, _separator, name = code.partition("_")
    if name in Dimension.values and group in ("failing", "relieved", "recovered"):
        return f"{figure.label} {Dimension(name).label}"
    return figure.short


def _codes_of(tables: Iterable[str]) -> frozenset[str]:
    """The figures that these tables hold."""
    names = set(tables)
    return frozenset(names - {STAGE}) | {stage.code for stage in Stage if STAGE in names}


def _cell(figures: Mapping[str, int | None], code: str, old: Collection[str], of: str = "households") -> Cell:
    """A figure with its share; none where only one of the two is of an earlier month."""
    value, whole = figures[code], figures[of]
    if code in NEVER_SHARES or value is None or not whole or (code in old) != (of in old):
        return Cell(code, value)
    return Cell(code, value, 100 * value / whole)


def _english_names(shown: Mapping[str, Any]) -> Mapping[str, str]:
    """Labels by code for a reader of English; a release keeps the Thai ones."""
    if is_thai():
        return {}
    codes = [shown["area"], *(code for district in shown["districts"] for code in district["codes"])]
    return {code: area.label for code, area in areas_by_code(codes).items()}


def _line(
    district: Mapping[str, Any], paths: Mapping[str, str], old: Collection[str], names: Mapping[str, str]
) -> Line:
    figures = district["figures"]
    stages = [figures[stage.code] for stage in Stage]
    waiting = figures[Stage.WAITING.code]
    # Of its own table only: the households may already be of a later month.
    total = figures["households"] if Stage.WAITING.code not in old else 0
    total = sum(stages) if None not in stages else total
    return Line(
        codes=district["codes"],
        label=" ".join(
            names.get(code, name) for code, name in zip(district["codes"], district["names"], strict=True)
        ),
        cells=[_cell(figures, code, old) for code in DISTRICT_COLUMNS],
        reached=None if waiting is None or not total else 100 * (total - waiting) / total,
        path=" ".join(paths[code] for code in district["codes"] if code in paths),
    )


def _shaded(line: Line, classes: Sequence[MapClass]) -> Line:
    shade = None if line.reached is None else class_of(line.reached, classes).shade
    return Line(line.codes, line.label, line.cells, line.reached, shade, line.path)


def said_of(view: PublicView) -> str:
    """One sentence for the top of the page."""
    told = next(cell for stage, cell in view.stages if stage is Stage.WAITING)
    waiting, households = told.value, view.tiles[0][2].value
    if waiting is None or told.share is None or not households:
        return ""
    return with_stages(_("ข้อมูล ณ %(day)s จาก %(total)s ครัวเรือน ถึงขั้น{survive}ขึ้นไปแล้ว %(reached)s ครัวเรือน")) % {
        "day": format_thai_date(view.as_of),
        "total": f"{households:,}",
        "reached": f"{households - waiting:,}",
    }
