"""`POST /api/v1/field/sync/`: a phone meets the server: time, key, whose it is, and how much still waits."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from povertyops.accounts.actor import Actor

from ..field.person import seal_json
from ..inputs import SyncInput
from ..services.devices import meet_device
from .senders import Senders
from .serializers import MomentField, RefusalBody


class SyncBody(serializers.Serializer[SyncInput]):
    """How the phone stands. `kit_made_at` is the `made_at` of what it took along."""

    device_id = serializers.UUIDField()
    phone_time = MomentField()
    waiting = serializers.IntegerField(min_value=0, default=0)
    oldest_at = MomentField(allow_null=True, default=None)
    is_persisted = serializers.BooleanField(default=False)
    version = serializers.CharField(max_length=40, allow_blank=True, default="")
    households = serializers.IntegerField(min_value=0, default=0)
    kit_made_at = MomentField(allow_null=True, default=None)


class SealKey(serializers.Serializer[Any]):
    """The server's public key: an uncompressed P-256 point of 65 bytes, base64url without padding."""

    key_id = serializers.CharField()
    public = serializers.CharField()


class SyncAnswer(serializers.Serializer[Any]):
    """Whose session it is (`appointment_id` null: none is valid), and what the phone should do."""

    server_time = serializers.DateTimeField()
    user_id = serializers.IntegerField()
    appointment_id = serializers.UUIDField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    clock_skew_s = serializers.IntegerField(help_text="Seconds by which the phone's clock runs ahead.")
    kit_stale = serializers.BooleanField()
    seal = SealKey()


class SyncView(APIView):
    """Phones that meet the server."""

    permission_classes = [Senders]

    @extend_schema(
        operation_id="field_sync",
        request=SyncBody,
        responses={200: SyncAnswer, 400: RefusalBody, 401: RefusalBody, 403: RefusalBody},
    )
    def post(self, request: Request) -> Response:
        """Measures the phone's clock, writes down what waits on it, and hands out the key to seal to."""
        form = SyncBody(data=request.data)
        form.is_valid(raise_exception=True)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        meeting = meet_device(actor=actor, sync=SyncInput(**form.validated_data))
        post = actor.appointment
        return Response(
            {
                "server_time": timezone.localtime(actor.now()).isoformat(),
                "user_id": actor.user_id,
                "appointment_id": actor.appointment_id,
                "valid_to": post.valid_to if post else None,
                "clock_skew_s": meeting.clock_skew_s,
                "kit_stale": meeting.kit_stale,
                "seal": seal_json(),
            }
        )
