"""What waits for an officer, each box with its count and the list behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.access import visible_imports
from households.enums import ImportStatus
from households.models import ImportBatch
from households.queries import waiting_corrections
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.naming import with_stages
from povertyops.common.thai import fiscal_year_of

from ..access import visible_cases, visible_conflicts, visible_plans, visible_removals
from ..enums import Decision, PlanStatus
from ..inputs import CohortFilters
from ..queries.caseload import mentor_gone_q, mentor_leaving_q
from ..queries.cohort import EVERYONE, cohort_count
from ..queries.due import open_states
from ..queries.late import visits_after_assignment
from ..queries.referrals import escalated, sent_back
from ..queries.tpmap import COUNTED, count_waiting
from .care import care_to_review, waiting_care
from .nominations import waiting_for
from .transfers import to_decide


@dataclass(frozen=True, slots=True)
class Box:
    """One queue; a count of zero says so in words. `is_more`: there are more than `count`."""

    label: Promise | str
    counts: Promise | str
    icon: str
    count: int
    url: str
    tone: str
    act: Promise | str
    is_more: bool = False


def boxes_for(actor: Actor) -> list[Box]:
    """Every queue of the person's role, in the order of a working day: one count each."""
    return [make(actor) for make in QUEUES]


def _imports(actor: Actor) -> Box:
    waiting = ImportBatch.objects.filter(status=ImportStatus.READY)
    if actor.role is Role.PROVINCIAL_SECRETARY:
        mine = waiting.filter(province_code=actor.province_code)
    else:
        mine = waiting.filter(centre=actor.appointment.centre if actor.appointment else None)
    return Box(
        _("บัญชีรอตรวจก่อนนำเข้า"),
        _("ไฟล์ที่อ่านแล้ว ยังไม่ได้นำเข้า"),
        "import",
        mine.count(),
        reverse("import_list"),
        "warn",
        _("ตรวจบัญชี"),
    )


def _imports_awaiting(actor: Actor) -> Box:
    asked = Q(status=ImportStatus.AWAITING) & ~Q(asked_by=actor.user)
    taken_back = Q(status=ImportStatus.UNDO_AWAITING) & ~Q(undone_by=actor.user)
    waiting = visible_imports(actor).filter(asked | taken_back)
    return Box(
        _("บัญชีรอผู้อนุมัติคนที่สอง"),
        _("ไฟล์ใหญ่ที่เจ้าหน้าที่อีกคนขอนำเข้าหรือขอเลิก"),
        "import",
        waiting.count(),
        reverse("import_list"),
        "warn",
        _("พิจารณา"),
    )


def _no_team(actor: Actor) -> Box:
    filters = CohortFilters(fiscal_year=fiscal_year_of(actor.today()), no_team=True, membership=EVERYONE)
    return Box(
        _("ยังไม่มีทีมพี่เลี้ยง"),
        _("ครัวเรือนในการดูแลที่ยังไม่ได้มอบหมาย"),
        "team",
        cohort_count(actor, filters),
        f"{reverse('household_list')}?no_team=1&membership=all&sort=priority",
        "warn",
        _("มอบหมาย"),
    )


def overdue_address() -> str:
    """The list of those whose day has passed, whom first on top."""
    return f"{reverse('household_list')}?overdue=1&membership=all&sort=priority"


def _overdue(actor: Actor) -> Box:
    late = open_states(actor, actor.today()).filter(is_removed=False, due_on__lt=actor.today())
    return Box(
        _("เกินกำหนดเยี่ยม"),
        _("ครัวเรือนที่เลยวันนัดหรือรอบการติดตาม"),
        "clock",
        late.count(),
        overdue_address(),
        "bad",
        _("ดูรายชื่อ"),
    )


def _unchecked(actor: Actor) -> Box:
    states = open_states(actor, actor.today()).filter(is_removed=False)
    return Box(
        _("ยังตรวจสอบไม่ครบคน"),
        _("ครัวเรือนที่ยังมีคนเป้าหมายไม่ได้ตรวจสอบ"),
        "check-circle",
        states.filter(checked_persons__lt=F("persons")).count(),
        reverse("verify_villages"),
        "",
        _("ตรวจรายหมู่บ้าน"),
    )


def _approvals(actor: Actor) -> Box:
    waiting = visible_cases(actor).filter(proposed_stage__isnull=False, closed_on=None)
    return Box(
        _("รออนุมัติขึ้นขั้น"),
        with_stages(_("ครัวเรือนที่หลักฐานครบสำหรับขั้น{sufficient}หรือ{sustainable}")),
        "ladder",
        waiting.count(),
        reverse("approvals"),
        "warn",
        _("พิจารณา"),
    )


def _plans(actor: Actor) -> Box:
    return Box(
        _("แผนรออนุมัติ"),
        _("แผนครัวเรือนฉบับใหม่ที่รอคนที่สองพิจารณา"),
        "plan",
        visible_plans(actor).filter(status=PlanStatus.PROPOSED).count(),
        reverse("plan_queue"),
        "warn",
        _("พิจารณา"),
    )


def _care(actor: Actor) -> Box:
    return Box(
        _("ดูแลต่อเนื่องรอพิจารณา"),
        _("มิติที่เสนอให้ดูแลต่อเนื่อง รอมติที่ประชุม"),
        "care",
        waiting_care(actor).count(),
        reverse("care_queue"),
        "warn",
        _("พิจารณา"),
    )


