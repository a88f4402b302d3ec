"""Photos of a nomination: drawn anew without place, time or maker, and put under seal."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.crypto import open_blob, seal_blob
from povertyops.common.errors import InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.images import BadImage, Picture, redraw

from ...arrival import PHOTO_MAX_BYTES
from ...models import Nomination, NominationPhoto
from ...nomination_rules import PHOTOS_MOST
from ..photos import REFUSALS

_THUMB = b":thumb"


def drawn_anew(photos: Sequence[bytes], *, max_bytes: int = PHOTO_MAX_BYTES) -> list[Picture]:
    """The pictures, before anything is written. Raises InvalidInput for one that cannot be used."""
    return [_drawn(data, max_bytes) for data in photos]


def keep_pictures(actor: Actor, nomination: Nomination, pictures: Sequence[Picture]) -> None:
    """Store pictures with their nomination, inside the caller's transaction. Raises InvalidInput beyond the
    bound."""
    if NominationPhoto.objects.filter(nomination=nomination).count() + len(pictures) > PHOTOS_MOST:
        message = _("แนบภาพได้ไม่เกิน %(most)d ภาพต่อเรื่อง") % {"most": PHOTOS_MOST}
        raise InvalidInput("too_many_photos", message, field="photos")
    NominationPhoto.objects.bulk_create(_row(actor, nomination, picture) for picture in pictures)


def add_photos(*, actor: Actor, nomination: Nomination, photos: Sequence[bytes]) -> None:
    """`drawn_anew` and `keep_pictures` in one."""
    keep_pictures(actor, nomination, drawn_anew(photos))


def open_nomination_photo(row: NominationPhoto, *, thumb: bool = False) -> bytes:
    """The stored JPEG."""
    if thumb:
        return open_blob(bytes(row.sealed_thumb), row.pk.bytes + _THUMB)
    return open_blob(bytes(row.sealed), row.pk.bytes)


def _drawn(data: bytes, max_bytes: int) -> Picture:
    if not 0 < len(data) <= max_bytes:
        message = _("ภาพใหญ่เกิน %(most)d เมกะไบต์หรือว่างเปล่า โปรดเลือกภาพใหม่") % {"most": max_bytes // 1024**2}
        raise InvalidInput("photo_size", message, field="photos")
    try:
        return redraw(data)
    except BadImage as error:
        raise InvalidInput(error.code, REFUSALS[error.code], field="photos") from None


def _row(actor: Actor, nomination: Nomination, picture: Picture) -> NominationPhoto:
    photo_id = uuid7()
    return NominationPhoto(
        id=photo_id,
        nomination=nomination,
        sealed=seal_blob(picture.jpeg, photo_id.bytes),
        sealed_thumb=seal_blob(picture.thumb, photo_id.bytes + _THUMB),
        width=picture.width,
        height=picture.height,
        bytes=len(picture.jpeg),
        recorded_at=actor.stamp,
    )
