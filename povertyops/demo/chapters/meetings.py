"""Songkhla's committee: a meeting of 2567 left two resolutions, the first of 2568 is being prepared."""

from __future__ import annotations

from datetime import date, time

from povertyops.accounts.models import Appointment
from reports.enums import Presence, ResolutionState
from reports.services.meetings import (
    AgendaDraft,
    Attendee,
    MeetingDraft,
    ResolutionDraft,
    add_agenda_item,
    add_resolution,
    hold_meeting,
    note_resolution,
    plan_meeting,
    save_attendance,
)

from ..telling import Teller, acting

LAST = date(2024, 12, 18)
NEXT = date(2025, 9, 30)
HALL = "ห้องประชุม 1 ศาลากลางจังหวัดสงขลา"
CHAIR = "ผู้ว่าราชการจังหวัดสงขลา"
COMMITTEE = (
    Attendee(CHAIR, "ประธานกรรมการ"),
    Attendee("ปลัดจังหวัดสงขลา", "กรรมการ"),
    Attendee("พัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดสงขลา", "กรรมการ", Presence.REPLACED, "นักพัฒนาสังคมชำนาญการ"),
    Attendee("นายแพทย์สาธารณสุขจังหวัดสงขลา", "กรรมการ"),
    Attendee("ศึกษาธิการจังหวัดสงขลา", "กรรมการ", Presence.EXCUSED),
    Attendee("ท้องถิ่นจังหวัดสงขลา", "กรรมการ"),
    Attendee("พัฒนาการจังหวัดสงขลา", "กรรมการและเลขานุการ"),
)
REPAIR = ResolutionDraft(
    "ให้ทุกอำเภอสำรวจบ้านของครัวเรือนที่ตกเกณฑ์ความเป็นอยู่ และเสนอแผนซ่อมก่อนฤดูมรสุม",
    "นายอำเภอทุกอำเภอ",
    date(2025, 9, 30),
)
PARTNERS = ResolutionDraft(
    "ให้สำนักงานพัฒนาชุมชนจับคู่ครัวเรือนกับองค์กรตามแนวทาง 1 องค์กร 1 CSR 1 ครัวเรือน 1 ปี ให้ครบ 312 ครัวเรือน",
    "พัฒนาการจังหวัดสงขลา",
    date(2025, 6, 30),
)


def tell(teller: Teller, today: date) -> None:
    """A meeting held without figures, before the product was there, and the next one in preparation."""
    teller.step("การประชุม คจพ.จ. สงขลา", 0, 1)
    secretary = Appointment.objects.select_related("user", "centre").get(user__username="songkhla.province")
    then = acting(secretary, LAST, 16)
    held = plan_meeting(
        actor=then,
        draft=MeetingDraft(
            number=4,
            year=2567,
            fiscal_year=2568,
            held_on=LAST,
            starts_at=time(9, 30),
            place=HALL,
            chair=CHAIR,
        ),
    )
    save_attendance(actor=then, meeting_id=held.pk, people=COMMITTEE)
    repair = add_resolution(actor=then, meeting_id=held.pk, draft=REPAIR)
    add_resolution(actor=then, meeting_id=held.pk, draft=PARTNERS)
    hold_meeting(actor=then, meeting_id=held.pk)
    now = acting(secretary, today, 9)
    planned = plan_meeting(
        actor=now,
        draft=MeetingDraft(
            number=1,
            year=2568,
            fiscal_year=2568,
            list_kind="csr",
            held_on=min(today, NEXT),
            starts_at=time(9, 30),
            place=HALL,
            chair=CHAIR,
        ),
    )
    draft = AgendaDraft("decide", "แนวทางช่วยครัวเรือนที่ยังไม่ถึงขั้นอยู่รอด", presenter="ฝ่ายเลขานุการ")
    add_agenda_item(actor=now, meeting_id=planned.pk, draft=draft)
    note_resolution(
        actor=now,
        resolution_id=repair.pk,
        text="สำรวจครบทุกอำเภอ ซ่อมแล้วบางส่วน ที่เหลือรองบกองทุน",
        state=ResolutionState.OPEN,
        meeting_id=planned.pk,
    )
