"""`GET /api/v1/progress/{area_code}/`: the figures of one area as JSON."""

from __future__ import annotations

from datetime import date
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

from casework.enums import Step
from casework.rules import stands_at
from dimensions.enums import Dimension, Stage
from povertyops.accounts.enums import BOARD_ROLES
from povertyops.common.api import ApiPolicy
from povertyops.common.errors import InvalidInput
from povertyops.common.past_days import read_past_day
from povertyops.common.thai import fiscal_year_of

from .access import visible_area
from .definitions import (
    CARE,
    GIVEN,
    HEADCOUNT,
    OUT,
    PASSING,
    PROPOSED,
    TROUBLE,
    WAIT_EPOCH,
    WAITS,
    Figure,
    Unit,
)
from .models import AreaProgress, Figures
from .queries import days_of_years, progress_of
from .services.asof import figures_on
from .services.told import for_actor

FIRST_YEAR, LAST_YEAR = 2560, 2700
GROUPS = ("failing", "relieved", "recovered")
SINGLE = (*HEADCOUNT, PROPOSED, PASSING, *CARE, *TROUBLE, *GIVEN, *OUT)
STEPS = tuple(step for step in Step if step is not Step.CLOSED)


def _counts(names: list[str], prefix: str) -> type[serializers.Serializer[Any]]:
    fields = {name: serializers.IntegerField(allow_null=True) for name in names}
    return type(f"{prefix}Counts", (serializers.Serializer,), fields)


STAGE_COUNTS = _counts([stage.code for stage in Stage], "Stage")
DIMENSION_COUNTS = _counts([dimension.value for dimension in Dimension], "Dimension")


class StepBody(serializers.Serializer[Any]):
    """Open cases that wait for the next step, and how many days they have waited on average."""

    households = serializers.IntegerField()
    mean_wait_days = serializers.FloatField(allow_null=True)


STEP_BODIES = type("StepBodies", (serializers.Serializer,), {step.name.lower(): StepBody() for step in STEPS})


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
    steps = STEP_BODIES()

    def get_fields(self) -> dict[str, Any]:
        """The single figures come from the definitions."""
        single = {
            figure.code: serializers.FloatField(allow_null=True)
            if figure.unit is Unit.BAHT
            else serializers.IntegerField(allow_null=True)
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
            OpenApiParameter(
                "as_of",
                OpenApiTypes.DATE,
                description="A past day: what had been recorded by its end. Without it: now.",
            ),
        ],
        responses={200: ProgressBody, 400: RefusedBody, 404: RefusedBody},
    )
    def get(self, request: Request, area_code: str) -> Response:
        """Figures as they stand on `as_of`; an area without households answers zeros."""
        area = visible_area(request.actor, area_code)  # type: ignore[attr-defined]
        today = timezone.localdate()
        day = read_past_day(request.query_params.get("as_of", ""), today=today)
        year = _fiscal_year(request.query_params.get("fiscal_year", ""), day or today)
        kind = request.query_params.get("list", "")
        found: Figures | None
        if day is None:
            found = progress_of(year, area.code, kind)
            on = days_of_years().get(year) or stands_at(year, today)
        else:
            found, _below = figures_on(day, year, area.code, kind, children=False)
            on = stands_at(year, day)
        found, _rows = for_actor(request.actor, found, day=day)  # type: ignore[attr-defined]
        figures = found or AreaProgress(fiscal_year=year, list_kind=kind, code=area.code)
        return Response(
            {
                "area": area.code,
                "fiscal_year": year,
                "list": kind,
                "as_of": day or on,
                **figures_json(figures, on),
            }
        )


def figures_json(row: Figures, on: date) -> dict[str, Any]:
    """Every figure, stages, dimensions and steps grouped; `on` is the day they stand at."""
    dimensions = {
        group: {dimension.value: getattr(row, f"{group}_{dimension.value}") for dimension in Dimension}
        for group in GROUPS
    }
    return {
        **{figure.code: _number(figure, row) for figure in SINGLE},
        "stages": {stage.code: getattr(row, stage.code) for stage in Stage},
        **dimensions,
        "steps": {
            step.name.lower(): {
                "households": getattr(row, f"step_{step.name.lower()}"),
                "mean_wait_days": mean_wait(row, step, on),
            }
            for step in STEPS
        },
    }


def mean_wait(row: Figures, step: Step, on: date) -> float | None:
    """Days the households at a step have waited there on average; None where nobody waits."""
    name = step.name.lower()
    count = getattr(row, f"step_{name}")
    if not count or f"since_{name}" not in WAITS:
        return None
    return round((on - WAIT_EPOCH).days - getattr(row, f"since_{name}") / count, 1)


def _number(figure: Figure, row: Figures) -> int | float | None:
    """None where the number is hidden from who asks."""
    value = getattr(row, figure.code)
    if value is None:
        return None
    return float(value) if figure.unit is Unit.BAHT else int(value)


def _fiscal_year(text: str, day: date) -> int:
    if not text:
        return fiscal_year_of(day)
    if text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    raise InvalidInput("bad_fiscal_year", _("ปีงบประมาณต้องเป็นปี พ.ศ. สี่หลัก เช่น 2568"))
