"""Logs are JSON and hold no personal data."""

import json
import logging
import sys

import pytest
from django.contrib.auth import authenticate

from povertyops.logs import JsonFormatter, blot


def formatted(message, *args, exc_info=None, **extra):
    record = logging.LogRecord("test", logging.INFO, __file__, 1, message, args, exc_info)
    vars(record).update(extra)
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    "digits", ["1103700012345", "1-1037-00012-34-5", "1 1037 00012 34 5", "0812345678", "081-234-5678"]
)
def test_ids_and_phones_are_blotted_out(digits):
    line = formatted("found %s in the list", digits)
    assert line["message"] == "found [digits] in the list"


@pytest.mark.parametrize("harmless", ["2568", "90070101", "3.25 s", "7f3a9c1e-0000-7000-8000-000000000001"])
def test_codes_and_keys_stay(harmless):
    assert blot(harmless) == harmless


def test_only_allowed_fields_are_written():
    line = formatted("request", status=200, name_of_person="สมชาย")
    assert line["status"] == 200
    assert "name_of_person" not in line


def test_text_of_an_exception_is_not_written():
    try:
        raise ValueError("สมชาย ใจดี เลือดกรุ๊ปโอ")
    except ValueError:
        line = formatted("failed", exc_info=sys.exc_info())
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["at_lines"][0]
    assert "สมชาย" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.django_db
def test_request_line_names_the_route_not_the_query(client, caplog):
    with caplog.at_level(logging.INFO, logger="povertyops.request"):
        answer = client.get("/healthz?name=สมชาย")
    (record,) = [record for record in caplog.records if record.name == "povertyops.request"]
    line = json.loads(JsonFormatter().format(record))
    assert (line["route"], line["status"], line["method"]) == ("healthz", 200, "GET")
    assert line["request_id"] == answer["X-Request-ID"]
    assert "สมชาย" not in json.dumps(line, ensure_ascii=False)


def test_failed_task_is_named_without_its_exception(caplog, celery_app_for_logs):
    with caplog.at_level(logging.WARNING):
        celery_app_for_logs.apply()
    (record,) = [record for record in caplog.records if record.name == "celery.app.trace"]
    text = JsonFormatter().format(record)
    assert json.loads(text)["message"] == "task tests.fails failed"
    assert json.loads(text)["error"] == "ValueError"
    assert "สมชาย" not in text


@pytest.fixture
def celery_app_for_logs():
    from povertyops.celery import app

    @app.task(name="tests.fails")
    def fails():
        raise ValueError("สมชาย ใจดี")

    yield fails
    app.tasks.pop("tests.fails")


@pytest.mark.django_db
def test_failed_sign_ins_do_not_log_who_or_where(rf, caplog):
    request = rf.post("/sign-in/", REMOTE_ADDR="203.0.113.77")
    with caplog.at_level(logging.DEBUG):
        for _attempt in range(7):
            authenticate(request, username="somchai.jaidee", password="wrong-password")
    text = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("axes"))
    assert text
    for secret in ("somchai", "203.0.113.77", "wrong-password"):
        assert secret not in text
