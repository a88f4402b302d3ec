"""Choices of the register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    MALE = "m", _("ชาย")
    FEMALE = "f", _("หญิง")
    UNKNOWN = "", _("ไม่ระบุ")


class VerificationStatus(models.TextChoices):
    """What the field check of one person found."""

    NOT_YET = "not_yet", _("ยังไม่ได้ตรวจสอบ")
    CORRECT = "correct", _("ข้อมูลถูกต้อง")
    CORRECTED = "corrected", _("แก้ไขข้อมูลแล้ว")
    NOT_FOUND = "not_found", _("ไม่พบตัว")
    MOVED = "moved", _("ย้ายที่อยู่")
    DIED = "died", _("เสียชีวิต")
    DECLINES = "declines", _("ไม่ประสงค์รับความช่วยเหลือ")
    NOT_POOR = "not_poor", _("ไม่ยากจน")


STILL_TARGET = frozenset(
    {VerificationStatus.CORRECT, VerificationStatus.CORRECTED, VerificationStatus.NOT_YET}
)


class CorrectionState(models.TextChoices):
    """What became of a value set by hand."""

    APPLIED = "applied", _("ใช้แล้ว")
    WAITING = "waiting", _("ขัดกัน รอเลือก")
    SET_ASIDE = "set_aside", _("ไม่ได้เลือก")


class ImportStatus(models.TextChoices):
    """Where a target list is on its way in."""

    RECEIVED = "received", _("รับไฟล์แล้ว รออ่าน")
    READING = "reading", _("กำลังตรวจไฟล์")
    UNREADABLE = "unreadable", _("อ่านไฟล์ไม่ได้")
    READY = "ready", _("ตรวจแล้ว รอยืนยันนำเข้า")
    REQUESTED = "requested", _("รอนำเข้า")
    APPLYING = "applying", _("กำลังนำเข้า")
    APPLIED = "applied", _("นำเข้าแล้ว")
    EXPIRED = "expired", _("หมดอายุ ยังไม่ได้นำเข้า")

    @classmethod
    def of_reading(cls) -> tuple[ImportStatus, ...]:
        return cls.RECEIVED, cls.READING

    @classmethod
    def of_applying(cls) -> tuple[ImportStatus, ...]:
        return cls.REQUESTED, cls.APPLYING

    @classmethod
    def of_moving(cls) -> tuple[ImportStatus, ...]:
        return cls.of_reading() + cls.of_applying()


class ImportOutcome(models.TextChoices):
    """What a household of a file is to the register; empty while it is held back."""

    NEW = "new", _("ใหม่")
    KNOWN = "known", _("รู้จักแล้ว")
    CHANGED = "changed", _("ข้อมูลเปลี่ยน")


class FilePart(models.TextChoices):
    SOURCE = "source", _("ไฟล์ที่ส่งมา")
    ERRORS = "errors", _("ไฟล์สำหรับแก้")
