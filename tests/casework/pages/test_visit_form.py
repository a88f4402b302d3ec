"""The visit form: one visit however often it is sent; typed text comes back; corrections are new rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.utils import timezone

from casework.arrival import receipt_number
from casework.models import Assessment, AssessmentAnswer, DimensionFinding, Help, Visit
from casework.notices import PRIVACY_NOTICE
from casework.services.helps import record_help
from casework.services.visits import record_visit
from dimensions.enums import Dimension
from dimensions.queries import dimension_of_indicators, indicator_set_for
from households.models import Household, Listing, Membership, Verification
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family, text_of, this_year, today, typed
from tests.casework.work import a_help, a_visit, an_item, state_of
from tests.cast import CITY_VILLAGE, Cast, client_of


def body(**values: Any) -> dict[str, Any]:
    yesterday = today() - timedelta(days=1)
    return {
        "id": str(uuid7()),
        "outcome": "met",
        "note": "ยายสบายดี",
        "visited_on": typed(yesterday),
        "visited_time": "09:30",
        **values,
    }


def url_of(household: Household) -> str:
    return f"/households/{household.pk}/visit/?plain=1"


def test_visit_with_help_is_recorded_and_answers_with_a_receipt(cast: Cast) -> None:
    household = family(cast)
    item = an_item("living")
    client = client_of(cast.mentor)
    filled = {"help0-item": str(item.pk), "help0-amount_baht": "๓,๐๐๐", "help0-agency_name": "อบต.ระโนด"}

    answer = client.post(url_of(household), body(**filled), follow=True)

    visit = Visit.objects.get()
    assert answer.redirect_chain == [(f"/visits/{visit.pk}/?saved=1", 302)]
    assert timezone.localtime(visit.visited_at).strftime("%H:%M") == "09:30"
    help_ = Help.objects.get()
    assert (help_.visit_id, help_.amount_baht, help_.agency.name) == (visit.pk, 3000, "อบต.ระโนด")
    page = text_of(answer)
    assert "บันทึกแล้ว ข้อมูลถึงระบบเรียบร้อย" in page
    assert receipt_number(visit.pk) in page
    assert "กลับไปงานวันนี้" in page
    assert f'data-draft-done="visit:{household.pk}' in page


def test_sent_twice_is_stored_once(cast: Cast) -> None:
    household = family(cast)
    client, sent = client_of(cast.mentor), body()

    first = client.post(url_of(household), sent)
    second = client.post(url_of(household), sent)

    assert Visit.objects.count() == 1
    assert first.url == second.url


def test_without_a_script_the_servers_key_stores_it_once(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.mentor)
    page = text_of(client.get(url_of(household)))
    spare = page.split('name="id_spare" value="')[1].split('"')[0]
    sent = body(id="", id_spare=spare)

    client.post(url_of(household), sent)
    client.post(url_of(household), sent)

    assert [visit.pk for visit in Visit.objects.all()] == [UUID(spare)]


def test_same_key_with_other_words_keeps_both_and_says_so(cast: Cast) -> None:
    household = family(cast)
    client, sent = client_of(cast.mentor), body()
    client.post(url_of(household), sent)

    answer = client.post(url_of(household), {**sent, "note": "อีกเรื่องหนึ่ง"})

    assert answer.status_code == 409
    assert "เก็บทั้งสองฉบับไว้แล้ว" in text_of(answer)
    assert Visit.objects.get().note == "ยายสบายดี"


def test_failed_save_brings_the_text_back_with_what_to_mend(cast: Cast) -> None:
    household = family(cast)
    tomorrow = today() + timedelta(days=1)

    answer = client_of(cast.mentor).post(
        url_of(household), body(visited_on=typed(tomorrow), note="เรื่องยาวที่พิมพ์ไว้")
    )

    assert answer.status_code == 422
    page = text_of(answer)
    assert "เรื่องยาวที่พิมพ์ไว้" in page
    assert "วันเวลาที่เยี่ยมอยู่ในอนาคต" in page
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"visited_on": "31/02/2569"}, "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2568"),
        ({"visited_time": "25:70"}, "เวลาต้องเป็น ชั่วโมง:นาที เช่น 09:30"),
        ({"outcome": ""}, "โปรดเลือกว่าพบครัวเรือนหรือไม่"),
        ({"help0-item": "00000000-0000-0000-0000-000000000000"}, "ไม่มีรายการนี้ในเมนูแก้จนของจังหวัด"),
        ({"help0-amount_baht": "มาก"}, "จำนวนเงินต้องเป็นตัวเลข เช่น 3,000"),
        ({"help0-detail": "ไก่ 20 ตัว"}, "โปรดเลือกรายการช่วยเหลือ หรือลบข้อความในบรรทัดนี้"),
        ({"next_visit_on": "1/1/2560"}, "วันนัดครั้งต่อไปต้องอยู่หลังวันที่เยี่ยม"),
        ({"latitude": "7.1"}, "พิกัดต้องมีทั้งละติจูดและลองจิจูด"),
    ],
)
def test_bad_input_explains_itself(cast: Cast, wrong: dict[str, str], said: str) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).post(url_of(household), body(**wrong))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Visit.objects.exists()


def test_form_starts_today_and_offers_what_fits_first(cast: Cast) -> None:
    household = family(cast)
    an_item("health", name="ตรวจสุขภาพ")
    an_item("living", name="ซ่อมหลังคา")

    page = text_of(client_of(cast.mentor).get(url_of(household)))

    assert typed(today()) in page
    assert page.index("ซ่อมหลังคา") < page.index("ตรวจสุขภาพ")
    assert "เหมาะกับครัวเรือนนี้" in page
    assert "สิ่งที่ครัวเรือนนี้ยังขาด: ยังไม่มีความช่วยเหลือที่บรรเทาปัญหาด้านความเป็นอยู่" in page


def test_kept_promise_is_delivered_at_the_visit(cast: Cast) -> None:
    household = family(cast)
    promise = record_help(
        actor=cast.mentor,
        help=a_help(an_item("living"), household, status="promised", given_on=today() - timedelta(days=3)),
    )

    client_of(cast.mentor).post(url_of(household), body(kept=[str(promise.pk)]))

    delivered = Help.objects.get(fulfils=promise)
    assert (delivered.status, delivered.amount_baht) == ("delivered", promise.amount_baht)
    assert state_of(household, this_year()).relieved == state_of(household, this_year()).baseline


def test_failed_indicators_are_asked_first_and_answered(cast: Cast) -> None:
    call_command("load_yardstick", verbosity=0)
    household = family(cast)
    mapping = dimension_of_indicators(indicator_set_for(this_year() - 1).indicator_set)
    last = max(number for number, dimension in mapping.items() if dimension == Dimension.LIVING)
    Listing.objects.update(failed_indicators=[last])
    client = client_of(cast.mentor)

    opened = client.get(url_of(household))
    asked = [bound.name for bound in opened.context["failed_questions"]]
    client.post(url_of(household), body(**{f"indicator_{last}": "pass"}))

    assert asked[0] == f"indicator_{last}"
    assert Assessment.objects.get().survey_year == this_year() - 1
    assert list(AssessmentAnswer.objects.values_list("indicator", "value")) == [(last, "pass")]


def test_check_of_members_and_what_the_family_solved(cast: Cast) -> None:
    household = family(cast)
    person = Membership.objects.filter(household=household).first().person_id
    found = {
        f"person-{person}-status": "moved",
        f"person-{person}-note": "ไปหาดใหญ่",
        "self_solved": ["living"],
    }

    client_of(cast.mentor).post(url_of(household), body(**found))

    check = Verification.objects.get()
    assert (check.person_id, check.status, check.note) == (person, "moved", "ไปหาดใหญ่")
    assert DimensionFinding.objects.get().dimension == "living"


def test_notice_version_is_kept_when_it_was_read(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.mentor)

    client.post(url_of(household), body(notice_read="on"))

    assert Visit.objects.get().notice_version == PRIVACY_NOTICE.version
    assert "ครัวเรือนได้ฟังประกาศฉบับนี้แล้ว" in text_of(client.get(url_of(household)))


def test_correction_is_a_new_visit_and_the_old_one_stays(cast: Cast) -> None:
    household = family(cast)
    wrong = record_visit(
        actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=2), note="จดผิดบ้าน")
    ).visit
    client = client_of(cast.mentor)

    client.post(f"/visits/{wrong.pk}/amend/", body(note="จดถูกบ้าน"))

    corrected = Visit.objects.get(amends=wrong)
    assert corrected.note == "จดถูกบ้าน"
    assert "บันทึกนี้มีฉบับแก้ไขแล้ว" in text_of(client.get(f"/visits/{wrong.pk}/"))
    again = client.post(f"/visits/{wrong.pk}/amend/", body(note="อีกที"))
    assert again.status_code == 422
    assert "บันทึกนี้ถูกแก้ไขหรือยกเลิกไปแล้ว" in text_of(again)


def test_visit_that_never_was_is_taken_back_with_a_reason(cast: Cast) -> None:
    household = family(cast)
    wrong = record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=2))).visit
    client = client_of(cast.mentor)

    without = client.post(f"/visits/{wrong.pk}/void/", {"note": ""}, follow=True)
    client.post(f"/visits/{wrong.pk}/void/", {"note": "บันทึกซ้ำ"})

    assert "โปรดบอกเหตุผลที่ยกเลิกบันทึกนี้" in text_of(without)
    assert Visit.objects.get(amends=wrong).is_void
    assert state_of(household, this_year()).visits == 0


def test_district_cannot_visit_a_municipal_household(cast: Cast) -> None:
    household = family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)

    answer = client_of(cast.other_officer).post(url_of(household), body())

    assert answer.status_code == 403
    assert not Visit.objects.exists()


@pytest.mark.parametrize("stranger", ["other_mentor", "far_mentor", "other_officer"])
def test_household_out_of_sight_is_not_found(cast: Cast, stranger: str) -> None:
    household = family(cast)
    client = client_of(getattr(cast, stranger))

    assert client.get(url_of(household)).status_code == 404
    assert client.post(url_of(household), body()).status_code == 404


def test_executive_is_refused(cast: Cast) -> None:
    household = family(cast)

    assert client_of(cast.executive).get(url_of(household)).status_code == 403
