"""The fixed cast: two provinces, their centres, and one person for every role, here and elsewhere.

`cast` (a fixture) builds the whole world once a test. Songkhla is the province under test, Khon Kaen
the other one. `sign_in(client, actor)` opens a session as that person; `make_household(cast, ...)` and its
friends write rows directly, without services, so that a test of one service does not lean on another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from casework.models import Assignment, Case, MentorTeam, Office
from dimensions.enums import Dimension
from households.models import (
    Household,
    HouseholdPlacement,
    HouseholdScope,
    ListedPerson,
    Listing,
    ListKind,
    Membership,
    NationalId,
    Person,
    TargetList,
)
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment, User
from povertyops.areas.enums import NATION, CentreKind, Level
from povertyops.areas.models import Area, Centre, CentreCoverage
from povertyops.common.crypto import blind_index, seal
from povertyops.common.ids import uuid7
from povertyops.common.names import search_key, sort_key
from povertyops.common.nid import make_demo_pin

PASSWORD = "a long enough password"
BACKEND = "povertyops.accounts.backends.NameOrPhoneBackend"
LONG_AGO = date(2020, 10, 1)

SONGKHLA, RANOT, MUEANG_SONGKHLA = "90", "9007", "9001"
SUBDISTRICT, NEXT_SUBDISTRICT, CITY_SUBDISTRICT = "900701", "900702", "900101"
VILLAGE, NEXT_VILLAGE, NEXT_SUBDISTRICT_VILLAGE, CITY_VILLAGE = "90070101", "90070102", "90070201", "90010101"
MUEANG_VILLAGE = "90010301"
KHONKAEN, FAR_DISTRICT, FAR_SUBDISTRICT, FAR_VILLAGE = "40", "4001", "400101", "40010101"
FAR_CITY_SUBDISTRICT, FAR_CITY_VILLAGE = "400102", "40010201"

AREAS: tuple[tuple[str, str], ...] = (
    (NATION, "ประเทศไทย"),
    (SONGKHLA, "สงขลา"),
    (RANOT, "ระโนด"),
    (SUBDISTRICT, "ระโนด"),
    (VILLAGE, "บ้านรับแพรก"),
    (NEXT_VILLAGE, "บ้านหัวเปลว"),
    (NEXT_SUBDISTRICT, "คลองแดน"),
    (NEXT_SUBDISTRICT_VILLAGE, "บ้านคลองแดน"),
    (MUEANG_SONGKHLA, "เมืองสงขลา"),
    (CITY_SUBDISTRICT, "บ่อยาง"),
    (CITY_VILLAGE, "ชุมชนบ่อนวัวเก่า"),
    ("900103", "เกาะแต้ว"),
    (MUEANG_VILLAGE, "บ้านสวนใต้"),
    (KHONKAEN, "ขอนแก่น"),
    (FAR_DISTRICT, "เมืองขอนแก่น"),
    (FAR_SUBDISTRICT, "ในเมือง"),
    (FAR_VILLAGE, "ชุมชนหนองแวง"),
    (FAR_CITY_SUBDISTRICT, "สำราญ"),
    (FAR_CITY_VILLAGE, "บ้านสำราญ"),
)


@dataclass(frozen=True)
class Cast:
    """The world of the tests. `far_...` is the same thing in the other province."""

    national_centre: Centre
    province_centre: Centre
    district_centre: Centre
    other_district_centre: Centre
    municipality: Centre
    subdistrict_team: Centre
    other_subdistrict_team: Centre
    mentor_team: Centre
    other_mentor_team: Centre
    municipal_mentor_team: Centre
    far_province_centre: Centre
    far_district_centre: Centre
    far_municipality: Centre
    far_subdistrict_team: Centre
    far_mentor_team: Centre
    living_office: Centre
    income_office: Centre
    fund_office: Centre
    idle_office: Centre
    far_living_office: Centre

    officer: Actor
    second_officer: Actor
    other_officer: Actor
    mentor: Actor
    second_mentor: Actor
    other_mentor: Actor
    municipal_mentor: Actor
    team_member: Actor
    team_leader: Actor
    other_team_member: Actor
    municipal_officer: Actor
    secretary: Actor
    executive: Actor
    district_executive: Actor
    national_viewer: Actor
    system_admin: Actor
    lead_officer: Actor
    income_lead: Actor
    agency_officer: Actor
    idle_agency_officer: Actor
    far_lead_officer: Actor
    far_agency_officer: Actor
    far_officer: Actor
    far_mentor: Actor
    far_team_member: Actor
    far_team_leader: Actor
    far_municipal_officer: Actor
    far_secretary: Actor
    far_executive: Actor
    nobody: Actor
    expired: Actor

    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def people(self) -> dict[str, Actor]:
        """Everybody by name, also those who may do nothing."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.type == "Actor"}


