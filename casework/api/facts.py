"""`POST /api/v1/facts/`: facts of households set by hand on a phone, stored once however often sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from households.inputs import FactEdit
from households.models import Correction
from households.services.facts import FactResult
from povertyops.common.errors import InvalidInput

from ..services.facts import EDITS_LIMIT, apply_fact_edits
from .sealed_body import is_sealed, open_sealed_body
from .senders import Senders
from .serializers import MomentField, RefusalBody, clock_skew_field

STATUS = {"applied": 200, "same": 200, "waiting": 409, "refused": 400}


class EditBody(serializers.Serializer):
    """One value set by hand; see `households.inputs.FactEdit` for fields and the form of values."""

    id = serializers.UUIDField()
    household = serializers.UUIDField()
    person = serializers.UUIDField(required=False, allow_null=True, default=None)
    field = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=2_000, allow_blank=True, trim_whitespace=False)
    base_version = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)
    made_at = MomentField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    clock_skew_s = clock_skew_field()

    def edit(self, data: dict[str, Any]) -> FactEdit:
        return FactEdit(
            id=data["id"],
            household_id=data["household"],
            person_id=data["person"],
            field=data["field"],
            value=data["value"],
            base_version=data["base_version"],
            made_at=_true_time(data["made_at"], data["clock_skew_s"]),
            reason=data["reason"],
        )


class FactValue(serializers.Serializer):
    """A value in use: who set it, when it was typed."""

    value = serializers.CharField(allow_blank=True)
    who = serializers.CharField(allow_blank=True)
    when = serializers.DateTimeField(allow_null=True)


class FactAnswer(serializers.Serializer):
    """What became of one edit."""

    id = serializers.UUIDField(allow_null=True)
    status = serializers.IntegerField()
    result = serializers.ChoiceField(["applied", "same", "waiting", "refused"])
    version = serializers.IntegerField(required=False)
    current = FactValue(required=False, allow_null=True)
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class FactsView(APIView):
    """Facts from phones."""

    permission_classes = [Senders]

    @extend_schema(
        operation_id="facts_edit",
        request=EditBody(many=True),
        responses={
            200: OpenApiResponse(FactAnswer(many=True), "One answer per item, in their order."),
            400: RefusalBody,
            403: RefusalBody,
        },
    )
    def post(self, request: Request) -> Response:
        """Take over edits. An edit on an older version is kept beside the other one ("waiting", 409), as is
        one of a household that has left the sender's hands since it was made."""
        bodies = request.data if isinstance(request.data, list) else [request.data]
        if len(bodies) > EDITS_LIMIT:
            message = gettext("ส่งได้ครั้งละไม่เกิน %(limit)d รายการ") % {"limit": EDITS_LIMIT}
            raise InvalidInput("too_many", message)
        return Response(answer_all(request.actor, bodies))  # type: ignore[attr-defined]


def answer_all(actor: Any, bodies: Sequence[Any]) -> list[dict[str, Any]]:
    """One answer per body, plain or sealed; what cannot be read never reaches the service."""
    answers: dict[int, dict[str, Any]] = {}
    edits: dict[int, FactEdit] = {}
    opened: dict[int, Any] = {}
    for place, body in enumerate(bodies):
        try:
            if is_sealed(body):
                opened[place] = body = open_sealed_body(actor, body, kind="facts")
            form = EditBody()
            edits[place] = form.edit(form.run_validation(body))
        except InvalidInput as error:
            answers[place] = _refused(body, error.code, str(error))
        except ValidationError as error:
            message = gettext("ข้อมูลที่แก้ไม่ครบหรือไม่ถูกต้อง โปรดเปิดหน้าแก้ข้อมูลแล้วลองใหม่")
            answers[place] = {**_refused(body, "invalid", message), "fields_to_mend": error.detail}
    results = apply_fact_edits(actor=actor, edits=list(edits.values()))
    for place, result in zip(edits, results, strict=True):
        answers[place] = _answer(result)
    for place, body in opened.items():
        if answers[place]["result"] == "refused":
            answers[place]["body"] = body
    return [answers[place] for place in range(len(bodies))]


def _answer(result: FactResult) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": str(result.id),
        "status": STATUS[result.result],
        "result": result.result,
        "version": result.version,
        "current": value_of(result.current),
    }
    if result.error is not None:
        answer |= {"status": result.error.status, "code": result.error.code, "message": str(result.error)}
        if field := result.error.details.get("field"):
            answer["field"] = field
    elif result.result == "waiting":
        answer["code"] = "facts_conflict"
        answer["message"] = gettext("มีผู้แก้ช่องนี้ไปแล้ว เก็บทั้งสองค่าไว้ให้เลือก")
    return answer


def value_of(row: Correction | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "value": row.value,
        "who": row.recorded_by.display_name if row.recorded_by else "",
        "when": (row.made_at or row.recorded_at).isoformat() if row.made_at or row.pk else None,
    }


def _refused(body: Any, code: str, message: str) -> dict[str, Any]:
    found = body.get("id") if isinstance(body, dict) else None
    item = found.encode("utf-8", "replace").decode() if isinstance(found, str) else None
    return {"id": item, "status": 400, "result": "refused", "code": code, "message": message}


def _true_time(made_at: datetime | None, clock_skew_s: int | None) -> datetime | None:
    return made_at - timedelta(seconds=clock_skew_s or 0) if made_at else None
