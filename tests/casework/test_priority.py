"""The score of a household: as a plain function, as SQL, and its weights as versions."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from casework.models import Case, CohortState, PriorityWeights
from casework.priority import DEFAULTS, Part, Parts, Weights, failing_dimensions, points_of, score
from casework.queries.due import due_list
from casework.queries.priorities import (
    URGENT_FIRST,
    by_day,
    by_priority,
    parts_of,
    points_on,
    weights_for,
    with_parts,
)
from casework.services.priorities import set_weights
from dimensions.enums import Dimension
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from povertyops.common.paging import keyset_page
from tests.casework.pages.families import family
from tests.cast import FAR_VILLAGE, Cast, client_of
from tests.reports.exports.world import read_csv

OTHER = Weights(indicators=10, dimensions=50, fragile=15, waiting=25, full_dimensions=5, full_days=97)
URL = "/priority/weights/"


def test_parts_add_up_and_say_what_they_rest_on() -> None:
    found = score(Parts(failing_share=500, dimensions=2, fragile=1, days=45, was_visited=False))

    assert [part.points for part in found.parts] == [15, 15, 7, 5]
    assert found.points == 42
    assert [part.raw for part in found.parts] == [500, 2, 1, 45]
    assert "ร้อยละ 50.0" in found.parts[0].sentence
    assert "ยังไม่เคยเยี่ยม" in found.parts[3].sentence
    assert failing_dimensions(baseline=0b00111, additional=0b01000, recovered=0b00010) == 3


@given(
    share=st.integers(-5, 1_500), dimensions=st.integers(0, 5), fragile=st.integers(0, 20),
    days=st.integers(-3, 5_000), split=st.lists(st.integers(0, 100), min_size=3, max_size=3),
    full=st.integers(1, 400),
)  # fmt: skip
def test_score_stays_within_0_and_100_and_grows_with_every_part(
    share: int, dimensions: int, fragile: int, days: int, split: list[int], full: int
) -> None:
    first, second, third = sorted(split)
    weights = Weights(
        indicators=first,
        dimensions=second - first,
        fragile=third - second,
        waiting=100 - third,
        full_days=full,
    )
    parts = Parts(failing_share=share, dimensions=dimensions, fragile=fragile, days=days)
    found = score(parts, weights)

    assert 0 <= found.points <= 100
    assert found.points == sum(part.points for part in found.parts)
    more = replace(parts, failing_share=share + 1, dimensions=dimensions + 1, days=days + 1)
    assert score(more, weights).points >= found.points
    assert points_of(weights.full(Part.WAITING), weights.waiting, full) == weights.waiting


def test_database_gives_every_row_the_points_of_the_function(cast: Cast) -> None:
    random, on = Random(5), timezone.localdate()
    for number in range(40):
        household = family(cast)
        opened = on - timedelta(days=random.randrange(700))
        Case.objects.filter(household=household).update(opened_on=opened)
        CohortState.objects.filter(household=household).update(
            baseline=random.randrange(32),
            additional=random.randrange(32),
            recovered=random.randrange(32),
            failing_share=random.randrange(1_200),
            fragile=random.randrange(6),
            last_visit_on=random.choice([None, on, on - timedelta(days=random.randrange(400))]),
            is_open=number % 9 != 0,
        )
    cases = dict(Case.objects.values_list("household_id", "opened_on"))
    for weights in (DEFAULTS, OTHER):
        rows = list(by_priority(CohortState.objects.all(), weights, on))
        for row in rows:
            expected = score(parts_of(row, cases[row.household_id], on), weights).points if row.is_open else 0
            assert row.points == expected == 100 - row.calm
        assert [row.points for row in rows] == sorted((row.points for row in rows), reverse=True)
        _in_force(weights)
        given = {row.pk: points_on(row, on) for row in with_parts(CohortState.objects.all(), "90")}
        assert given == {row.pk: row.points for row in rows}
        asked: Any = by_day(CohortState.objects.all(), "90", on)
        assert {row.pk: 100 - row.calm for row in asked} == given
        paged: list[Any] = []
        cursor = ""
        while True:
            page = keyset_page(
                by_priority(CohortState.objects.all(), weights, on), URGENT_FIRST, cursor, size=7
            )
            paged += page.rows
            if not (cursor := page.next_cursor):
                break
        assert [row.pk for row in paged] == [row.pk for row in rows]


def _in_force(weights: Weights) -> None:
    """The province's own, and others for the nation, which do not count for it."""
    PriorityWeights.objects.all().delete()
    for province, values in (("", Weights(indicators=0, waiting=50)), ("90", weights)):
        PriorityWeights.objects.create(province_code=province, **asdict(values))


