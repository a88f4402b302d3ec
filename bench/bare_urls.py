"""The routes of the bare application."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from knox.auth import TokenAuthentication
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

# Bytes that one cell of the bare page takes.
CELL = 64


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


PAGE = Engine().from_string(
    """<!doctype html><html lang="th"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><table>
{% for row in rows %}<tr><th><a href="/board/{{ row.code }}/">{{ row.code }}</a></th>
{% for value in row.values %}<td><a href="/households/?area={{ row.code }}&amp;f={{ forloop.counter }}">
{{ value }}</a></td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""
)
WIDTH = 50


def bare_page(request: HttpRequest, size: int) -> HttpResponse:
    """A page of about `size` bytes: rows of the progress table through a template, a link to each figure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM reports_areaprogress WHERE parent_code = '90' AND list_kind = '' ORDER BY code"
        )
        found = [[str(value) for value in row] for row in cursor.fetchall()]
    wanted = max(1, size // (WIDTH * CELL))
    rows = [
        {"code": f"90{place % 100:02d}", "values": found[place % len(found)][:WIDTH]}
        for place in range(wanted)
    ]
    return HttpResponse(PAGE.render(Context({"title": "จ.สงขลา", "rows": rows})))


urlpatterns = [
    path("api/v1/visits/", BareVisits.as_view()),
    path("page/<int:size>/", bare_page),
]
