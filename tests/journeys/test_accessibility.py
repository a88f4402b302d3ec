"""Every page of the work, on a phone and at a desk: axe finds nothing, nothing sticks out, no complaint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from casework.inputs import StepInput
from casework.models import HandOver, Help, HelpMenuItem, HouseholdPlan, Visit
from casework.services.facts import apply_fact_edits
from casework.services.helps import record_help
from casework.services.plans import return_plan
from casework.services.referrals import ReferralInput, send_referral
from casework.services.removal import request_removal
from casework.services.transfers import request_transfer
from casework.services.visits import record_visit
from households.inputs import FactEdit
from households.models import Household, Membership
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family, today
from tests.casework.pages.planned import approved, proposal, proposed
from tests.casework.pages.ready import ready
from tests.casework.photos import Upload, jpeg
from tests.casework.work import a_help, a_visit, an_item, in_force
from tests.cast import MUEANG_VILLAGE, VILLAGE, Cast, client_of
from tests.journeys.steps import DESK, PHONE, carry_session, faults_of, listen, too_wide, unfold

pytestmark = pytest.mark.django_db(transaction=True)

FIELD = (
    "/today/",
    "/households/",
    "/households/{household}/",
    "/households/{household}/visit/?plain=1",
    "/households/{household}/help/",
    "/households/{household}/plan/",
    "/households/{household}/plans/",
    "/plans/?state=returned",
    "/households/{household}/remove/",
    "/households/{household}/reveal/{person}/",
    "/visits/{visit}/?saved=1",
    "/visits/{visit}/amend/",
    "/helps/{promise}/deliver/",
    "/helps/{promise}/amend/",
    "/households/{household}/facts/?plain=1",
    "/households/{household}/assess/?plain=1",
    "/households/{household}/tpmap/",
    "/facts/conflicts/",
    "/outbox/file/",
    "/menu/",
    "/menu/{item}/",
    "/referrals/",
    "/referrals/{referral}/",
    "/households/{household}/refer/",
)
OFFICE = (
    "/queues/",
    "/households/?overdue=1&failing=living",
    "/households/?q=ไม่มีใคร",
    "/visits/",
    "/helps/",
    "/persons/",
    "/verify/",
    f"/verify/{VILLAGE}/",
    "/approvals/",
    "/plans/",
    "/plans/{plan}/",
    "/care/",
    "/households/{household}/care/",
    "/removals/",
    "/conflicts/",
    "/teams/",
    "/teams/{team}/",
    "/teams/new/",
    "/help/bulk/",
    "/visits/{visit}/",
    "/visits/late/",
    "/supervision/",
    "/hand-over/{leaver}/",
    "/hand-over/sheet/{sheet}/",
    "/transfers/",
    "/households/{household}/transfer/",
    "/tpmap/",
    "/digest/",
    "/referrals/",
    "/referrals/{referral}/",
    "/facts/conflicts/",
    "/menu/",
    "/households/{household}/qr/",
    f"/qr/?area={VILLAGE}",
)
PROVINCE = (
    "/queues/",
    "/intervals/",
    "/menu/",
    "/menu/new/",
    "/menu/{own}/",
    "/menu/{own}/edit/",
    "/menu/{item}/",
    "/offices/",
    "/offices/new/",
    "/offices/{office}/",
    "/transfers/",
    "/referrals/",
    "/digest/",
    "/tpmap/",
)
OF_THE_OFFICE = (
    "/referrals/",
    "/referrals/{referral}/",
    "/households/{household}/",
    "/office/help/",
    "/office/help/?household={household}",
    "/menu/",
    "/digest/",
)


@pytest.fixture
def places(cast: Cast) -> dict[str, str]:
    """A world in which every page has something to show."""
    household = family(cast)
    Household.objects.filter(pk=household.pk).update(phone="0812345678", latitude=7.5, longitude=100.25)
    item = an_item("living")
    record_visit(
        actor=cast.mentor,
        visit=a_visit(household, day=today() - timedelta(days=1), helps=(a_help(item, given_on=today()),)),
    )
    promise = a_help(an_item("income"), household, status="promised", given_on=today())
    record_help(actor=cast.mentor, help=promise)
    request_removal(
        actor=cast.mentor,
        household_id=family(cast).pk,
        reason="moved",
        note="ไปอยู่กับลูก",
        effective_on=today(),
    )
    ready(cast)
    plan = _plans_and_care(cast, household)
    return {
        **_week(cast, household, item),
        "plan": str(plan.pk),
        "household": str(household.pk),
        "person": str(Membership.objects.filter(household=household).first().person_id),
        "visit": str(Visit.objects.filter(household=household).first().pk),
        "promise": str(Help.objects.get(status="promised").pk),
        "team": str(cast.mentor_team.pk),
    }


def _plans_and_care(cast: Cast, household: Household) -> HouseholdPlan:
    """A plan in force, a newer one that waits, one sent back; care that waits and care to be reviewed."""
    in_force(proposed(cast, household))
    return_plan(actor=cast.officer, plan_id=proposed(cast, family(cast)).pk, note="ขอให้ระบุงบประมาณ")
    proposal(cast, family(cast))
    approved(cast, family(cast), review_on=today() + timedelta(days=3))
    return proposed(cast, household, goal="ขายไข่", steps=[StepInput(text="เปิดร้าน", due_on=today())])


def _week(cast: Cast, household: Household, item: HelpMenuItem) -> dict[str, str]:
    """What the queues of the week hold: late visits, two values, a transfer, a referral, a sheet, a photo."""
    Visit.objects.filter(household=household).update(after_assignment=True)
    _two_values(cast, household)
    _photo(cast, household)
    request_transfer(
        actor=cast.officer,
        household_id=family(cast).pk,
        to_area_code=MUEANG_VILLAGE,
        reason="ย้ายไปอยู่กับลูก",
        effective_on=today(),
    )
    referral = send_referral(
        actor=cast.mentor,
        referral=ReferralInput(
            id=uuid7(),
            household_id=household.pk,
            office_id=cast.living_office.pk,
            dimension="living",
            subject="หลังคารั่วทั้งหลัง",
        ),
    )
    sheet = HandOver.objects.create(
        province_code="90", leaver=cast.mentor.user, centre=cast.mentor_team, reason="ลาออก",
        effective_on=today(), made_by=cast.officer.user,
        lines=[{
            "kind": "household", "id": str(household.pk), "label": household.head_name, "detail": "1/1",
            "place": "หมู่ 1", "to_name": "นายรับ มอบ",
        }],
    )  # fmt: skip
    return {
        "item": str(item.pk),
        "own": str(an_item("income", province_code="90", name="ชุดเครื่องมือช่าง").pk),
        "referral": str(referral.pk),
        "sheet": str(sheet.pk),
        "leaver": str(cast.mentor.user_id),
        "office": str(cast.living_office.pk),
    }


def _two_values(cast: Cast, household: Household) -> None:
    """One phone number in use, one that waits."""
    for actor, number in ((cast.mentor, "0811111111"), (cast.second_mentor, "0822222222")):
        edit = FactEdit(id=uuid7(), household_id=household.pk, field="phone", value=number)
        apply_fact_edits(actor=actor, edits=[edit])


def _photo(cast: Cast, household: Household) -> None:
    visit = Visit.objects.filter(household=household).first()
    upload = Upload(client_of(cast.mentor), cast.mentor, household, jpeg(), visit=visit.pk)
    assert upload.announce().status_code == 201
    assert upload.send().json()["state"] == "stored"


ROLES = pytest.mark.parametrize(
    ("role", "pages"),
    [("mentor", FIELD), ("officer", OFFICE), ("secretary", PROVINCE), ("lead_officer", OF_THE_OFFICE)],
)


def looked_at(page: Page, heard: list[str]) -> Iterator[tuple[int, Any]]:
    """What is wrong with the open page on a phone and at a desk, everything unfolded: (width, fault)."""
    unfold(page)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        width = size["width"]
        if sticks_out := too_wide(page):
            yield width, f"sticks out by {sticks_out}"
        for fault in faults_of(page):
            yield width, fault
        for complaint in heard:
            yield width, complaint
        heard.clear()


@ROLES
def test_pages_fit_break_no_policy_and_axe_finds_nothing(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    cast: Cast,
    places: dict[str, str],
    role: str,
    pages: tuple[str, ...],
) -> None:
    carry_session(context, live_server, getattr(cast, role))
    heard = listen(page)
    found: list[tuple[str, Any]] = []
    for pattern in pages:
        page.set_viewport_size(PHONE)
        answer = page.goto(f"{live_server.url}{pattern.format(**places)}")
        assert answer is not None
        if answer.status != 200:
            found.append((pattern, answer.status))
        found += [(pattern, fault) for fault in looked_at(page, heard)]
    assert found == []
