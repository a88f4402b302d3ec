"""Pages of referrals and offices: the queue, the steps, the household's status, an office's help, attacks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.models import Help, HelpBatch, Office, Referral
from casework.services.helps import record_help
from casework.services.referrals import return_referral
from dimensions.enums import Dimension
from households.models import Household
from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7
from tests.casework.test_referrals import sent
from tests.casework.work import INCOME, a_help, an_item, in_care
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db


def thai_today() -> str:
    today = timezone.localdate()
    return f"{today.day}/{today.month}/{today.year + 543}"


def answer(row: Referral) -> str:
    return reverse("referral_answer", args=[row.pk])


class TestQueue:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_costs_the_same_for_one_and_for_three(
        self, cast: Cast, rows: int, django_assert_num_queries: Any
    ) -> None:
        for _number in range(rows):
            sent(cast, in_care(cast))
        client = client_of(cast.agency_officer)
        with django_assert_num_queries(7):
            page = client.get(reverse("referral_list"))
        assert page.content.decode().count("ซ่อมหลังคา") == rows

    def test_overdue_stands_first_in_words(self, cast: Cast) -> None:
        sent(cast, in_care(cast), subject="รอได้")
        late = sent(cast, in_care(cast), subject="เลยกำหนด")
        Referral.objects.filter(pk=late.pk).update(answer_due_on=timezone.localdate() - timedelta(days=3))
        page = client_of(cast.agency_officer).get(reverse("referral_list")).content.decode()
        assert page.index("เลยกำหนด") < page.index("รอได้")
        assert "เกิน 3 วัน" in page
        assert "เหลือ 7 วัน" in page

    def test_navigation_counts_what_waits(self, cast: Cast) -> None:
        sent(cast, in_care(cast))
        page = client_of(cast.agency_officer).get(reverse("household_list"))
        assert [place["count"] for place in page.context["nav"] if "count" in place] == [1]

    def test_unknown_words_in_the_address_show_what_is_open(self, cast: Cast) -> None:
        sent(cast, in_care(cast))
        page = client_of(cast.secretary).get(reverse("referral_list") + "?show=x&whose=y")
        assert page.context["count"] == 1

    def test_officer_is_told_what_came_back_and_what_is_late(self, cast: Cast) -> None:
        back = sent(cast, in_care(cast))
        return_referral(actor=cast.agency_officer, referral_id=back.pk, note="ไม่ใช่ภารกิจ")
        late = sent(cast, in_care(cast))
        Referral.objects.filter(pk=late.pk).update(answer_escalated_at=timezone.now())
        boxes = {box.url: box.count for box in client_of(cast.secretary).get("/queues/").context["boxes"]}
        assert boxes["/referrals/?show=returned"] == 1
        assert boxes["/referrals/?show=escalated"] == 1


class TestSteps:
    def test_office_accepts_then_finishes_with_help(self, cast: Cast) -> None:
        row, item = sent(cast, in_care(cast)), an_item()
        client = client_of(cast.agency_officer)
        assert client.post(answer(row), {"move": "accepted"}).status_code == 302
        body = {
            "move": "done",
            "done-note": "ซ่อมแล้ว",
            "done-id": str(uuid7()),
            "done-item": str(item.pk),
            "done-given_on": thai_today(),
            "done-amount_baht": "๓,๐๐๐",
        }
        for _turn in range(2):
            assert client.post(answer(row), body).status_code == 302
        assert Help.objects.get().referral_id == row.pk
        page = client.get(reverse("referral", args=[row.pk])).content.decode()
        assert "ซ่อมแล้ว" in page
        assert "3,000" in page

    @pytest.mark.parametrize(
        "body",
        [
            {"move": "returned", "note": " "},
            {"move": "done", "done-note": ""},
            {"move": "nonsense"},
            {"move": "sent"},
            {},
        ],
    )
    def test_bad_answer_comes_back_with_the_page(self, cast: Cast, body: dict[str, str]) -> None:
        row = sent(cast, in_care(cast))
        page = client_of(cast.agency_officer).post(answer(row), body)
        assert page.status_code == 422 or body == {"move": "sent"}
        row.refresh_from_db()
        assert row.status == "sent"

    def test_returned_is_sent_elsewhere_from_its_page(self, cast: Cast) -> None:
        household = in_care(cast)
        row = sent(cast, household)
        office = client_of(cast.agency_officer)
        away = office.post(answer(row), {"move": "returned", "note": "ส่งที่ พมจ."})
        assert away.url == reverse("referral_list")
        assert office.get(reverse("household", args=[household.pk])).status_code == 404
        mentor = client_of(cast.mentor)
        again = f"{reverse('referral_form', args=[household.pk])}?again={row.pk}"
        assert again in mentor.get(reverse("referral", args=[row.pk])).content.decode()
        assert "ส่งที่ พมจ." in mentor.get(again).content.decode()
        body = {"dimension": "living", "office": str(cast.living_office.pk), "subject": row.subject}
        assert mentor.post(again, body).status_code == 302
        assert Referral.objects.get(resends=row).office_id == cast.living_office.pk

    def test_overseer_reads_and_cannot_answer(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        client = client_of(cast.lead_officer)
        page = client.get(reverse("referral", args=[row.pk]))
        assert page.context["moves"] == []
        assert client.post(answer(row), {"move": "accepted"}).status_code == 403


class TestHousehold:
    def test_shows_one_status_and_its_story(self, cast: Cast) -> None:
        household = in_care(cast)
        row = sent(cast, household)
        page = client_of(cast.mentor).get(reverse("household", args=[household.pk])).content.decode()
        assert reverse("referral", args=[row.pk]) in page
        assert "เหลือ 7 วัน" in page
        assert f"ส่งต่อ {cast.fund_office.name}" in page

    def test_form_offers_the_lead_office_of_what_fails(self, cast: Cast) -> None:
        page = client_of(cast.mentor).get(reverse("referral_form", args=[in_care(cast).pk]))
        assert page.context["form"].initial["office"] == cast.living_office.pk

    def test_form_comes_back_with_its_faults(self, cast: Cast) -> None:
        url = reverse("referral_form", args=[in_care(cast).pk])
        page = client_of(cast.mentor).post(url, {"dimension": "living", "office": str(uuid7())})
        assert page.status_code == 422
        assert set(page.context["form"].errors) == {"office", "subject"}


class TestOfficeHelp:
    def test_to_one_household(self, cast: Cast) -> None:
        household, item = in_care(cast), an_item()
        url = f"{reverse('office_help')}?household={household.pk}"
        client = client_of(cast.lead_officer)
        assert cast.living_office.name in client.get(url).content.decode()
        body = {"item": str(item.pk), "status": "delivered", "given_on": thai_today(), "agency_name": "ผู้อื่น"}
        assert client.post(url, body).status_code == 302
        assert Help.objects.get().agency.name == cast.living_office.name

    def test_is_corrected_by_the_office_that_gave_it(self, cast: Cast) -> None:
        household, item = in_care(cast), an_item()
        own = record_help(actor=cast.lead_officer, help=a_help(item, household))
        theirs = record_help(actor=cast.mentor, help=a_help(item, household, agency_name="วัดกลาง"))
        client = client_of(cast.lead_officer)
        body = {"item": str(item.pk), "status": "delivered", "given_on": thai_today(), "reason": "ใส่ผิด"}
        assert client.post(reverse("help_amend", args=[theirs.pk]), body).status_code == 403
        assert client.post(reverse("help_amend", args=[own.pk]), body).status_code == 302
        assert Help.objects.get(amends=own).agency.name == cast.living_office.name

    def test_to_those_ticked(self, cast: Cast) -> None:
        seen, hidden = in_care(cast), in_care(cast, dimensions=INCOME)
        body = {
            "household": [str(seen.pk), str(hidden.pk)],
            "step": "apply",
            "item": str(an_item().pk),
            "given_on": thai_today(),
            "amount_baht": "500",
            "letter_number": "พม 1/2569",
        }
        assert client_of(cast.lead_officer).post(reverse("office_help"), body).status_code == 302
        assert HelpBatch.objects.get().households == 1
        assert Help.objects.get().household_id == seen.pk


class TestOffices:
    def test_secretary_makes_and_changes_one(self, cast: Cast) -> None:
        client = client_of(cast.secretary)
        body = {"name": "สำนักงานแรงงานจังหวัด", "answer_days": "3", "finish_days": "15", "is_active": "on"}
        assert client.post(reverse("office_new"), body).status_code == 302
        office = Office.objects.get(centre__name="สำนักงานแรงงานจังหวัด")
        url = reverse("office_edit", args=[office.pk])
        assert client.post(url, {**body, "leads": ["health"]}).status_code == 302
        assert Centre.objects.get(pk=office.pk).leads == Dimension.HEALTH.bit
        assert client.post(url, {**body, "leads": ["living"]}).status_code == 422
        assert "สำนักงานแรงงานจังหวัด" in client.get(reverse("office_list")).content.decode()

    def test_administrator_chooses_a_province(self, cast: Cast) -> None:
        page = client_of(cast.system_admin).get(reverse("office_list") + "?province=40")
        assert [office.pk for office in page.context["offices"]] == [cast.far_living_office.pk]

    def test_other_roles_have_no_such_page(self, cast: Cast) -> None:
        assert client_of(cast.officer).get(reverse("office_list")).status_code == 403


class TestAttacks:
    """Somebody of an office guesses the ids of what was never sent to it."""

    @pytest.fixture
    def household(self, cast: Cast) -> Household:
        household = in_care(cast)
        sent(cast, household)
        return household

    @pytest.mark.parametrize(
        "name", ["idle_agency_officer", "income_lead", "far_lead_officer", "far_agency_officer"]
    )
    def test_ids_that_are_guessed_are_absent(self, cast: Cast, household: Household, name: str) -> None:
        client = client_of(cast.people[name])
        row = Referral.objects.get()
        for url in (
            reverse("household", args=[household.pk]),
            reverse("referral", args=[row.pk]),
            f"{reverse('office_help')}?household={household.pk}",
            reverse("api_household", args=[household.pk]),
        ):
            assert client.get(url).status_code == 404, url
        assert client.post(answer(row), {"move": "accepted"}).status_code == 404
        assert client.get(f"{reverse('office_help')}?household=nonsense").status_code == 404

    @pytest.mark.parametrize("name", ["idle_agency_officer", "far_lead_officer"])
    def test_lists_and_exports_are_empty(self, cast: Cast, household: Household, name: str) -> None:
        client = client_of(cast.people[name])
        for url in ("household_list", "person_list", "visit_list", "help_list", "referral_list"):
            page = client.get(reverse(url) + "?fiscal_year=2568&area=90&show=all").content.decode()
            assert household.head_name not in page, url
        export = client.get(reverse("export", args=["household", "csv"]) + "?fiscal_year=2568&reason=x")
        assert household.head_name not in b"".join(export).decode()

    def test_office_opens_no_form_of_the_field(self, cast: Cast, household: Household) -> None:
        client = client_of(cast.lead_officer)
        assert client.get(reverse("household", args=[household.pk])).status_code == 200
        for name in ("visit_form", "help_form", "plan_form", "removal_form", "referral_form"):
            assert client.get(reverse(name, args=[household.pk])).status_code == 403, name

    def test_agency_has_no_board(self, cast: Cast) -> None:
        assert client_of(cast.agency_officer).get(reverse("board", args=["90"])).status_code == 403
        lead = client_of(cast.lead_officer)
        assert lead.get(reverse("board", args=["90"])).status_code == 200
        assert lead.get(reverse("board", args=["40"])).status_code == 404
        assert lead.get(reverse("board", args=["90070101"])).status_code == 404
