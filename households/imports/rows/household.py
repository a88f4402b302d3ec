"""The columns of a household: where it lies, its house, what it fails; clean, with what is wrong in them."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from dimensions.enums import BITS, Dimension
from povertyops.areas.queries import Found, Resolution
from povertyops.areas.rules import is_municipal_code

from .. import cleaning
from ..faults import NOTICES, Fault
from ..profile import DIMENSION_FIELDS, Layout
from ..reading import Cell
from .cells import bounded, printed, remember, shown
from .staged import Stated, Yardstick

HOUSEHOLD_FIELDS = (
    "subdistrict", "village", "moo", "village_name", "house_no", "house_code", "family", "phone", "members",
    "indicators", "income_baht", *DIMENSION_FIELDS,
)  # fmt: skip


class _Located(NamedTuple):
    area: str
    subdistrict: str
    moo: int | None
    found: tuple[Fault, ...]
    centre: UUID | None


class Statements:
    """Cleans the columns of a household; places, names of villages and verdicts are remembered."""

    def __init__(self, layout: Layout, yardstick: Yardstick) -> None:
        self._columns = layout.columns
        self._fails, self._passes = layout.fails, layout.passes
        self._yardstick = yardstick
        self._districts = frozenset(code[:4] for code in yardstick.resolutions)
        self._village_names: dict[Cell, str] = {}
        self._places: dict[tuple[Cell, Cell, Cell], _Located] = {}
        self._verdicts: dict[tuple[Cell, ...], tuple[tuple[int, ...], int, tuple[Fault, ...]]] = {}
        has_dimensions = any(name in layout.columns for name in DIMENSION_FIELDS)
        self._has_dimensions = has_dimensions
        self._compares = has_dimensions and "indicators" in layout.columns and yardstick.carries_dimensions

    def of(self, cells: tuple[Cell, ...]) -> Stated:
        """Clean the columns of a household."""
        sub, village, moo, village_name, house_no, house_code, family, phone, *others = cells
        said, indicators, income, *marks = others
        found: list[Fault] = []
        place = (sub, village, moo)
        located = self._places.get(place) or self._locate(place)
        area, code = located.area, located.subdistrict
        found.extend(located.found)
        clean_code = cleaning.clean_house_code(house_code)
        clean_no = cleaning.clean_house_no(house_no)
        self._check_house(clean_code, clean_no, house_code, code, found)
        clean_phone, whole = cleaning.clean_phone(phone)
        if not whole:
            found.append(Fault("odd_phone", "phone", shown(phone)))
        verdict = (indicators, *marks)
        failed, dimensions, wrong = self._verdicts.get(verdict) or self._judge(verdict)
        found.extend(wrong)
        return Stated(
            subdistrict=code,
            area=area,
            moo=located.moo,
            village_name=self._village_name(village_name, found),
            house_no=bounded("house_no", clean_no, found),
            house_code=clean_code or "",
            family=bounded("family", cleaning.clean_short(family), found) if family else "",
            phone=clean_phone,
            dimensions=dimensions,
            indicators=failed,
            income=self._income(income, found),
            printed=printed(
                ("subdistrict", sub, code), ("house_code", house_code, clean_code or ""),
                ("house_no", house_no, clean_no),
                ("phone", phone, clean_phone), ("village", village, area),
            ),
            found=tuple(found),
            faults=tuple([fault for fault in found if fault.code not in NOTICES]) if found else (),
            centre=located.centre,
            members=cleaning.clean_count(said) if said else 0,
        )  # fmt: skip

    def _village_name(self, cell: Cell, found: list[Fault]) -> str:
        name = self._village_names.get(cell)
        if name is None:
            name = bounded("village_name", cleaning.clean_short(cell), found)
            if not found:
                remember(self._village_names, cell, name)
        return name

    def _locate(self, cells: tuple[Cell, Cell, Cell]) -> _Located:
        """The place that these cells name; remembered."""
        found: list[Fault] = []
        area, code, centre = self._area(*cells, found)
        located = _Located(area, code, cleaning.clean_moo(cells[2]), tuple(found), centre)
        remember(self._places, cells, located)
        return located

    def _judge(self, cells: tuple[Cell, ...]) -> tuple[tuple[int, ...], int, tuple[Fault, ...]]:
        """Failed indicators and failing dimensions as printed; remembered."""
        found: list[Fault] = []
        failed = self._indicators(cells[0], found)
        verdict = (failed, self._dimensions(cells[1:], failed, found), tuple(found))
        remember(self._verdicts, cells, verdict)
        return verdict

    def _area(self, sub: Cell, village: Cell, moo: Cell, found: list[Fault]) -> tuple[str, str, UUID | None]:
        """Village code (empty where the place is not known), current subdistrict code, and the centre that a
        municipal code stands for."""
        place = cleaning.clean_place(sub, village, moo)
        column = "subdistrict" if "subdistrict" in self._columns else "village"
        cell = shown(sub if column == "subdistrict" else village)
        if place.fault in ("missing_subdistrict", "unknown_subdistrict"):
            found.append(Fault(place.fault, column, cell))
            return "", "", None
        meant = self._yardstick.resolutions.get(place.subdistrict)
        if meant is None or not meant.code:
            found.append(self._unknown(place.subdistrict, meant, column, cell))
            return "", "", None
        if meant.found is Found.FOLLOWED:
            found.append(Fault("subdistrict_followed", column, cell, {"successor": meant.code}))
        elif meant.found is Found.CHOSEN:
            found.append(Fault("code_chosen", column, cell, {"area": meant.code}))
        if place.fault:
            found.append(Fault(place.fault, place.field, shown(moo)))
            return "", meant.code, meant.centre_id
        # The หมู่ of a municipal unit is not that of the subdistrict it stands for.
        area = cleaning.village_of(meant.code, 0 if meant.centre_id else place.moo)
        guard = self._yardstick.guard
        if not (guard.allows_centre(meant.centre_id, area) if meant.centre_id else guard.allows(area)):
            found.append(Fault("outside_area", column, cell))
        return area, meant.code, meant.centre_id

    def _unknown(self, code: str, meant: Resolution | None, column: str, cell: str) -> Fault:
        """What to say of a code that stands for no one current subdistrict; most of them a person can
        choose for."""
        if meant is not None and meant.found is Found.AMBIGUOUS:
            kind = "abolished_subdistrict_ambiguous" if meant.candidates else "abolished_subdistrict"
            return Fault(kind, column, cell, {"code": code, "successors": ", ".join(meant.candidates)})
        if is_municipal_code(code) and code[:4] in self._districts:
            return Fault("municipal_code", column, cell, {"code": code})
        return Fault("unknown_subdistrict", column, cell)

    def _check_house(
        self, clean_code: str | None, clean_no: str, typed: Cell, subdistrict: str, found: list[Fault]
    ) -> None:
        if clean_code is None:
            found.append(Fault("bad_house_code", "house_code", shown(typed)))
        elif not clean_code and not clean_no:
            found.append(Fault("missing_house", "house_no"))
        elif clean_code and subdistrict and not self._issued_near(clean_code, subdistrict):
            found.append(Fault("house_code_elsewhere", "house_code", shown(typed)))

    def _issued_near(self, house_code: str, subdistrict: str) -> bool:
        """Whether the house code begins with the district's office or that of a municipality of the
        province."""
        office = house_code[:4]
        if office == subdistrict[:4] or office in self._yardstick.registrars:
            return True
        return office[:2] == subdistrict[:2] and office[2:] > "50"

    def _indicators(self, cell: Cell, found: list[Fault]) -> tuple[int, ...]:
        numbers = cleaning.clean_indicators(cell)
        known = self._yardstick.indicators
        if numbers is None or (known is not None and not known.issuperset(numbers)):
            details = {"survey_year": self._yardstick.survey_year}
            found.append(Fault("bad_indicator", "indicators", shown(cell), details))
            return ()
        return tuple(numbers)

    def _dimensions(self, marks: tuple[Cell, ...], failed: tuple[int, ...], found: list[Fault]) -> int:
        """The mask of failing dimensions: what the list prints, else what its indicators stand for."""
        meant = cleaning.mask_of_indicators(failed, self._yardstick.dimension_of)
        if not self._has_dimensions:
            return meant if self._yardstick.carries_dimensions else 0
        printed, is_whole = 0, True
        for name, cell in zip(DIMENSION_FIELDS, marks, strict=True):
            failing = cleaning.clean_dimension(cell, self._fails, self._passes)
            if failing is None:
                found.append(Fault("bad_dimension", name, shown(cell)))
                is_whole = False
            elif failing:
                printed |= BITS[Dimension(name)]
        if self._compares and is_whole and failed and meant != printed:
            found.append(Fault("dimension_mismatch", "indicators", ",".join(map(str, failed))))
        return printed

    @staticmethod
    def _income(cell: Cell, found: list[Fault]) -> int | None:
        amount, fault = cleaning.clean_income(cell)
        if fault:
            found.append(Fault(fault, "income_baht", shown(cell)))
        return amount
