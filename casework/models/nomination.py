"""Households that no list knows: nominations, their steps and photos, and how a province takes them in."""

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

from ..enums import NominationChannel, NominationStatus


class Nomination(models.Model):
    """A household that somebody says was left out, from its naming to the decision.

    `persons` are {"title", "first_name", "last_name", "birth_date", "sex", "relation", "is_head"}. The head's
    national id is sealed with this row's id. `team_centre` is the subdistrict team that is to look.
    `household` is the one that came of it, or the one it turned out to be. `contact` is sealed: name and
    phone of a member of the public, who follows it by `tracking_number` alone. `near` holds the near matches
    that were shown and what the nominator said of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tracking_number = models.CharField(_("เลขติดตาม"), max_length=16, unique=True)
    channel = models.CharField(_("ช่องทาง"), max_length=10, choices=NominationChannel)
    status = models.CharField(
        _("สถานะ"), max_length=10, choices=NominationStatus, default=NominationStatus.RECEIVED
    )
    province_code = models.CharField(max_length=2, db_collation="C")
    district_code = models.CharField(max_length=4, db_collation="C")
    subdistrict_code = models.CharField(max_length=6, db_collation="C")
    area_code = models.CharField(_("หมู่บ้าน"), max_length=8, db_collation="C")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", db_index=False)
    is_municipal = models.BooleanField(default=False)
    team_id = models.UUIDField(null=True)
    house_no = models.CharField(_("บ้านเลขที่"), max_length=40, blank=True)
    house_code = models.CharField(_("รหัสประจำบ้าน"), max_length=11, blank=True, db_collation="C")
    phone = models.CharField(_("โทรศัพท์"), max_length=20, blank=True)
    head_name = models.CharField(_("หัวหน้าครัวเรือน"), max_length=200)
    sort_key = models.CharField(max_length=240, blank=True, db_collation="C")
    search_key = models.CharField(max_length=240, blank=True)
    persons = models.JSONField(default=list)
    blind_index = models.BinaryField(max_length=32, null=True)
    key_id = models.CharField(max_length=16, blank=True)
    sealed_pin = models.BinaryField(max_length=64, null=True)
    reason = models.CharField(_("เหตุที่ควรได้รับการดูแล"), max_length=1000)
    dimensions = models.SmallIntegerField(_("มิติที่ลำบาก"), default=0)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    near = models.JSONField(default=list)
    contact = models.BinaryField(max_length=600, null=True)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="nominations"
    )
    nominated_on = models.DateField()
    check_due_on = models.DateField(_("ต้องตรวจภายในวันที่"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    checked_on = models.DateField(null=True)
    is_poor = models.BooleanField(_("ผลตรวจว่ายากจนจริง"), null=True)
    found_dimensions = models.SmallIntegerField(_("มิติที่ตรวจพบ"), default=0)
    check_note = models.CharField(_("ผลการตรวจ"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_on = models.DateField(null=True)
    decision_note = models.CharField(_("เหตุผลของการพิจารณา"), max_length=1000, blank=True)
    appeal_note = models.CharField(_("เหตุผลที่ขอให้พิจารณาใหม่"), max_length=1000, blank=True)
    appealed_on = models.DateField(null=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="nominations")
    recorded_at = models.DateTimeField(db_default=Now())

    household_id: UUID | None
    centre_id: UUID
    nominated_by_id: int | None

    class Meta:
        verbose_name = _("การเสนอครัวเรือนตกหล่น")
        indexes = [
            models.Index(
                fields=["province_code", "area_code", "nominated_on"],
                name="nomination_waiting",
                condition=Q(status__in=["received", "checked", "appealed"]),
            ),
            models.Index(fields=["centre", "-id"], name="nomination_by_centre"),
            models.Index(fields=["province_code", "-id"], name="nomination_by_province"),
        ]


class NominationEvent(models.Model):
    """A step of a nomination, with what was said; append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="events")
    status = models.CharField(max_length=10, choices=NominationStatus)
    note = models.CharField(max_length=1000, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ขั้นตอนของการเสนอ")


class NominationPhoto(models.Model):
    """A photo of a nomination: drawn anew without metadata, sealed with the row's id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="photos")
    sealed = models.BinaryField()
    sealed_thumb = models.BinaryField()
    width = models.IntegerField()
    height = models.IntegerField()
    bytes = models.IntegerField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ภาพถ่ายของการเสนอ")


class NominationRule(models.Model):
    """How a province takes nominations: whether the public may, and within how many days a team looks."""

    province_code = models.CharField(max_length=2, primary_key=True, db_collation="C")
    is_public_open = models.BooleanField(_("รับเรื่องจากประชาชน"), default=False)
    check_days = models.SmallIntegerField(_("ต้องตรวจภายในกี่วัน"), default=15)
    appeal_days = models.SmallIntegerField(_("ขอให้พิจารณาใหม่ได้ภายในกี่วัน"), default=30)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("กติกาการรับเรื่องตกหล่น")
        constraints = [
            models.CheckConstraint(
                condition=Q(check_days__gt=0, appeal_days__gt=0), name="nomination_days_positive"
            )
        ]
