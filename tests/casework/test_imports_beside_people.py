"""A large list goes in two ranges at a time while nobody is there, and one at a time beside people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db.backends.signals import connection_created
from django.test import Client

from casework.services import apply as applying
from households.models import Household
from povertyops.common.presence import KEY, are_people_at_work
from tests.cast import Cast, client_of
from tests.import_work import bring_in, load_world
from tests.lists import Sheet, make_households

HOUSEHOLDS = 120


@pytest.fixture
def nobody() -> Iterator[None]:
    """The site as nobody has opened it for a while."""
    cache.delete(KEY)
    yield
    cache.delete(KEY)


@pytest.fixture
def workers() -> Iterator[set[int]]:
    """The threads beside this one that opened a connection to the database."""
    found: set[int] = set()

    def note(**_known: Any) -> None:
        if threading.get_ident() != threading.main_thread().ident:
            found.add(threading.get_ident())

    connection_created.connect(note)
    yield found
    connection_created.disconnect(note)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_somebody_there", "expected"), [(False, 2), (True, 1)])
def test_people_at_work_are_made_way_for(
    cast: Cast,
    nobody: None,
    workers: set[int],
    is_somebody_there: bool,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(applying, "HOUSEHOLDS_AT_ONCE", 10)
    load_world()
    if is_somebody_there:
        open_page(cast)
    batch = bring_in(Sheet(make_households(HOUSEHOLDS, persons=1)))
    assert (batch.new, Household.objects.count()) == (HOUSEHOLDS, HOUSEHOLDS)
    assert len(workers) == expected


@pytest.mark.django_db
def test_whole_pages_are_work_and_what_a_page_asks_by_itself_is_not(cast: Cast, nobody: None) -> None:
    Client().get("/healthz")
    Client().get("/sign-in/")
    open_page(cast, headers={"HX-Request": "true"})
    assert not are_people_at_work()
    open_page(cast)
    assert are_people_at_work()


def test_without_the_cache_somebody_is_taken_to_be_there(settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert are_people_at_work()


def open_page(cast: Cast, **more: Any) -> None:
    assert client_of(cast.officer).get("/households/", **more).status_code == 200
