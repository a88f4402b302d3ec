"""After an upgrade the new columns of old states are empty; `rollup --rebuild` fills them from the facts."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from casework.enums import Step
from casework.models import CohortState
from casework.services.visits import record_visit
from tests.casework.work import a_visit, in_care
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_states_are_judged_anew_and_added_up(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    household = in_care(cast)
    record_visit(actor=cast.mentor, visit=a_visit(household))
    call_command("rollup", full=True)
    CohortState.objects.update(step=Step.LISTED, not_in_tpmap=0)
    with pytest.raises(CommandError):
        call_command("rollup", full=True, verify=True)

    call_command("rollup", rebuild=True, verify=True)

    assert CohortState.objects.filter(household=household, step=Step.VISITED, not_in_tpmap=1).exists()
    assert "0 differences" in capsys.readouterr().out
