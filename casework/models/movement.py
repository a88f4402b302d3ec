"""Households that change hands: hand-overs between people, transfers between centres; and phones at work."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7

from ..enums import Decision


class HandOver(models.Model):
    """What one person handed to others on leaving, as printed and signed; never changed.

    `lines` holds {"kind", "id", "label", "place", "to_user", "to_name"} per household, step, approval or
    referral.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hand_overs")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="hand_overs")
    reason = models.CharField(_("เหตุผล"), max_length=500)
    effective_on = models.DateField(_("มีผลวันที่"))
    lines = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การส่งมอบงาน")


class Transfer(models.Model):
    """A household that moves to another centre's area; the receiver accepts or declines."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="transfers")
    province_code = models.CharField(max_length=2, db_collation="C")
    from_centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    to_centre = models.ForeignKey(Centre, models.PROTECT, related_name="transfers_in")
    to_area_code = models.CharField(max_length=8, db_collation="C")
    reason = models.CharField(_("เหตุผล"), max_length=1000)
    effective_on = models.DateField(_("ย้ายเมื่อวันที่"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=1000, blank=True)

    household_id: UUID
    to_centre_id: UUID

    class Meta:
        verbose_name = _("การโอนครัวเรือนระหว่างศูนย์")
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(decision=Decision.PENDING), name="transfer_one_pending"
            )
        ]


class Device(models.Model):
    """A phone that works offline: when it last spoke to the server, and how much still waits on it.

    `clock_skew_s` is how many seconds its clock runs ahead; `waiting` how many items it said it still holds,
    the oldest made at `oldest_at`.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    last_sync_at = models.DateTimeField()
    taken_along_at = models.DateTimeField(null=True)
    households = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    oldest_at = models.DateTimeField(null=True)
    clock_skew_s = models.BigIntegerField(default=0)
    is_persisted = models.BooleanField(default=False)
    version = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("เครื่องที่ใช้ลงพื้นที่")
