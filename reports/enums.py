"""Choices of the numbers: targets, meetings, packs, exports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShareKey(models.TextChoices):
    """By what a province's target is shared out to its districts."""

    CASES = "cases", _("ตามจำนวนครัวเรือน")
    PERSONS = "persons", _("ตามจำนวนคน")
    EQUAL = "equal", _("เท่ากันทุกอำเภอ")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("เตรียมการประชุม")
    FROZEN = "frozen", _("ตรึงตัวเลขแล้ว")
    HELD = "held", _("ประชุมแล้ว")


class AgendaKind(models.TextChoices):
    """The five heads of a Thai committee's agenda."""

    INFORM = "inform", _("เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ")
    MINUTES = "minutes", _("รับรองรายงานการประชุม")
    FOLLOW_UP = "follow_up", _("เรื่องสืบเนื่อง")
    REPORT = "report", _("เรื่องเพื่อทราบ")
    DECIDE = "decide", _("เรื่องเพื่อพิจารณา")
    OTHER = "other", _("เรื่องอื่น ๆ")


class Presence(models.TextChoices):
    PRESENT = "present", _("มาประชุม")
    REPLACED = "replaced", _("ส่งผู้แทน")
    EXCUSED = "excused", _("ลาประชุม")
    ABSENT = "absent", _("ไม่มาประชุม")


class ResolutionState(models.TextChoices):
    OPEN = "open", _("กำลังดำเนินการ")
    DONE = "done", _("แล้วเสร็จ")
    DROPPED = "dropped", _("ยุติ")


class CheckResult(models.TextChoices):
    """What a spot check of a household at *survive* found."""

    PENDING = "pending", _("รอตรวจ")
    AGREES = "agrees", _("ตรงกับที่บันทึก")
    DIFFERS = "differs", _("ไม่ตรงกับที่บันทึก")
    NOT_FOUND = "not_found", _("ไม่พบครัวเรือน")


class JobState(models.TextChoices):
    """A piece of work that a worker does: a pack, an export."""

    WAITING = "waiting", _("รอคิว")
    RUNNING = "running", _("กำลังทำ")
    DONE = "done", _("เสร็จแล้ว")
    FAILED = "failed", _("ทำไม่สำเร็จ")
    EXPIRED = "expired", _("หมดอายุ")


class PackFileKind(models.TextChoices):
    PDF = "pdf", _("เอกสารการประชุม (PDF)")
    XLSX = "xlsx", _("ตารางแนบ (Excel)")
    MEMO = "memo", _("บันทึกข้อความ (PDF)")
    CHART = "chart", _("แผนภูมิ (PNG)")
