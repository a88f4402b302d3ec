"""A small world with a frozen meeting."""

from __future__ import annotations

import pytest

from reports.models import Meeting
from reports.services.meetings import MeetingDraft, freeze_meeting, plan_meeting
from tests.cast import build_cast
from tests.reports.history import ACTS, World


def lived_in(households: int = 6) -> World:
    made = World(build_cast(), households=households)
    for number, act in enumerate(act for act in ACTS if act != "drain"):
        made.act(act, number * 7 + 3)
    return made


def planned(world: World) -> Meeting:
    draft = MeetingDraft(world.today.year + 543, world.year, world.today)
    return plan_meeting(actor=world.cast.secretary, draft=draft)


def frozen(world: World) -> Meeting:
    return freeze_meeting(actor=world.cast.secretary, meeting_id=planned(world).pk)


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world that other processes see."""
    return lived_in()
