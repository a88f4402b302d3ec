"""People who see aggregates only: nothing small, and nothing to be worked back from all boards."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.urls import reverse

from casework.models import Agency
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION
from reports.board_suppression import EVERYTHING, FAMILIES, HALVES, Family, Told, told_below, told_of, without
from reports.definitions import FIGURES
from reports.models import AgencyProgress, AreaProgress
from reports.services.rollup import full_rollup
from reports.suppression import PROTECTION, rests_small
from tests.cast import (
    CITY_VILLAGE,
    MUEANG_SONGKHLA,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    RANOT,
    SONGKHLA,
    VILLAGE,
    Cast,
    client_of,
)
from tests.reports.attacker import System
from tests.reports.test_public_attack import added, some_household
from tests.reports.world import YEAR, make_state

Tree = dict[str, AreaProgress]


def some_area(rng: Random, code: str, size: int) -> AreaProgress:
    row = AreaProgress(code=code, level=len(code) // 2, fiscal_year=YEAR)
    figures = added(some_household(rng, 0.8) for _ in range(size))
    for half in HALVES:
        figures.setdefault(half, sum(rng.random() < 0.2 for _ in range(size)))
    for name, value in figures.items():
        setattr(row, name, value)
    left = size
    for step in ("listed", "checked", "assigned", "visited", "survive"):
        setattr(row, f"step_{step}", rng.randint(0, left))
        left -= getattr(row, f"step_{step}")
    row.removed = size - row.verified_households
    row.removed_not_poor = rng.randint(0, row.removed)
    row.verified_persons = max(0, row.persons - rng.randint(0, 6))
    return row


def some_tree(rng: Random) -> Tree:
    rows: Tree = {}
    for district in range(1, 5):
        for sub in range(1, 5):
            code = f"90{district:02}{sub:02}"
            rows[code] = some_area(rng, code, rng.choice([3, 12, 20, 45, 90]))
    for length in (4, 2):
        for code in sorted({code[:length] for code in rows}):
            parts = [
                row for child, row in rows.items() if child[:length] == code and len(child) == length + 2
            ]
            whole = AreaProgress(code=code, level=length // 2, fiscal_year=YEAR)
            for figure in FIGURES:
                setattr(whole, figure.code, sum(getattr(row, figure.code) for row in parts))
            rows[code] = whole
    return rows


def joined_with(rows: Tree, told: dict[str, Told], code: str) -> AreaProgress:
    """The sum of the areas beside one that tell nothing: what boards leave over for them."""
    beside = [
        row for other, row in rows.items() if other[:-2] == code[:-2] and told[other].hidden >= EVERYTHING
    ]
    return AreaProgress(
        **{figure.code: sum(getattr(row, figure.code) for row in beside) for figure in FIGURES}
    )


def told_everywhere(rows: Tree) -> dict[str, Told]:
    told = {"90": told_of(rows["90"])}
    for code in sorted((code for code in rows if len(code) < 6), key=len):
        below = [row for child, row in rows.items() if child[:-2] == code]
        told |= told_below(rows[code], told[code], below)
    return told


def read(system: System, family: Family, code: str, shown: AreaProgress, whole: str) -> list[Any]:
    """Put one row of a board into the system; the names of what it hides."""
    classes = [(code, number) for number in range(len(family.counts(AreaProgress())))]
    if getattr(shown, whole) is not None:
        system.equal(dict.fromkeys(classes, 1.0), getattr(shown, whole))
    hidden = []
    for figure, counted in family.codes.items():
        name = ("figure", code, figure)
        system.equal({**{classes[n]: 1.0 for n in counted}, name: -1.0}, 0.0)
        value = getattr(shown, figure)
        if value is None:
            hidden.append(name)
        else:
            assert not rests_small(value), name
            system.equal({name: 1.0}, value)
    return hidden


@pytest.mark.parametrize("seed", range(4))
def test_all_boards_together_give_no_small_number_away(seed: int) -> None:
    rows = some_tree(Random(seed))
    told = told_everywhere(rows)
    some_hidden = some_shown = 0
    for family in FAMILIES:
        system, hidden = System(), []
        size = len(family.counts(rows["90"]))
        whole = "persons" if "verified_persons" in family.codes else "households"
        for code, row in rows.items():
            names = read(system, family, code, without(row, told[code].hidden), whole)
            hidden += names
            some_shown += len(family.codes) - len(names)
            if len(code) < 6:
                for number in range(size):
                    parts = {(child, number): 1.0 for child in rows if child[:-2] == code}
                    system.equal({**parts, (code, number): -1.0}, 0.0)
        some_hidden += len(hidden)
        for (_figure, code, figure), (low, high) in system.bounds(hidden).items():
            above = [rows[code[:length]] for length in range(2, len(code), 2)] or [rows[code]]
            if "households" in told[code].hidden:  # known together with the others too small to be shown
                above.append(joined_with(rows, told, code))
            # Where nobody or everybody above is told of, below that is known, too.
            if not any(getattr(row, figure) in (0, getattr(row, whole)) for row in above):
                assert high - low >= PROTECTION - 1e-4, (code, figure, low, high)
    assert some_hidden
    assert some_shown


@pytest.mark.django_db
def test_who_sees_aggregates_only_reads_boards_and_api_without_small_numbers(cast: Cast) -> None:
    for village, count in (
        (VILLAGE, 26),
        (NEXT_SUBDISTRICT_VILLAGE, 24),
        (MUEANG_VILLAGE, 30),
        (CITY_VILLAGE, 3),
    ):
        for number in range(count):
            make_state(cast, village=village, stage=1 if number % 2 else 0, persons=1)
    for _each in range(3):
        make_state(cast, village=VILLAGE, stage=3, persons=1)
    full_rollup(YEAR)
    asked = {"fiscal_year": str(YEAR)}
    viewer, secretary = client_of(cast.national_viewer), client_of(cast.secretary)

    def api(client: Any, code: str) -> dict[str, Any]:
        return client.get(reverse("api_progress", args=[code]), asked).json()  # type: ignore[no-any-return]

    assert api(secretary, RANOT)["stages"]["sustainable"] == 3
    seen = api(viewer, RANOT)
    assert seen["households"] == 53
    assert seen["stages"]["sustainable"] is None
    for client in (viewer, client_of(cast.lead_officer)):
        for code in (SONGKHLA, RANOT, MUEANG_SONGKHLA):
            for more in (
                {},
                {"table": "dimensions"},
                {"compare": "2025-01-01"},
                {"list": "tpmap"},
                {"sort": "-waiting"},
            ):
                page = client.get(reverse("board", args=[code]), {**asked, **more})
                assert page.status_code == 200
        centre = client.get(reverse("board_centre", args=[cast.municipality.pk]), asked)
        assert centre.status_code in (200, 404)
        assert client.get(reverse("board_trend", args=[RANOT]), asked).status_code == 404
    download = viewer.get(reverse("export_board", args=["csv"]), {**asked, "area": SONGKHLA})
    assert download.status_code == 200
    narrowed = viewer.get(reverse("api_progress", args=[SONGKHLA]), {**asked, "list": "tpmap"}).json()
    assert narrowed["households"] is None


def test_relief_is_no_small_number_that_development_leaves_over() -> None:
    """Twenty helps of which eighteen develop: two families' relief, and its baht, could be told."""
    above = AreaProgress(code="90", level=1, households=200, helps=80, development_helps=40)
    rows = [
        AreaProgress(code=f"900{number}", level=2, households=50, helps=20, development_helps=developing)
        for number, developing in ((1, 18), (2, 8), (3, 7), (4, 7))
    ]
    told = told_below(above, told_of(above), rows)
    development = {"development_helps", "development_baht"}
    assert not told_of(above).hidden & development
    assert development <= told["9001"].hidden
    assert sum(development <= told[row.code].hidden for row in rows) == 2
    assert all("helps" not in told[row.code].hidden for row in rows)
    assert (
        development
        <= told_of(AreaProgress(code="90", level=1, households=50, helps=20, development_helps=18)).hidden
    )


