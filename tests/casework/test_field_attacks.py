"""What somebody with another district's account, an ended assignment or a doctored phone may try."""

from __future__ import annotations

import base64
import dataclasses
import json
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from casework.api.photos import PhotoRate, VisitPhotosView
from casework.enums import Decision
from casework.field.kit import agencies_piece
from casework.inputs import StepInput
from casework.models import ContinuingCare, Device, HouseholdPlan, PlanStep, RemovalRequest, Visit
from casework.services.facts import settle_facts
from casework.services.hand_over import owned_by
from casework.services.helps import record_help
from casework.services.plans import save_plan
from casework.services.sealed_file import read_sealed_file
from casework.services.transfers import decide_transfer, request_transfer
from dimensions.enums import Dimension
from households.enums import CorrectionState
from households.models import Correction, Household, Person
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import User
from povertyops.areas.models import CentreCoverage
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.sealing import seal_item
from tests.casework.pages.families import family, text_of, today
from tests.casework.photos import Upload, jpeg
from tests.casework.test_after_assignment import appoint, days_ago, end_appointment, moved_away, noon
from tests.casework.test_api_visits import body, post
from tests.casework.test_referrals import sent
from tests.casework.work import a_help, an_item
from tests.cast import FAR_VILLAGE, MUEANG_VILLAGE, Cast, client_of

FACTS, OPEN = "/api/v1/facts/", "/api/v1/sealed/open/"


def send(actor: Actor, items: Any, url: str = FACTS) -> Any:
    return client_of(actor).post(url, items, content_type="application/json")


def fact(household: Household, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "household": str(household.pk),
        "field": "phone",
        "value": "0811111111",
        "made_at": noon(days_ago(2)),
        **values,
    }


def sealed(actor: Actor, plain: str, *, kind: str, item_id: UUID | None = None) -> dict[str, Any]:
    item_id = item_id or uuid7()
    box = seal_item(plain.encode(), kind=kind, user_id=actor.user_id, item_id=item_id)
    return {"id": str(item_id), "kind": kind, "sealed": base64.b64encode(box).decode()}


# --------------------------------------------------------------------------------------------- what is sealed

DEEP = "[" * 100_000 + "]" * 100_000
DEEPISH = '{"note":' + "[" * 600 + "]" * 600 + "}"


@pytest.mark.parametrize("plain", [DEEP, DEEPISH, '{"note": NaN}', '{"latitude": 1e999, "x": Infinity}', "{"])
@pytest.mark.parametrize(("kind", "url"), [("visit", "/api/v1/visits/"), ("facts", FACTS)])
def test_sealed_item_that_is_no_record_harms_no_other(cast: Cast, plain: str, kind: str, url: str) -> None:
    items = [sealed(cast.mentor, plain, kind=kind), sealed(cast.mentor, "{}", kind=kind)]

    answer = send(cast.mentor, items, url)

    assert answer.status_code == 200
    assert [item["result"] for item in answer.json()] == ["refused", "refused"]
    assert answer.json()[0]["code"] == "seal_broken"


@pytest.mark.parametrize("plain", [DEEP, DEEPISH, '{"note": NaN}'])
def test_sealed_draft_that_cannot_be_written_stays_closed(cast: Cast, plain: str) -> None:
    items = [sealed(cast.mentor, plain, kind="draft"), sealed(cast.mentor, '{"note": "พบยาย"}', kind="draft")]

    broken, good = send(cast.mentor, items, OPEN).json()

    assert (broken["code"], good["body"]) == ("seal_broken", {"note": "พบยาย"})


def test_half_an_emoji_does_not_hold_up_a_visit(cast: Cast) -> None:
    household = family(cast)
    sent = body(household, note="@@")
    plain = json.dumps(sent).replace("@@", "\\ud83d ok")

    answer = post(client_of(cast.mentor), sealed(cast.mentor, plain, kind="visit", item_id=UUID(sent["id"])))

    assert answer.status_code == 201
    assert Visit.objects.get().note == "? ok"


def test_sealed_file_of_endless_small_parts_is_not_unfolded(cast: Cast) -> None:
    data = json.dumps({"povertyops": 1, "user_id": cast.mentor.user_id}).encode()[:-1]

    with pytest.raises(InvalidInput) as refusal:
        read_sealed_file(actor=cast.mentor, data=data + b', "items": [' + b"[]," * 200_000 + b"[]]}")

    assert refusal.value.code == "not_a_sealed_file"


