"""A household that no list knew: in the register, on the survey's list, in care, and counted as found."""

from __future__ import annotations

from datetime import date

import pytest

from casework.enums import Membership, StageEventKind
from casework.models import Case, StageEvent
from casework.services.taking_in import take_in_household
from dimensions.enums import Stage
from households.access import visible_households
from households.inputs import NewPerson
from households.models import Household, ListedPerson, Listing, ListKind, NationalId, TargetList
from households.services.derive import derive_households
from povertyops.areas.queries import responsible_centres
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.models import DirtyMark
from povertyops.common.thai import fiscal_year_of
from tests.casework.work import INCOME, LIVING, state_of
from tests.cast import VILLAGE, Cast, demo_pin, make_household

PIN = "1000000000009"


def take_in(cast: Cast, **values: object) -> Household:
    ListKind.objects.get_or_create(code="survey", defaults={"name": "สำรวจพบ", "counts_as_found": True})
    return take_in_household(
        **{
            "actor": cast.officer,
            "area_code": VILLAGE,
            "centre": responsible_centres([VILLAGE])[VILLAGE],
            "house_no": "12/3",
            "house_code": "90070000012",
            "phone": "0812345678",
            "persons": [
                NewPerson(title="นาง", first_name="ปราณี", last_name="คงแก้ว", is_head=True, pin=PIN,
                          birth_date=date(1960, 5, 1), sex="f", relation="หัวหน้า"),
                NewPerson(first_name="เด็กหญิงเล็ก"),
            ],
            "dimensions": LIVING | INCOME,
            "failed_indicators": [29, 13],
            "on": cast.officer.today(),
            "reason": "อยู่บ้านร้าง",
            **values,
        }
    )  # type: ignore[arg-type]  # fmt: skip


def test_a_household_taken_in_is_listed_found_and_in_care(cast: Cast) -> None:
    household = take_in(cast)
    year = fiscal_year_of(cast.officer.today())
    listing = Listing.objects.get(household=household)
    assert (listing.kind_code, listing.fiscal_year, listing.failed_indicators) == ("survey", year, [13, 29])
    assert set(listing.raw) == {
        "area_code", "house_code", "house_no", "phone", "head_title", "head_first_name", "head_last_name",
        "village_name",
    }  # fmt: skip
    assert ListedPerson.objects.filter(listing=listing).count() == 2
    state = state_of(household, year)
    assert (state.membership, state.stage, state.baseline) == (
        Membership.FOUND,
        Stage.WAITING,
        LIVING | INCOME,
    )
    assert Case.objects.get(household=household).opened_on == cast.officer.today()
    assert StageEvent.objects.get(household=household).kind == StageEventKind.OPENED
    assert DirtyMark.objects.filter(area_code=VILLAGE, fiscal_year=year).exists()
    assert visible_households(cast.team_member).filter(pk=household.pk).exists()
    assert not visible_households(cast.far_officer).filter(pk=household.pk).exists()
    household.refresh_from_db()
    before = (household.head_name, household.house_no, household.phone, household.version)
    derive_households([household.pk])
    household.refresh_from_db()
    assert (household.head_name, household.house_no, household.phone, household.version) == before


def test_a_second_household_uses_the_same_list(cast: Cast) -> None:
    take_in(cast)
    take_in(cast, persons=[NewPerson(first_name="สมศรี", is_head=True)])
    assert TargetList.objects.count() == 1


def test_a_known_national_id_is_refused_and_leaves_nothing(cast: Cast) -> None:
    known = make_household(cast)
    member = known.memberships.select_related("person").get(is_head=True).person
    count = Household.objects.count()
    with pytest.raises(Conflict) as refused:
        take_in(cast, persons=[NewPerson(first_name="คนเดิม", is_head=True, pin=demo_pin(member))])
    assert refused.value.code == "person_known"
    assert Household.objects.count() == count
    assert NationalId.objects.filter(person=member).count() == 1


def test_a_household_without_persons_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        take_in(cast, persons=[])
