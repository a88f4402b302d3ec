"""The field check of persons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.inputs import FindingInput
from casework.services.verification import verify_households, verify_persons
from households.models import Membership, Verification
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.test_visits import queries_of
from tests.casework.work import MARCH, in_care, state_of
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast


def people(household) -> list:
    return [row.person_id for row in Membership.objects.filter(household=household).order_by("position")]


def test_latest_finding_by_day_counts(cast: Cast) -> None:
    household = in_care(cast)
    head, other = people(household)

    verify_persons(
        actor=cast.officer,
        household_id=household.pk,
        findings=[
            FindingInput(person_id=head, status="moved"),
            FindingInput(person_id=other, status="correct"),
        ],
        effective_on=MARCH,
    )
    assert (state_of(household).verified_persons, state_of(household).checked_persons) == (1, 2)

    verify_persons(
        actor=cast.officer,
        household_id=household.pk,
        findings=[FindingInput(person_id=head, status="correct")],
        effective_on=MARCH - timedelta(days=5),
    )
    assert state_of(household).verified_persons == 1
    assert Verification.objects.count() == 3
    assert AuditEntry.objects.filter(action="person.verify").count() == 2


@pytest.mark.parametrize("number", [1, 4])
def test_a_village_takes_the_same_queries_for_any_number(cast: Cast, number: int) -> None:
    households = [in_care(cast) for _ in range(number)]
    findings = {each.pk: [FindingInput(person_id=people(each)[0], status="correct")] for each in households}

    with CaptureQueriesContext(connection) as captured:
        verify_households(actor=cast.officer, findings=findings, effective_on=MARCH)

    assert len(queries_of(captured)) == 8


def test_out_of_area_is_not_found(cast: Cast) -> None:
    far = in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    with pytest.raises(Http404):
        verify_persons(
            actor=cast.officer,
            household_id=far.pk,
            findings=[FindingInput(person_id=people(far)[0], status="correct")],
            effective_on=MARCH,
        )


def test_those_who_only_read_are_refused(cast: Cast) -> None:
    near, municipal = in_care(cast), in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    for actor, household in ((cast.executive, near), (cast.other_officer, municipal)):
        with pytest.raises(NotAllowed):
            verify_persons(
                actor=actor,
                household_id=household.pk,
                findings=[FindingInput(person_id=people(household)[0], status="correct")],
                effective_on=MARCH,
            )


@pytest.mark.parametrize(
    ("finding", "day", "code"),
    [
        ({"status": "fine"}, MARCH, "bad_finding"),
        ({"status": "corrected"}, MARCH, "note_needed"),
        ({"person_id": uuid7()}, MARCH, "person_elsewhere"),
        ({}, timezone.localdate() + timedelta(days=1), "future_day"),
    ],
)
def test_impossible_finding_explains_itself(cast: Cast, finding: dict, day: date, code: str) -> None:
    household = in_care(cast)
    with pytest.raises(InvalidInput) as refusal:
        verify_persons(
            actor=cast.officer,
            household_id=household.pk,
            findings=[FindingInput(**{"person_id": people(household)[0], "status": "correct", **finding})],
            effective_on=day,
        )
    assert refusal.value.code == code
    assert Verification.objects.count() == 0
