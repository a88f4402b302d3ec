"""Every number of a board opens a list of exactly that many rows, and all ways of counting agree."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.models import Help, Visit
from households.models import Listing, Verification
from reports.definitions import BY_CODE
from reports.models import AreaProgress
from reports.services.rollup import drain_marks, full_rollup, known_years
from reports.services.verify import verify
from tests.cast import MUEANG_SONGKHLA, RANOT, SONGKHLA, SUBDISTRICT, VILLAGE, Cast, client_of
from tests.reports.history import ACTS, World

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a[^>]*href="([^"]+)"[^>]*>\s*([\d,.]+)(?:<span[^>]*>.*?</span>)?\s*</a>', re.DOTALL)
KIND_OF_PAGE = {"/households/": "household", "/persons/": "person", "/visits/": "visit", "/helps/": "help"}


def lived_world(cast: Cast) -> World:
    world = World(cast, households=14)
    for number, act in enumerate(ACTS * 6):
        if act != "drain":
            world.act(act, number * 5 + 3)
    drain_marks()
    return world


def numbers_of(client: Client, url: str) -> Iterator[tuple[str, Decimal]]:
    """Every number of a page that is a link to a list, with its address."""
    for href, shown in LINK.findall(client.get(url).content.decode()):
        address = html.unescape(href)
        if urlsplit(address).path in KIND_OF_PAGE:
            yield address, Decimal(shown.replace(",", ""))


def boards(cast: Cast) -> list[str]:
    codes = (SONGKHLA, RANOT, MUEANG_SONGKHLA, SUBDISTRICT, VILLAGE)
    return [
        *(reverse("board", args=[code]) for code in codes),
        reverse("board_centre", args=[cast.municipality.pk]),
    ]


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    """The list at an address, complete, as its export has it."""
    parts = urlsplit(address)
    url = reverse("export", args=[KIND_OF_PAGE[parts.path], "csv"])
    body = b"".join(client.get(f"{url}?{parts.query}").streaming_content)
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_every_number_of_every_board_has_that_many_rows_behind_it(cast: Cast) -> None:
    lived_world(cast)
    client = client_of(cast.secretary)
    found = {
        address: shown
        for url in boards(cast)
        for kind in ("", "tpmap", "csr")
        for table in ("stages", "dimensions", "care")
        for address, shown in numbers_of(client, f"{url}?list={kind}&table={table}")
    }
    figures = {frozenset(parse_qs(urlsplit(address).query)) for address in found}
    assert len(found) > 150
    assert {
        "overdue",
        "visited_90",
        "no_team",
        "checked",
        "failing",
        "relieved",
        "membership",
    } <= set().union(*figures)
    helps_and_baht: dict[str, list[Decimal]] = {}
    for address, shown in found.items():
        rows = rows_of(client, address)
        if urlsplit(address).path == "/helps/":
            helps_and_baht[address] = [Decimal(len(rows)), sum(Decimal(row["มูลค่า (บาท)"]) for row in rows)]
            assert shown in helps_and_baht[address], address
        else:
            assert len(rows) == shown, address


def test_every_number_of_a_past_day_has_that_many_rows_behind_it(cast: Cast) -> None:
    """The world as it was yesterday, after half as much again has happened since."""
    yesterday = timezone.now() - timedelta(days=1)
    with mock.patch("django.utils.timezone.now", return_value=yesterday):
        world = lived_world(cast)
    for model in (Visit, Help, Verification, Listing):
        model._default_manager.update(recorded_at=yesterday)
    for number, act in enumerate(act for act in ACTS * 3 if act != "drain"):
        world.act(act, number * 7 + 2)
    drain_marks()
    client = client_of(cast.secretary)
    day = timezone.localdate(yesterday).isoformat()
    found = {
        address: shown
        for url in boards(cast)
        for kind in ("", "csr")
        for address, shown in numbers_of(client, f"{url}?list={kind}&as_of={day}&fiscal_year={world.year}")
    }
    assert len(found) > 80
    for address, shown in found.items():
        assert parse_qs(urlsplit(address).query)["as_of"] == [day]
        rows = rows_of(client, address)
        if urlsplit(address).path != "/helps/":
            assert len(rows) == shown, address


def test_help_and_baht_lead_to_the_same_list(cast: Cast) -> None:
    world = lived_world(cast)
    client = client_of(cast.secretary)
    row = AreaProgress.objects.get(code=SONGKHLA, fiscal_year=world.year, list_kind="")

    rows = rows_of(client, f"/helps/?area={SONGKHLA}&fiscal_year={world.year}")

    assert len(rows) == row.helps
    assert sum(Decimal(found["มูลค่า (บาท)"]) for found in rows) == row.baht


def test_the_list_page_says_the_number_of_the_board(cast: Cast) -> None:
    lived_world(cast)
    client = client_of(cast.officer)
    addresses = dict(numbers_of(client, reverse("board", args=[RANOT])))
    counted = [
        (client.get(address).context["count"], shown)
        for address, shown in addresses.items()
        if urlsplit(address).path == "/households/"
    ]
    assert counted
    assert all(count == shown for count, shown in counted)


def test_all_ways_of_counting_agree_on_a_lived_world(cast: Cast) -> None:
    lived_world(cast)
    assert [difference for year in known_years() for difference in verify(year)] == []


def test_verify_names_a_figure_that_is_wrong(cast: Cast) -> None:
    world = lived_world(cast)
    row = AreaProgress.objects.filter(code=VILLAGE, list_kind="", fiscal_year=world.year)
    row.update(visits=row.get().visits + 1)

    found = verify(world.year)

    assert {(d.code, d.figure, d.way) for d in found} == {
        (VILLAGE, "visits", "judged"),
        (VILLAGE, "visits", "plain"),
    }


def figures() -> dict[tuple[str, int, str], list[Any]]:
    rows = AreaProgress.objects.values_list("code", "fiscal_year", "list_kind", "parent_code", *BY_CODE)
    return {tuple(row[:3]): list(row[3:]) for row in rows}  # type: ignore[misc]


@settings(max_examples=20)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 400)), min_size=3, max_size=25))
def test_after_any_writes_drained_full_and_recounted_figures_agree(
    cast: Cast, acts: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        world = World(cast, households=7)
        for act, number in acts:
            if act == "drain":
                drain_marks()
            else:
                world.act(act, number)
        drain_marks()
        drained = figures()

        assert [difference for year in known_years() for difference in verify(year)] == []
        for year in known_years():
            full_rollup(year)
        assert figures() == drained
        transaction.set_rollback(True)