# ------------------------------------------------------------------------------------------------------ facts


@pytest.mark.parametrize(
    "values",
    [
        {"clock_skew_s": 10**30},
        {"made_at": "9999-12-31T23:59:59Z", "clock_skew_s": -(10**9)},
        {"field": "member_add", "value": "[" * 2_000},
        {"field": "member_add", "value": '{"first_name": "\\u0000"}'},
        {"field": "member_add", "value": '{"first_name": "\\ud83d"}'},
        {"field": "member_add", "value": '{"first_name": "ก", "relation": "\\udc00"}'},
    ],
)
def test_fact_that_cannot_be_kept_is_refused_beside_a_good_one(cast: Cast, values: dict[str, Any]) -> None:
    household = family(cast)

    answer = send(cast.mentor, [fact(household, **values), fact(household)])

    assert [item["result"] for item in answer.json()] == ["refused", "applied"]


def test_new_member_under_the_id_of_somebody_else_is_refused(cast: Cast) -> None:
    household, other = family(cast), family(cast, village=FAR_VILLAGE, team=None)
    stranger = Person.objects.filter(memberships__household=other).first()
    value = json.dumps({"first_name": "ผู้อื่น"})

    answer = send(cast.mentor, [fact(household, id=str(stranger.pk), field="member_add", value=value)]).json()

    assert (answer[0]["result"], answer[0]["code"]) == ("refused", "edit_conflict")
    assert Person.objects.get(pk=stranger.pk).first_name == stranger.first_name


def test_fact_made_before_the_household_left_waits_and_tells_nothing(cast: Cast) -> None:
    household = moved_away(cast)
    send(cast.officer, [fact(household, value="0822222222")])

    (answer,) = send(cast.mentor, [fact(household)]).json()
    household.refresh_from_db()

    assert (answer["result"], answer["current"], answer["version"]) == ("waiting", None, 0)
    assert household.phone == "0822222222"
    assert Correction.objects.get(recorded_by=cast.mentor.user).state == CorrectionState.WAITING
    assert "0811111111" in client_of(cast.officer).get("/facts/conflicts/").content.decode()


def test_former_mentor_changes_no_members_and_nothing_later(cast: Cast) -> None:
    household, far = moved_away(cast, on=days_ago(40)), family(cast, village=FAR_VILLAGE, team=None)
    tried = [
        fact(household, made_at=noon(days_ago(41)), field="member_add", value='{"first_name": "ก"}'),
        fact(household, made_at=noon(days_ago(2))),
        fact(household, made_at=None),
        fact(far),
    ]

    answers = send(cast.mentor, tried).json()

    codes = [answer["code"] for answer in answers]
    assert codes == ["left_your_hands", "not_found", "not_found", "not_found"]
    assert not Correction.objects.filter(recorded_by=cast.mentor.user).exists()


def test_facts_of_an_ended_appointment_follow_the_rule_of_visits(cast: Cast) -> None:
    household = family(cast)
    end_appointment(cast.mentor, days_ago(1))
    now = dataclasses.replace(cast.mentor, appointment=None)

    answers = send(now, [fact(household), fact(household, made_at=noon(today()))]).json()

    assert [answer["result"] for answer in answers] == ["waiting", "refused"]
    for actor in (cast.nobody, cast.expired):
        assert send(actor, [fact(household)]).status_code == 403


def test_fact_of_a_second_appointment_that_still_holds_is_taken_over(cast: Cast) -> None:
    household = family(cast)
    also = appoint(cast.mentor, Role.MENTOR, cast.other_mentor_team)

    assert send(also, [fact(household)]).json()[0]["result"] == "applied"


def test_value_for_somebody_who_left_is_not_put_in_use(cast: Cast) -> None:
    household = family(cast)
    member = household.memberships.filter(is_head=False).get()
    named = {"person": str(member.person_id), "field": "first_name"}
    send(cast.officer, [fact(household, value="หนึ่ง", **named)])
    (waiting,) = send(cast.mentor, [fact(household, value="สอง", **named)]).json()
    member.valid_to = today()
    member.save(update_fields=["valid_to"])

    with pytest.raises(Conflict):
        settle_facts(actor=cast.officer, correction_id=UUID(waiting["id"]), chosen_id=UUID(waiting["id"]))
    settle_facts(actor=cast.officer, correction_id=UUID(waiting["id"]), chosen_id=None)

    assert Correction.objects.get(pk=waiting["id"]).state == CorrectionState.SET_ASIDE


