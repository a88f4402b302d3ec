"""Users and their appointments: who may act, as what, for which centre, from when until when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7

from .enums import Role


class User(AbstractUser):
    """A person with an account of their own. Rights come from appointments only, never from flags here."""

    phone = models.CharField(
        _("โทรศัพท์"),
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("หมายเลขโทรศัพท์นี้เป็นของบัญชีอื่นแล้ว")},
    )
    title = models.CharField(_("คำนำหน้า"), max_length=40, blank=True)
    must_change_password = models.BooleanField(_("ต้องตั้งรหัสผ่านใหม่"), default=False)
    is_demo = models.BooleanField(_("บัญชีสาธิต"), default=False)
    # Empty until the person chooses one (`povertyops.common.languages`).
    language = models.CharField(_("ภาษาของหน้าจอ"), max_length=5, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("ผู้ใช้")

    @property
    def display_name(self) -> str:
        return f"{self.title}{self.first_name} {self.last_name}".strip() or self.username


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def valid_on(self, day: date) -> AppointmentQuerySet:
        """Appointments that held on a day; a revoked one no longer on the day it was taken back."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day),
            Q(revoked_at=None) | Q(revoked_at__date__gt=day),
            valid_from__lte=day,
        )


class Appointment(models.Model):
    """A role in a centre by a numbered order. It expires by itself after `valid_to`.

    `revoked_at` is when it was taken back at once, before its last day was over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    role = models.CharField(_("บทบาท"), max_length=24, choices=Role)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="appointments")
    order_number = models.CharField(_("คำสั่งเลขที่"), max_length=60)
    valid_from = models.DateField(_("ตั้งแต่วันที่"))
    valid_to = models.DateField(_("ถึงวันที่"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    user_id: int
    centre_id: UUID

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("คำสั่งแต่งตั้ง")
        indexes = [models.Index(fields=["centre", "role"], name="appointment_by_centre")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="appointment_ends_after_start",
                violation_error_message=_("วันสิ้นสุดต้องไม่ก่อนวันเริ่ม"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.display_name} · {Role(self.role).label} · {self.centre}"

    def state(self, day: date) -> str:
        """How it stands on a day: "valid", "future" or "over"."""
        if self.revoked_at or (self.valid_to and self.valid_to < day):
            return "over"
        return "future" if self.valid_from > day else "valid"
