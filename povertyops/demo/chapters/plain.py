"""Sisaket, Chachoengsao and Samut Songkhram: lists and help of 2565, told plainly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import uuid4

from casework.services.helps import record_help_batch
from dimensions.enums import Dimension
from povertyops.accounts.models import Appointment
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from .. import figures
from ..cast import Cast, provincial_centre, subdistricts_of
from ..invent import AGENCIES, USUAL, a_list, shares
from ..people import InventedHousehold, Inventor
from ..personas import PERSONAS
from ..telling import Known, Menu, Teller, acting

FISCAL_YEAR = 2565


class Plain:
    """A province without a detailed story: who signs, what is listed, who is helped when."""

    def __init__(self, teller: Teller, today: date, province: str, region: str, order: str) -> None:
        self.teller, self.random, self.province, self.region = teller, teller.random, province, region
        self.menu = Menu()
        self.places = subdistricts_of(province)
        cast = Cast(teller.chapter.key, region, order)
        until = fiscal_year_bounds(fiscal_year_of(today))[1]
        persona = next(one for one in PERSONAS if one.centre == f"P{province}")
        self.secretary: Appointment = cast.seat(
            persona, provincial_centre(province), date(2021, 10, 1), until
        )

    def list_households(self, kind: str, count: int, on: date, slot: int, seed: str = "") -> list[Known]:
        """A list of `count` households over the whole province, brought in on a day of its time."""
        self.teller.step(f"นำเข้าบัญชี {kind} ปีงบประมาณ {FISCAL_YEAR}", 0, 1)
        inventor = Inventor(f"{self.teller.chapter.key}{seed}", self.region, on.year, slot)
        sizes = inventor.sizes(count, int(count * 2.6))
        rows = a_list(inventor, self.places, sizes, shares(count, USUAL), "31", self.random)
        if seed:
            _renumber(rows)
        return self.teller.import_list(acting(self.secretary, on), rows, kind, FISCAL_YEAR)

    def relieve(self, households: Sequence[Known], on: date, letter: str) -> None:
        """Help in every dimension each household fails, under one letter per dimension."""
        for number, dimension in enumerate(Dimension):
            failing = [household.id for household in households if dimension in household.failing]
            if not failing:
                continue
            self.teller.step(f"ความช่วยเหลือด้าน{dimension.label} ปี {FISCAL_YEAR}", number, 5)
            record_help_batch(
                actor=acting(self.secretary, on),
                batch_id=uuid4(),
                household_ids=failing,
                item_id=self.menu.first_relieving(dimension).pk,
                agency_name=AGENCIES[dimension][0],
                amount_baht=Decimal(self.random.randrange(1_000, 5_000, 100)),
                given_on=on,
                letter_number=f"{letter}/{number + 1}",
                allow_repeat=True,
            )


def _renumber(rows: Sequence[InventedHousehold]) -> None:
    """House codes of a second list of the same province, apart from those of the first."""
    for number, row in enumerate(rows):
        row.house_code = f"{row.subdistrict[:4]}7{number:05d}{number % 10}"


def tell_sisaket(teller: Teller, today: date) -> None:
    """17,119 households, listed and found, all at อยู่รอด by 11 July 2565."""
    story = Plain(teller, today, "33", "isan", "ศก 0019/ว 301/2564")
    listed = story.list_households("tpmap", figures.SISAKET_LISTED, date(2021, 12, 20), 33)
    found = story.list_households("survey", figures.SISAKET_FOUND, date(2022, 3, 15), 34, seed="-found")
    story.relieve([*listed, *found], date(2022, 6, 20), "ศก 0019/614")


def tell_chachoengsao(teller: Teller, today: date) -> None:
    """6,461 households in 11 districts at the start of the work on 29 March 2565."""
    story = Plain(teller, today, "24", "central", "ฉช 0019/ว 77/2565")
    known = story.list_households("tpmap", figures.CHACHOENGSAO_HOUSEHOLDS, date(2022, 3, 1), 24)
    story.relieve(known[:1_450], date(2022, 8, 16), "ฉช 0019/820")


def tell_samutsongkhram(teller: Teller, today: date) -> None:
    """The national goal of 2565: at least 90 % at อยู่รอด by the end of September."""
    story = Plain(teller, today, "75", "central", "สส 0019/ว 15/2565")
    known = story.list_households("tpmap", figures.SAMUT_HOUSEHOLDS, date(2022, 2, 1), 75)
    story.relieve(known[: figures.SAMUT_SURVIVE], date(2022, 8, 30), "สส 0019/402")
