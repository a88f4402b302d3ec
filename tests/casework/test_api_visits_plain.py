"""Plain bodies are read by hand exactly as the serializer reads them, and odd ones are left to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from casework.api.serializers import VisitBody, visit_input
from casework.api.visits_plain import read_plain

PLAIN = {
    "id": "0199b0c8-3f5e-7000-8000-000000000001",
    "household": "0199b0c8-3f5e-7000-8000-000000000002",
    "visited_at": "2026-11-20T10:00:00+07:00",
}
ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.just([]), st.just({})
)
MOMENTS = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids().map(str) | st.uuids().map(lambda pk: pk.hex) | ODD,
    "household": st.uuids().map(str) | st.uuids().map(lambda pk: f"{{{str(pk)[:34]}}}") | ODD,
    "visited_at": MOMENTS
    | st.sampled_from(
        ["2026-11-20T10:00:00Z", "2026-11-20 10:00", "2026-11-20", "20261120T1000Z", "2026-W47"]
    )
    | ODD,
    "outcome": st.sampled_from(["met", "not_at_home", "phone", "gone", ""]) | ODD,
    "note": st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(["x" * 5001, " พบ\n", "\x00"])
    | ODD,
    "next_visit_on": st.dates().map(str) | st.sampled_from(["20261201", "2026-W49-1", "2026-1-5"]) | ODD,
    "notice_version": st.text(max_size=22) | st.just(" 2569.1 ") | ODD,
    "clock_skew_s": st.integers() | st.floats() | st.just("5") | ODD,
    "amends": st.none() | st.uuids().map(str),
    "helps": st.just([]),
    "unknown": ODD,
}


@given(changes=st.fixed_dictionaries({}, optional=FIELDS), missing=st.sampled_from(["", *PLAIN]))
def test_what_is_read_by_hand_is_what_the_serializer_reads(changes: dict[str, Any], missing: str) -> None:
    body = {name: value for name, value in {**PLAIN, **changes}.items() if name != missing}

    read = read_plain(body)

    if read is not None:
        assert repr(read) == repr(visit_input(VisitBody().run_validation(body)))


@given(
    values=st.fixed_dictionaries(
        {},
        optional={
            "outcome": st.sampled_from(["met", "not_at_home", "unknown_address", "phone"]),
            "note": st.sampled_from(["", "พบยาย", " เว้นวรรค "]),
            "next_visit_on": st.none() | st.just("2026-12-01"),
            "notice_version": st.just("2569.1"),
            "clock_skew_s": st.none() | st.integers(-90_000, 90_000),
        },
    )
)
def test_what_phones_send_is_read_by_hand(values: dict[str, Any]) -> None:
    body = json.loads(json.dumps({**PLAIN, **values}))

    assert read_plain(body) == visit_input(VisitBody().run_validation(body))


@pytest.mark.parametrize("body", [None, [], 7, "x", {}, {**PLAIN, "visited_at": "9999-12-31T23:59:59-12:00"}])
def test_odd_bodies_are_left_to_the_serializer(body: object) -> None:
    assert read_plain(body) is None
    with pytest.raises(ValidationError):
        VisitBody().run_validation(body)
