"""The payload of a frozen meeting: all figures of the province, no family's name, the same each time."""

from __future__ import annotations

import json

import pytest

from households.models import Household, Person
from reports.definitions import FIGURES
from reports.models import AreaProgress, FrozenProgress, Meeting
from reports.pack.payload import COLUMNS, STAGE_COLUMNS, build_payload
from reports.queries import list_name
from reports.services.meetings import (
    AgendaDraft,
    MeetingDraft,
    StoryDraft,
    add_agenda_item,
    add_story,
    freeze_meeting,
    plan_meeting,
)
from reports.services.rollup import drain_marks
from tests.cast import Cast
from tests.reports.history import ACTS, World


@pytest.fixture
def world(cast: Cast) -> World:
    made = World(cast, households=12)
    for number, act in enumerate(act for act in ACTS * 2 if act != "drain"):
        made.act(act, number * 7 + 1)
    drain_marks()
    return made


def test_the_payload_holds_the_figures_of_now_and_names_no_family(world: World) -> None:
    secretary = world.cast.secretary
    draft = MeetingDraft(year=world.year, fiscal_year=world.year, held_on=world.today)
    meeting = plan_meeting(actor=secretary, draft=draft)
    add_agenda_item(actor=secretary, meeting_id=meeting.pk, draft=AgendaDraft(kind="decide", title="เรื่องหนึ่ง"))
    told = Household.objects.filter(scope__province_code="90").first()
    story = StoryDraft(told.pk, "สวนผัก", "ปลูกผัก", "ผู้ให้ความยินยอม", world.today)
    add_story(actor=secretary, meeting_id=meeting.pk, draft=story)

    meeting = freeze_meeting(actor=secretary, meeting_id=meeting.pk)

    payload = meeting.payload
    own = AreaProgress.objects.get(code="90", fiscal_year=world.year, list_kind="")
    assert payload["columns"] == list(COLUMNS)
    assert payload["places"][0]["figures"] == [int(getattr(own, code)) for code in COLUMNS]
    districts = [place for place in payload["places"] if place["level"] == 2]
    for place, figure in enumerate(FIGURES):
        assert sum(row["figures"][place] for row in districts) == payload["places"][0]["figures"][place], (
            figure.code
        )
    assert sum(given["baht"] for given in payload["agencies"]) == int(own.baht)
    assert "เรื่องหนึ่ง" in [item["title"] for item in payload["agenda"]]
    assert payload["stories"] == [{"title": "สวนผัก", "text": "ปลูกผัก", "consent_on": world.today.isoformat()}]

    letters = json.dumps(payload, ensure_ascii=False)
    names = {person.last_name for person in Person.objects.all()} | set(
        Household.objects.values_list("head_name", flat=True)
    )
    assert [name for name in names if name and len(name) > 2 and name in letters] == []
    assert "ผู้ให้ความยินยอม" not in letters
    again = build_payload(meeting)
    assert {**again, "snapshot_id": meeting.snapshot_id} == payload


def test_a_meeting_of_one_list_says_the_figures_of_that_list(world: World) -> None:
    """Also those of the meeting before, which was about all lists."""
    secretary = world.cast.secretary

    def frozen(list_kind: str) -> Meeting:
        draft = MeetingDraft(world.year, world.year, world.today, list_kind=list_kind)
        meeting = plan_meeting(actor=secretary, draft=draft)
        return freeze_meeting(actor=secretary, meeting_id=meeting.pk)

    def of_csr(meeting: Meeting) -> dict[str, list[int]]:
        rows = FrozenProgress.objects.filter(meeting=meeting, list_kind="csr")
        return {row.code: [int(getattr(row, code)) for code in COLUMNS] for row in rows}

    before, meeting = frozen(""), frozen("csr")
    payload, figures = meeting.payload, of_csr(meeting)
    assert (before.payload["meeting"]["list_kind"], before.payload["meeting"]["list_name"]) == ("", "")
    assert (payload["meeting"]["list_kind"], payload["meeting"]["list_name"]) == ("csr", list_name("csr"))
    said = {place["code"]: place["figures"] for place in payload["places"]}
    assert said == {code: values for code, values in figures.items() if len(code) != 8}
    assert {"90", "9007", str(world.cast.municipality.pk)} <= said.keys()
    everybody, own = before.payload["places"][0]["figures"], said["90"]
    assert 0 < own[COLUMNS.index("households")] < everybody[COLUMNS.index("households")]
    then = of_csr(before)
    assert payload["previous"]["figures"]["90"] == then["90"]
    assert payload["trend"][-1] == {
        "day": meeting.as_of.isoformat(),
        **{code: own[COLUMNS.index(code)] for code in STAGE_COLUMNS},
    }
    assert payload["lists"] == before.payload["lists"]
    assert payload["agencies"] == before.payload["agencies"]
