"""What time alone changes."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from casework.models import Case, CohortState, StageEvent
from casework.services.cohort import expected_states, refresh_cohort, stored_states
from casework.services.turning import turn_day
from casework.tasks.nightly import turn
from dimensions.enums import Stage
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.accounts.actor import system_actor
from povertyops.common.audit import SYSTEM
from povertyops.common.models import DirtyMark
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
from tests.casework.test_stages import approve, assess, make_sufficient
from tests.casework.work import LIVING, case_of, in_care
from tests.cast import Cast, make_case, make_household, make_listing

THIS_YEAR = fiscal_year_of(timezone.localdate())


def test_new_fiscal_year_gets_its_carried_rows(cast: Cast) -> None:
    household = in_care(cast)
    CohortState.objects.filter(fiscal_year=THIS_YEAR).delete()
    DirtyMark.objects.all().delete()

    assert turn_day() == 1

    assert stored_states([household.pk]) == expected_states([household.pk])
    assert DirtyMark.objects.filter(fiscal_year=THIS_YEAR).exists()
    assert turn() == 0


def test_proposal_leaves_the_row_of_a_year_that_is_over(cast: Cast) -> None:
    household = in_care(cast)
    CohortState.objects.filter(fiscal_year=THIS_YEAR - 1).update(proposed_stage=2)

    assert turn_day() == 1

    assert stored_states([household.pk]) == expected_states([household.pk])


def test_sustainable_is_proposed_when_its_year_is_over(cast: Cast) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())
    household = in_care(cast)
    make_sufficient(cast, household)
    approve(cast.officer, household)
    assess(cast.mentor, household, "pass", date(2025, 6, 1))
    assess(cast.mentor, household, "pass", date(2026, 2, 1))
    Case.objects.filter(pk=case_of(household).pk).update(proposed_stage=None)

    turn_day()

    assert case_of(household).proposed_stage == Stage.SUSTAINABLE
    assert StageEvent.objects.filter(to_stage=Stage.SUSTAINABLE).count() == 0


def test_list_imported_before_its_day_counts_from_that_day(cast: Cast) -> None:
    today = timezone.localdate()
    household = make_household(cast)
    listing = make_listing(household, fiscal_year=THIS_YEAR, dimensions=LIVING)
    listing.target_list.effective_on = today
    listing.target_list.save()
    type(listing).objects.filter(pk=listing.pk).update(recorded_at=timezone.now() - timedelta(days=30))
    make_case(household, opened_on=fiscal_year_bounds(THIS_YEAR)[0])
    refresh_cohort([household.pk], today=today - timedelta(days=1))
    assert CohortState.objects.get().baseline == 0

    turn_day(actor=system_actor())

    assert CohortState.objects.get(fiscal_year=THIS_YEAR).baseline == LIVING
