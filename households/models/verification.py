"""What the field check found, person by person, and corrections by hand. Append-only."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7

from ..enums import VerificationStatus
from .household import Household
from .person import Person


class Verification(models.Model):
    """One finding about one person; the latest by (effective day, recorded time) counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="verifications")
    person = models.ForeignKey(Person, models.CASCADE, related_name="verifications")
    status = models.CharField(_("ผลการตรวจสอบ"), max_length=12, choices=VerificationStatus)
    note = models.CharField(_("หมายเหตุ"), max_length=500, blank=True)
    visit_id = models.UUIDField(null=True)
    effective_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    person_id: UUID

    class Meta:
        verbose_name = _("การตรวจสอบข้อมูล")
        indexes = [models.Index(fields=["person", "effective_on", "recorded_at"], name="verification_latest")]


class Correction(models.Model):
    """A value set by hand on a household or person; it outlives later imports."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="corrections")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="corrections")
    field = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    reason = models.CharField(_("เหตุผล"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การแก้ไขข้อมูลด้วยมือ")