# Which dimension an office leads; the fund leads none.
LED = {
    "living_office": Dimension.LIVING,
    "income_office": Dimension.INCOME,
    "far_living_office": Dimension.LIVING,
}

# name -> (role, name of the centre)
PARTS: dict[str, tuple[Role, str]] = {
    "officer": (Role.DISTRICT_OFFICER, "district_centre"),
    "second_officer": (Role.DISTRICT_OFFICER, "district_centre"),
    "other_officer": (Role.DISTRICT_OFFICER, "other_district_centre"),
    "mentor": (Role.MENTOR, "mentor_team"),
    "second_mentor": (Role.MENTOR, "mentor_team"),
    "other_mentor": (Role.MENTOR, "other_mentor_team"),
    "municipal_mentor": (Role.MENTOR, "municipal_mentor_team"),
    "team_member": (Role.TEAM_MEMBER, "subdistrict_team"),
    "team_leader": (Role.TEAM_LEADER, "subdistrict_team"),
    "other_team_member": (Role.TEAM_MEMBER, "other_subdistrict_team"),
    "municipal_officer": (Role.MUNICIPAL_OFFICER, "municipality"),
    "secretary": (Role.PROVINCIAL_SECRETARY, "province_centre"),
    "executive": (Role.EXECUTIVE, "province_centre"),
    "district_executive": (Role.EXECUTIVE, "district_centre"),
    "national_viewer": (Role.NATIONAL_VIEWER, "national_centre"),
    "system_admin": (Role.SYSTEM_ADMIN, "national_centre"),
    "lead_officer": (Role.LEAD_OFFICE, "living_office"),
    "income_lead": (Role.LEAD_OFFICE, "income_office"),
    "agency_officer": (Role.AGENCY, "fund_office"),
    "idle_agency_officer": (Role.AGENCY, "idle_office"),
    "far_lead_officer": (Role.LEAD_OFFICE, "far_living_office"),
    "far_agency_officer": (Role.AGENCY, "far_living_office"),
    "far_officer": (Role.DISTRICT_OFFICER, "far_district_centre"),
    "far_mentor": (Role.MENTOR, "far_mentor_team"),
    "far_team_member": (Role.TEAM_MEMBER, "far_subdistrict_team"),
    "far_team_leader": (Role.TEAM_LEADER, "far_subdistrict_team"),
    "far_municipal_officer": (Role.MUNICIPAL_OFFICER, "far_municipality"),
    "far_secretary": (Role.PROVINCIAL_SECRETARY, "far_province_centre"),
    "far_executive": (Role.EXECUTIVE, "far_province_centre"),
}


@pytest.fixture
def cast(db: None) -> Cast:
    """Areas, centres and people; see `Cast`."""
    return build_cast()


def build_cast() -> Cast:
    _make_areas()
    centres = _make_centres()
    return Cast(**centres, **_make_people(centres))


