"""Whose row is it: which household of the file a row belongs to, and what its rows say together."""

from __future__ import annotations

from typing import Any

from povertyops.areas.rules import same_village_name

from ..faults import Fault
from .notes import Notes
from .staged import StagedHousehold, Stated


class Homes:
    """The households of the file by house code and by address."""

    def __init__(self, notes: Notes) -> None:
        self.households: list[StagedHousehold] = []
        self._notes = notes
        self._by_code: dict[str | tuple[str, str], StagedHousehold] = {}
        self._by_address: dict[tuple[str, str, str], StagedHousehold] = {}
        self._families: dict[tuple[str, str], StagedHousehold] = {}
        self._count_of_house: dict[str, int] = {}
        self._villages: dict[str, str] = {}
        self._other_villages: set[tuple[str, str]] = set()

    def of(self, stated: Stated, above: StagedHousehold | None, row: int) -> StagedHousehold:
        """The household a row belongs to: by house code, else by address.

        A row whose house code or place cannot be used belongs with the row above (or below) at the same
        address, so that a slip of the pen never tears a household apart.
        """
        if stated.house_code:
            key = (stated.house_code, stated.family) if stated.family else stated.house_code
            household = self._by_code.get(key)
            if household is None:
                household = self._adopted(stated, above) or self._begin(stated, row)
                household.code = stated.house_code
                self._by_code[key] = household
            return household
        if not stated.house_no:
            return self._begin(stated, row)
        address = (stated.area or f"?{stated.moo}", stated.house_no, stated.family)
        found = above if above is not None and self._belongs(stated, above.stated) else None
        found = found or self._by_address.get(address) or self._begin(stated, row)
        return self._by_address.setdefault(address, found)

    def _adopted(self, stated: Stated, above: StagedHousehold | None) -> StagedHousehold | None:
        if above is None or above.code or not self._belongs(stated, above.stated):
            return None
        return above

    @staticmethod
    def _belongs(stated: Stated, above: Stated) -> bool:
        """Whether two neighbouring rows, of which one lacks a usable code or place, stand for one
        household."""
        if not stated.house_no or stated.house_no != above.house_no or stated.family != above.family:
            return False
        if stated.moo != above.moo and stated.moo is not None and above.moo is not None:
            return False
        if stated.has_place and above.has_place:
            return stated.subdistrict == above.subdistrict and stated.house_code != above.house_code
        return True

    def of_family(self, stated: Stated, head: str, row: int) -> StagedHousehold:
        """The household of a row that is a whole household: two families of one house are two households.

        They are numbered by their order in the file unless the list numbers them; a row with the same house
        and the same head (a search key) repeats one.
        """
        house = stated.house_code or (stated.house_no and f"{stated.area}/{stated.house_no}")
        if not house:
            return self._begin(stated, row)
        key = (house, stated.family or f"={head}")
        household = self._families.get(key)
        if household is None:
            household = self._families[key] = self._begin(stated, row)
            count = self._count_of_house[house] = self._count_of_house.get(house, 0) + 1
            if count > 1 and not household.family:
                household.family = str(count)
        return household

    def _begin(self, stated: Stated, row: int) -> StagedHousehold:
        number, sheet = len(self.households) + 1, self._notes.sheet
        household = StagedHousehold(number, row, sheet, stated, stated.house_code, stated.family)
        self.households.append(household)
        return household

    def other(self, household: StagedHousehold, row: int = 0) -> dict[str, Any]:
        """Where a fault's other row is, for its sentence: the first of the household unless said."""
        return self.other_place(household.sheet, row or household.first_row)

    def other_place(self, sheet: int, row: int) -> dict[str, Any]:
        details: dict[str, Any] = {"other_row": row}
        if sheet != self._notes.sheet:
            details["other_sheet"] = sheet + 1
        return details

    def merge(self, household: StagedHousehold, stated: Stated, row: int) -> None:
        """Take up what this row says of its household; the first word on a field stays."""
        household.dimensions |= stated.dimensions
        if stated.indicators and stated.indicators != household.indicators:
            household.indicators = tuple(sorted({*household.indicators, *stated.indicators}))
        household.village_name = household.village_name or stated.village_name
        household.phone = household.phone or stated.phone
        if household.income is None:
            household.income = stated.income
        first = household.stated
        if stated is first:
            self._hear_village(household, stated, row)
            return
        other = self.other(household)
        if not first.has_place:
            household.stated = stated._replace(house_no=first.house_no or stated.house_no)
        elif stated.has_place and stated.area != first.area and not stated.faults:
            column = "subdistrict" if stated.subdistrict != first.subdistrict else "moo"
            self._notes.take(household, row, Fault("household_disagrees", column, stated.area, other))
        elif stated.house_no != first.house_no:
            self._notes.take(household, row, Fault("house_no_differs", "house_no", stated.house_no))

    def _hear_village(self, household: StagedHousehold, stated: Stated, row: int) -> None:
        name = stated.village_name
        if not name or not stated.area or stated.area.endswith("00"):
            return
        known = self._villages.setdefault(stated.area, name)
        if (
            known != name
            and not same_village_name(known, name)
            and (stated.area, name) not in self._other_villages
        ):
            self._other_villages.add((stated.area, name))
            self._notes.take(
                household, row, Fault("village_two_names", "village_name", name, {"other": known})
            )