# --------------------------------------------------------------------------------------------------- weights


def test_province_weighs_by_itself_and_keeps_every_version(cast: Cast) -> None:
    assert weights_for("90") == DEFAULTS

    set_weights(actor=cast.system_admin, province_code="", weights=OTHER, reason="ทั้งประเทศ")
    first = set_weights(actor=cast.secretary, province_code="90", weights=DEFAULTS, reason="มติ 1/2568")
    again = set_weights(actor=cast.secretary, province_code="90", weights=DEFAULTS, reason="มติ 1/2568")
    second = set_weights(actor=cast.secretary, province_code="90", weights=OTHER, reason="มติ 2/2568")

    assert again == first
    assert (first.version, second.version) == (1, 2)
    assert weights_for("90") == replace(OTHER, version=2)
    assert weights_for("40") == replace(OTHER, version=1)
    current = PriorityWeights.objects.filter(province_code="90", superseded_at=None)
    assert [row.version for row in current] == [2]
    entry = AuditEntry.objects.filter(action="priority.weigh").latest("id")
    assert entry.changes["reason"] == "มติ 2/2568"


@pytest.mark.parametrize(
    ("change", "reason", "code"),
    [
        ({"indicators": 31}, "x", "not_hundred"),
        ({"indicators": -10, "waiting": 60}, "x", "bad_weight"),
        ({"full_days": 0}, "x", "bad_full"),
        ({"full_dimensions": 6}, "x", "bad_full"),
        ({}, "  ", "reason_needed"),
    ],
)
def test_impossible_weights_explain_themselves(cast: Cast, change: dict, reason: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_weights(
            actor=cast.secretary, province_code="90", weights=replace(DEFAULTS, **change), reason=reason
        )
    assert refusal.value.code == code
    assert not PriorityWeights.objects.exists()


def test_nobody_weighs_for_another_place(cast: Cast) -> None:
    for actor, place in (
        (cast.secretary, "40"),
        (cast.secretary, ""),
        (cast.system_admin, "90"),
        (cast.officer, "90"),
    ):
        with pytest.raises(NotAllowed):
            set_weights(actor=actor, province_code=place, weights=OTHER, reason="x")


def body(weights: Weights, **more: str) -> dict[str, Any]:
    return {name: value for name, value in asdict(weights).items() if name != "version"} | more


def test_weights_are_tried_on_real_households_before_they_hold(cast: Cast) -> None:
    for _ in range(4):
        family(cast)
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team, head=("นาง", "ซ่อนเร้น", "ลับ"))
    client = client_of(cast.secretary)

    tried = client.post(URL, body(OTHER, preview="1"))
    assert tried.status_code == 200
    assert len(tried.context["examples"]) == 3
    assert any(row.moved for row in tried.context["examples"])
    assert far.head_name not in tried.content.decode()
    assert not PriorityWeights.objects.exists()

    uneven = client.post(URL, body(replace(OTHER, waiting=26), save="1", reason="x"))
    assert uneven.status_code == 422
    assert "101" in uneven.content.decode()

    saved = client.post(URL, body(OTHER, save="1", reason="มติที่ประชุม"))
    assert saved.status_code == 302
    assert "มติที่ประชุม" in client.get(URL).content.decode()
    assert client_of(cast.officer).get(URL).status_code == 403
    assert len(client_of(cast.system_admin).get(URL).context["examples"]) == 3


