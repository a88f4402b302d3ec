"""Offices of a province: the five lead offices, one leader for each dimension, who may keep them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.http import Http404

from casework.models import Agency, Office
from casework.services.offices import OfficeInput, change_office, create_office, make_lead_offices
from dimensions.enums import Dimension
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.accounts.services import AppointmentInput, appoint
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from tests.casework.test_referrals import refused
from tests.casework.work import in_care
from tests.cast import LONG_AGO, Cast

pytestmark = pytest.mark.django_db


def test_missing_lead_offices_are_made_once(cast: Cast) -> None:
    call_command("load_yardstick", verbosity=0)
    made = make_lead_offices(actor=cast.secretary, province_code="90")
    assert [Dimension.from_mask(office.centre.leads) for office in made] == [
        [Dimension.HEALTH],
        [Dimension.EDUCATION],
        [Dimension.ACCESS],
    ]
    assert made[0].centre.name == "สำนักงานสาธารณสุขจังหวัดสงขลา"
    assert made[0].agency == Agency.objects.get(name=made[0].centre.name)
    assert make_lead_offices(actor=cast.secretary, province_code="90") == []


def test_command_makes_all_five(cast: Cast, capsys: Any) -> None:
    call_command("load_yardstick", verbosity=0)
    Centre.objects.filter(kind=CentreKind.OFFICE).update(leads=0)
    call_command("make_lead_offices", "90")
    assert "90: 5 made" in capsys.readouterr().out


def test_a_dimension_has_one_lead_office(cast: Cast) -> None:
    second = OfficeInput(name="สำนักงานใหม่", leads=(Dimension.LIVING,))
    with refused(Conflict, "already_led"):
        create_office(actor=cast.secretary, province_code="90", office=second)
    assert not Office.objects.filter(centre__name="สำนักงานใหม่").exists()


def test_new_leader_sees_what_its_dimension_fails(cast: Cast) -> None:
    household = in_care(cast, dimensions=Dimension.HEALTH.bit)
    change_office(
        actor=cast.secretary,
        office_id=cast.fund_office.pk,
        office=OfficeInput(name=cast.fund_office.name, leads=(Dimension.HEALTH,), answer_days=3),
    )
    office = Office.objects.select_related("centre", "agency").get(pk=cast.fund_office.pk)
    assert (office.centre.leads, office.answer_days) == (Dimension.HEALTH.bit, 3)
    assert household.scope.dimensions == 0  # as it was read before


@pytest.mark.parametrize(
    ("values", "code"),
    [({"name": " "}, "missing_name"), ({"answer_days": 0}, "bad_days"), ({"finish_days": 367}, "bad_days")],
)
def test_bad_input_explains_itself(cast: Cast, values: dict[str, Any], code: str) -> None:
    with refused(InvalidInput, code):
        create_office(
            actor=cast.secretary, province_code="90", office=OfficeInput(**{"name": "สำนักงาน", **values})
        )


def test_closed_office_leads_nothing(cast: Cast) -> None:
    closed = OfficeInput(name=cast.living_office.name, leads=(Dimension.LIVING,), is_active=False)
    change_office(actor=cast.secretary, office_id=cast.living_office.pk, office=closed)
    cast.living_office.refresh_from_db()
    assert (cast.living_office.leads, cast.living_office.is_active) == (0, False)


def test_office_of_another_province_is_absent(cast: Cast) -> None:
    office = OfficeInput(name="สำนักงาน")
    with pytest.raises(Http404):
        create_office(actor=cast.secretary, province_code="40", office=office)
    with pytest.raises(Http404):
        change_office(actor=cast.far_secretary, office_id=cast.fund_office.pk, office=office)
    with pytest.raises(NotAllowed):
        create_office(actor=cast.officer, province_code="90", office=office)


@pytest.mark.parametrize(
    ("role", "place"), [(Role.LEAD_OFFICE, "living_office"), (Role.AGENCY, "fund_office")]
)
def test_secretary_appoints_to_offices(cast: Cast, role: Role, place: str) -> None:
    assert appointed(cast, role, place).role == role


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.LEAD_OFFICE, "fund_office", "leads_nothing"),
        (Role.AGENCY, "district_centre", "wrong_kind"),
        (Role.AGENCY, "far_living_office", "unknown_centre"),
    ],
)
def test_wrong_post_is_refused(cast: Cast, role: Role, place: str, code: str) -> None:
    with refused(InvalidInput, code):
        appointed(cast, role, place)


def appointed(cast: Cast, role: Role, place: str) -> Appointment:
    order = AppointmentInput(role, getattr(cast, place).pk, "1/2569", LONG_AGO)
    assert cast.nobody.user is not None
    return appoint(actor=cast.secretary, user=cast.nobody.user, appointment=order)
