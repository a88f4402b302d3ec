"""The one route of the bare application."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.urls import path
from knox.auth import TokenAuthentication
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class BareVisit(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    household = serializers.UUIDField()
    visited_at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True, default="")


class BareVisits(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        many = isinstance(request.data, list)
        body = BareVisit(data=request.data, many=many)
        body.is_valid(raise_exception=True)
        visits = body.validated_data if many else [body.validated_data]
        rows = [(visit["id"], visit["household"], visit["visited_at"], visit["note"]) for visit in visits]
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO bench_visit (id, household_id, visited_at, note, recorded_by_id)
                   SELECT id, household, visited_at, note, %s
                   FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::text[])
                     AS new (id, household, visited_at, note) ON CONFLICT (id) DO NOTHING""",
                [request.user.pk, *(list(column) for column in zip(*rows, strict=True))],
            )
        return Response(body.data, status=200 if many else 201)


urlpatterns = [path("api/v1/visits/", BareVisits.as_view())]
