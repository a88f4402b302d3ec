"""Photos that arrive in parts: told of, received, checked, drawn anew and put under seal."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.crypto import SealBroken, open_blob, seal_blob
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.images import BadImage, Picture, redraw
from povertyops.common.sealing import open_item

from ..access import Workable, households_to_work_on
from ..arrival import (
    PHOTO_MAX_BYTES,
    PHOTO_PART_MAX_BYTES,
    PHOTOS_PER_VISIT,
    UNFINISHED_DAYS,
    UNFINISHED_PER_PERSON,
)
from ..enums import PhotoKind, PhotoState
from ..inputs import PhotoInput
from ..models import Photo, PhotoBody, PhotoPart, Visit
from ..rules import true_time
from .guards import require_writable
from .held import Claim, held_then, households_beyond_sight

# Why a photo that came in whole cannot be used; the person takes another one.
REFUSALS: dict[str, str | Promise] = {
    "wrong_sha": _("ภาพที่มาถึงไม่ตรงกับภาพในเครื่อง โปรดส่งใหม่"),
    "seal_broken": _("เปิดภาพที่ปิดผนึกไม่ได้ ภาพเสียหายหรือเป็นของผู้ใช้อื่น โปรดถ่ายใหม่"),
    "not_a_photo": _("ไฟล์นี้ไม่ใช่ภาพถ่าย รับเฉพาะ JPEG, PNG หรือ WebP โปรดเลือกภาพใหม่"),
    "too_many_pixels": _("ภาพใหญ่เกิน 40 ล้านพิกเซล โปรดถ่ายใหม่ด้วยความละเอียดต่ำลง"),
    "broken_photo": _("ภาพไม่สมบูรณ์ เปิดดูไม่ได้ โปรดถ่ายหรือเลือกภาพใหม่"),
}
_THUMB = b":thumb"


def announce_photo(*, actor: Actor, photo: PhotoInput) -> tuple[Photo, bool]:
    """Say that a photo is coming; (how it stands, whether it is new). Said again it changes nothing, except
    that an upload which did not match its fingerprint begins anew.

    The visit may come later. Raises Http404 for a household or visit that is not the sender's, InvalidInput
    for an id already used otherwise and beyond the bounds. Side effects: the Photo row, an audit row.
    """
    _check(photo)
    with transaction.atomic():
        target = _target(actor, photo)
        # The household may have been merged into another one since.
        photo = dataclasses.replace(photo, household_id=target.household.pk)
        is_new = not Photo.objects.filter(pk=photo.id).exists()
        if is_new:
            _check_bounds(actor, photo)
            # Of two requests at once for one id the second waits here and finds the first one's row.
            Photo.objects.bulk_create([_row(actor, photo, target)], ignore_conflicts=True)
        known = Photo.objects.select_for_update().get(pk=photo.id)
        if not _is_same(actor, known, photo):
            raise InvalidInput("photo_id_used", _("รหัสภาพนี้ถูกใช้กับภาพอื่นแล้ว โปรดเลือกภาพใหม่"))
        if known.state == PhotoState.REFUSED and known.refusal == "wrong_sha":
            _begin_anew(known)
        if is_new:
            _audit(actor, "photo.announce", known)
        return known, is_new


def photo_progress(*, actor: Actor, visit_id: UUID, photo_id: UUID) -> Photo:
    """How far a photo has come, for the one who sends it. Raises Http404 for anybody else."""
    row = _uploads_of(actor).filter(pk=photo_id, owner_id=visit_id).first()
    if row is None:
        raise Http404
    return row


def add_part(*, actor: Actor, visit_id: UUID, photo_id: UUID, offset: int, data: bytes) -> Photo:
    """Store the next bytes; with the last ones the photo is checked and stored, or refused with a reason.

    What comes again after the end is ignored. Raises Conflict with the right `offset` when bytes are missing
    or doubled. Side effects: PhotoPart, at the end PhotoBody without its parts, an audit row.
    """
    if not data:
        raise InvalidInput("empty_part", _("ไม่มีข้อมูลภาพมาถึง โปรดส่งใหม่"))
    if len(data) > PHOTO_PART_MAX_BYTES:
        raise InvalidInput("long_part", _("ส่งภาพได้ครั้งละไม่เกิน 512 กิโลไบต์"))
    with transaction.atomic():
        row = _uploads_of(actor).select_for_update().filter(pk=photo_id, owner_id=visit_id).first()
        if row is None:
            raise Http404
        if row.state != PhotoState.RECEIVING:
            return row
        if offset != row.received:
            raise Conflict(
                "wrong_offset", _("ส่งต่อไม่ตรงจุด โปรดส่งต่อจากจุดที่ระบุ"), offset=row.received, state=row.state
            )
        if offset + len(data) > row.size:
            raise InvalidInput("too_long", _("ภาพยาวกว่าที่แจ้งไว้ โปรดเลือกภาพใหม่"), offset=row.received)
        PhotoPart.objects.create(photo=row, offset=offset, body=data)
        row.received = offset + len(data)
        row.save(update_fields=["received"])
        if row.received == row.size:
            _finish(actor, row)
    return row


def keep_photo(
    *, actor: Actor, kind: PhotoKind, owner_id: UUID, target: Workable, photo_id: UUID, data: bytes
) -> Photo:
    """Store a photo that came in one piece with a form, inside the caller's transaction; sent again it is the
    same. Raises InvalidInput when it cannot be used."""
    known = Photo.objects.filter(pk=photo_id, owner_id=owner_id, recorded_by=actor.user).first()
    if known is not None:
        return known
    if not 0 < len(data) <= PHOTO_MAX_BYTES:
        raise InvalidInput("photo_size", _("ภาพใหญ่เกิน 6 เมกะไบต์หรือว่างเปล่า โปรดเลือกภาพใหม่"), field="photo")
    try:
        picture = redraw(data)
    except BadImage as error:
        raise InvalidInput(error.code, REFUSALS[error.code], field="photo") from None
    row = Photo(
        id=photo_id,
        kind=kind,
        owner_id=owner_id,
        household=target.household,
        province_code=target.household.province_code,
        size=len(data),
        received=len(data),
        sha256=hashlib.sha256(data).digest(),
        is_sealed=False,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )
    row.save(force_insert=True)
    _store(actor, row, picture)
    return row


def refusal_words(row: Photo) -> str:
    """Why a photo cannot be used, in Thai; empty for one that can."""
    return str(REFUSALS[row.refusal]) if row.refusal else ""


def open_photo(row: Photo, *, thumb: bool = False) -> bytes:
    """The stored JPEG. Raises Http404 when there is none."""
    name = "sealed_thumb" if thumb else "sealed"
    sealed = PhotoBody.objects.filter(photo=row).values_list(name, flat=True).first()
    if sealed is None:
        raise Http404
    return open_blob(bytes(sealed), row.pk.bytes + (_THUMB if thumb else b""))


def purge_unfinished(*, actor: Actor) -> int:
    """Forget uploads that were begun and never ended; the phone that still holds one begins anew."""
    before = actor.now() - timedelta(days=UNFINISHED_DAYS)
    _total, by_model = Photo.objects.filter(state=PhotoState.RECEIVING, recorded_at__lt=before).delete()
    return by_model.get(Photo._meta.label, 0)


# ------------------------------------------------------------------------------------- telling of it


def _check(photo: PhotoInput) -> None:
    if not 0 < photo.size <= PHOTO_MAX_BYTES:
        raise InvalidInput("photo_size", _("ภาพใหญ่เกิน 6 เมกะไบต์หรือว่างเปล่า โปรดเลือกภาพใหม่"), field="size")
    if len(photo.sha256) != hashlib.sha256().digest_size:
        raise InvalidInput("bad_sha", _("ลายนิ้วมือของภาพไม่ถูกต้อง"), field="sha256")
    if (photo.latitude is None) != (photo.longitude is None):
        raise InvalidInput("half_place", _("พิกัดต้องมีทั้งละติจูดและลองจิจูด"), field="latitude")


def _target(actor: Actor, photo: PhotoInput) -> Workable:
    """The household, locked: the sender's now, at the time of the photo, or through the sender's visit."""
    found = households_to_work_on(actor, [photo.household_id], follow_merged=True)
    target = found.get(photo.household_id)
    visit = Visit.objects.filter(pk=photo.visit_id).only("household_id", "recorded_by_id").first()
    if visit is not None and visit.household_id != photo.household_id and not _is_merged(visit, photo):
        raise InvalidInput("photo_elsewhere", _("ภาพนี้ไม่ใช่ของครัวเรือนในบันทึกการเยี่ยม"), field="household")
    if target is not None:
        require_writable(actor, target)
        return target
    if visit is not None and visit.recorded_by_id == actor.user_id:
        return households_beyond_sight([photo.household_id])[photo.household_id]
    moment = true_time(photo.taken_at, photo.clock_skew_s) if photo.taken_at else actor.now()
    held = held_then(actor, [Claim(photo.household_id, moment)])
    if not held:
        raise Http404
    return households_beyond_sight([photo.household_id])[photo.household_id]


def _is_merged(visit: Visit, photo: PhotoInput) -> bool:
    """Whether the household that the photo names has become that of the visit."""
    merged = Household.objects.filter(pk=photo.household_id, merged_into=visit.household_id)
    return merged.exists()


def _check_bounds(actor: Actor, photo: PhotoInput) -> None:
    """The household is locked, so that two at once are counted one after the other."""
    others = Photo.objects.filter(owner_id=photo.visit_id).exclude(state=PhotoState.REFUSED)
    if others.count() >= PHOTOS_PER_VISIT:
        raise InvalidInput("too_many_photos", _("การเยี่ยมหนึ่งครั้งมีภาพได้ไม่เกิน 10 ภาพ"))
    if _uploads_of(actor).filter(state=PhotoState.RECEIVING).count() >= UNFINISHED_PER_PERSON:
        raise Conflict("unfinished", _("มีภาพที่ส่งค้างอยู่มากเกินไป โปรดรอให้ส่งเสร็จก่อน"))


def _row(actor: Actor, photo: PhotoInput, target: Workable) -> Photo:
    return Photo(
        id=photo.id,
        kind=PhotoKind.VISIT,
        owner_id=photo.visit_id,
        household=target.household,
        province_code=target.household.province_code,
        size=photo.size,
        sha256=photo.sha256,
        is_sealed=photo.is_sealed,
        taken_at=photo.taken_at,
        latitude=photo.latitude,
        longitude=photo.longitude,
        accuracy_m=photo.accuracy_m,
        clock_skew_s=photo.clock_skew_s,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )


def _is_same(actor: Actor, known: Photo, photo: PhotoInput) -> bool:
    """The skew is left out: it is measured anew at every sending."""
    return (
        known.recorded_by_id == actor.user_id
        and (known.kind, known.owner_id, known.household_id, known.size, known.is_sealed)
        == (PhotoKind.VISIT, photo.visit_id, photo.household_id, photo.size, photo.is_sealed)
        and bytes(known.sha256) == photo.sha256
    )


def _begin_anew(row: Photo) -> None:
    row.state, row.refusal, row.received = PhotoState.RECEIVING, "", 0
    row.save(update_fields=["state", "refusal", "received"])


def _uploads_of(actor: Actor) -> QuerySet[Photo]:
    return Photo.objects.filter(recorded_by=actor.user, kind=PhotoKind.VISIT)


# ------------------------------------------------------------------------------------- the last byte


def _finish(actor: Actor, row: Photo) -> None:
    """Check what came and store it, or refuse it; either way its parts go."""
    parts = row.parts.order_by("offset").values_list("body", flat=True)
    data = b"".join(bytes(part) for part in parts)
    row.parts.all().delete()
    try:
        picture = redraw(_opened(row, data))
    except BadImage as error:
        _refuse(actor, row, error.code)
    else:
        _store(actor, row, picture)


def _opened(row: Photo, data: bytes) -> bytes:
    """The photo itself. Raises BadImage when the bytes are not those announced, or do not open."""
    if hashlib.sha256(data).digest() != bytes(row.sha256):
        raise BadImage("wrong_sha")
    if not row.is_sealed:
        return data
    try:
        return open_item(data, kind="photo", user_id=row.recorded_by_id or 0, item_id=row.pk)
    except SealBroken:
        raise BadImage("seal_broken") from None


def _refuse(actor: Actor, row: Photo, code: str) -> None:
    row.state, row.refusal = PhotoState.REFUSED, code
    row.save(update_fields=["state", "refusal"])
    _audit(actor, "photo.refuse", row, code=code)


def _store(actor: Actor, row: Photo, picture: Picture) -> None:
    PhotoBody.objects.create(
        photo=row,
        sealed=seal_blob(picture.jpeg, row.pk.bytes),
        sealed_thumb=seal_blob(picture.thumb, row.pk.bytes + _THUMB),
    )
    row.state, row.stored_at = PhotoState.STORED, actor.now()
    row.width, row.height, row.bytes = picture.width, picture.height, len(picture.jpeg)
    row.save(update_fields=["state", "stored_at", "width", "height", "bytes"])
    _audit(actor, "photo.store", row, bytes=len(picture.jpeg))


def _audit(actor: Actor, action: str, row: Photo, **facts: object) -> None:
    audit(
        actor,
        action,
        object_type="photo",
        object_id=row.pk,
        household_id=row.household_id,
        province_code=row.province_code,
        changes={"visit": str(row.owner_id), **facts},
    )
