"""Songkhla hands needs to its offices: some wait, some are under way, some came back, two are late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid4

from casework.inputs import HelpInput
from casework.models import Office, Referral
from casework.services.offices import OfficeInput, create_office, make_lead_offices
from casework.services.referrals import (
    ReferralInput,
    accept_referral,
    escalate_missed,
    finish_referral,
    return_referral,
    send_referral,
    withdraw_referral,
)
from dimensions.enums import Dimension
from households.models import HouseholdScope
from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..cast import Cast
from ..personas import PERSONAS
from ..telling import Menu, Teller, acting, at

PROVINCE, HOME = "90", "9007"
FUND = "กองทุนฟื้นฟูสมรรถภาพจังหวัดสงขลา"
SINCE = date(2024, 10, 1)


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked of an office, and what became of it: steps as (days ago, step, words)."""

    dimension: Dimension
    to_fund: bool
    subject: str
    detail: str
    sent: int
    steps: tuple[tuple[int, str, str], ...] = ()


NEEDS = (
    Need(Dimension.LIVING, False, "ซ่อมหลังคาและห้องน้ำ", "สังกะสีผุทั้งหลัง ฝนตกน้ำรั่วถึงที่นอน", 1),
    Need(Dimension.INCOME, False, "ฝึกอาชีพทำขนมพื้นบ้าน", "แม่เลี้ยงเดี่ยว ว่างช่วงกลางวัน มีเตาของตนเอง", 5),
    Need(Dimension.INCOME, False, "ทุนหมุนเวียนเลี้ยงปลาดุก", "มีบ่อแล้วสองบ่อ ขาดพันธุ์ปลาและอาหารรุ่นแรก", 12),
    Need(
        Dimension.INCOME,
        False,
        "เข้ากลุ่มออมทรัพย์เพื่อการผลิต",
        "อยากเริ่มออม ยังไม่มีกลุ่มในหมู่บ้าน",
        9,
        ((6, "accept", "นัดประชุมกลุ่มวันศุกร์นี้ที่ศาลาหมู่บ้าน"),),
    ),
    Need(
        Dimension.INCOME,
        True,
        "รถเข็นขายของ",
        "เดินไม่สะดวก ขายของหน้าบ้านได้",
        20,
        ((15, "return", "กองทุนช่วยได้เฉพาะกายอุปกรณ์ รถเข็นค้าขายควรส่งสำนักงานพัฒนาชุมชน"),),
    ),
    Need(
        Dimension.LIVING,
        True,
        "ปรับบ้านให้ผู้พิการใช้ทางลาด",
        "ผู้ป่วยครึ่งซีก ใช้รถเข็น บันไดสามขั้น",
        8,
        ((5, "accept", "ช่างของกองทุนจะไปวัดหน้างานสัปดาห์นี้"),),
    ),
    Need(
        Dimension.EDUCATION,
        False,
        "ทุนการศึกษาเด็กหลุดจากระบบ",
        "เรียนถึง ม.1 หยุดเพราะไม่มีค่ารถ",
        25,
        ((22, "accept", ""), (3, "give", "กลับเข้าเรียนแล้ว มอบทุนค่าเดินทางภาคเรียนนี้")),
    ),
    Need(
        Dimension.INCOME,
        False,
        "อบรมบัญชีครัวเรือน",
        "หนี้นอกระบบสองราย อยากรู้รายรับรายจ่ายของตนเอง",
        34,
        ((30, "accept", ""), (10, "finish", "เข้าอบรมครบสองวัน ทำบัญชีต่อเนื่องกับพี่เลี้ยง")),
    ),
    Need(
        Dimension.INCOME,
        False,
        "หาตลาดรับซื้อผักปลอดสาร",
        "ปลูกได้แล้ว ไม่มีคนรับซื้อประจำ",
        40,
        ((38, "accept", "ประสานตลาดเกษตรกรและโรงพยาบาลอำเภอ"),),
    ),
    Need(
        Dimension.LIVING,
        False,
        "ขอถังเก็บน้ำ",
        "หน้าแล้งซื้อน้ำใช้",
        16,
        ((14, "withdraw", "อบต. นำถังน้ำมาให้แล้ว"),),
    ),
)


class _Household(NamedTuple):
    """A scope row as far as the story needs it."""

    pk: UUID
    team_id: UUID | None
    district_code: str
    dimensions: int