def _make_areas() -> None:
    levels = {0: Level.NATION, 2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.SUBDISTRICT, 8: Level.VILLAGE}
    Area.objects.bulk_create(
        Area(
            code=code,
            level=levels[0 if code == NATION else len(code)],
            name=name,
            sort_key=sort_key(name),
            parent_id=None if code == NATION else code[:-2] or NATION,
        )
        for code, name in AREAS
    )


def _make_centres() -> dict[str, Centre]:
    made: dict[str, Centre] = {}
    coverage: list[CentreCoverage] = []

    def add(part: str, kind: CentreKind, name: str, province: str, parent: str | None, *areas: str) -> None:
        made[part] = Centre(
            kind=kind, name=name, province_code=province, parent=made[parent] if parent else None
        )
        coverage.extend(CentreCoverage(centre=made[part], area_id=area) for area in areas)

    kind = CentreKind
    add("national_centre", kind.NATIONAL, "ศจพ. ส่วนกลาง", "", None, NATION)
    add("province_centre", kind.PROVINCE, "ศจพ.จ.สงขลา", "90", "national_centre", SONGKHLA)
    add("district_centre", kind.DISTRICT, "ศจพ.อ.ระโนด", "90", "province_centre", RANOT)
    add("other_district_centre", kind.DISTRICT, "ศจพ.อ.เมืองสงขลา", "90", "province_centre", MUEANG_SONGKHLA)
    add("municipality", kind.CITY_MUNICIPALITY, "ศจพ.ทน.สงขลา", "90", "province_centre", CITY_SUBDISTRICT)
    team = kind.SUBDISTRICT_TEAM
    add("subdistrict_team", team, "ทีมปฏิบัติการตำบลระโนด", "90", "district_centre", SUBDISTRICT)
    add("other_subdistrict_team", team, "ทีมปฏิบัติการตำบลคลองแดน", "90", "district_centre", NEXT_SUBDISTRICT)
    mentors = kind.MENTOR_TEAM
    add("mentor_team", mentors, "ทีมพี่เลี้ยงรับแพรก", "90", "district_centre")
    add("other_mentor_team", mentors, "ทีมพี่เลี้ยงหัวเปลว", "90", "district_centre")
    add("municipal_mentor_team", mentors, "ทีมพี่เลี้ยงบ่อยาง", "90", "municipality")
    add("far_province_centre", kind.PROVINCE, "ศจพ.จ.ขอนแก่น", "40", "national_centre", KHONKAEN)
    add("far_district_centre", kind.DISTRICT, "ศจพ.อ.เมืองขอนแก่น", "40", "far_province_centre", FAR_DISTRICT)
    add(
        "far_municipality",
        kind.TOWN_MUNICIPALITY,
        "ศจพ.ทม.สำราญ",
        "40",
        "far_province_centre",
        FAR_CITY_SUBDISTRICT,
    )
    add("far_subdistrict_team", team, "ทีมปฏิบัติการตำบลในเมือง", "40", "far_district_centre", FAR_SUBDISTRICT)
    add("far_mentor_team", mentors, "ทีมพี่เลี้ยงหนองแวง", "40", "far_district_centre")
    office = kind.OFFICE
    add("living_office", office, "สำนักงาน พมจ.สงขลา", "90", "province_centre")
    add("income_office", office, "สำนักงาน พช.จ.สงขลา", "90", "province_centre")
    add("fund_office", office, "กองทุนฟื้นฟูสมรรถภาพสงขลา", "90", "province_centre")
    add("idle_office", office, "สำนักงานเกษตรจังหวัดสงขลา", "90", "province_centre")
    add("far_living_office", office, "สำนักงาน พมจ.ขอนแก่น", "40", "far_province_centre")
    for part, dimension in LED.items():
        made[part].leads = dimension.bit
    Centre.objects.bulk_create(made.values())
    CentreCoverage.objects.bulk_create(coverage)
    _make_mentor_teams([centre for centre in made.values() if centre.kind == mentors])
    _make_offices([centre for centre in made.values() if centre.kind == office])
    return made


