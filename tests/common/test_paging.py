"""Keyset paging."""

import pytest
from django.test import RequestFactory

from povertyops.common.models import AuditEntry
from povertyops.common.paging import Page, keyset_page, page_of_request

ORDER = ["action", "id"]


@pytest.fixture
def entries(db: None) -> list[int]:
    """Ten rows, two of each action, in the order of (action, id)."""
    made = AuditEntry.objects.bulk_create(
        AuditEntry(action=f"ก{number % 5}", object_type="x", object_id=str(number)) for number in range(10)
    )
    return [row.pk for row in sorted(made, key=lambda row: (row.action, row.pk))]


def page(cursor: str = "", order: list[str] = ORDER, size: int = 4) -> Page[AuditEntry]:
    return keyset_page(AuditEntry.objects.all(), order, cursor, size)


def ids(found: Page[AuditEntry]) -> list[int]:
    return [row.pk for row in found.rows]


def test_walk_forwards_meets_every_row_once(entries: list[int]) -> None:
    first = page()
    second = page(first.next_cursor)
    third = page(second.next_cursor)
    assert ids(first) + ids(second) + ids(third) == entries
    assert first.previous_cursor == ""
    assert third.next_cursor == ""


def test_walk_back_meets_the_same_pages(entries: list[int]) -> None:
    second = page(page().next_cursor)
    third = page(second.next_cursor)
    back = page(third.previous_cursor)
    assert ids(back) == ids(second)
    assert ids(page(back.previous_cursor)) == ids(page())
    assert page(back.previous_cursor).previous_cursor == ""


def test_descending_order(entries: list[int]) -> None:
    order = ["-action", "-id"]
    first = page(order=order)
    assert ids(first) == entries[::-1][:4]
    assert ids(page(first.next_cursor, order)) == entries[::-1][4:8]


def test_row_that_came_in_between_does_not_shift_the_page(entries: list[int]) -> None:
    first = page()
    AuditEntry.objects.create(action="ก0", object_type="x", object_id="new")
    assert ids(page(first.next_cursor)) == entries[4:8]


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "!!", "ก"])
def test_bad_cursor_gives_the_first_page(entries: list[int], cursor: str) -> None:
    assert ids(page(cursor)) == entries[:4]


def test_cursor_of_another_order_gives_the_first_page(entries: list[int]) -> None:
    assert ids(page(page(order=["id"]).next_cursor)) == entries[:4]


def test_cursor_tells_nothing_of_the_row(entries: list[int]) -> None:
    import base64

    cursor = page().next_cursor
    assert "ก".encode() not in base64.urlsafe_b64decode(cursor + "==")


def test_empty_list_is_one_empty_page(db: None) -> None:
    assert page() == Page([])


def test_addresses_keep_the_filters(entries: list[int]) -> None:
    request = RequestFactory().get("/list/", {"q": "ทอง"})
    _found, urls = page_of_request(request, AuditEntry.objects.all(), ORDER, 4)
    assert urls["next_url"].startswith("/list/?q=%E0%B8%97")
    assert urls["previous_url"] == ""


def test_page_takes_one_query(entries: list[int], django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        page()
