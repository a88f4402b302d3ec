"""A floor under precision and recall on a small invented province; the bench measures the whole."""

import pytest

from bench.matching import measured


@pytest.mark.django_db
def test_matching_keeps_its_floor() -> None:
    scores = measured(seed=5, persons=3_000)
    assert scores.persons.planted > 250
    assert scores.persons.recall >= 0.93
    assert scores.persons.precision >= 0.88
    assert scores.households.recall >= 0.93
    assert scores.households.precision >= 0.85