def _make_mentor_teams(centres: Sequence[Centre]) -> None:
    MentorTeam.objects.bulk_create(MentorTeam(centre=centre) for centre in centres)


def _make_offices(centres: Sequence[Centre]) -> None:
    Office.objects.bulk_create(Office(centre=centre) for centre in centres)


_password_hash = ""


def _make_people(centres: dict[str, Centre]) -> dict[str, Actor]:
    global _password_hash
    _password_hash = _password_hash or make_password(PASSWORD)
    names = [*PARTS, "nobody", "expired"]
    users = User.objects.bulk_create(
        User(
            username=name.replace("_", "."),
            phone=f"08{number:08d}",
            title="นาย",
            first_name=name.replace("_", " ").title(),
            last_name="ทดสอบ",
            password=_password_hash,
        )
        for number, name in enumerate(names, start=1)
    )
    by_name = dict(zip(names, users, strict=True))
    appointments = {
        name: Appointment(
            user=by_name[name], role=role, centre=centres[place], order_number="1/2563", valid_from=LONG_AGO
        )
        for name, (role, place) in PARTS.items()
    }
    ended = Appointment(
        user=by_name["expired"],
        role=Role.DISTRICT_OFFICER,
        centre=centres["district_centre"],
        order_number="2/2563",
        valid_from=LONG_AGO,
        valid_to=date(2021, 9, 30),
    )
    Appointment.objects.bulk_create([*appointments.values(), ended])
    people = {name: Actor(user=by_name[name], appointment=row) for name, row in appointments.items()}
    return {
        **people,
        "nobody": Actor(user=by_name["nobody"], appointment=None),
        "expired": Actor(user=by_name["expired"], appointment=None),
    }


def sign_in(client: Client, actor: Actor) -> Client:
    """A session of this person, acting under this appointment."""
    assert actor.user is not None
    client.force_login(actor.user, backend=BACKEND)
    if actor.appointment is not None:
        session = client.session
        session["appointment"] = str(actor.appointment.pk)
        session.save()
    return client


def client_of(actor: Actor) -> Client:
    """A fresh browser in which this person is signed in."""
    return sign_in(Client(), actor)


FIRST_NAMES = ("ทองดี", "สมหมาย", "บุญมี", "ละเอียด", "ประเสริฐ", "เสาวนีย์", "กาญจนา", "อำนวย", "ขวัญใจ", "แดง")
LAST_NAMES = ("ใจงาม", "แก้วมณี", "ทองสุข", "ศรีวิไล", "หนูคง")


def centre_of(cast: Cast, village: str) -> Centre:
    """The centre that answers for a village in this world."""
    by_prefix = {
        CITY_SUBDISTRICT: cast.municipality,
        FAR_CITY_SUBDISTRICT: cast.far_municipality,
        RANOT: cast.district_centre,
        MUEANG_SONGKHLA: cast.other_district_centre,
        FAR_DISTRICT: cast.far_district_centre,
    }
    return next(centre for prefix, centre in by_prefix.items() if village.startswith(prefix))


