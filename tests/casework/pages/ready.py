"""A household whose evidence for the stage *sufficient* is complete."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management import call_command

from casework.inputs import StepInput
from casework.models import Case
from casework.services.plans import save_plan
from casework.services.visits import record_visit
from dimensions.enums import Dimension
from dimensions.queries import dimension_of_indicators, indicator_set_for
from povertyops.accounts.actor import Actor
from tests.casework.pages.families import family, this_year, today
from tests.casework.work import a_visit, in_force
from tests.cast import Cast

FOUR_T = {"attitude": ["loves_work"], "skills": ["farming"], "resources": ["land"], "way_out": ["market"]}


def ready(cast: Cast, actor: Actor | None = None, **values: Any) -> Case:
    """Its open case; the evidence was recorded by this person (the mentor) two days ago."""
    actor = actor or cast.mentor
    call_command("load_yardstick", verbosity=0)
    household = family(cast, **values)
    day, year = today() - timedelta(days=2), this_year() - 1
    mapping = dimension_of_indicators(indicator_set_for(year).indicator_set)
    passed = {number: "pass" for number, dimension in mapping.items() if dimension == Dimension.LIVING}
    visit = a_visit(household, day=day, answers=passed, survey_year=year, self_solved=(Dimension.LIVING,))
    record_visit(actor=actor, visit=visit)
    plan = save_plan(
        actor=actor,
        household_id=household.pk,
        four_t=FOUR_T,
        goal="มีรายได้พอเลี้ยงครอบครัว",
        steps=[StepInput(text="ปลูกผักขาย", done_on=day)],
        agreed_on=day,
    )
    in_force(plan)
    return Case.objects.get(household=household)
