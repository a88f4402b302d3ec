"""Classes of a map: every value in exactly one, equal values together, as many as can be told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.pages.map_classes import MANY_ZEROS, MOST, class_of, classes_of

VALUES = st.lists(st.integers(0, 30) | st.floats(0, 100).map(lambda value: round(value, 1)), max_size=80)


@given(VALUES)
def test_classes_part_the_values(values: list[float]) -> None:
    classes = classes_of(values)

    assert sum(one.count for one in classes) == len(values)
    assert [one.number for one in classes] == list(range(1, len(classes) + 1))
    assert all(one.low <= one.high for one in classes)
    assert all(one.high < other.low for one, other in zip(classes, classes[1:], strict=False))
    assert [one.shade for one in classes] == sorted({one.shade for one in classes})
    for one in classes:
        assert one.count == sum(1 for value in values if class_of(value, classes) == one)


@given(VALUES)
def test_as_many_classes_as_different_values_and_never_more_than_five(values: list[float]) -> None:
    classes = classes_of(values)
    zeros = values.count(0)
    apart = zeros > 0 and zeros * MANY_ZEROS >= len(values)

    assert len(classes) == min(len(set(values)), MOST)
    assert [one.shade == 0 for one in classes] == [one.high == 0 for one in classes]
    assert not apart or (classes[0].low, classes[0].high, classes[0].count) == (0, 0, zeros)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ([], []),
        ([0, 0, 0], [3]),
        ([7], [1]),
        (range(1, 11), [2, 2, 2, 2, 2]),
        ([1] * 90 + [*range(2, 12)], [90, 3, 3, 2, 2]),
        ([1, 2, 3, 4, 5, 6, 7] + [9] * 100, [4, 1, 1, 1, 100]),
        ([0] * 5 + [*range(1, 9)], [5, 2, 2, 2, 2]),
        ([0] + [*range(1, 10)], [2, 2, 2, 2, 2]),
    ],
)
def test_areas_are_spread_evenly_where_values_allow_it(values: list[float], counts: list[int]) -> None:
    assert [one.count for one in classes_of(list(values))] == counts
