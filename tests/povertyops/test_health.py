"""The health page tells what is broken, and nothing about anybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from povertyops.common.models import DirtyMark


@pytest.mark.django_db
def test_healthz_when_all_is_well(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "oldest_dirty_mark_seconds": None,
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_healthz_tells_the_age_of_the_oldest_mark(client):
    now = timezone.now()
    for minutes in (1, 5):
        DirtyMark.objects.create(
            fiscal_year=2568, area_code="90070101", marked_at=now - timedelta(minutes=minutes)
        )
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "late"
    assert 300 <= answer.json()["oldest_dirty_mark_seconds"] < 360


@pytest.mark.django_db
def test_healthz_without_broker(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "unreachable"
    assert answer.json()["database"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_healthz_without_database(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_dirtymark RENAME TO elsewhere")
    try:
        answer = client.get("/healthz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO common_dirtymark")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"


@pytest.mark.django_db
def test_healthz_only_answers_reads(client):
    assert client.post("/healthz").status_code == 405
