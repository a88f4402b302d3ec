"""`GET /api/v1/field/kit/`: what a phone takes along before going out."""

from __future__ import annotations

import gzip
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES
from povertyops.common.api import ApiPolicy
from povertyops.common.errors import InvalidInput

from ..field.kit import kit_json, opening
from .serializers import RefusalBody


@method_decorator(ensure_csrf_cookie, name="dispatch")
class KitView(APIView):
    """The households in the caller's hands, without national ids."""

    permission_classes = [ApiPolicy.allow(*sorted(FIELD_ROLES))]

    @extend_schema(
        operation_id="field_kit",
        parameters=[
            OpenApiParameter("household", OpenApiTypes.UUID, description="Only this household."),
            OpenApiParameter("only", OpenApiTypes.STR, description="`seal`: only whose it is and the key."),
        ],
        responses={200: OpenApiTypes.OBJECT, 401: RefusalBody, 403: RefusalBody, 404: RefusalBody},
    )
    def get(self, request: Request) -> HttpResponse:
        """`X-Kit-Bytes` says how large it is before compression."""
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if request.query_params.get("only") == "seal":
            return JsonResponse(opening(actor))
        return _answer(request, kit_json(actor, _household(request)))


def _household(request: Request) -> UUID | None:
    """The household asked for; one that is no UUID explains itself."""
    asked = request.query_params.get("household")
    if asked is None:
        return None
    try:
        return UUID(asked)
    except ValueError:
        raise InvalidInput("bad_household", gettext("รหัสครัวเรือนไม่ถูกต้อง")) from None


def _answer(request: Request, body: bytes) -> HttpResponse:
    response = HttpResponse(content_type="application/json; charset=utf-8")
    response["X-Kit-Bytes"] = str(len(body))
    response["Vary"] = "Accept-Encoding, Cookie"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 6)
    response.content = body
    return response
