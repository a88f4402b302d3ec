"""Progress as JSON: the names that others rely on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from casework.enums import Step
from reports.services.rollup import full_rollup
from tests.cast import FAR_VILLAGE, VILLAGE, Cast, client_of
from tests.reports.world import LAST_DAY, YEAR, make_state

pytestmark = pytest.mark.django_db


def test_progress_has_every_figure_under_its_name(cast: Cast) -> None:
    make_state(
        cast,
        village=VILLAGE,
        lists={"csr": 2 | 8},
        relieved=2,
        stage=1,
        visits=3,
        helps=1,
        baht=Decimal(3000),
        step=Step.SURVIVE,
        step_since=LAST_DAY - timedelta(days=12),
    )
    make_state(cast, village=VILLAGE, lists={"tpmap": 1})
    full_rollup(YEAR)

    answer = client_of(cast.secretary).get(f"/api/v1/progress/90/?fiscal_year={YEAR}&list=csr")

    assert answer.status_code == 200
    assert answer.json() == {
        "area": "90",
        "fiscal_year": YEAR,
        "list": "csr",
        "as_of": LAST_DAY.isoformat(),
        "households": 1,
        "found": 0,
        "verified_households": 1,
        "checked_households": 0,
        "persons": 2,
        "verified_persons": 2,
        "stages": {"waiting": 0, "survive": 1, "sufficient": 0, "sustainable": 0},
        "proposed": 0,
        "failing": {"health": 0, "living": 1, "education": 0, "income": 1, "access": 0},
        "relieved": {"health": 0, "living": 1, "education": 0, "income": 0, "access": 0},
        "recovered": {"health": 0, "living": 0, "education": 0, "income": 0, "access": 0},
        "visited_90": 0,
        "overdue": 0,
        "without_team": 1,
        "helped_households": 1,
        "visits": 3,
        "helps": 1,
        "baht": 3000.0,
        "removed": 0,
        "removed_not_poor": 0,
        "stage_carried": 0,
        "carried": 0,
        "passing": 0,
        "with_team": 0,
        "slipped": 0,
        "additional": 0,
        "care_households": 0,
        "not_in_tpmap": 0,
        "development_helps": 0,
        "development_baht": 0.0,
        "steps": {
            name: {
                "households": int(name == "survive"),
                "mean_wait_days": 12.0 if name == "survive" else None,
            }
            for name in ("listed", "checked", "assigned", "visited", "survive", "sufficient", "sustainable")
        },
    }


def test_an_area_without_households_answers_zeros(cast: Cast) -> None:
    answer = client_of(cast.officer).get("/api/v1/progress/9007/").json()
    assert (answer["households"], answer["stages"]["waiting"], answer["baht"]) == (0, 0, 0)


@pytest.mark.parametrize("year", ["x", "25", "2568'", "99999", "๒๕๖๘x"])
def test_a_wrong_year_is_refused_with_a_sentence(cast: Cast, year: str) -> None:
    answer = client_of(cast.officer).get("/api/v1/progress/9007/", {"fiscal_year": year})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_fiscal_year")


def test_absent_and_foreign_areas_answer_alike(cast: Cast) -> None:
    make_state(cast, village=FAR_VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.officer)
    absent, foreign = (client.get(f"/api/v1/progress/{code}/") for code in ("99", "40"))
    assert absent.status_code == foreign.status_code == 404
    assert absent.json() == foreign.json()


def test_a_mentor_is_refused(cast: Cast) -> None:
    assert client_of(cast.mentor).get("/api/v1/progress/90/").status_code == 403


def test_the_schema_describes_progress(cast: Cast, client: Any) -> None:
    schema = client_of(cast.officer).get("/api/schema/?format=json").json()
    body = schema["components"]["schemas"]["ProgressBody"]["properties"]
    assert {"area", "stages", "failing", "helped_households"} <= body.keys()
    assert client.get("/api/schema/").status_code in (401, 403)
