"""The photo of a household's signature under its plan: drawn anew and stored under seal."""

from __future__ import annotations

from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.crypto import seal_blob
from povertyops.common.errors import InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.images import BadImage, redraw

from ..enums import PhotoKind, PhotoState
from ..models import HouseholdPlan, Photo, PhotoBody

LARGEST_SIGNATURE = 12 * 1024 * 1024


def store_signature(*, actor: Actor, plan: HouseholdPlan, data: bytes) -> Photo:
    """Store the photo beside its plan; InvalidInput for what is no usable photo."""
    if len(data) > LARGEST_SIGNATURE:
        raise InvalidInput("photo_too_large", _("ภาพลายมือชื่อใหญ่เกิน 12 MB โปรดถ่ายใหม่หรือย่อภาพ"), field="signature")
    try:
        picture = redraw(data)
    except BadImage:
        raise InvalidInput(
            "bad_photo", _("ไฟล์นี้ไม่ใช่ภาพถ่ายที่ใช้ได้ โปรดเลือกภาพ JPEG PNG หรือ WebP"), field="signature"
        ) from None
    pk = uuid7()
    photo = Photo.objects.create(
        id=pk,
        kind=PhotoKind.SIGNATURE,
        owner_id=plan.pk,
        household_id=plan.household_id,
        province_code=plan.province_code,
        state=PhotoState.STORED,
        size=len(data),
        received=len(data),
        sha256=sha256(data).digest(),
        is_sealed=False,
        width=picture.width,
        height=picture.height,
        bytes=len(picture.jpeg),
        recorded_by=actor.user,
        recorded_at=actor.stamp,
        stored_at=actor.recorded_at or timezone.now(),
    )
    PhotoBody.objects.create(
        photo=photo,
        sealed=seal_blob(picture.jpeg, pk.bytes),
        sealed_thumb=seal_blob(picture.thumb, pk.bytes),
    )
    return photo
