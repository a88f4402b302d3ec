"""Marks are written with the write itself; the call to a worker costs a write nothing."""

from __future__ import annotations

import threading
import time

import pytest
from celery import current_app

from povertyops.common import dirty
from povertyops.common.models import DirtyMark


@pytest.mark.django_db
def test_marks_of_one_write_fold() -> None:
    dirty.mark_dirty([(2568, "90070101", None), (2568, "90070101", None), (2568, "90070102", None)])

    assert sorted(DirtyMark.objects.values_list("area_code", flat=True)) == ["90070101", "90070102"]


@pytest.mark.django_db(transaction=True)
def test_a_write_does_not_wait_for_a_broker_that_is_away(settings: object) -> None:
    dirty._next_call = 0.0
    broker = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1/0"
    current_app.amqp._producer_pool = None
    try:
        started = time.monotonic()
        dirty.mark_dirty([(2568, "90070101", None)])
        took = time.monotonic() - started
        for thread in threading.enumerate():
            if thread.name == "call-for-drain":
                thread.join()
    finally:
        current_app.conf.broker_url = broker
        current_app.amqp._producer_pool = None

    assert took < 1
    assert DirtyMark.objects.count() == 1
    assert dirty._next_call > time.monotonic() + 10
