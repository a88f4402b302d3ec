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