class Referrals:
    """The offices of the province, their people, and who sends."""

    def __init__(self, teller: Teller, today: date) -> None:
        self.teller, self.today, self.menu = teller, today, Menu()
        self.mentor = _post("songkhla.mentor")

        self.district = _post("songkhla.district")
        self.secretary = _post("songkhla.province")
        self.offices: dict[Dimension | None, Office] = {}
        self.people: dict[UUID, Appointment] = {}

    def open_offices(self) -> None:
        """Five lead offices and a fund, with somebody at each."""
        keeper = acting(self.secretary, SINCE)
        for office in make_lead_offices(actor=keeper, province_code=PROVINCE):
            self.offices[Dimension.from_mask(office.centre.leads)[0]] = office
        fund = OfficeInput(name=FUND, answer_days=5, phone="074-311-000")
        self.offices[None] = create_office(actor=keeper, province_code=PROVINCE, office=fund)
        cast = Cast("songkhla-office", "south", "สข 0019/ว 98/2567")
        until = fiscal_year_bounds(fiscal_year_of(self.today))[1]
        personas = {persona.centre: persona for persona in PERSONAS}
        for dimension, office in self.offices.items():
            persona = personas.get(f"OFFICE90:{dimension.value if dimension else 'fund'}")
            role = Role.LEAD_OFFICE if dimension else Role.AGENCY
            self.people[office.pk] = (
                cast.seat(persona, office.centre, SINCE, until)
                if persona
                else cast.colleague(role, office.centre, SINCE)
            )

    def tell(self) -> None:
        """Each need of another household, then the deadlines nobody kept."""
        households = _households()
        for number, need in enumerate(NEEDS):
            self.teller.step("เรื่องส่งต่อหน่วยงาน", number, len(NEEDS))
            row = self._send(need, next(households[need.dimension]))
            for ago, step, words in need.steps:
                self._take(row, ago, step, words)
        for day in sorted(self._missed_days()):
            escalate_missed(today=day, actor=system_actor(at(day, 0, 5)))

    def _missed_days(self) -> set[date]:
        """The mornings after a deadline, until today."""
        rows = Referral.objects.filter(province_code=PROVINCE)
        due = {day for days in rows.values_list("answer_due_on", "finish_due_on") for day in days if day}
        return {day + timedelta(days=1) for day in due if day < self.today}

    def _send(self, need: Need, household: _Household) -> Referral:
        office = self.offices[None if need.to_fund else need.dimension]
        return send_referral(
            actor=self._on(self._sender(household), need.sent),
            referral=ReferralInput(
                id=uuid4(),
                household_id=household.pk,
                office_id=office.pk,
                dimension=need.dimension,
                subject=need.subject,
                detail=need.detail,
            ),
        )

    def _sender(self, household: _Household) -> Appointment:
        if household.team_id == self.mentor.centre_id:
            return self.mentor
        return self.district if household.district_code == HOME else self.secretary

    def _take(self, row: Referral, ago: int, step: str, words: str) -> None:
        office = self._on(self.people[row.office_id], ago)
        if step == "accept":
            accept_referral(actor=office, referral_id=row.pk, note=words)
        elif step == "return":
            return_referral(actor=office, referral_id=row.pk, note=words)
        elif step == "withdraw":
            withdraw_referral(actor=self._on(self.secretary, ago), referral_id=row.pk, note=words)
        else:
            given = self._help(row, ago) if step == "give" else None
            finish_referral(actor=office, referral_id=row.pk, note=words, help=given)

    def _help(self, row: Referral, ago: int) -> HelpInput:
        return HelpInput(
            id=uuid4(),
            household_id=row.household_id,
            item_id=self.menu.first_relieving(Dimension(row.dimension)).pk,
            given_on=self.today - timedelta(days=ago),
            amount_baht=Decimal(3_000),
            letter_number="ศธ 0246/512",
        )

    def _on(self, post: Appointment, ago: int) -> Actor:
        return acting(post, self.today - timedelta(days=ago), 10)


def _post(username: str) -> Appointment:
    return Appointment.objects.select_related("user", "centre").get(user__username=username)


def _households() -> dict[Dimension, Iterator[_Household]]:
    """Households in care by a dimension they fail, those of the home district first; none comes twice."""
    rows = HouseholdScope.objects.filter(province_code=PROVINCE, is_open=True)
    facts = rows.order_by("household__house_code").values_list("pk", "team_id", "district_code", "dimensions")
    found = sorted((_Household(*row) for row in facts), key=lambda row: row.district_code != HOME)
    taken: set[UUID] = set()

    def failing(dimension: Dimension) -> Iterator[_Household]:
        for row in found:
            if row.dimensions & dimension.bit and row.pk not in taken:
                taken.add(row.pk)
                yield row

    return {dimension: failing(dimension) for dimension in Dimension}


def tell(teller: Teller, today: date) -> None:
    """Offices and referrals of Songkhla, until `today`."""
    story = Referrals(teller, today)
    story.open_offices()
    story.tell()