def _care_reviews(actor: Actor) -> Box:
    return Box(
        _("ครบกำหนดทบทวนดูแลต่อเนื่อง"),
        _("การดูแลต่อเนื่องที่ต้องทบทวนภายใน 30 วันหรือเลยกำหนด"),
        "care",
        care_to_review(actor, actor.today()).count(),
        f"{reverse('care_queue')}#reviews",
        "warn",
        _("ทบทวน"),
    )


def _removals(actor: Actor) -> Box:
    return Box(
        _("คำขอนำออกจากเป้าหมาย"),
        _("คำขอที่รอคนที่สองพิจารณา"),
        "warning",
        visible_removals(actor).filter(decision=Decision.PENDING).count(),
        reverse("removals"),
        "warn",
        _("พิจารณา"),
    )


def _nominations(actor: Actor) -> Box:
    return Box(
        _("ครัวเรือนตกหล่นรอพิจารณา"),
        _("เรื่องที่เสนอเข้ามา ยังไม่ได้ตรวจหรือยังไม่ได้ตัดสิน"),
        "plus",
        waiting_for(actor).count(),
        f"{reverse('nominations')}?tab=all",
        "warn",
        _("เปิดรายการ"),
    )


def _conflicts(actor: Actor) -> Box:
    return Box(
        _("การเยี่ยมที่ข้อมูลขัดกัน"),
        _("ข้อมูลสองฉบับภายใต้รหัสการเยี่ยมเดียวกัน"),
        "half",
        visible_conflicts(actor).filter(settled_at=None).count(),
        reverse("visit_conflicts"),
        "warn",
        _("เปรียบเทียบ"),
    )


def _fact_conflicts(actor: Actor) -> Box:
    return Box(
        _("ข้อมูลครัวเรือนที่ขัดกัน"),
        _("ช่องที่สองคนแก้โดยไม่เห็นของกัน"),
        "half",
        waiting_corrections(actor).count(),
        reverse("fact_conflicts"),
        "warn",
        _("เลือกค่าที่ถูกต้อง"),
    )


def _sent_back(actor: Actor) -> Box:
    return Box(
        _("เรื่องส่งต่อที่ถูกส่งคืน"),
        _("หน่วยงานส่งคืนพร้อมเหตุผล ต้องส่งไปที่อื่นหรือถอนเรื่อง"),
        "arrow-left",
        sent_back(actor).count(),
        f"{reverse('referral_list')}?show=returned",
        "warn",
        _("ส่งใหม่"),
    )


def _escalated(actor: Actor) -> Box:
    return Box(
        _("เรื่องส่งต่อที่เกินกำหนด"),
        _("หน่วยงานยังไม่รับเรื่องหรือยังไม่เสร็จตามกำหนด"),
        "warning",
        escalated(actor).count(),
        f"{reverse('referral_list')}?show=escalated",
        "bad",
        _("ติดตาม"),
    )


def _mentor_gone(actor: Actor) -> Box:
    today = actor.today()
    return Box(
        _("ครัวเรือนที่พี่เลี้ยงพ้นตำแหน่ง"),
        _("คำสั่งพี่เลี้ยงสิ้นสุดแล้ว ครัวเรือนไม่มีผู้รับผิดชอบ"),
        "team",
        open_states(actor, today).filter(mentor_gone_q(today)).count(),
        f"{reverse('household_list')}?mentor_gone=1&membership=all&sort=priority",
        "bad",
        _("มอบหมายใหม่"),
    )


def _mentor_leaving(actor: Actor) -> Box:
    today = actor.today()
    return Box(
        _("พี่เลี้ยงจะพ้นตำแหน่งใน 30 วัน"),
        _("ครัวเรือนที่ต้องหาผู้ดูแลต่อก่อนคำสั่งสิ้นสุด"),
        "calendar",
        open_states(actor, today).filter(mentor_leaving_q(today)).count(),
        f"{reverse('household_list')}?mentor_leaving=1&membership=all&sort=priority",
        "warn",
        _("เตรียมส่งมอบ"),
    )


def _transfers(actor: Actor) -> Box:
    return Box(
        _("คำขอโอนครัวเรือนเข้ามา"),
        _("ครัวเรือนที่ย้ายเข้าพื้นที่ รอศูนย์ของท่านรับโอน"),
        "arrow-right",
        to_decide(actor).count(),
        reverse("transfers"),
        "warn",
        _("พิจารณา"),
    )


def _late_visits(actor: Actor) -> Box:
    return Box(
        _("การเยี่ยมที่มาถึงหลังเปลี่ยนผู้ดูแล"),
        _("เยี่ยมตอนที่ยังดูแลอยู่ ข้อมูลมาถึงใน 30 วันที่ผ่านมา"),
        "clock",
        visits_after_assignment(actor).count(),
        reverse("late_visits"),
        "",
        _("ดูรายการ"),
    )


def _tpmap(actor: Actor) -> Box:
    count = count_waiting(actor)
    return Box(
        _("ยังไม่ได้บันทึกใน TPMAP"),
        _("การเยี่ยมและความช่วยเหลือที่มีข้อความพร้อมคัดลอก"),
        "file",
        min(count, COUNTED),
        reverse("tpmap"),
        "warn",
        _("คัดลอกและบันทึก"),
        is_more=count > COUNTED,
    )


QUEUES: tuple[Callable[[Actor], Box], ...] = (
    _imports,
    _imports_awaiting,
    _no_team,
    _mentor_gone,
    _mentor_leaving,
    _overdue,
    _unchecked,
    _approvals,
    _plans,
    _care,
    _care_reviews,
    _removals,
    _nominations,
    _transfers,
    _conflicts,
    _late_visits,
    _sent_back,
    _escalated,
    _fact_conflicts,
    _tpmap,
)
