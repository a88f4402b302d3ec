"""Statements planned once for a connection."""

from __future__ import annotations

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from povertyops.common.prepared import fetch_prepared

SUM = "SELECT %s::int + %s::int, 'a'"


@pytest.mark.django_db
def test_parameters_keep_their_places() -> None:
    assert [fetch_prepared(SUM, [number, 40]) for number in (1, 2)] == [[(41, "a")], [(42, "a")]]


@pytest.mark.django_db
def test_first_and_later_calls_take_one_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        fetch_prepared("SELECT %s::int", [1])
        fetch_prepared("SELECT %s::int", [2])


@pytest.mark.django_db
def test_statement_is_planned_once() -> None:
    statement = "SELECT %s::int * 2"
    with CaptureQueriesContext(connection) as captured:
        fetch_prepared(statement, [1])
        fetch_prepared(statement, [2])
    assert ["PREPARE" in query["sql"] for query in captured.captured_queries] == [True, False]


@pytest.mark.django_db
def test_statement_works_after_it_failed() -> None:
    statement = "SELECT 10 / %s::int"
    with pytest.raises(DataError), transaction.atomic():
        fetch_prepared(statement, [0])
    assert fetch_prepared(statement, [5]) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_new_connection_plans_again() -> None:
    fetch_prepared(SUM, [1, 1])
    connection.close()
    assert fetch_prepared(SUM, [1, 2]) == [(3, "a")]