# --------------------------------------------------------------------------------- what is out of one's hands


def test_former_mentor_corrects_only_the_own_visits(cast: Cast) -> None:
    household = family(cast)
    visits = {
        actor.user_id: body(household, visited_at=noon(days_ago(3)))
        for actor in (cast.mentor, cast.second_mentor)
    }
    for actor in (cast.mentor, cast.second_mentor):
        assert post(client_of(actor), visits[actor.user_id]).status_code == 201
    end_appointment(cast.mentor, days_ago(1))
    now = client_of(dataclasses.replace(cast.mentor, appointment=None))

    def mend(actor: Actor) -> int:
        wrong = visits[actor.user_id]["id"]
        return post(now, body(household, visited_at=noon(days_ago(3)), amends=wrong)).status_code

    assert (mend(cast.second_mentor), mend(cast.mentor)) == (400, 201)


def test_sender_of_a_photo_sees_it_until_the_household_is_gone(cast: Cast) -> None:
    household = family(cast)
    sent = body(household, visited_at=noon(days_ago(2)))
    upload = Upload(client_of(cast.mentor), cast.mentor, household, jpeg(), visit=sent["id"])
    upload.announce()
    assert upload.send().json()["state"] == "stored"
    url = f"/photos/{upload.id}/"
    before = [client_of(actor).get(url).status_code for actor in (cast.mentor, cast.second_mentor)]
    post(client_of(cast.mentor), sent)
    seen = [client_of(actor).get(url).status_code for actor in (cast.mentor, cast.second_mentor)]
    end_appointment(cast.mentor, days_ago(1))
    now = appoint(cast.mentor, Role.MENTOR, cast.other_mentor_team)

    assert (before, seen) == ([200, 404], [200, 200])
    assert client_of(now).get(url).status_code == 404


def test_hand_over_shows_no_decisions_of_another_district(cast: Cast) -> None:
    here, there = family(cast), family(cast, village=MUEANG_VILLAGE, team=None)
    leaver = cast.other_officer
    appoint(leaver, Role.MENTOR, cast.mentor_team)
    for household in (here, there):
        RemovalRequest.objects.create(
            household=household,
            case=household.cases.get(),
            province_code="90",
            reason="moved",
            effective_on=today(),
            decision=Decision.PENDING,
        )

    things = owned_by(cast.officer, leaver.user)

    assert there.pk not in {thing.household_id for thing in things}
    assert there.pk in {thing.household_id for thing in owned_by(cast.secretary, leaver.user)}


def test_plan_takes_no_item_of_another_province_through_a_foreign_step(cast: Cast) -> None:
    household, far = family(cast), family(cast, village=FAR_VILLAGE, team=None)
    item = an_item(province_code="40", name="ของขอนแก่น")
    foreign = HouseholdPlan.objects.create(
        household=far, province_code="40", version=1, agreed_on=today(), goal="x"
    )
    step = PlanStep.objects.create(plan=foreign, text="x", item=item)

    with pytest.raises(InvalidInput) as refusal:
        save_plan(
            actor=cast.mentor,
            household_id=household.pk,
            four_t={},
            goal="ขายผัก",
            steps=[StepInput(text="", id=step.pk, item_id=item.pk)],
            agreed_on=today(),
        )

    assert refusal.value.code == "unknown_item"


def test_office_reads_no_referrals_of_other_offices_in_the_timeline(cast: Cast) -> None:
    household = family(cast)
    sent(cast, household, office_id=cast.fund_office.pk, subject="ทุนประกอบอาชีพ")
    sent(cast, household, office_id=cast.idle_office.pk, subject="เรื่องลับของอีกหน่วยงาน")
    page = f"/households/{household.pk}/"

    agency, officer = (client_of(actor).get(page) for actor in (cast.agency_officer, cast.officer))

    assert "ทุนประกอบอาชีพ" in text_of(agency)
    assert "เรื่องลับ" not in text_of(agency)
    assert "เรื่องลับ" in text_of(officer)


def test_number_of_a_mentor_in_an_address_names_nobody_out_of_sight(cast: Cast) -> None:
    family(cast, mentor=cast.mentor)
    name = cast.mentor.user.display_name

    for actor, seen in ((cast.officer, True), (cast.far_officer, False), (cast.other_officer, False)):
        page = text_of(client_of(actor).get(f"/households/?mentor={cast.mentor.user_id}"))
        assert (name in page) is seen


