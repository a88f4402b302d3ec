"""Families that no list knew: what the home district of Songkhla heard of them, at every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from casework.enums import NominationStatus
from casework.inputs import NominationCheck, NominationInput
from casework.models import Nomination
from casework.services.nominations import (
    appeal,
    check_nomination,
    decide_nomination,
    nominate,
    nominate_publicly,
    set_rule,
)
from casework.services.nominations.naming import near_of
from casework.services.nominations.telling import Contact
from dimensions.enums import Dimension
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import Appointment
from povertyops.common.ids import uuid7

from .telling import acting


@dataclass(frozen=True, slots=True)
class Omitted:
    """Who takes part, where and when."""

    subdistrict: str
    today: date
    first_day: date
    mentor: Appointment
    team: Appointment
    officer: Appointment
    second_officer: Appointment
    secretary: Appointment
    houses: list[str] = field(default_factory=list)

    def by(self, who: Appointment, days_ago: int) -> Actor:
        return acting(who, max(self.first_day, self.today - timedelta(days=days_ago)), 15)

    def named(self, actor: Actor, head: Mapping[str, Any], reason: str, *dimensions: Dimension) -> Nomination:
        """A family of the first village, said to be none of those that resemble it."""
        given = self._input(head, reason, *dimensions)
        near = near_of(actor, head=head, area_code=given.area_code, house_no=given.house_no)
        said = {match.household_id: "other_person" for match in near}
        return nominate(actor=actor, nomination=self._input(head, reason, *dimensions, said=said))

    def reported(self, head: Mapping[str, Any], reason: str, *dimensions: Dimension) -> Nomination:
        """What a neighbour sent in."""
        given = self._input(head, reason, *dimensions)
        return nominate_publicly(nomination=given, contact=Contact("เพื่อนบ้านสมมุติ", "0810000000"))

    def _input(
        self, head: Mapping[str, Any], reason: str, *dimensions: Dimension, said: Any = None
    ) -> NominationInput:
        house_no = f"{901 + len(self.houses)}/1"
        if said is not None:
            self.houses.append(house_no)
        return NominationInput(
            id=uuid7(),
            area_code=f"{self.subdistrict}01",
            persons=({"relation": "หัวหน้าครัวเรือน", "is_head": True, **head},),
            reason=reason,
            dimensions=Dimension.mask_of(dimensions),
            house_no=house_no,
            near_said=said or {},
        )


def tell_omitted(story: Omitted) -> None:
    """One overdue, one fresh from the public, one checked, one appealed, one taken in."""
    set_rule(actor=story.by(story.secretary, 60), is_public_open=True, check_days=15, appeal_days=30)
    health, living, income = Dimension.HEALTH, Dimension.LIVING, Dimension.INCOME
    story.named(
        story.by(story.mentor, 21),
        {"title": "นาง", "first_name": "พเยาว์", "last_name": "สมมุติทะเล", "sex": "f"},
        "ย้ายมาอยู่กับหลานในกระท่อมริมคลอง ไม่มีชื่อในทะเบียนบ้าน จึงไม่อยู่ในบัญชีใด",
        living,
        income,
    )
    story.reported(
        {"first_name": "ลุงเอื้อน", "last_name": ""}, "อยู่คนเดียวท้ายซอย เดินไม่ค่อยไหว มีคนเอาข้าวมาให้", health
    )
    checked = story.named(
        story.by(story.mentor, 9),
        {"title": "นาย", "first_name": "เจือ", "last_name": "สมมุติพะเนียด", "sex": "m"},
        "ตกงานหลังอุบัติเหตุ ลูกสามคนยังเรียน",
        health,
        income,
    )
    _check(story, checked, 4, health, income)
    refused = story.named(
        story.by(story.mentor, 40),
        {"title": "นาง", "first_name": "ละมุด", "last_name": "สมมุติหลุมดิน", "sex": "f"},
        "บ้านเก่าทรุดโทรม รายได้ไม่แน่นอน",
        living,
    )
    _check(story, refused, 33, living)
    decide_nomination(
        actor=story.by(story.officer, 25),
        nomination_id=refused.pk,
        decision=NominationStatus.REJECTED,
        note="มีที่ดินให้เช่าสองแปลง รายได้พอเลี้ยงครอบครัว",
    )
    appeal(
        actor=story.by(story.mentor, 6),
        nomination_id=refused.pk,
        note="ที่ดินเป็นของพี่สาว มีหนังสือจากผู้ใหญ่บ้าน",
    )
    taken = story.named(
        story.by(story.mentor, 15),
        {"title": "นาย", "first_name": "แคล้ว", "last_name": "สมมุติคลองโพธิ์", "sex": "m"},
        "เลี้ยงหลานพิการคนเดียว อยู่เพิงในสวนยาง",
        living,
        income,
    )
    _check(story, taken, 9, living, income)
    decide_nomination(
        actor=story.by(story.second_officer, 5),
        nomination_id=taken.pk,
        decision=NominationStatus.ACCEPTED,
        note="ตรวจแล้วยากจนจริง ไม่ซ้ำกับครัวเรือนในทะเบียน",
    )


def _check(story: Omitted, row: Nomination, days_ago: int, *dimensions: Dimension) -> None:
    found = NominationCheck(
        is_poor=True, dimensions=Dimension.mask_of(dimensions), note="ไปดูที่บ้านพร้อมผู้ใหญ่บ้าน เป็นจริงตามที่เสนอ"
    )
    check_nomination(actor=story.by(story.team, days_ago), nomination_id=row.pk, check=found)
