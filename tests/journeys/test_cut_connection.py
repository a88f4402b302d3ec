"""Forty visits with forty photos through a connection that is cut again and again: each arrives once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db.models import Count
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from casework.enums import PhotoState
from casework.models import Photo, PhotoPart, Visit, VisitConflict, VisitReceipt
from tests.casework.pages.families import family
from tests.cast import Cast
from tests.cutting import CuttingProxy
from tests.journeys.phone import MODULES, begin_day, items, put_visit, take_along

pytestmark = pytest.mark.django_db(transaction=True)

VISITS = 40
CUTS = 50
MOST_ROUNDS = 2_000
SYNC = "async (m) => (await import(m + 'sync.js')).syncNow({ force: true })"


@pytest.mark.parametrize("seed", [2568])
def test_forty_visits_with_photos_arrive_exactly_once(
    page: Page, live_server: LiveServer, cast: Cast, seed: int
) -> None:
    households = [family(cast) for _turn in range(4)]
    proxy = CuttingProxy(live_server.url, seed)
    try:
        begin_day(page, proxy, cast.mentor)
        take_along(page)
        page.context.set_offline(True)
        sent = {}
        for number in range(VISITS):
            visit_id, photo_id = str(uuid4()), str(uuid4())
            sent[visit_id] = photo_id
            photo = {"id": photo_id, "size": 240 + 16 * (number % 5), "taken_at": None}
            put_visit(page, households[number % 4], visit_id, photos=[photo], note=f"ครั้งที่ {number}")
        page.context.set_offline(False)

        proxy.armed = True
        rounds = 0
        while sum(proxy.cuts.values()) < CUTS or not all_stored(page):
            page.evaluate(SYNC, MODULES)
            page.wait_for_timeout(100)
            rounds += 1
            # What is stored already cannot be cut any more: the rest of the cuts fall on asking again.
            proxy.armed = sum(proxy.cuts.values()) < CUTS
            assert rounds < MOST_ROUNDS, (proxy.cuts, [item["state"] for item in items(page)])
    finally:
        proxy.close()

    assert set(proxy.cuts) >= {"before", "within request", "after commit", "within answer"}
    assert sum(proxy.cuts.values()) >= CUTS
    assert {str(pk) for pk in Visit.objects.values_list("pk", flat=True)} == set(sent)
    assert VisitReceipt.objects.count() == VISITS
    assert not VisitConflict.objects.exists()
    stored = dict(Photo.objects.filter(state=PhotoState.STORED).values_list("owner_id", "id"))
    assert {str(visit): str(photo) for visit, photo in stored.items()} == sent
    assert not PhotoPart.objects.exists()
    assert not Visit.objects.values("note").annotate(times=Count("pk")).filter(times__gt=1).exists()
    assert {item["state"] for item in items(page)} == {"stored"}


def all_stored(page: Page) -> bool:
    found = items(page)
    return all(item["state"] == "stored" and item["photos"]["sent"] == 1 for item in found)