def make_household(
    cast: Cast,
    *,
    village: str = VILLAGE,
    team: Centre | None = None,
    mentor: Actor | None = None,
    persons: int = 2,
    head: tuple[str, str, str] | None = None,
    house_no: str = "",
    house_code: str = "",
    national_ids: bool = True,
    dimensions: int = 0,
    is_open: bool = True,
    since: date = LONG_AGO,
) -> Household:
    """A household with scope, placement, members and (invented) national ids; with `team` also an assignment.

    `head` is (title, first name, last name). It stands on no list: see `make_listing` and `make_case`.
    """
    number = next(cast.numbers)
    title, first, last = head or ("นาง", FIRST_NAMES[number % 10], LAST_NAMES[number // 10 % 5])
    centre = centre_of(cast, village)
    household = Household.objects.create(
        province_code=village[:2],
        area_code=village,
        house_code=house_code or f"{village[:4]}{number:07d}",
        house_no=house_no or f"{number}/1",
        head_name=f"{title}{first} {last}",
        sort_key=sort_key(first, last),
    )
    household.scope = HouseholdScope.objects.create(
        household=household,
        province_code=village[:2],
        district_code=village[:4],
        subdistrict_code=village[:6],
        area_code=village,
        centre=centre,
        is_municipal=centre.is_municipal,
        team_id=team.pk if team else None,
        dimensions=dimensions,
        is_open=is_open,
    )
    HouseholdPlacement.objects.create(household=household, area_code=village, centre=centre, valid_from=since)
    for position in range(persons):
        name = (title, first, last) if position == 0 else ("นาย", FIRST_NAMES[(number + position) % 10], last)
        add_person(household, name, position=position, since=since, national_id=national_ids)
    if team:
        _assign(household, team, mentor, since)
    return household


def add_person(
    household: Household,
    name: tuple[str, str, str],
    *,
    position: int = 0,
    since: date = LONG_AGO,
    national_id: bool = True,
    birth_date: date = date(1977, 11, 21),
) -> Person:
    """A member of the household; the first one (position 0) is its head."""
    title, first, last = name
    person = Person.objects.create(
        province_code=household.province_code,
        title=title,
        first_name=first,
        last_name=last,
        search_key=search_key(f"{first} {last}"),
        sort_key=sort_key(first, last),
        birth_date=birth_date,
        sex="f" if title == "นาง" else "m",
    )
    Membership.objects.create(
        household=household, person=person, is_head=position == 0, position=position, valid_from=since
    )
    if national_id:
        give_national_id(person)
    return person


def demo_pin(person: Person) -> str:
    """The invented national id that belongs to a person of the tests: always the same one."""
    return make_demo_pin(Random(person.pk.int))


def give_national_id(person: Person, pin: str = "") -> NationalId:
    pin = pin or demo_pin(person)
    key_id, sealed = seal(pin, person.pk.bytes)
    return NationalId.objects.create(
        person=person, blind_index=blind_index(pin), key_id=key_id, sealed=sealed
    )


def _assign(household: Household, team: Centre, mentor: Actor | None, since: date) -> None:
    Assignment.objects.create(
        household=household,
        province_code=household.province_code,
        team_id=team.pk,
        mentor=mentor.user if mentor else None,
        valid_from=since,
    )


def make_listing(
    household: Household,
    *,
    fiscal_year: int = 2568,
    kind: str = "tpmap",
    dimensions: int = 0,
    failed: Sequence[int] = (),
) -> Listing:
    """The household, with its present members, on the list of a kind and year. `dimensions` is a mask."""
    list_kind, _ = ListKind.objects.get_or_create(code=kind, defaults={"name": kind.upper()})
    target_list, _ = TargetList.objects.get_or_create(
        kind=list_kind,
        province_code=household.province_code,
        fiscal_year=fiscal_year,
        defaults={"survey_year": fiscal_year - 1, "effective_on": date(fiscal_year - 544, 10, 1)},
    )
    members = list(Membership.objects.filter(household=household, valid_to=None).order_by("position"))
    listing = Listing.objects.create(
        target_list=target_list,
        household=household,
        kind_code=kind,
        fiscal_year=fiscal_year,
        province_code=household.province_code,
        area_code=household.area_code,
        dimensions=dimensions,
        failed_indicators=list(failed),
        persons=len(members),
        content_hash=uuid7().bytes * 2,
    )
    ListedPerson.objects.bulk_create(ListedPerson(listing=listing, person_id=m.person_id) for m in members)
    return listing


def make_case(household: Household, *, opened_on: date = date(2024, 10, 1), **values: Any) -> Case:
    """An open case of the household, at the stage waiting."""
    return Case.objects.create(
        household=household,
        province_code=household.province_code,
        opened_on=opened_on,
        stage_since=opened_on,
        **values,
    )


def absent_id() -> UUID:
    """An id that no row has."""
    return uuid7()
