"""The ground the tests stand on is real."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection


@pytest.mark.django_db
def test_database_knows_thai_letters():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("C.UTF-8",)
    assert get_user_model().objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_live_server_answers_a_real_browser(live_server, page):
    answer = page.goto(f"{live_server.url}/no-such-page/")
    assert answer is not None
    assert answer.status == 404


def test_worker_answers(celery_process):
    from povertyops.celery import app

    assert len(app.control.ping(timeout=2)) == 1