# ----------------------------------------------------------------------------------------------------- lists


def test_list_by_priority_pages_and_the_page_shows_the_parts(cast: Cast) -> None:
    calm, pressing, gone = family(cast), family(cast), family(cast)
    everything = sum(each.bit for each in Dimension)
    CohortState.objects.filter(household=pressing).update(
        baseline=everything, recovered=0, failing_share=600, fragile=3, last_visit_on=date(2020, 1, 1)
    )
    CohortState.objects.filter(household=gone).update(is_open=False, baseline=everything, failing_share=999)
    client = client_of(cast.officer)

    rows = client.get("/households/?sort=priority").context["rows"]
    assert [row["household"] for row in rows] == [pressing, calm, gone]
    assert rows[0]["points"] == "88"
    assert client.get("/households/?sort=anything").status_code == 200

    page = client.get(f"/households/{pressing.pk}/")
    assert page.context["priority"].score.points == 88
    assert "เด็กเล็กหรือผู้สูงอายุ 3 คน" in page.content.decode()
    assert client_of(cast.mentor).get(f"/households/{pressing.pk}/").context["priority"] is None


def test_points_order_the_day_and_go_along_with_lists(cast: Cast, settings: Any) -> None:
    """Today: the earlier day first, whatever the points; of one day the more pressing one."""
    today = timezone.localdate()
    calm, pressing, earlier = family(cast), family(cast), family(cast)
    due, seen = today - timedelta(days=3), today - timedelta(days=200)
    rows = CohortState.objects.filter(household__in=[calm, pressing, earlier])
    rows.update(due_on=due, last_visit_on=seen, baseline=2, recovered=0, failing_share=0, fragile=0)
    CohortState.objects.filter(household=earlier).update(due_on=due - timedelta(days=1), last_visit_on=today)
    CohortState.objects.filter(household=pressing).update(baseline=31, failing_share=600, fragile=3)

    for household, key in ((calm, "ก"), (pressing, "ฮ")):  # the names would say otherwise
        CohortState.objects.filter(household=household).update(sort_key=key)

    items = due_list(cast.mentor)
    assert [(item.household, item.points) for item in items] == [(earlier, 8), (pressing, 88), (calm, 28)]
    # Where not all find room, the lower score stays away, whatever the name.
    assert [item.household for item in due_list(cast.mentor, limit=2)] == [earlier, pressing]
    settings.FIELD_MAX_HOUSEHOLDS = 2
    few = client_of(cast.mentor).get("/api/v1/field/kit/").json()
    assert ([row["id"] for row in few["households"]], few["left_out"]) == (
        [str(earlier.pk), str(pressing.pk)],
        1,
    )
    settings.FIELD_MAX_HOUSEHOLDS = 500
    page = client_of(cast.mentor).get("/today/").content.decode()
    assert "· ความสำคัญ 88</p>" in page

    kit = client_of(cast.mentor).get("/api/v1/field/kit/").json()
    points: dict[str, int | None] = {str(pressing.pk): 88, str(calm.pk): 28, str(earlier.pk): 8}
    assert {row["id"]: row["points"] for row in kit["households"]} == points

    CohortState.objects.filter(household=earlier).update(is_open=False)
    points[str(earlier.pk)] = None
    listed = client_of(cast.officer).get("/api/v1/households/").json()["results"]
    assert {row["id"]: row["priority"] for row in listed} == points
    one = client_of(cast.officer).get(f"/api/v1/households/{pressing.pk}/").json()
    assert (one["priority"], [part["points"] for part in one["priority_parts"]]) == (88, [18, 30, 20, 20])

    heads, *lines = read_csv(client_of(cast.officer))
    taken = {line[heads.index("รหัสครัวเรือน")]: line[heads.index("คะแนนความสำคัญ")] for line in lines}
    assert taken == {name: "" if value is None else str(value) for name, value in points.items()}