def test_baht_of_a_few_households_is_hidden_however_many_helps_they_had() -> None:
    given = {"helps", "baht", "development_baht"}
    assert given <= told_of(AreaProgress(code="90", households=200, helps=12, helped_households=2)).hidden
    assert not given & told_of(AreaProgress(code="90", households=200, helps=12, helped_households=9)).hidden


@pytest.mark.django_db
def test_who_helped_is_told_of_the_highest_area_only(cast: Cast) -> None:
    """Eleven in the district less eight in one of its subdistricts: three that were left out."""
    agency = Agency.objects.create(name="กาชาดเพื่อการทดสอบ")
    for village, count in ((VILLAGE, 26), (NEXT_SUBDISTRICT_VILLAGE, 24), (MUEANG_VILLAGE, 30)):
        for _each in range(count):
            make_state(cast, village=village, persons=1)
    full_rollup(YEAR)
    for code, households in (
        (NATION, 11),
        (SONGKHLA, 11),
        (RANOT, 11),
        (VILLAGE[:6], 8),
        (NEXT_SUBDISTRICT_VILLAGE[:6], 3),
    ):
        AgencyProgress.objects.create(
            fiscal_year=YEAR, code=code, level=0, agency_id=agency.pk, households=households, helps=households
        )

    def tells(actor: Actor, code: str) -> bool:
        page = client_of(actor).get(reverse("board", args=[code]), {"fiscal_year": str(YEAR)})
        return agency.name in page.content.decode()

    assert tells(cast.national_viewer, NATION)
    assert tells(cast.lead_officer, SONGKHLA)
    assert all(tells(cast.secretary, code) for code in (SONGKHLA, RANOT, VILLAGE[:6]))
    for code in (SONGKHLA, RANOT, VILLAGE[:6]):
        assert not tells(cast.national_viewer, code)
    assert not tells(cast.lead_officer, RANOT)
