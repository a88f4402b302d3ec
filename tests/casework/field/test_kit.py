"""What a phone takes along: only what is in the person's hands, complete, small, and never a national id."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.models import HouseholdPlan, PlanStep
from casework.services.after import after_write
from casework.services.helps import record_help
from casework.services.visits import record_visit
from households.models import Household, Membership
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.sealing import public_key
from povertyops.common.thai import fiscal_year_bounds
from tests.casework.pages.families import family, this_year, today
from tests.casework.work import a_help, a_visit, an_item
from tests.cast import (
    NEXT_SUBDISTRICT_VILLAGE,
    Cast,
    absent_id,
    client_of,
    demo_pin,
    make_case,
    make_household,
    make_listing,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/field/kit/"


def kit_of(actor: Actor, query: str = "") -> dict[str, Any]:
    answer = client_of(actor).get(f"{URL}{query}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def ids(kit: dict[str, Any]) -> set[str]:
    return {row["id"] for row in kit["households"]}


def test_mentor_takes_the_team_households(cast: Cast) -> None:
    own = family(cast)
    family(cast, team=cast.other_mentor_team)

    kit = kit_of(cast.mentor)

    assert ids(kit) == {str(own.pk)}
    assert kit["owner"]["user_id"] == cast.mentor.user_id
    assert kit["owner"]["centre"] == cast.mentor_team.name
    assert kit["seal"]["key_id"] == public_key()[0]
    assert (kit["total"], kit["left_out"]) == (1, 0)


def test_team_takes_its_subdistrict(cast: Cast) -> None:
    here = family(cast)
    family(cast, village=NEXT_SUBDISTRICT_VILLAGE)
    assert ids(kit_of(cast.team_member)) == {str(here.pk)}


def test_household_has_everything_to_work_with(cast: Cast) -> None:
    household = family(cast, persons=3)
    item = an_item("living", name="ซ่อมหลังคา")
    record_visit(
        actor=cast.mentor,
        visit=a_visit(household, visited_at=timezone.now(), note="หลังคารั่ว", notice_version="2569-1"),
    )
    record_help(actor=cast.mentor, help=a_help(item, household, given_on=today()))
    record_help(actor=cast.mentor, help=a_help(item, household, given_on=today(), status="promised"))
    plan = HouseholdPlan.objects.create(
        household=household,
        province_code="90",
        version=1,
        agreed_on=today(),
        approved_on=today(),
        decided_at=timezone.now(),
        status="active",
    )
    PlanStep.objects.create(plan=plan, text="เลี้ยงไก่", due_on=today())

    row = kit_of(cast.mentor)["households"][0]

    assert row["name"] == household.head_name
    assert [member["is_head"] for member in row["members"]] == [True, False, False]
    assert row["last_visit"]["note"] == "หลังคารั่ว"
    assert row["notice_read_on"] == today().isoformat()
    assert [help_["item_name"] for help_ in row["helps"]] == ["ซ่อมหลังคา"]
    assert [promise["item_name"] for promise in row["promises"]] == ["ซ่อมหลังคา"]
    assert [step["text"] for step in row["steps"]] == ["เลี้ยงไก่"]
    assert {"versions", "failed", "answers", "survey_year", "suggested", "referrals", "full_on"} <= set(row)
    assert row["interval_days"] > 0


def test_common_names_menu_agencies_and_words(cast: Cast) -> None:
    item = an_item("living", name="ซ่อมหลังคา")
    record_help(actor=cast.mentor, help=a_help(item, family(cast), given_on=today()))
    common = kit_of(cast.mentor)["common"]
    assert [row["name"] for row in common["menu"]] == ["ซ่อมหลังคา"]
    assert common["agencies"] == ["พมจ.สงขลา"]
    assert common["notice"]["version"]
    assert {"indicators", "labels", "skip_reasons", "four_t"} <= set(common)


def test_no_national_id_anywhere(cast: Cast) -> None:
    household = family(cast, persons=2)
    person = Membership.objects.filter(household=household).select_related("person")[0].person
    pin = demo_pin(person)
    spaced = f"{pin[0]} {pin[1:5]} {pin[5:10]} {pin[10:12]} {pin[12]}"
    record_visit(
        actor=cast.mentor,
        visit=a_visit(household, visited_at=timezone.now(), note=f"เลขบัตร {pin} หรือ {spaced} โทร 0812345678"),
    )

    answer = client_of(cast.mentor).get(URL)

    text = answer.content.decode()
    assert pin not in re.sub(r"[\s-]", "", text)
    assert "0812345678" in text
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", text)
    assert not re.search(r"(?<!\d)\d{13}(?!\d)", words)
    assert "national" not in text
    assert "blind" not in text


def test_one_household_also_when_closed(cast: Cast) -> None:
    household = family(cast)
    household.cases.update(closed_on=today(), close_reason="moved")
    after_write(actor=system_actor(), household_ids=[household.pk], since=today())
    assert ids(kit_of(cast.mentor)) == set()
    assert ids(kit_of(cast.mentor, f"?household={household.pk}")) == {str(household.pk)}


def test_foreign_and_absent_household_are_the_same(cast: Cast) -> None:
    foreign = family(cast, team=cast.other_mentor_team)
    client = client_of(cast.mentor)
    refused = client.get(f"{URL}?household={foreign.pk}")
    absent = client.get(f"{URL}?household={absent_id()}")
    assert refused.status_code == absent.status_code == 404
    assert refused.content == absent.content
    assert client.get(f"{URL}?household=x").status_code == 400


@pytest.mark.parametrize("who", ["officer", "secretary", "executive", "national_viewer", "nobody"])
def test_other_roles_take_nothing(cast: Cast, who: str) -> None:
    assert client_of(getattr(cast, who)).get(URL).status_code == 403


def test_only_seal_tells_owner_and_key(cast: Cast) -> None:
    told = kit_of(cast.mentor, "?only=seal")
    assert set(told) == {"made_at", "server_time", "owner", "seal"}


def test_two_hundred_households_are_small_and_queries_stay_few(cast: Cast) -> None:
    one = family(cast, persons=4)
    client = client_of(cast.mentor)
    client.get(URL)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(URL)
    many(cast, 199)

    with CaptureQueriesContext(connection) as lots:
        answer = client.get(URL, headers={"accept-encoding": "gzip"})

    body = gzip.decompress(answer.content)
    assert len(json.loads(body)["households"]) == 200
    assert len(body) == int(answer["X-Kit-Bytes"]) < 1_000_000
    assert len(answer.content) < 150_000
    assert len(lots) == len(few)
    assert str(one.pk) in body.decode()


def many(cast: Cast, number: int) -> None:
    """A full team: each household with four members, two visits and two helps."""
    item = an_item("living", name="ซ่อมแซมบ้านและที่อยู่อาศัย")
    start = fiscal_year_bounds(this_year())[0]
    made: list[Household] = []
    for _number in range(number):
        household = make_household(cast, team=cast.mentor_team, persons=4, national_ids=False)
        make_listing(household, fiscal_year=this_year(), dimensions=15, failed=[1, 5, 20])
        make_case(household, opened_on=start)
        made.append(household)
    after_write(actor=system_actor(), household_ids=[household.pk for household in made], since=start)
    for household in made[:40]:
        visit = a_visit(household, visited_at=timezone.now(), note="พบยาย หลังคารั่วหลายจุด ฝนตกนอนไม่ได้ " * 4)
        record_visit(actor=cast.mentor, visit=visit)
        record_help(actor=cast.mentor, help=a_help(item, household, given_on=today()))
        record_help(actor=cast.mentor, help=a_help(item, household, given_on=today(), status="promised"))


def test_more_than_the_bound_says_how_many_stayed(cast: Cast, settings) -> None:
    settings.FIELD_MAX_HOUSEHOLDS = 2
    for _number in range(3):
        family(cast)
    kit = kit_of(cast.mentor)
    assert (len(kit["households"]), kit["total"], kit["left_out"]) == (2, 3, 1)
