"""Songkhla's own items of the help menu, what it hides, and what its officers entered into TPMAP already."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from casework.models import HelpMenuItem
from casework.queries.tpmap import TpmapFilters, waiting_helps, waiting_visits
from casework.services.menu import ItemInput, add_menu_item, hide_menu_item
from casework.services.tpmap import MOST_AT_ONCE, mark_in_tpmap
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment

from ..telling import Teller, acting

PROVINCE = "90"
ENTERED_AFTER_DAYS = 45
OWN = (
    ItemInput(
        dimension="income",
        name="แพะพันธุ์คู่ละ 2 ตัวจากกลุ่มเลี้ยงแพะระโนด",
        nature="development",
        agency_name="สำนักงานปศุสัตว์จังหวัดสงขลา",
        benefit="แพะพ่อแม่พันธุ์ คอก และการดูแลปีแรก",
        eligibility="ครัวเรือนที่มีที่ว่างหลังบ้านและมีคนวัยทำงาน",
        indicators=(27, 29),
        min_age=18,
        usual_baht=Decimal(8000),
    ),
    ItemInput(
        dimension="living",
        name="ช่างชุมชนซ่อมบ้านวันเสาร์",
        agency_name="วิทยาลัยเทคนิคหาดใหญ่",
        benefit="แรงงานช่างและวัสดุเล็กน้อย ซ่อมเสร็จในหนึ่งวัน",
        eligibility="บ้านที่ซ่อมได้โดยไม่ต้องรื้อ",
        indicators=(13,),
        stages=(0, 1),
        usual_baht=Decimal(2500),
    ),
)
UNUSED = "electricity"


def tell(teller: Teller, today: date) -> None:
    """The secretary keeps the menu; each district has worked off its TPMAP queue but for the last weeks."""
    teller.step("เมนูแก้จนของจังหวัดและคิว TPMAP", 0, 1)
    secretary = _first(Role.PROVINCIAL_SECRETARY)
    if secretary is None:
        return
    for item in OWN:
        add_menu_item(actor=acting(secretary, today - timedelta(days=60)), item=item)
    hidden = HelpMenuItem.objects.filter(code=UNUSED, province_code="").first()
    if hidden is not None:
        hide_menu_item(actor=acting(secretary, today - timedelta(days=60)), item_id=hidden.pk, hidden=True)
    officers = Appointment.objects.valid_on(today).filter(
        role__in=(Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER), centre__province_code=PROVINCE
    )
    worked_off = set()
    for officer in officers.select_related("user", "centre").order_by("centre__name", "user__username"):
        if officer.centre_id not in worked_off:
            worked_off.add(officer.centre_id)
            _enter(acting(officer, today - timedelta(days=3)), today - timedelta(days=ENTERED_AFTER_DAYS))


def _first(role: Role) -> Appointment | None:
    rows = Appointment.objects.filter(role=role, centre__province_code=PROVINCE)
    return rows.select_related("user", "centre").order_by("user__username").first()


def _enter(officer: Actor, until: date) -> None:
    """Everything of the officer's own households up to a day; a district only reads its municipality's."""
    own: dict[str, Any] = {"household__scope__is_municipal": officer.role is Role.MUNICIPAL_OFFICER}
    visits = waiting_visits(officer, TpmapFilters()).filter(visited_on__lte=until, **own)
    for part in _parts(list(visits.values_list("pk", flat=True))):
        mark_in_tpmap(actor=officer, visit_ids=part)
    helps = waiting_helps(officer, TpmapFilters()).filter(given_on__lte=until, **own)
    for part in _parts(list(helps.values_list("pk", flat=True))):
        mark_in_tpmap(actor=officer, help_ids=part)


def _parts(ids: list[UUID]) -> list[list[UUID]]:
    return [ids[start : start + MOST_AT_ONCE] for start in range(0, len(ids), MOST_AT_ONCE)]
