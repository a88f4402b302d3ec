"""Khon Kaen: 3,569 households and 9,090 persons of 2565, municipal centres, 211 teams, and today's work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from casework.services.assignment import assign_households
from casework.services.helps import record_help_batch
from dimensions.enums import Dimension
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Area, Centre
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from .. import figures
from ..cast import (
    Cast,
    district_centre,
    open_centre,
    open_mentor_team,
    provincial_centre,
    subdistricts_of,
)
from ..cast import by_district as grouped
from ..invent import AGENCIES, NOTES, USUAL, a_list, shares
from ..people import Inventor
from ..personas import PERSONAS
from ..telling import Deed, Diary, Known, Menu, Teller, acting

PROVINCE = "40"
LISTED_ON = date(2022, 1, 10)
AID_ON = date(2022, 1, 27)
CITY = "400101"
# Town municipalities of the story and the subdistrict each answers for.
TOWNS = {
    "ศิลา": "400117",
    "บ้านทุ่ม": "400108",
    "บ้านไผ่": "401001",
    "เมืองพล": "401201",
    "ชุมแพ": "400501",
    "กระนวน": "400901",
}


class KhonKaen:
    """The chapter's cast and what has been told so far."""

    def __init__(self, teller: Teller, today: date) -> None:
        self.teller, self.today, self.random = teller, today, teller.random
        self.this_year = fiscal_year_of(today)
        self.year_start = fiscal_year_bounds(self.this_year)[0]
        self.menu = Menu()
        self.places = subdistricts_of(PROVINCE)
        self.districts = grouped(self.places)
        self.people: dict[str, Appointment] = {}
        self.mentors: dict[str, Appointment] = {}

    def seat_everybody(self) -> None:
        """One city and six town centres, 211 operation teams, a mentor team per district and municipality."""
        cast = Cast("khonkaen", "isan", "ขก 0019/ว 88/2565")
        since = date(2021, 12, 1)
        until = fiscal_year_bounds(self.this_year)[1]
        home = district_centre("4001")
        city = open_centre(CentreKind.CITY_MUNICIPALITY, "ศจพ.ทน.ขอนแก่น", home, [CITY])
        self.towns = {
            name: open_centre(
                CentreKind.TOWN_MUNICIPALITY, f"ศจพ.ทม.{name}", district_centre(code[:4]), [code]
            )
            for name, code in TOWNS.items()
        }
        self._open_teams(city)
        self.officers = {
            code: cast.colleague(Role.DISTRICT_OFFICER, district_centre(code), since)
            for code in self.districts
        }
        self.second = cast.colleague(Role.PROVINCIAL_SECRETARY, provincial_centre(PROVINCE), since)
        for code in self.districts:
            team = open_mentor_team("คู่เสี่ยว 1", district_centre(code), "", "คู่เสี่ยว")
            self.mentors[code] = cast.colleague(Role.MENTOR, team.centre, since)
        for centre in (city, *self.towns.values()):
            team = open_mentor_team(
                f"พี่เลี้ยง {centre.name.removeprefix('ศจพ.')}", centre, "อาสาสมัครพัฒนาสังคม", "คู่เสี่ยว"
            )
            self.mentors[str(centre.pk)] = cast.colleague(Role.MENTOR, team.centre, since)
        own = open_mentor_team("คู่เสี่ยว 2", home, "", "คู่เสี่ยว")
        places = {
            "P40": provincial_centre(PROVINCE),
            "D4005": district_centre("4005"),
            "M40:ทน.ขอนแก่น": city,
            "TEAM:khonkaen": own.centre,
        }
        for persona in PERSONAS:
            if persona.centre in places:
                self.people[persona.username] = cast.seat(persona, places[persona.centre], since, until)

    def _open_teams(self, city: Centre) -> None:
        """One team per subdistrict and, where people are many, a second one: 211 in all."""
        areas = Area.objects.filter(code__in=self.places)
        names = {area.code: f"ทีมปฏิบัติการตำบล{area.name}" for area in areas}
        extra = figures.KHONKAEN_TEAMS - len(self.places)
        for code in self.places:
            parent = city if code == CITY else district_centre(code[:4])
            open_centre(CentreKind.SUBDISTRICT_TEAM, names[code], parent, [code])
        for code in [CITY, *TOWNS.values(), *self.places[20:60:8]][:extra]:
            parent = city if code == CITY else district_centre(code[:4])
            open_centre(CentreKind.SUBDISTRICT_TEAM, f"{names[code]} ชุด 2", parent, [code])

    # ------------------------------------------------------------------------------------- fiscal year 2565

    def year_2565(self) -> None:
        """The field-checked list of January 2565, the aid of 27 January, and the help until September."""
        self.teller.step("นำเข้าบัญชี TPMAP ปีงบประมาณ 2565", 0, 1)
        total, persons = figures.KHONKAEN_HOUSEHOLDS, figures.KHONKAEN_PERSONS
        inventor = Inventor("khonkaen", "isan", 2022, 40)
        rows = a_list(
            inventor,
            self.places,
            inventor.sizes(total, persons),
            shares(total, USUAL),
            "31",
            self.random,
        )
        secretary = self.people["khonkaen.province"]
        self.known = self.teller.import_list(acting(secretary, LISTED_ON), rows, "tpmap", 2565)
        given = self.assign(self.known, date(2022, 1, 14), share=0.94)
        self._check(self.known)
        self._aid()
        self._help_by_letters()
        self._visits_of_september([household for household in self.known if household.id in given])

    def _visits_of_september(self, known: Sequence[Known]) -> None:
        """Two families in five are seen once more before the year ends."""
        diary = Diary(self.teller)
        for household in self.random.sample(known, len(known) * 2 // 5):
            on = self.teller.between(date(2022, 9, 1), date(2022, 9, 23))
            note = self.random.choice(NOTES[household.failing[0]])
            diary.add(
                Deed(household, self.mentor_for(household), on, note=note, next_visit_on=date(2022, 10, 15))
            )
        diary.write("เยี่ยมก่อนสิ้นปีงบประมาณ 2565")

    def mentor_for(self, household: Known) -> Appointment:
        return self.mentors.get(str(household.centre_id)) or self.mentors[household.area_code[:4]]

    def assign(self, known: Sequence[Known], on: date, share: float) -> set[UUID]:
        """Most households go to the mentor team of their district or municipality."""
        chosen: dict[UUID, list[UUID]] = defaultdict(list)
        mentors: dict[UUID, Appointment] = {}
        for household in known:
            if self.random.random() < share:
                mentor = self.mentor_for(household)
                chosen[mentor.centre_id].append(household.id)
                mentors[mentor.centre_id] = mentor
        for team, households in chosen.items():
            assign_households(
                actor=acting(self.people["khonkaen.province"], on),
                household_ids=households,
                team_id=team,
                mentor_id=mentors[team].user_id,
                valid_from=on,
            )
        return {household for households in chosen.values() for household in households}

    def _check(self, known: Sequence[Known]) -> None:
        """Every person of the list was checked in the field by 27 January 2565."""
        diary = Diary(self.teller)
        for household in known:
            on = self.teller.between(date(2022, 1, 15), date(2022, 1, 26))
            note = self.random.choice(NOTES[household.failing[0]])
            findings = tuple((person, "correct") for person in household.persons)
            diary.add(Deed(household, self.second, on, note=note, findings=findings))
        diary.write("ตรวจสอบ 9,090 คน ปี 2565", latest=AID_ON)

    def _aid(self) -> None:
        """360 families, 3,000 baht each, under one letter."""
        families = [household for household in self.known if Dimension.INCOME in household.failing]
        self._batch(
            families[: figures.KHONKAEN_AID_FAMILIES],
            Dimension.INCOME,
            AID_ON,
            figures.KHONKAEN_AID_BAHT,
            "พม 0208/ว 1203",
            "กระทรวงการพัฒนาสังคมและความมั่นคงของมนุษย์",
        )

    def _help_by_letters(self) -> None:
        """Spring and summer: help in each dimension, letter by letter, to most households."""
        for number, dimension in enumerate(Dimension):
            failing = [household for household in self.known if dimension in household.failing]
            reached = self.random.sample(failing, int(len(failing) * 0.91))
            on = date(2022, 4 + number, 12)
            self.teller.step(f"ความช่วยเหลือด้าน{dimension.label} ปี 2565", number, 5)
            self._batch(
                reached,
                dimension,
                on,
                self.random.randrange(800, 4_000, 100),
                f"ขก 0019/{on.month}14",
                AGENCIES[dimension][0],
            )

    def _batch(
        self,
        households: Sequence[Known],
        dimension: Dimension,
        on: date,
        baht: int,
        letter: str,
        agency: str,
    ) -> None:
        record_help_batch(
            actor=acting(self.people["khonkaen.province"], on),
            batch_id=uuid4(),
            household_ids=[household.id for household in households],
            item_id=self.menu.first_relieving(dimension).pk,
            agency_name=agency,
            amount_baht=Decimal(baht),
            given_on=on,
            letter_number=letter,
            allow_repeat=True,
        )

    # ------------------------------------------------------------------------------------- until today

    def until_today(self) -> None:
        """A list of the current fiscal year and the visits of the last weeks."""
        self.teller.step(f"นำเข้าบัญชี TPMAP ปีงบประมาณ {self.this_year}", 0, 1)
        listed_on = min(self.year_start + timedelta(days=6), self.today)
        inventor = Inventor("khonkaen-now", "isan", self.today.year, 41)
        home = [*self.districts["4001"][:4], *self.districts["4005"][:4], CITY, CITY, CITY]
        places = home + [codes[0] for codes in self.districts.values()]
        rows = a_list(inventor, places, inventor.sizes(336, 912), shares(336, USUAL), "38", self.random)
        for number, row in enumerate(rows):
            row.house_code = f"{row.subdistrict[:4]}6{number:05d}{number % 10}"
        secretary = self.people["khonkaen.province"]
        known = self.teller.import_list(acting(secretary, listed_on), rows, "tpmap", self.this_year)
        given = self.assign(known, listed_on, share=0.8)
        self._hand_to_persona([household for household in known if household.area_code.startswith("4001")])
        diary = Diary(self.teller)
        yesterday = max(listed_on, self.today - timedelta(days=1))
        for household in known:
            luck = self.random.random()
            if household.id not in given or luck < 0.35:
                continue
            on = self.teller.between(listed_on, yesterday)
            dimension = household.failing[0]
            item = self.menu.relieving(dimension, self.random)
            status = "delivered" if luck > 0.66 else "promised"
            helps = ((item, AGENCIES[dimension][0], 2_500, status),) if luck > 0.55 else ()
            diary.add(
                Deed(
                    household,
                    self.own.get(household.id) or self.mentor_for(household),
                    on,
                    note=self.random.choice(NOTES[dimension]),
                    helps=helps,
                    next_visit_on=max(on, self.today - timedelta(days=6))
                    + timedelta(days=self.random.randint(1, 30)),
                )
            )
        diary.write("งานในปีงบประมาณนี้", latest=self.today)

    def _hand_to_persona(self, known: Sequence[Known]) -> None:
        """A team of a size that one person can visit."""
        mentor = self.people["khonkaen.mentor"]
        district = district_centre("4001").pk
        mine = [household for household in known if household.centre_id == district][:17]
        self.own = {household.id: mentor for household in mine}
        assign_households(
            actor=acting(
                self.people["khonkaen.province"], max(self.year_start, self.today - timedelta(days=30))
            ),
            household_ids=list(self.own),
            team_id=mentor.centre_id,
            mentor_id=mentor.user_id,
            valid_from=max(self.year_start, self.today - timedelta(days=30)),
        )


def tell(teller: Teller, today: date) -> None:
    """Khon Kaen from January 2565 until `today`."""
    story = KhonKaen(teller, today)
    story.seat_everybody()
    story.year_2565()
    story.until_today()
