"""Photos of visits, sent in parts that can be cut at any byte: told of, received, asked about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.cache.backends.locmem import LocMemCache
from django.http import UnreadablePostError
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from povertyops.common.errors import InvalidInput

from ..arrival import PHOTO_MAX_BYTES, PHOTO_PART_MAX_BYTES
from ..inputs import PhotoInput
from ..models import Photo
from ..services.photos import add_part, announce_photo, photo_progress, refusal_words
from .senders import Senders
from .serializers import (
    MomentField,
    RefusalBody,
    accuracy_field,
    clock_skew_field,
    latitude_field,
    longitude_field,
)

PART_TYPE = "application/offset+octet-stream"
_BLOCK = 64 * 1024
_OFFSET = OpenApiParameter(
    "Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="Where these bytes begin."
)


class PhotoRate(UserRateThrottle):
    """How many photos one person may tell of; counted in each process, also while the cache server is away.

    A photo may come before its visit, so the bound of a visit alone would let one phone fill the store.
    """

    rate = "600/hour"
    cache = LocMemCache("photos", {"OPTIONS": {"MAX_ENTRIES": 5_000}})


class HexField(serializers.RegexField):
    """A SHA-256 in hexadecimal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A[0-9a-fA-F]{64}\Z", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        return text.lower()


class PhotoBody(serializers.Serializer[PhotoInput]):
    """A photo that is coming. `size` and `sha256` are those of the bytes that will be sent."""

    id = serializers.UUIDField()
    household = serializers.UUIDField(source="household_id")
    size = serializers.IntegerField(min_value=1, max_value=PHOTO_MAX_BYTES)
    sha256 = HexField()
    sealed = serializers.BooleanField(source="is_sealed", default=True)
    taken_at = MomentField(allow_null=True, default=None)
    latitude = latitude_field()
    longitude = longitude_field()
    accuracy_m = accuracy_field()
    clock_skew_s = clock_skew_field()


class PhotoAnswer(serializers.Serializer[Any]):
    """How the upload stands; a refused one says why."""

    id = serializers.UUIDField()
    offset = serializers.IntegerField()
    state = serializers.ChoiceField(["receiving", "stored", "refused"])
    refusal = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


ANSWERS = {200: PhotoAnswer, 400: RefusalBody, 401: RefusalBody, 404: RefusalBody}


class VisitPhotosView(APIView):
    """Where photos of a visit are told of, before or after the visit itself has come."""

    permission_classes = [Senders]
    throttle_classes = [PhotoRate]

    @extend_schema(
        operation_id="photos_announce",
        request=PhotoBody,
        responses={201: PhotoAnswer, **ANSWERS, 429: RefusalBody},
    )
    def post(self, request: Request, visit: UUID) -> Response:
        """Says that a photo is coming; said again it answers how far it has come."""
        actor = request.actor  # type: ignore[attr-defined]
        row, is_new = announce_photo(actor=actor, photo=read_photo(request.data, visit))
        return Response(photo_answer(row), status=201 if is_new else 200)


class VisitPhotoView(APIView):
    """One upload."""

    permission_classes = [Senders]

    @extend_schema(operation_id="photos_progress", responses=ANSWERS)
    def get(self, request: Request, visit: UUID, pk: UUID) -> Response:
        """How far it has come; only for the one who sends it."""
        actor = request.actor  # type: ignore[attr-defined]
        return Response(photo_answer(photo_progress(actor=actor, visit_id=visit, photo_id=pk)))

    @extend_schema(
        operation_id="photos_send",
        parameters=[_OFFSET],
        request={PART_TYPE: OpenApiTypes.BINARY},
        responses={
            **ANSWERS,
            409: OpenApiResponse(PhotoAnswer, "Bytes are missing or doubled; `offset` is the right one."),
        },
    )
    def patch(self, request: Request, visit: UUID, pk: UUID) -> Response:
        """The next bytes, up to 512 KB. Of a body cut on its way what has come is kept."""
        actor = request.actor  # type: ignore[attr-defined]
        photo_progress(actor=actor, visit_id=visit, photo_id=pk)  # nobody else's bytes are even read
        offset = _offset_of(request)
        data = _bytes_of(request)
        row = add_part(actor=actor, visit_id=visit, photo_id=pk, offset=offset, data=data)
        return Response(photo_answer(row))


def read_photo(body: Any, visit_id: UUID) -> PhotoInput:
    """A photo as the service takes it. Raises InvalidInput."""
    form = PhotoBody(data=body)
    if not form.is_valid():
        raise InvalidInput(
            "invalid",
            gettext("ข้อมูลของภาพไม่ครบหรือไม่ถูกต้อง โปรดเลือกภาพใหม่"),
            fields_to_mend=form.errors,
        )
    values = dict(form.validated_data)
    return PhotoInput(**{**values, "visit_id": visit_id, "sha256": bytes.fromhex(values["sha256"])})


def photo_answer(row: Photo) -> dict[str, Any]:
    answer = {"id": str(row.pk), "offset": row.received, "state": row.state}
    if row.refusal:
        answer |= {"refusal": row.refusal, "message": refusal_words(row)}
    return answer


def _offset_of(request: Request) -> int:
    given = request.headers.get("Upload-Offset", "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 9):
        raise InvalidInput("bad_offset", gettext("ไม่ได้บอกว่าส่งต่อจากจุดใด โปรดส่งใหม่"))
    if request.content_type != PART_TYPE:
        raise InvalidInput("unsupported", gettext("ชนิดของข้อมูลที่ส่งมาไม่ถูกต้อง"))
    return int(given)


def _bytes_of(request: Request) -> bytes:
    """The body as far as it came: a connection that breaks ends it early.

    One byte over the bound is enough to refuse it.
    """
    stream = request._request
    parts: list[bytes] = []
    left = PHOTO_PART_MAX_BYTES + 1
    while left > 0:
        try:
            block = stream.read(min(_BLOCK, left))
        except UnreadablePostError:
            break
        if not block:
            break
        parts.append(block)
        left -= len(block)
    return b"".join(parts)
