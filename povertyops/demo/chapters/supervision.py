"""The supervisor's week in Songkhla: phones that spoke lately or long ago, an order that ends, moves."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from casework.models import Device
from casework.services.transfers import request_transfer
from households.models import HouseholdScope
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment

from ..cast import subdistricts_of
from ..telling import Teller, acting, at

PROVINCE, HOME = "90", "9007"
# Hours since the phone last spoke, items it still held, days since the oldest of them.
PHONES = ((2, 0, 0), (31, 4, 2), (5, 1, 0), (210, 9, 8), (18, 0, 0), (70, 2, 3))
SHARE_WITHOUT_PHONE = 0.25


def tell(teller: Teller, today: date) -> None:
    """Phones of the mentors, an appointment about to expire, one household coming and one going."""
    teller.step("เครื่องของพี่เลี้ยงและครัวเรือนที่ย้าย", 0, 1)
    mentors = list(
        Appointment.objects.filter(role=Role.MENTOR, centre__province_code=PROVINCE)
        .select_related("user")
        .order_by("centre__parent__name", "centre__name", "user__username")
    )
    _phones(teller, mentors, today)
    _order_that_ends(today)
    _moves(today)


def _phones(teller: Teller, mentors: list[Appointment], today: date) -> None:
    """Most have one; some have not spoken for a week and still hold visits."""
    rows = []
    for number, mentor in enumerate(mentors):
        hours, waiting, oldest = PHONES[number % len(PHONES)]
        is_persona = not mentor.user.username.startswith("songkhla.0")
        if not is_persona and teller.random.random() < SHARE_WITHOUT_PHONE:
            continue
        now = at(today, 6)
        rows.append(
            Device(
                id=UUID(int=teller.random.getrandbits(128), version=4),
                user=mentor.user,
                last_sync_at=now - timedelta(hours=hours),
                taken_along_at=now - timedelta(hours=hours),
                households=20,
                waiting=waiting,
                oldest_at=now - timedelta(days=oldest, hours=3) if waiting else None,
                is_persisted=True,
            )
        )
    Device.objects.bulk_create(rows)


def _order_that_ends(today: date) -> None:
    """One mentor of the home district leaves within the month: whoever follows must be found."""
    leaving = (
        Appointment.objects.filter(
            role=Role.MENTOR, centre__parent__coverage__area=HOME, user__username__startswith="songkhla.0"
        )
        .order_by("-centre__name")
        .first()
    )
    if leaving is not None:
        leaving.valid_to = today + timedelta(days=12)
        leaving.save(update_fields=["valid_to"])


def _moves(today: date) -> None:
    """One household on its way into the home district, one on its way out."""
    open_ones = HouseholdScope.objects.filter(
        province_code=PROVINCE, is_open=True, is_municipal=False
    ).order_by("household__house_code")
    coming = open_ones.exclude(district_code=HOME).first()
    going = open_ones.filter(district_code=HOME).first()
    if coming is None or going is None:
        return
    moved = today - timedelta(days=9)
    home = next(code for code in subdistricts_of(PROVINCE) if code.startswith(HOME))
    for scope, to, why in (
        (coming, f"{home}00", "ย้ายกลับมาดูแลแม่ที่ป่วย"),
        (going, f"{coming.subdistrict_code}00", "ย้ายตามลูกไปทำงานโรงงาน"),
    ):
        officer = (
            Appointment.objects.filter(role=Role.DISTRICT_OFFICER, centre=scope.centre_id)
            .select_related("user", "centre")
            .order_by("user__username")
            .first()
        )
        if officer is not None:
            request_transfer(
                actor=acting(officer, today - timedelta(days=2)),
                household_id=scope.household_id,
                to_area_code=to,
                reason=why,
                effective_on=moved,
            )
