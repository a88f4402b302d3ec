"""Songkhla: the CSR list of 2568 with its published figures, and the work of the current fiscal year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from casework.inputs import HelpInput, StepInput
from casework.models import Case
from casework.services.assignment import assign_households
from casework.services.helps import record_help
from casework.services.plans import save_plan
from casework.services.removal import request_removal
from casework.services.stages import approve_stages
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.areas.enums import CentreKind
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from .. import figures
from ..cast import Cast, district_centre, open_centre, open_mentor_team, provincial_centre, subdistricts_of
from ..cast import by_district as grouped
from ..invent import AGENCIES, NOTES, USUAL, a_list, shares
from ..omitted import Omitted, tell_omitted
from ..people import Inventor
from ..personas import PERSONAS
from ..telling import Deed, Diary, Given, Known, Menu, Teller, acting
from . import other_lists

PROVINCE = "90"
HOME = "9007"
LISTED_ON = date(2025, 1, 20)
SURVEYED = 2567
ORGANISATIONS = (
    "สหกรณ์การเกษตร",
    "วิทยาลัยชุมชน",
    "ชมรมผู้ประกอบการ",
    "กลุ่มออมทรัพย์",
    "โรงเรียนประจำอำเภอ",
    "สมาคมแม่บ้าน",
)


class Songkhla:
    """The chapter's cast and what has been told so far."""

    def __init__(self, teller: Teller, today: date) -> None:
        self.teller, self.today, self.random = teller, today, teller.random
        self.this_year = fiscal_year_of(today)
        self.year_start = fiscal_year_bounds(self.this_year)[0]
        self.menu = Menu()
        self.inventor = Inventor("songkhla", "south", 2025, 90)
        self.people: dict[str, Appointment] = {}
        self.mentors: dict[str, list[Appointment]] = defaultdict(list)

    def seat_everybody(self) -> None:
        """Three mentor teams per district; the personas in their places."""
        cast = Cast("songkhla", "south", "สข 0019/ว 412/2567")
        since = date(2024, 10, 1)
        self.second = cast.colleague(Role.PROVINCIAL_SECRETARY, provincial_centre(PROVINCE), since)
        districts = grouped(subdistricts_of(PROVINCE))
        places = {"P90": provincial_centre(PROVINCE), "D9007": district_centre(HOME)}
        places["SUBTEAM:songkhla"] = open_centre(
            CentreKind.SUBDISTRICT_TEAM, "ทีมปฏิบัติการตำบลระโนด", places["D9007"], districts[HOME][:1]
        )
        self.officers = {
            code: cast.colleague(Role.DISTRICT_OFFICER, district_centre(code), since) for code in districts
        }
        for code in districts:
            centre = district_centre(code)
            for number in range(1, 4):
                organisation = f"{self.random.choice(ORGANISATIONS)}{centre.name.removeprefix('ศจพ.อ.')}"
                team = open_mentor_team(
                    f"ทีมพี่เลี้ยง {number}", centre, organisation, "1 องค์กร 1 CSR 1 ครัวเรือน 1 ปี"
                )
                if code == HOME and number == 1:
                    places["TEAM:songkhla"] = team.centre
                self.mentors[code].append(cast.colleague(Role.MENTOR, team.centre, since))
        until = fiscal_year_bounds(self.this_year)[1]
        for persona in PERSONAS:
            if persona.centre in places and persona.username.startswith("songkhla."):
                self.people[persona.username] = cast.seat(persona, places[persona.centre], since, until)
        self.mentors[HOME][0] = self.people["songkhla.mentor"]

    # ------------------------------------------------------------------ the year of the list

    def year_2568(self) -> None:
        """312 households listed, 112 of them helped; some climb."""
        self.teller.step("นำเข้าบัญชี CSR ปีงบประมาณ 2568", 0, 1)
        sizes = self.inventor.sizes(312, 996)
        places = subdistricts_of(PROVINCE)
        rows = a_list(
            self.inventor,
            self.random.sample(places, 96) + self._one_per_district(places),
            sizes,
            figures.SONGKHLA_DIMENSIONS,
            "38",
            self.random,
        )
        secretary = self.people["songkhla.province"]
        known = self.teller.import_list(acting(secretary, LISTED_ON), rows, "csr", 2568)
        self.known = known
        other_lists.tell(self.teller, self.inventor, secretary, rows, places, HOME)
        teams = self._assign(known, LISTED_ON + timedelta(days=14), share=0.86)
        mixed = self.random.sample(known, len(known))
        helped = mixed[: figures.SONGKHLA_HELPED]
        self._first_visits(known, teams)
        self._give_help(helped, teams)
        risen = self._recover(helped[:46], teams)
        self._autumn_visits(known, teams)
        self._make_plans(risen[:19])
        self._approve(risen[:19], date(2025, 8, 28), "3/2568")
        self.teams = teams

    def _one_per_district(self, places: Sequence[str]) -> list[str]:
        return [codes[0] for codes in grouped(places).values()]

    def _assign(self, known: Sequence[Known], on: date, share: float) -> dict[UUID, Appointment]:
        """Give most households to a team of their district; returns who visits whom."""
        chosen: dict[UUID, list[Known]] = defaultdict(list)
        by: dict[UUID, Appointment] = {}
        mentor_of: dict[UUID, Appointment] = {}
        for household in known:
            if self.random.random() < share:
                mentor = self.random.choice(self.mentors[household.area_code[:4]])
                chosen[mentor.centre_id].append(household)
                by[mentor.centre_id] = mentor
                mentor_of[household.id] = mentor
        secretary = self.people["songkhla.province"]
        for team, households in chosen.items():
            assign_households(
                actor=acting(secretary, on),
                household_ids=[household.id for household in households],
                team_id=team,
                mentor_id=by[team].user_id,
                valid_from=on,
            )
        return mentor_of

    def _visitor(self, household: Known, teams: dict[UUID, Appointment]) -> Appointment:
        return teams.get(household.id) or self.officers[household.area_code[:4]]

    def _note(self, household: Known) -> str:
        return self.random.choice(NOTES[self.random.choice(household.failing)])

    def _first_visits(self, known: Sequence[Known], teams: dict[UUID, Appointment]) -> None:
        """Everybody with a team is seen, their members checked one by one."""
        diary = Diary(self.teller)
        for household in known:
            if household.id not in teams and self.random.random() < 0.6:
                continue
            on = self.teller.between(date(2025, 2, 10), date(2025, 4, 30))
            found = tuple((person, "correct") for person in household.persons)
            if len(found) > 2 and self.random.random() < 0.06:
                found = (*found[:-1], (household.persons[-1], "moved"))
            diary.add(
                Deed(
                    household,
                    self._visitor(household, teams),
                    on,
                    note=self._note(household),
                    findings=found,
                    next_visit_on=on + timedelta(days=45),
                )
            )
        diary.write("การเยี่ยมครั้งแรก ปี 2568")

    def _give_help(self, helped: Sequence[Known], teams: dict[UUID, Appointment]) -> None:
        """Most get help in every dimension they fail, a few only in one."""
        diary = Diary(self.teller)
        for place, household in enumerate(helped):
            failing = household.failing if place < 100 else household.failing[:1]
            helps = tuple(
                (
                    self.menu.relieving(dimension, self.random),
                    self.random.choice(AGENCIES[dimension]),
                    self.random.randrange(1_500, 26_000, 500),
                    "delivered",
                )
                for dimension in failing
            )
            on = self.teller.between(date(2025, 5, 1), date(2025, 6, 25))
            diary.add(
                Deed(household, self._visitor(household, teams), on, note=self._note(household), helps=helps)
            )
        diary.write("ความช่วยเหลือ 112 ครัวเรือน ปี 2568")

    def _recover(self, households: Sequence[Known], teams: dict[UUID, Appointment]) -> list[Known]:
        """Re-assessed in summer: the failed indicators pass now."""
        diary = Diary(self.teller)
        for household in households:
            on = self.teller.between(date(2025, 7, 1), date(2025, 7, 31))
            diary.add(
                Deed(
                    household,
                    self._visitor(household, teams),
                    on,
                    note="ประเมินซ้ำ ตัวชี้วัดที่เคยตกผ่านแล้ว",
                    answers=dict.fromkeys(household.indicators, "pass"),
                    survey_year=SURVEYED,
                )
            )
        diary.write("ประเมินซ้ำ ปี 2568")
        return list(households)

    def _autumn_visits(self, known: Sequence[Known], teams: dict[UUID, Appointment]) -> None:
        """Most families are seen once more before the year ends, with a date in the next."""
        diary = Diary(self.teller)
        for household in known:
            if household.id in teams and self.random.random() < 0.72:
                on = self.teller.between(date(2025, 8, 18), date(2025, 9, 24))
                following = on + timedelta(days=self.random.choice((14, 30, 45)))
                diary.add(
                    Deed(
                        household,
                        teams[household.id],
                        on,
                        note=self._note(household),
                        next_visit_on=following,
                    )
                )
        diary.write("เยี่ยมก่อนสิ้นปีงบประมาณ 2568")

    def _make_plans(self, households: Sequence[Known]) -> None:
        for household in households:
            officer = self.officers[household.area_code[:4]]
            done = self.teller.between(date(2025, 8, 1), date(2025, 8, 15))
            save_plan(
                actor=acting(officer, done),
                household_id=household.id,
                four_t={
                    "attitude": ["มีใจรักในการทำงาน"],
                    "skills": ["การทำเกษตร"],
                    "resources": ["มีบ้านของตนเอง"],
                    "way_out": ["ความรู้และทักษะอาชีพ"],
                },
                goal="มีรายได้ประจำเดือนละไม่น้อยกว่า 6,000 บาท",
                steps=[
                    StepInput(text="อบรมการเลี้ยงไก่ไข่และจัดบัญชีครัวเรือน", nature="development", done_on=done),
                    StepInput(text="ขายผ่านตลาดนัดชุมชนทุกวันพุธ", nature="development", due_on=date(2025, 12, 31)),
                ],
                agreed_on=done,
                approve=True,
            )

    def _approve(self, households: Sequence[Known], on: date, minutes: str) -> None:
        cases = Case.objects.filter(
            household__in=[household.id for household in households],
            proposed_stage__isnull=False,
            closed_on=None,
        )
        approve_stages(
            actor=acting(self.second, on),
            case_ids=list(cases.values_list("pk", flat=True)),
            minutes_number=minutes,
            effective_on=on,
        )

    # ------------------------------------------------------------------------------------- until today

    def until_today(self) -> None:
        """A new list of the current fiscal year; lists and queues are alive on the day the demo is made."""
        self._still_visited()
        self.teller.step(f"นำเข้าบัญชี CSR ปีงบประมาณ {self.this_year}", 0, 1)
        listed_on = self.listed_on = min(self.year_start + timedelta(days=8), self.today)
        places = subdistricts_of(PROVINCE)
        districts = grouped(places)
        inventor = Inventor("songkhla-now", "south", self.today.year, 91)
        chosen = self.random.sample(places, 60) + districts[HOME] * 2 + self._one_per_district(places)
        sizes = inventor.sizes(264, 860)
        rows = a_list(inventor, chosen, sizes, shares(264, USUAL), "38", self.random)
        for number, row in enumerate(rows):
            row.house_code = f"{row.subdistrict[:4]}5{number:05d}{number % 10}"
        secretary = self.people["songkhla.province"]
        known = self.teller.import_list(acting(secretary, listed_on), rows, "csr", self.this_year)
        teams = self._assign(known, listed_on, share=0.82)
        self._recent_visits(known, teams, listed_on)
        self._loose_ends([household for household in known if household.area_code.startswith(HOME)], teams)

    def _still_visited(self) -> None:
        """The families of 2568 are not forgotten: seen of late, to be seen again around today."""
        diary = Diary(self.teller)
        for household in self.known:
            if household.id in self.teams:
                on = self.today - timedelta(days=self.random.randint(20, 80))
                following = self.today + timedelta(days=self.random.randint(-9, 45))
                diary.add(
                    Deed(
                        household,
                        self.teams[household.id],
                        on,
                        note=self._note(household),
                        next_visit_on=following,
                    )
                )
        diary.write("เยี่ยมครัวเรือนปี 2568 ต่อเนื่อง", latest=self.today)

    def _recent_visits(self, known: Sequence[Known], teams: dict[UUID, Appointment], listed_on: date) -> None:
        diary = Diary(self.teller)
        yesterday = max(listed_on, self.today - timedelta(days=1))
        for household in known:
            luck = self.random.random()
            if household.id not in teams or luck < 0.3:
                continue
            on = self.teller.between(listed_on, yesterday)
            helps: tuple[Given, ...] = ()
            if luck > 0.62:
                dimension = household.failing[0]
                helps = (
                    (
                        self.menu.relieving(dimension, self.random),
                        self.random.choice(AGENCIES[dimension]),
                        self.random.randrange(1_000, 18_000, 500),
                        "delivered" if luck > 0.72 else "promised",
                    ),
                )
            passing = dict.fromkeys(household.indicators, "pass") if luck > 0.93 else {}
            diary.add(
                Deed(
                    household,
                    teams[household.id],
                    on,
                    note=self._note(household),
                    helps=helps,
                    findings=tuple((person, "correct") for person in household.persons)
                    if luck > 0.45
                    else (),
                    answers=passing,
                    survey_year=self.this_year - 1 if passing else None,
                    next_visit_on=max(on, self.today - timedelta(days=6))
                    + timedelta(days=self.random.randint(1, 30)),
                )
            )
        diary.write("งานในปีงบประมาณนี้", latest=self.today)

    def _loose_ends(self, home: Sequence[Known], teams: dict[UUID, Appointment]) -> None:
        """What waits in the home district: stages to approve, removals, promises, a slip back."""
        officer = self.officers[HOME]
        ready = [household for household in home if household.id in teams][:6]
        diary = Diary(self.teller)
        on = max(self.year_start, self.today - timedelta(days=2))
        for household in ready:
            helps = tuple(
                (self.menu.first_relieving(dimension), AGENCIES[dimension][0], 4_500, "delivered")
                for dimension in household.failing
            )
            diary.add(
                Deed(
                    household,
                    teams[household.id],
                    on,
                    note=self._note(household),
                    helps=helps,
                    answers=dict.fromkeys(household.indicators, "pass"),
                    survey_year=self.this_year - 1,
                )
            )
        diary.write("ครัวเรือนที่พร้อมขึ้นขั้น", latest=self.today)
        for household in ready:
            save_plan(
                actor=acting(officer, self.today, 8),
                household_id=household.id,
                four_t={
                    "attitude": ["มองโลกในแง่ดี"],
                    "skills": ["การค้าขาย"],
                    "resources": ["มีพาหนะ"],
                    "way_out": ["ตลาดรองรับ"],
                },
                goal="ขายของได้ทุกวันโดยไม่ต้องกู้",
                steps=[StepInput(text="เข้าร่วมตลาดชุมชน", nature="development", done_on=on)],
                agreed_on=on,
                approve=True,
            )
        self._slip_back(ready[-1], teams)
        waiting = [household for household in home if household not in ready]
        for household in waiting[:2]:
            request_removal(
                actor=acting(officer, self.today, 8),
                household_id=household.id,
                reason="not_poor",
                note="มีรถกระบะและร้านค้าของตนเอง ผู้ใหญ่บ้านยืนยัน",
                effective_on=self.today,
            )
        promised_on = max(self.listed_on, self.today - timedelta(days=9))
        for household in [household for household in waiting[2:] if household.id in teams][:5]:
            dimension = household.failing[0]
            record_help(
                actor=acting(teams[household.id], promised_on, 16),
                help=HelpInput(
                    id=uuid4(),
                    household_id=household.id,
                    item_id=self.menu.first_relieving(dimension).pk,
                    given_on=promised_on,
                    agency_name=AGENCIES[dimension][0],
                    amount_baht=Decimal(3_000),
                    status="promised",
                    detail="รับปากว่าจะนำมาให้สัปดาห์หน้า",
                ),
            )

    def omitted(self) -> None:
        """Families that nobody had listed, named in the first subdistrict of the home district."""
        self.teller.step("ครัวเรือนตกหล่นที่เสนอเข้ามา", 0, 1)
        tell_omitted(
            Omitted(
                subdistrict=grouped(subdistricts_of(PROVINCE))[HOME][0],
                today=self.today,
                first_day=self.year_start,
                mentor=self.people["songkhla.mentor"],
                team=self.people["songkhla.team"],
                officer=self.officers[HOME],
                second_officer=self.people["songkhla.district"],
                secretary=self.people["songkhla.province"],
            )
        )

    def _slip_back(self, household: Known, teams: dict[UUID, Appointment]) -> None:
        diary = Diary(self.teller)
        diary.add(
            Deed(
                household,
                teams[household.id],
                self.today,
                note="น้ำท่วมซ้ำ ของที่ได้รับเสียหาย",
                answers={household.indicators[0]: "fail"},
                survey_year=self.this_year - 1,
            )
        )
        diary.write("ครัวเรือนที่ขั้นลดลง", latest=self.today)


def tell(teller: Teller, today: date) -> None:
    """Songkhla from January 2568 until `today`."""
    story = Songkhla(teller, today)
    story.seat_everybody()
    story.year_2568()
    story.until_today()
    story.omitted()
