"""Photos: what was taken where and when, its upload in parts, and the stored picture under seal."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household

from ..enums import PhotoKind, PhotoState


class Photo(models.Model):
    """A photo of a visit or of a signature. The client makes `id`; `owner_id` is the visit's or plan's id.

    A photo may arrive before its visit, so `owner_id` is no foreign key. `size` and `sha256` are those of the
    upload as announced, `received` how many of its bytes have come. `taken_at` and place are the camera's
    moment, `recorded_at` that of the upload. Width, height and `bytes` are those of the stored JPEG, which
    was drawn anew and carries no metadata.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10, choices=PhotoKind, default=PhotoKind.VISIT)
    owner_id = models.UUIDField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="photos", db_index=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    state = models.CharField(max_length=10, choices=PhotoState, default=PhotoState.RECEIVING)
    refusal = models.CharField(max_length=40, blank=True)
    size = models.IntegerField()
    received = models.IntegerField(default=0)
    sha256 = models.BinaryField(max_length=32)
    is_sealed = models.BooleanField(default=True)
    taken_at = models.DateTimeField(_("ถ่ายเมื่อ"), null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    clock_skew_s = models.BigIntegerField(null=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    bytes = models.IntegerField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    stored_at = models.DateTimeField(null=True)

    household_id: UUID

    class Meta:
        verbose_name = _("ภาพถ่าย")
        indexes = [
            models.Index(fields=["owner_id"], name="photo_by_owner"),
            models.Index(
                fields=["recorded_at"], name="photo_receiving", condition=Q(state=PhotoState.RECEIVING)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="photo_size_positive"),
            models.CheckConstraint(condition=Q(received__lte=models.F("size")), name="photo_received_within"),
        ]


class PhotoPart(models.Model):
    """Bytes of an upload from `offset` on; gone once the photo is stored."""

    id = models.BigAutoField(primary_key=True)
    photo = models.ForeignKey(Photo, models.CASCADE, related_name="parts")
    offset = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name = _("ส่วนของภาพที่กำลังรับ")
        constraints = [models.UniqueConstraint(fields=["photo", "offset"], name="photo_part_once")]


class PhotoBody(models.Model):
    """The stored JPEG and its thumbnail, sealed with the photo's id; a table of its own."""

    photo = models.OneToOneField(Photo, models.CASCADE, primary_key=True, related_name="body")
    sealed = models.BinaryField()
    sealed_thumb = models.BinaryField()

    class Meta:
        verbose_name = _("ไฟล์ภาพ")
