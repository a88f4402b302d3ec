"""Households that move to another village, within a centre and across."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404
from django.utils.translation import override

from casework.enums import Decision
from casework.models import Assignment, CohortState, Transfer
from casework.services.transfers import decide_transfer, request_transfer, withdraw_transfer
from households.access import visible_households
from households.models import Correction, HouseholdPlacement, HouseholdScope
from households.services.derive import derive_households
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.models import DirtyMark
from tests.casework.pages.families import family, text_of, this_year, today, typed
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, MUEANG_VILLAGE, NEXT_VILLAGE, VILLAGE, Cast, client_of


def ask(cast: Cast, household: Any, actor: Any = None, to: str = MUEANG_VILLAGE, **values: Any) -> Transfer:
    return request_transfer(
        actor=actor or cast.officer,
        household_id=household.pk,
        to_area_code=to,
        **{"reason": "ย้ายไปอยู่กับลูก", "effective_on": today(), **values},
    )


def test_nothing_moves_before_the_receiver_accepts(cast: Cast) -> None:
    household = family(cast)

    transfer = ask(cast, household)

    assert transfer.to_centre == cast.other_district_centre
    assert list(visible_households(cast.mentor)) == [household]
    assert list(visible_households(cast.other_officer)) == []
    assert "ย้ายไปอยู่กับลูก" in text_of(client_of(cast.other_officer).get("/transfers/"))
    assert "คำขอโอนครัวเรือนเข้ามา" in text_of(client_of(cast.other_officer).get("/queues/"))


@pytest.mark.parametrize(
    ("to", "receiver"), [(MUEANG_VILLAGE, "other_officer"), (CITY_VILLAGE, "municipal_officer")]
)
def test_accepted_household_is_the_receivers_from_today(cast: Cast, to: str, receiver: str) -> None:
    household, actor = family(cast), getattr(cast, receiver)
    transfer = ask(cast, household, to=to)
    DirtyMark.objects.all().delete()

    decide_transfer(actor=actor, transfer_id=transfer.pk, accept=True)

    assert list(visible_households(actor)) == [household]
    assert list(visible_households(cast.mentor)) == []
    old, new = HouseholdPlacement.objects.order_by("valid_from")
    assert (old.area_code, old.valid_to, new.area_code, new.valid_to) == (VILLAGE, today(), to, None)
    assert Assignment.objects.get().valid_to == today()
    state = CohortState.objects.get(household=household, fiscal_year=this_year())
    assert (state.area_code, state.team_id, state.is_municipal) == (to, None, to == CITY_VILLAGE)
    assert {VILLAGE, to} <= set(DirtyMark.objects.values_list("area_code", flat=True))
    derive_households([household.pk])
    assert HouseholdScope.objects.get(pk=household.pk).area_code == to
    assert Correction.objects.get().previous == VILLAGE


def test_declined_or_withdrawn_household_stays(cast: Cast) -> None:
    household = family(cast)
    first = ask(cast, household)
    with pytest.raises(InvalidInput):
        decide_transfer(actor=cast.other_officer, transfer_id=first.pk, accept=False)
    decide_transfer(actor=cast.other_officer, transfer_id=first.pk, accept=False, note="ยังไม่ได้ย้ายจริง")
    second = ask(cast, household)
    with override("en"):
        assert withdraw_transfer(actor=cast.officer, transfer_id=second.pk).decision_note == "ผู้ส่งถอนคำขอ"

    assert list(visible_households(cast.mentor)) == [household]
    assert set(Transfer.objects.values_list("decision", flat=True)) == {Decision.REJECTED}
    with pytest.raises(Conflict):
        decide_transfer(actor=cast.other_officer, transfer_id=first.pk, accept=True)


def test_only_the_receiver_decides(cast: Cast) -> None:
    transfer = ask(cast, family(cast), cast.secretary)
    for actor in (cast.officer, cast.secretary, cast.team_leader):
        with pytest.raises(NotAllowed):
            decide_transfer(actor=actor, transfer_id=transfer.pk, accept=True)
    for actor in (cast.far_officer, cast.far_secretary, cast.municipal_officer, cast.other_mentor):
        with pytest.raises(Http404):
            decide_transfer(actor=actor, transfer_id=transfer.pk, accept=True)


def test_within_a_centre_it_moves_at_once_and_keeps_its_team(cast: Cast) -> None:
    household = family(cast)

    transfer = ask(cast, household, to=NEXT_VILLAGE)

    assert transfer.decision == Decision.ACCEPTED
    assert HouseholdScope.objects.get(pk=household.pk).area_code == NEXT_VILLAGE
    assert Assignment.objects.get().valid_to is None


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (FAR_VILLAGE, "other_province"),
        (VILLAGE, "same_village"),
        ("90999901", "unknown_village"),
        ("9001", "unknown_village"),
    ],
)
def test_impossible_destinations_explain_themselves(cast: Cast, to: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask(cast, family(cast), to=to)
    assert refusal.value.code == code


def test_one_request_at_a_time(cast: Cast) -> None:
    household = family(cast)
    ask(cast, household)
    with pytest.raises(Conflict):
        ask(cast, household)


def test_who_only_reads_may_not_ask(cast: Cast) -> None:
    household, municipal = family(cast), family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    for actor, which in (
        (cast.mentor, household),
        (cast.executive, household),
        (cast.other_officer, municipal),
    ):
        with pytest.raises(DomainError):
            ask(cast, which, actor, to=NEXT_VILLAGE)


def test_pages_ask_and_accept(cast: Cast) -> None:
    household = family(cast)
    sent = {
        "subdistrict": MUEANG_VILLAGE[:6],
        "village": "1",
        "reason": "แต่งงาน",
        "effective_on": typed(today()),
    }

    wrong = client_of(cast.officer).post(f"/households/{household.pk}/transfer/", {**sent, "reason": ""})
    client_of(cast.officer).post(f"/households/{household.pk}/transfer/", sent)
    transfer = Transfer.objects.get()
    declined = client_of(cast.other_officer).post(
        f"/transfers/{transfer.pk}/decide/", {"decision": "decline"}
    )
    client_of(cast.other_officer).post(f"/transfers/{transfer.pk}/decide/", {"decision": "accept"})

    assert (wrong.status_code, declined.status_code) == (422, 422)
    transfer.refresh_from_db()
    assert transfer.decision == Decision.ACCEPTED
    assert household.head_name in text_of(client_of(cast.officer).get("/transfers/"))
