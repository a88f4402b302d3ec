"""What the field check found, person by person, and corrections by hand. Append-only."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7

from ..enums import CorrectionState, VerificationStatus
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
    """A value set by hand on a household or person; it outlives later imports. The client may make `id`.

    `version` counts the values that each field of a household or person has had by hand; `base_version` is
    the one the editor saw. An edit whose base is no longer the newest waits beside it until a person chooses;
    the one not chosen stays as history. `made_at` is when it was typed, by the server's clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="corrections")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="corrections")
    field = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    previous = models.TextField(blank=True)
    reason = models.CharField(_("เหตุผล"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0)
    base_version = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.APPLIED)
    made_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    household_id: UUID
    person_id: UUID | None

    class Meta:
        verbose_name = _("การแก้ไขข้อมูลด้วยมือ")
        indexes = [
            models.Index(
                fields=["household"],
                name="correction_waiting",
                condition=models.Q(state=CorrectionState.WAITING),
            )
        ]
