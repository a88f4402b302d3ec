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
        body = BareVisit(data=request.data)
        body.is_valid(raise_exception=True)
        visit = body.validated_data
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO bench_visit (id, household_id, visited_at, note, recorded_by_id)
                   VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING""",
                [visit["id"], visit["household"], visit["visited_at"], visit["note"], request.user.pk],
            )
        return Response(body.data, status=201)


urlpatterns = [path("api/v1/visits/", BareVisits.as_view())]
