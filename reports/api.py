"""`GET /api/v1/progress/{area_code}/`: the figures of one area as JSON."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.rules import stands_at
from dimensions.enums import Dimension, Stage
from povertyops.accounts.enums import BOARD_ROLES
from povertyops.common.api import ApiPolicy
from povertyops.common.errors import InvalidInput
from povertyops.common.thai import fiscal_year_of

from .access import visible_area
from .definitions import CARE, GIVEN, HEADCOUNT, PROPOSED
from .models import AreaProgress
from .queries import days_of_years, progress_of

FIRST_YEAR, LAST_YEAR = 2560, 2700
GROUPS = ("failing", "relieved", "recovered")
SINGLE = (*HEADCOUNT, PROPOSED, *CARE, *GIVEN)


def _counts(names: list[str], prefix: str) -> type[serializers.Serializer[Any]]:
    fields = {name: serializers.IntegerField() for name in names}
    return type(f"{prefix}Counts", (serializers.Serializer,), fields)


STAGE_COUNTS = _counts([stage.code for stage in Stage], "Stage")
DIMENSION_COUNTS = _counts([dimension.value for dimension in Dimension], "Dimension")


class ProgressBody(serializers.Serializer[Any]):
    """Households unless the name says otherwise; the dimensions of a group overlap."""

    area = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    list = serializers.CharField(allow_blank=True)
    as_of = serializers.DateField()
    stages = STAGE_COUNTS()
    failing = DIMENSION_COUNTS()
    relieved = DIMENSION_COUNTS()
    recovered = DIMENSION_COUNTS()

    def get_fields(self) -> dict[str, Any]:
        """The single figures come from the definitions."""
        single = {
            figure.code: serializers.FloatField() if figure.code == "baht" else serializers.IntegerField()
            for figure in SINGLE
        }
        return {**super().get_fields(), **single}


class RefusedBody(serializers.Serializer[Any]):
    """A refusal: a code for programs and a Thai sentence."""

    code = serializers.CharField()
    message = serializers.CharField()


class SchemaView(SpectacularAPIView):
    """The description of the whole API as OpenAPI."""

    permission_classes = [ApiPolicy]


class ProgressView(APIView):
    """The figures of an area."""

    permission_classes = [ApiPolicy.allow(*sorted(BOARD_ROLES))]

    @extend_schema(
        operation_id="progress_read",
        parameters=[
            OpenApiParameter(
                "area_code", OpenApiTypes.STR, OpenApiParameter.PATH, description="TH or 2 to 8 digits."
            ),
            OpenApiParameter(
                "fiscal_year", OpenApiTypes.INT, description="Buddhist year; the current one if absent."
            ),
            OpenApiParameter(
                "list", OpenApiTypes.STR, description="Kind of target list that narrows every figure."
            ),
        ],
        responses={200: ProgressBody, 400: RefusedBody, 404: RefusedBody},
    )
    def get(self, request: Request, area_code: str) -> Response:
        """Figures as they stand on `as_of`, from the roll-up; an area without households answers zeros."""
        area = visible_area(request.actor, area_code)  # type: ignore[attr-defined]
        year = _fiscal_year(request.query_params.get("fiscal_year", ""))
        kind = request.query_params.get("list", "")
        found = progress_of(year, area.code, kind) or AreaProgress(
            fiscal_year=year, list_kind=kind, code=area.code
        )
        as_of = days_of_years().get(year) or stands_at(year, timezone.localdate())
        return Response(
            {"area": area.code, "fiscal_year": year, "list": kind, "as_of": as_of, **figures_json(found)}
        )


def figures_json(row: AreaProgress) -> dict[str, Any]:
    """Every figure, stages and dimensions grouped."""
    dimensions = {
        group: {dimension.value: getattr(row, f"{group}_{dimension.value}") for dimension in Dimension}
        for group in GROUPS
    }
    return {
        **{figure.code: getattr(row, figure.code) for figure in SINGLE},
        "stages": {stage.code: getattr(row, stage.code) for stage in Stage},
        **dimensions,
        "baht": float(row.baht),
    }


def _fiscal_year(text: str) -> int:
    if not text:
        return fiscal_year_of(timezone.localdate())
    if text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    raise InvalidInput("bad_fiscal_year", _("ปีงบประมาณต้องเป็นปี พ.ศ. สี่หลัก เช่น 2568"))
