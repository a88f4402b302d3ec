"""`POST /api/v1/sealed/open/`: what a person sealed on a phone, opened for the same person again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.cache.backends.locmem import LocMemCache
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from povertyops.accounts.actor import Actor
from povertyops.common.crypto import SealBroken
from povertyops.common.errors import InvalidInput
from povertyops.common.sealing import open_json

from .senders import Senders
from .serializers import RefusalBody

MOST_ITEMS = 500
KINDS = ("visit", "facts", "draft")


class OpeningRate(UserRateThrottle):
    """Counted in each process: a bound on work, kept also while the cache server is away."""

    rate = "120/min"
    cache = LocMemCache("opening", {"OPTIONS": {"MAX_ENTRIES": 5_000}})


class SealedItem(serializers.Serializer[Any]):
    """An item as it stands on the phone."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(KINDS)
    sealed = serializers.CharField(help_text="base64")


class OpenedItem(serializers.Serializer[Any]):
    """What it holds, or why it stays closed."""

    id = serializers.CharField(allow_null=True)
    body = serializers.JSONField(required=False)
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class SealedOpenView(APIView):
    """Drafts and refused items whose local key is gone."""

    permission_classes = [Senders]
    throttle_classes = [OpeningRate]

    @extend_schema(
        operation_id="sealed_open",
        request=SealedItem(many=True),
        responses={200: OpenedItem(many=True), 400: RefusalBody, 401: RefusalBody, 429: RefusalBody},
    )
    def post(self, request: Request) -> Response:
        """One answer per item, in their order. Only what this very person sealed opens."""
        items = request.data if isinstance(request.data, list) else [request.data]
        if len(items) > MOST_ITEMS:
            raise InvalidInput("too_many", gettext("ส่งได้ครั้งละไม่เกิน %(limit)d รายการ") % {"limit": MOST_ITEMS})
        return Response(open_all(request.actor, items))  # type: ignore[attr-defined]


def open_all(actor: Actor, items: Sequence[Any]) -> list[dict[str, Any]]:
    return [_open(actor, item) for item in items]


def _open(actor: Actor, item: Any) -> dict[str, Any]:
    given = item if isinstance(item, dict) else {}
    answer: dict[str, Any] = {"id": given["id"] if isinstance(given.get("id"), str) else None}
    if given.get("kind") not in KINDS:
        return {**answer, "code": "unknown_kind", "message": gettext("ไม่รู้จักรายการชนิดนี้")}
    try:
        sealed = base64.b64decode(str(given.get("sealed")), validate=True)
        item_id = UUID(answer["id"])
        body = open_json(sealed, kind=given["kind"], user_id=actor.user_id or 0, item_id=item_id)
        return {**answer, "body": body}
    except (ValueError, TypeError, AttributeError, binascii.Error, SealBroken):
        message = gettext("เปิดรายการนี้ไม่ได้ เป็นของผู้ใช้อื่นหรือข้อมูลเสียหาย รายการยังอยู่ในเครื่อง")
        return {**answer, "code": "seal_broken", "message": message}
