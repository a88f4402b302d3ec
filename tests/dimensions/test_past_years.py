"""A mapping counts from its day: a year that is over stands as it was known, and the board stays verified."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from casework.models import StageEvent
from casework.services.cohort import expected_states, rebuild_cohort, stored_states
from casework.services.judging_again import judge_again
from casework.services.visits import record_visit
from dimensions.enums import Dimension, Stage
from dimensions.models import IndicatorSet
from dimensions.queries import indicator_set_for, indicators_of
from dimensions.services import load_yardstick
from dimensions.services.editing import add_set, save_indicator, save_set
from dimensions.source import read_source
from povertyops.common.audit import SYSTEM
from povertyops.common.thai import fiscal_year_bounds
from reports.services.rollup import full_rollup
from reports.services.verify import verify
from tests.casework.pages.families import this_year
from tests.casework.work import MARCH, YEAR, a_visit, in_care, state_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def on_day(version: int, day: date) -> None:
    """Have a version of the set count from a day on, as if it had been saved then."""
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 9))
    IndicatorSet.objects.filter(code="bmn-2565", version=version).update(recorded_at=moment)


def differences(home: Any) -> list[Any]:
    """What the board says otherwise than the facts, in the year that is over and in this one."""
    stored = stored_states([home.pk])
    for key, row in expected_states([home.pk]).items():
        assert row._asdict() == stored[key]._asdict()
    return [*verify(YEAR), *verify(this_year())]


def test_changed_mapping_leaves_past_years_and_verify_agrees(cast: Cast) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())
    found = indicator_set_for(YEAR - 1).indicator_set
    living = [row for row in indicators_of(found) if row.dimension == Dimension.LIVING]
    first = living[0]
    home = in_care(cast)
    answers = {row.number: "pass" for row in living[1:]} | {first.number: "fail"}
    record_visit(actor=cast.mentor, visit=a_visit(home, answers=answers, survey_year=YEAR - 1))
    for year in (YEAR, this_year()):
        full_rollup(year)
    judge_again()
    assert (state_of(home).recovered, differences(home)) == (0, [])

    def save(version: int, number: int, values: dict[str, Any] | None) -> None:
        save_indicator(
            actor=cast.system_admin,
            code=found.code,
            base_version=version,
            number=number,
            values=values,
            reason="คู่มือใหม่",
        )
        assert judge_again() == 1

    kept = {name: getattr(first, name) for name in ("text", "category", "unit", "counterparts", "certainty")}
    save(1, first.number, {**kept, "dimension": ""})
    assert state_of(home).recovered == 0  # so it was known at the end of its year
    assert state_of(home, this_year()).recovered == Dimension.LIVING.bit
    assert differences(home) == []
    assert StageEvent.objects.get(to_stage=Stage.SURVIVE).effective_on == fiscal_year_bounds(this_year())[0]
    assert rebuild_cohort(YEAR) == 0

    on_day(1, MARCH.replace(year=MARCH.year - 1))
    on_day(2, MARCH)  # a first day in the middle of the year that is over
    assert state_of(home).recovered == 0  # it stands until somebody asks
    for year in range(YEAR, this_year()):
        rebuild_cohort(year)
    assert state_of(home).recovered == Dimension.LIVING.bit
    assert differences(home) == []

    save(2, 38, None)  # one indicator fewer makes the share of the failing ones larger, from this year on
    assert differences(home) == []

    # A set added for survey years that another one covered until now is asked from this year on, too.
    admin, reason = cast.system_admin, "ชุดใหม่"
    years = {"valid_to": YEAR - 2}
    save_set(actor=admin, code=found.code, base_version=3, values=years, reason=reason)
    years = {"valid_from": YEAR - 1, "valid_to": YEAR + 3}
    add_set(
        actor=admin, code="bmn-new", like=found.code, values={"label": "จปฐ. ใหม่", **years}, reason=reason
    )
    again = {**kept, "dimension": Dimension.LIVING}
    save_indicator(
        actor=admin, code="bmn-new", base_version=1, number=first.number, values=again, reason=reason
    )
    assert judge_again() == 1
    assert [rebuild_cohort(year) for year in range(YEAR, this_year())] == [0] * (this_year() - YEAR)
    assert state_of(home).recovered == Dimension.LIVING.bit
    assert state_of(home, this_year()).recovered == 0
    assert differences(home) == []
