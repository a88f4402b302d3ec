"""`POST /api/v1/visits/`: one visit or up to a hundred, each stored once however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from povertyops.accounts.actor import Actor
from povertyops.common.errors import DomainError, InvalidInput

from ..inputs import VisitInput
from ..rules import BATCH_LIMIT
from ..services.visits import VisitOutcomeResult, record_visits
from .sealed_body import is_sealed, open_sealed_body
from .senders import Senders
from .serializers import RefusalBody, SealedBody, VisitBody, VisitReceiptBody, stored_visit, visit_input
from .visits_plain import read_plain

STATUS = {"created": 201, "same": 200, "conflict": 409}


class VisitsView(APIView):
    """Visits from phones and other programs."""

    permission_classes = [Senders]

    @extend_schema(
        operation_id="visits_record",
        request=PolymorphicProxySerializer(
            component_name="VisitOrVisits",
            serializers=[VisitBody, SealedBody, VisitBody(many=True), SealedBody(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        responses={
            201: VisitReceiptBody,
            200: OpenApiResponse(
                VisitReceiptBody(many=True), "The same again; for an array one answer per item."
            ),
            400: RefusalBody,
            401: RefusalBody,
            403: RefusalBody,
            404: RefusalBody,
            409: OpenApiResponse(VisitReceiptBody, "This UUID was used with other content; both are kept."),
        },
    )
    def post(self, request: Request) -> Response:
        """Store visits. One object answers 201, 200 or 409; an array answers 200 with a status per item."""
        if isinstance(request.data, list):
            return Response(record_bodies(request.actor, request.data))  # type: ignore[attr-defined]
        answer = record_bodies(request.actor, [request.data])[0]  # type: ignore[attr-defined]
        return Response(answer, status=answer["status"])


def record_bodies(actor: Actor, bodies: Sequence[Any]) -> list[dict[str, Any]]:
    """One answer per body, plain or sealed, in order; what cannot be read never reaches the service.

    A sealed body that is refused is handed back open, to be mended: it opened for its own person only.
    """
    if len(bodies) > BATCH_LIMIT:
        raise InvalidInput("too_many", gettext("ส่งได้ครั้งละไม่เกิน %(limit)d รายการ") % {"limit": BATCH_LIMIT})
    answers: dict[int, dict[str, Any]] = {}
    visits: dict[int, VisitInput] = {}
    opened: dict[int, dict[str, Any]] = {}
    form = _form()
    for place, body in enumerate(bodies):
        try:
            if is_sealed(body):
                opened[place] = body = open_sealed_body(actor, body, kind="visit")
            visits[place] = read_plain(body) or visit_input(form.run_validation(body))
        except InvalidInput as error:
            answers[place] = {"id": _uuid_or_none(body.get("id")), "result": "refused", **_refusal(error)}
        except ValidationError as error:
            answers[place] = _unreadable(body, error.detail)
    results = record_visits(actor=actor, visits=list(visits.values()))
    for place, result in zip(visits, results, strict=True):
        answers[place] = _answer(result)
    for place, body in opened.items():
        if answers[place]["result"] == "refused":
            answers[place]["body"] = body
    return [answers[place] for place in range(len(bodies))]


@cache
def _form() -> VisitBody:
    """One for all requests: making a serializer costs more than running it, and a run leaves no trace."""
    return VisitBody()


def _unreadable(body: Any, errors: Any) -> dict[str, Any]:
    return {
        "id": _uuid_or_none(body.get("id") if isinstance(body, dict) else None),
        "status": 400,
        "result": "refused",
        "code": "invalid",
        "message": gettext("ข้อมูลการเยี่ยมไม่ครบหรือไม่ถูกต้อง โปรดแก้ช่องที่ระบุแล้วส่งใหม่"),
        "fields_to_mend": errors,
    }


def _uuid_or_none(value: Any) -> str | None:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None


def _answer(result: VisitOutcomeResult) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": str(result.visit_id), "result": result.status}
    if result.error is not None:
        return {**answer, **_refusal(result.error)}
    answer["status"] = STATUS[result.status]
    if result.visit is not None:
        answer["visit"] = stored_visit(result.visit)
        answer["after_assignment"] = result.visit.after_assignment
    if result.status == "conflict":
        answer["code"] = "visit_conflict"
        answer["message"] = gettext("รหัสนี้ถูกใช้กับบันทึกอื่นแล้ว เก็บทั้งสองฉบับไว้ให้เจ้าหน้าที่พิจารณา")
    return answer


def _refusal(error: DomainError | Http404) -> dict[str, Any]:
    if isinstance(error, DomainError):
        plain = {name: value for name, value in error.details.items() if isinstance(value, str | int)}
        return {"status": error.status, "code": error.code, "message": str(error), **plain}
    return {
        "status": 404,
        "code": "not_found",
        "message": gettext("ไม่พบรายการนี้ หรืออยู่นอกพื้นที่ที่ท่านดูแล"),
    }
