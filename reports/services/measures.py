"""Poverty measures: people by what they fail in, versions of the yardstick, the surveyed population."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.enums import Membership
from casework.models import CohortState
from dimensions.enums import Dimension
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Area
from povertyops.areas.rules import level_of
from povertyops.common.audit import audit
from povertyops.common.csv_table import Column, RowFault, TableRow, read_table
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.thai import to_arabic_digits

from ..measures import USUAL, Yardstick
from ..models import MeasureSetting, SurveyedPopulation

FIRST_YEAR, LAST_YEAR = 2550, 2700
MOST_PEOPLE = 100_000_000
LONGEST_SOURCE = 200
BELOW = {Level.NATION: "province_code", Level.PROVINCE: "district_code", Level.DISTRICT: "subdistrict_code"}
OWN = {Level.PROVINCE: "province_code", Level.DISTRICT: "district_code"}

COLUMNS = (
    Column("area", "รหัสพื้นที่", ("area_code", "area")),
    Column("year", "ปีสำรวจ", ("survey_year", "year")),
    Column("households", "ครัวเรือน", ("households",)),
    Column("persons", "คน", ("persons",)),
    Column("source", "ที่มา", ("source",)),
)


@dataclass(frozen=True, slots=True)
class People:
    """Those on the cohort's lists of one area: persons and households by the mask of what fails."""

    persons: dict[int, int] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PopulationRow:
    area_code: str
    survey_year: int
    households: int
    persons: int
    source: str


# ------------------------------------------------------------------------------------------------ the counts


def people_below(fiscal_year: int, code: str) -> dict[str, People]:
    """People on the cohort's lists in each area right below one (nation, province or district); one query.

    Everybody counts with the failing dimensions of the household's baseline.
    """
    level = level_of(code)
    rows = CohortState.objects.filter(fiscal_year=fiscal_year).exclude(membership=Membership.CARRIED)
    if level in OWN:
        rows = rows.filter(**{OWN[level]: code})
    found: dict[str, People] = {}
    counted = rows.order_by().values_list(BELOW[level], "baseline")
    for area, mask, persons, households in counted.annotate(people=Sum("persons"), number=Count("id")):
        one = found.setdefault(area, People())
        one.persons[mask], one.households[mask] = persons, households
    return found


# -------------------------------------------------------------------------------------------- the yardstick


def setting_of(province_code: str, fiscal_year: int) -> MeasureSetting | None:
    """The version that holds for a province in a year: its own newest, else that of the nation; None: as
    usual.
    """
    rows = MeasureSetting.objects.filter(
        province_code__in={province_code, ""}, from_year__lte=fiscal_year
    ).select_related("set_by")
    return rows.order_by("-province_code", "-version").first()


def yardstick_of(setting: MeasureSetting | None) -> Yardstick:
    if setting is None:
        return USUAL
    return yardstick(setting.cutoff, {d: Decimal(setting.weights[d.value]) for d in Dimension})


def yardstick(cutoff: Decimal, weights: Mapping[Dimension, Decimal]) -> Yardstick:
    """In fractions. Raises InvalidInput where the weights do not add up to one or the cut-off is out of
    range.
    """
    if any(weight < 0 for weight in weights.values()) or sum(weights.values()) != 1:
        raise InvalidInput("weights_not_one", _("น้ำหนักทั้งห้ามิติต้องรวมกันได้ 1 พอดี"))
    if not 0 < cutoff <= 1:
        raise InvalidInput("cutoff_out_of_range", _("เส้นตัดต้องมากกว่า 0 และไม่เกิน 1"), field="cutoff")
    return Yardstick(Fraction(cutoff), {d: Fraction(weight) for d, weight in weights.items()})


def set_measure(
    *, actor: Actor, from_year: int, cutoff: Decimal, weights: Mapping[Dimension, Decimal], note: str
) -> MeasureSetting:
    """A new version for the actor's province; it holds from a year on. Side effect: an audit row."""
    _require_secretary(actor)
    yardstick(cutoff, weights)
    if not FIRST_YEAR <= from_year <= LAST_YEAR:
        raise InvalidInput("bad_year", _("ปีงบประมาณต้องเป็นปี พ.ศ. สี่หลัก เช่น 2568"), field="from_year")
    code = actor.province_code
    with transaction.atomic():
        Area.objects.select_for_update(no_key=True).get(code=code)
        last = MeasureSetting.objects.filter(province_code=code).aggregate(last=Max("version"))["last"]
        made = MeasureSetting.objects.create(
            province_code=code,
            version=(last or 0) + 1,
            from_year=from_year,
            cutoff=cutoff,
            weights={d.value: str(weight) for d, weight in weights.items()},
            note=note.strip()[:300],
            set_by=actor.user,
            recorded_at=actor.stamp,
        )
        audit(
            actor,
            "measure_set",
            object_type="measure_setting",
            object_id=made.pk,
            province_code=code,
            changes={"from_year": from_year, "cutoff": str(cutoff), "weights": made.weights},
        )
    return made


# ------------------------------------------------------------------------------------ the surveyed population


def populations(codes: Iterable[str], fiscal_year: int) -> dict[str, SurveyedPopulation]:
    """The newest survey of each area up to the year before the fiscal year, from which its lists come."""
    rows = SurveyedPopulation.objects.filter(
        area_code__in=list(codes), survey_year__lt=fiscal_year, replaced_at=None
    )
    return {row.area_code: row for row in rows.order_by("area_code", "survey_year")}