def test_agency_typed_in_another_province_is_offered_nowhere_else(cast: Cast) -> None:
    here, far = family(cast), family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    item = an_item()
    record_help(actor=cast.mentor, help=a_help(item, here, given_on=today(), agency_name="วัดกลาง"))
    record_help(actor=cast.far_mentor, help=a_help(item, far, given_on=today(), agency_name="ป้าสมศรี"))

    assert agencies_piece("90") == ["วัดกลาง"]
    for actor, household, name in ((cast.officer, here, "วัดกลาง"), (cast.far_officer, far, "ป้าสมศรี")):
        page = text_of(client_of(actor).get(f"/households/{household.pk}/help/"))
        assert {each for each in ("วัดกลาง", "ป้าสมศรี") if each in page} == {name}


def test_photos_without_end_are_slowed_down() -> None:
    """Counted for each person alone."""
    rate, view = PhotoRate(), VisitPhotosView()
    first, second = (SimpleNamespace(user=User(pk=pk), META={}) for pk in (901, 902))

    said = [rate.allow_request(first, view) for _number in range(601)]

    assert (all(said[:600]), said[600]) == (True, False)
    assert rate.allow_request(second, view)
    assert VisitPhotosView.throttle_classes == [PhotoRate]


@pytest.mark.parametrize(
    ("name", "dimension", "reads"),
    [
        ("officer", "health", True),
        ("lead_officer", "living", True),
        ("lead_officer", "health", False),
        ("agency_officer", "health", False),
        ("agency_officer", "income", True),
    ],
)
def test_office_reads_no_illness_outside_its_concern(
    cast: Cast, name: str, dimension: str, reads: bool
) -> None:
    household = family(cast)
    sent(cast, household, office_id=cast.fund_office.pk, dimension=Dimension.INCOME)
    ContinuingCare.objects.create(
        household=household,
        province_code="90",
        dimension=dimension,
        ground="chronic",
        reason="ป่วยจิตเวช",
        proposed_on=today(),
        proposed_by=cast.mentor.user,
    )

    page = text_of(client_of(cast.people[name]).get(f"/households/{household.pk}/"))

    assert ("ป่วยจิตเวช" in page) is reads


def test_bulk_act_with_an_unreadable_filter_touches_nothing(cast: Cast) -> None:
    household = family(cast)

    answers = [
        client_of(cast.officer).post(f"/{act}/?stage=nonsense", {"everything": "1"})
        for act in ("unassign", "assign", "qr", "help/bulk")
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert household.assignments.filter(valid_to=None).count() == 1


def test_receiver_of_a_transfer_without_a_centre_is_told(cast: Cast) -> None:
    household = family(cast)
    transfer = request_transfer(
        actor=cast.officer,
        household_id=household.pk,
        to_area_code=MUEANG_VILLAGE,
        reason="ย้ายบ้าน",
        effective_on=today(),
    )
    CentreCoverage.objects.filter(centre=cast.other_district_centre).delete()

    with pytest.raises(Conflict) as refusal:
        decide_transfer(actor=cast.other_officer, transfer_id=transfer.pk, accept=True)

    assert refusal.value.code == "centre_changed"


@pytest.mark.parametrize("versions", ["[1]", '"x"', '{"phone": 99999999999999999999}', '{"phone": -1}'])
def test_doctored_versions_of_the_page_count_as_none(cast: Cast, versions: str) -> None:
    household = family(cast)
    send(cast.second_mentor, [fact(household, value="0822222222")])
    typed_in = {"versions": versions, "initial-phone": "", "phone": "0811111111"}

    answer = client_of(cast.officer).post(f"/households/{household.pk}/facts/", typed_in)
    household.refresh_from_db()

    assert (answer.status_code, household.phone) == (302, "0822222222")
    assert Correction.objects.get(recorded_by=cast.officer.user).state == CorrectionState.WAITING


def test_invented_phones_do_not_fill_the_table(cast: Cast) -> None:
    client = client_of(cast.mentor)
    said = {"phone_time": noon(today()), "waiting": 1}

    for _number in range(22):
        told = {**said, "device_id": str(uuid7())}
        assert client.post("/api/v1/field/sync/", told, content_type="application/json").status_code == 200

    assert Device.objects.filter(user=cast.mentor.user).count() == 20
