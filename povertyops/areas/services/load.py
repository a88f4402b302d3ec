"""Bringing in the areas of the whole country, and with them national, provincial and district centres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from povertyops.common.audit import Acting, audit, audit_many
from povertyops.common.names import sort_key

from ..enums import CODE_LENGTH, NATION, CentreKind, Level
from ..models import AbolishedArea, Area, Centre, CentreCoverage
from ..rules import centre_name, level_of, parent_of

NATION_NAME = "ประเทศไทย"
NATIONAL_CENTRE = "ศจพ. ส่วนกลาง"
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class SourceArea:
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SourceAbolished:
    code: str
    name: str
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaSource:
    """All provinces, districts and subdistricts of today, and the codes that were abolished."""

    areas: Sequence[SourceArea]
    abolished: Sequence[SourceAbolished]


@dataclass
class LoadReport:
    """What a load changed. `renamed` is (code, old name, new name)."""

    new: dict[Level, int] = field(default_factory=dict)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    retired: list[tuple[str, str]] = field(default_factory=list)
    abolished_new: int = 0
    abolished_changed: list[str] = field(default_factory=list)
    centres: int = 0

    @property
    def changed(self) -> bool:
        return bool(
            self.new
            or self.renamed
            or self.retired
            or self.abolished_new
            or self.abolished_changed
            or self.centres
        )


@transaction.atomic
def load_areas(*, actor: Acting, source: AreaSource) -> LoadReport:
    """Make the table of areas equal the source. Villages stay as learned; nothing is deleted.

    An area that left the source is kept and no longer current. Running it again changes nothing. Writes one
    audit row for the load and one for each area renamed or retired.
    """
    report = LoadReport()
    _load_current(source.areas, report)
    _load_abolished(source.abolished, report)
    _make_centres(report)
    if report.changed:
        _write_down(actor, report)
    return report


def _load_current(source: Sequence[SourceArea], report: LoadReport) -> None:
    known = {area.code: area for area in Area.objects.filter(level__lt=Level.VILLAGE)}
    wanted = [SourceArea(NATION, NATION_NAME, "Thailand"), *source]
    new = [_area_of(row) for row in wanted if row.code not in known]
    changed = [
        known[row.code] for row in wanted if row.code in known and _take_over(known[row.code], row, report)
    ]
    retired = [known[code] for code in known.keys() - {row.code for row in wanted} if known[code].is_current]
    for area in retired:
        area.is_current = False
        report.retired.append((area.code, area.name))
    for area in new:
        report.new[Level(area.level)] = report.new.get(Level(area.level), 0) + 1
    Area.objects.bulk_create(new, batch_size=BATCH)
    Area.objects.bulk_update(
        [*changed, *retired], ["name", "name_en", "sort_key", "is_current"], batch_size=BATCH
    )


def _area_of(row: SourceArea) -> Area:
    return Area(
        code=row.code,
        level=level_of(row.code),
        name=row.name,
        name_en=row.name_en,
        sort_key=sort_key(row.name),
        parent_id=parent_of(row.code),
    )


def _take_over(area: Area, row: SourceArea, report: LoadReport) -> bool:
    """Put the source's values on a known area; whether anything changed."""
    if (area.name, area.name_en, area.is_current) == (row.name, row.name_en, True):
        return False
    if area.name != row.name:
        report.renamed.append((area.code, area.name, row.name))
    area.name, area.name_en, area.is_current, area.sort_key = row.name, row.name_en, True, sort_key(row.name)
    return True


def _load_abolished(source: Sequence[SourceAbolished], report: LoadReport) -> None:
    known = {old.code: old for old in AbolishedArea.objects.all()}
    new, changed = [], []
    for row in source:
        old = known.get(row.code)
        if old is None:
            new.append(AbolishedArea(code=row.code, name=row.name, successors=list(row.successors)))
        elif (old.name, old.successors) != (row.name, list(row.successors)):
            old.name, old.successors = row.name, list(row.successors)
            changed.append(old)
    AbolishedArea.objects.bulk_create(new, batch_size=BATCH)
    AbolishedArea.objects.bulk_update(changed, ["name", "successors"], batch_size=BATCH)
    report.abolished_new = len(new)
    report.abolished_changed = [old.code for old in changed]


def _make_centres(report: LoadReport) -> None:
    """One centre for the nation, each province and each district that has none yet."""
    _rename_centres(report)
    nation = _centres_for({NATION: NATIONAL_CENTRE}, CentreKind.NATIONAL, {}, report)
    provinces = _centres_for(_names(CentreKind.PROVINCE, Level.PROVINCE), CentreKind.PROVINCE, nation, report)
    _centres_for(_names(CentreKind.DISTRICT, Level.DISTRICT), CentreKind.DISTRICT, provinces, report)


def _names(kind: CentreKind, level: Level) -> dict[str, str]:
    areas = Area.objects.filter(level=level, is_current=True).order_by("code")
    return {code: centre_name(kind, code, name) for code, name in areas.values_list("code", "name")}


def _centres_for(
    names: dict[str, str], kind: CentreKind, parents: dict[str, Centre], report: LoadReport
) -> dict[str, Centre]:
    """The centre of each area, made where it is missing. `parents` is keyed by the area's parent code."""
    rows = CentreCoverage.objects.filter(centre__kind=kind).select_related("centre")
    existing = {row.area_id: row.centre for row in rows}
    new = {
        code: Centre(
            kind=kind,
            name=name,
            province_code="" if code == NATION else code[: CODE_LENGTH[Level.PROVINCE]],
            parent=parents.get(parent_of(code) or ""),
        )
        for code, name in names.items()
        if code not in existing
    }
    Centre.objects.bulk_create(new.values(), batch_size=BATCH)
    CentreCoverage.objects.bulk_create(
        (CentreCoverage(centre=centre, area_id=code) for code, centre in new.items()), batch_size=BATCH
    )
    report.centres += len(new)
    return existing | new


def _rename_centres(report: LoadReport) -> None:
    """A centre named after an area follows its new name, unless a person gave it another."""
    kinds = {2: CentreKind.PROVINCE, 4: CentreKind.DISTRICT}
    for code, old, name in report.renamed:
        kind = kinds.get(len(code))
        if kind is not None and code != NATION:
            Centre.objects.filter(
                Q(coverage__area_id=code), kind=kind, name=centre_name(kind, code, old)
            ).update(name=centre_name(kind, code, name))


def _write_down(actor: Acting, report: LoadReport) -> None:
    counts = {level.name.lower(): number for level, number in report.new.items()}
    facts = {"new": counts, "abolished": report.abolished_new, "centres": report.centres}
    audit(actor, "areas.loaded", object_type="area", object_id=NATION, changes=facts)
    audit_many(
        actor,
        "area.renamed",
        object_type="area",
        rows=[(code, None, code[:2], {"name": [old, new]}) for code, old, new in report.renamed],
    )
    audit_many(
        actor,
        "area.retired",
        object_type="area",
        rows=[(code, None, code[:2], {"is_current": [True, False]}) for code, _ in report.retired],
    )