def read_population(text: str, province_code: str = "") -> tuple[list[PopulationRow], list[RowFault]]:
    """Rows of a CSV file and what is wrong with the others. `province_code` limits the areas accepted."""
    table = read_table(text, COLUMNS)
    known = set(
        Area.objects.filter(code__in=[to_arabic_digits(row.values["area"]) for row in table]).values_list(
            "code", flat=True
        )
    )
    rows: list[PopulationRow] = []
    faults: list[RowFault] = []
    seen: set[tuple[str, int]] = set()
    for line in table:
        found = _faults_of(line, known, province_code)
        if not found:
            row = _row_of(line)
            if (row.area_code, row.survey_year) in seen:
                found = [_fault(line, "area", "twice", gettext_lazy("พื้นที่และปีนี้มีอยู่แล้วในแถวก่อนหน้า"))]
            seen.add((row.area_code, row.survey_year))
        if found:
            faults += found
        else:
            rows.append(row)
    return rows, faults


def import_population(*, actor: Actor, rows: Sequence[PopulationRow]) -> int:
    """Put surveyed populations down; those of the same area and year before them are marked replaced.

    How many were new or different; equal ones are left alone. Side effect: one audit row.
    """
    if not actor.is_system:
        _require_secretary(actor)
        if any(not row.area_code.startswith(actor.province_code) for row in rows):
            raise NotAllowed("other_province", _("นำเข้าได้เฉพาะพื้นที่ในจังหวัดของท่าน"))
    with transaction.atomic():
        codes = {row.area_code for row in rows}
        # Two imports of one area wait for each other, also where nothing stands yet.
        list(Area.objects.select_for_update().filter(code__in=codes).order_by("code").values("code"))
        old = SurveyedPopulation.objects.filter(area_code__in=codes, replaced_at=None).select_for_update()
        standing = {(row.area_code, row.survey_year): row for row in old}
        fresh = [row for row in rows if not _equal(standing.get((row.area_code, row.survey_year)), row)]
        gone = [standing[key].pk for row in fresh if (key := (row.area_code, row.survey_year)) in standing]
        SurveyedPopulation.objects.filter(pk__in=gone).update(replaced_at=Now())
        SurveyedPopulation.objects.bulk_create(
            SurveyedPopulation(
                area_code=row.area_code,
                province_code="" if row.area_code == NATION else row.area_code[:2],
                survey_year=row.survey_year,
                households=row.households,
                persons=row.persons,
                source=row.source,
                imported_by=actor.user,
                recorded_at=actor.stamp,
            )
            for row in fresh
        )
        audit(
            actor,
            "population_imported",
            object_type="surveyed_population",
            object_id="",
            province_code=actor.province_code,
            changes={"rows": len(rows), "new": len(fresh), "replaced": len(gone)},
        )
    return len(fresh)


def _equal(old: SurveyedPopulation | None, new: PopulationRow) -> bool:
    return old is not None and (old.households, old.persons, old.source) == (
        new.households,
        new.persons,
        new.source,
    )


def _faults_of(line: TableRow, known: set[str], province_code: str) -> list[RowFault]:
    code = to_arabic_digits(line.values["area"])
    found = []
    if code not in known:
        found.append(_fault(line, "area", "unknown_area", gettext_lazy("ไม่รู้จักรหัสพื้นที่นี้")))
    elif province_code and not code.startswith(province_code):
        found.append(_fault(line, "area", "other_province", gettext_lazy("พื้นที่นี้อยู่นอกจังหวัดของท่าน")))
    if not FIRST_YEAR <= (_number(line, "year") or 0) <= LAST_YEAR:
        found.append(_fault(line, "year", "bad_year", gettext_lazy("ปีสำรวจต้องเป็นปี พ.ศ. สี่หลัก เช่น 2567")))
    for key in ("households", "persons"):
        number = _number(line, key)
        if number is None or number > MOST_PEOPLE:
            found.append(_fault(line, key, "bad_number", gettext_lazy("ต้องเป็นจำนวนเต็มตั้งแต่ 0 ขึ้นไป")))
    if not found and (_number(line, "persons") or 0) < (_number(line, "households") or 0):
        found.append(_fault(line, "persons", "fewer_persons", gettext_lazy("จำนวนคนน้อยกว่าจำนวนครัวเรือน")))
    if not line.values["source"]:
        found.append(_fault(line, "source", "no_source", gettext_lazy("บอกที่มาของตัวเลข")))
    return found


def _fault(line: TableRow, key: str, code: str, message: Any) -> RowFault:
    head = next(column.head for column in COLUMNS if column.key == key)
    return RowFault(line.number, head, code, line.values[key], message)


def _number(line: TableRow, key: str) -> int | None:
    text = to_arabic_digits(line.values[key]).replace(",", "")
    return int(text) if text.isdecimal() and len(text) <= len(str(MOST_PEOPLE)) else None


def _row_of(line: TableRow) -> PopulationRow:
    return PopulationRow(
        to_arabic_digits(line.values["area"]),
        _number(line, "year") or 0,
        _number(line, "households") or 0,
        _number(line, "persons") or 0,
        line.values["source"][:LONGEST_SOURCE],
    )


def _require_secretary(actor: Actor) -> None:
    if actor.role is not Role.PROVINCIAL_SECRETARY:
        raise NotAllowed("not_secretary", _("เฉพาะฝ่ายเลขานุการ คจพ.จ. ทำได้"))
