"""Pages of the menu, the TPMAP queue, the digest and the QR cards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.models import CohortState, DigestSetting, Help, HelpMenuItem, HiddenMenuItem, Visit
from casework.pages.qr import key_of, short_of
from casework.pages.suggestions import suggestions_for
from casework.pages.tpmap import SIZE
from casework.services.helps import record_help
from casework.services.visits import record_visit
from povertyops.common.ids import uuid7
from povertyops.common.models import AccessEntry
from tests.casework.pages.families import family, text_of, today
from tests.casework.work import a_help, a_visit, an_item
from tests.cast import MUEANG_VILLAGE, Cast, client_of


def values(**more: Any) -> dict[str, Any]:
    return {"name": "แพะคู่ละ 2 ตัว", "dimension": "income", "nature": "development", "relieves": "on", **more}


# ------------------------------------------------------------------------------------------------- the menu


def test_secretary_adds_edits_and_puts_away(cast: Cast) -> None:
    client = client_of(cast.secretary)

    made = client.post("/menu/new/", values(min_age="60", usual_baht="4,000"))
    item = HelpMenuItem.objects.get()
    assert made.url == f"/menu/{item.pk}/"
    assert (item.province_code, item.min_age, item.usual_baht) == ("90", 60, 4000)
    client.post(f"/menu/{item.pk}/edit/", values(name="แพะ", max_age="80"))
    client.post(f"/menu/{item.pk}/active/", {"active": "0"})

    item.refresh_from_db()
    assert (item.name, item.min_age, item.max_age, item.is_active) == ("แพะ", None, 80, False)
    assert "เลิกใช้แล้ว" in text_of(client.get("/menu/"))
    assert "แพะ" not in text_of(client_of(cast.mentor).get("/menu/"))


def test_bad_item_explains_itself(cast: Cast) -> None:
    answer = client_of(cast.secretary).post("/menu/new/", values(name="", min_age="70", max_age="60"))

    assert answer.status_code == 422
    assert "โปรดตั้งชื่อรายการ" in text_of(answer)
    again = client_of(cast.secretary).post("/menu/new/", values(min_age="70", max_age="60"))
    assert "อายุไม่เกิน ต้องไม่น้อยกว่าอายุตั้งแต่" in text_of(again)
    assert not HelpMenuItem.objects.exists()


def test_hidden_item_leaves_the_form_of_the_province(cast: Cast) -> None:
    household, item = family(cast), an_item(name="สร้างบ้านดิน")
    client = client_of(cast.secretary)
    form = f"/households/{household.pk}/help/"

    assert "สร้างบ้านดิน" in text_of(client.get(form))
    client.post(f"/menu/{item.pk}/hide/", {"hidden": "1"})
    client.get("/menu/")  # reads the message

    assert "สร้างบ้านดิน" not in text_of(client.get(form))
    assert HiddenMenuItem.objects.get().province_code == "90"
    assert "สร้างบ้านดิน" in text_of(client_of(cast.far_officer).get("/menu/"))


@pytest.mark.parametrize("name", ["mentor", "officer", "team_member", "executive", "municipal_officer"])
def test_readers_see_what_is_offered_and_no_acts(cast: Cast, name: str) -> None:
    an_item(name="สร้างบ้านดิน", eligibility="บ้านทรุดโทรม")
    client = client_of(cast.people[name])

    page = text_of(client.get("/menu/"))

    assert "สร้างบ้านดิน" in page
    assert "บ้านทรุดโทรม" in page
    assert "เพิ่มรายการ" not in page
    assert client.get("/menu/new/").status_code == 403


def test_menu_takes_the_same_queries_for_one_item_and_three(cast: Cast) -> None:
    client = client_of(cast.officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/menu/")
        return len(found)

    an_item()
    one = queries()
    an_item("income"), an_item("health")
    assert queries() == one


# ------------------------------------------------------------------------------------------------- the form


def test_form_offers_what_fits_first_and_says_why(cast: Cast) -> None:
    household = family(cast)
    an_item("living", name="ซ่อมบ้าน"), an_item("health", name="พาไปหาหมอ")

    page = text_of(client_of(cast.officer).get(f"/households/{household.pk}/help/"))

    first = re.search(r'<optgroup label="เหมาะกับครัวเรือนนี้">(.*?)</optgroup>', page, re.DOTALL)
    assert first
    assert "ซ่อมบ้าน · สงเคราะห์ — ตกเกณฑ์ด้านความเป็นอยู่ ยังไม่ได้รับความช่วยเหลือ" in first[1]
    assert "พาไปหาหมอ" not in first[1]
    assert "อื่น ๆ · สุขภาพ" in page


def test_suggestions_take_the_same_queries_for_one_household_and_many(cast: Cast) -> None:
    call_command("load_yardstick", verbosity=0)
    items = [an_item("living"), an_item("income"), an_item("living", province_code="40")]
    households = [family(cast) for _ in range(4)]
    for household in households[:3]:
        record_help(actor=cast.mentor, help=a_help(items[0], household, given_on=today()))
    ids = [household.pk for household in households]

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as found:
            suggestions_for(ids[:count], today=today())
        return len(found)

    assert queries(1) == queries(4) <= 10
    found = suggestions_for(ids, today=today())
    assert {pk: [item for item, _why in offered] for pk, offered in found.items()} == {
        pk: [items[0].pk] for pk in ids
    }
    assert "ให้เหมือนครั้งก่อน" in found[ids[0]][0][1]
    assert "ยังไม่ได้รับความช่วยเหลือ" in found[ids[3]][0][1]


# ---------------------------------------------------------------------------------------------------- TPMAP


def visit_of(cast: Cast, household: Any, days: int = 1) -> Visit:
    result = record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=days)))
    assert result.visit
    return result.visit


def test_queue_is_worked_off_in_bulk(cast: Cast) -> None:
    household = family(cast)
    visit = visit_of(cast, household)
    given = record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=today()))
    client = client_of(cast.officer)

    page = text_of(client.get("/tpmap/"))
    assert page.index(f"visit:{visit.pk}") < page.index(f"help:{given.pk}")
    assert "มีสมาชิกในครัวเรือน 2 คน" in page
    answer = client.post(
        "/tpmap/mark/", {"record": [f"visit:{visit.pk}", f"help:{given.pk}"], "next": "/tpmap/?kind=help"}
    )

    assert answer.url == "/tpmap/?kind=help"
    assert "บันทึกใน TPMAP ครบแล้ว" in text_of(client.get("/tpmap/"))
    done = text_of(client.get(f"/households/{household.pk}/tpmap/"))
    assert done.count("นำเครื่องหมายออก") == 2
    client.post("/tpmap/unmark/", {"record": f"help:{given.pk}"})
    assert Help.objects.get().tpmap_marked_at is None


def test_next_page_stays_on_this_site(cast: Cast) -> None:
    visit = visit_of(cast, family(cast))

    for outside in ("https://example.org/", "//example.org/"):
        answer = client_of(cast.officer).post(
            "/tpmap/mark/", {"record": f"visit:{visit.pk}", "next": outside}
        )
        assert answer.url == "/"


def test_pages_of_the_queue_meet_without_gap_or_repeat(cast: Cast) -> None:
    household, item = family(cast), an_item()
    for number in range(SIZE + 5):
        record_help(
            actor=cast.mentor,
            help=a_help(item, household, given_on=today(), letter_number=str(number)),
        )
    visit_of(cast, household)
    client = client_of(cast.officer)

    first = client.get("/tpmap/?kind=")
    second = client.get("/tpmap/" + first.context["next_url"])
    back = client.get("/tpmap/" + second.context["previous_url"])

    keys = [[entry.key for entry in page.context["page"].entries] for page in (first, second, back)]
    assert (len(keys[0]), len(keys[1])) == (SIZE, 6)
    assert len({*keys[0], *keys[1]}) == SIZE + 6
    assert keys[2] == keys[0]
    assert second.context["next_url"] == first.context["previous_url"] == ""
    assert client.get("/tpmap/?after=nonsense").status_code == 200


def test_queue_takes_the_same_queries_at_one_row_and_three(cast: Cast) -> None:
    client = client_of(cast.officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/tpmap/")
        return len(found)

    visit_of(cast, family(cast))
    one = queries()
    for _ in range(2):
        visit_of(cast, family(cast))
    assert queries() == one


def test_text_stands_on_the_page_of_the_visit(cast: Cast) -> None:
    visit = visit_of(cast, family(cast))
    url = f"/visits/{visit.pk}/"

    assert "ลงพื้นที่เมื่อ" in text_of(client_of(cast.mentor).get(url))
    assert "ข้อความสำหรับ TPMAP" not in text_of(client_of(cast.executive).get(url))
    assert client_of(cast.mentor).get("/tpmap/").status_code == 403


def test_box_of_the_queue_counts_what_waits(cast: Cast) -> None:
    visit_of(cast, family(cast))

    def count(who: Any) -> int:
        boxes = client_of(who).get("/queues/").context["boxes"]
        return next(box.count for box in boxes if box.url == "/tpmap/")

    assert (count(cast.officer), count(cast.other_officer)) == (1, 0)


# --------------------------------------------------------------------------------------------------- digest


def test_digest_page_shows_today_and_keeps_the_setting(cast: Cast) -> None:
    CohortState.objects.filter(household=family(cast)).update(due_on=today().replace(year=today().year - 1))
    client = client_of(cast.officer)

    page = text_of(client.get("/digest/"))
    assert "เกินกำหนดเยี่ยม" in page
    body = {"is_on": "on", "channel": "email", "address": "o@example.go.th", "weekdays": ["0", "4"]}
    assert client.post("/digest/", body).url == "/digest/"

    setting = DigestSetting.objects.get(user=cast.officer.user)
    assert (setting.is_on, setting.address, setting.weekdays) == (True, "o@example.go.th", 0b10001)
    wrong = client.post("/digest/", {**body, "address": "ที่บ้าน"})
    assert wrong.status_code == 422


def test_digest_page_without_a_channel_still_shows_today(cast: Cast, settings) -> None:
    settings.EMAIL_HOST = ""

    page = text_of(client_of(cast.officer).get("/digest/"))

    assert "ยังไม่มีช่องทางส่ง" in page
    assert client_of(cast.system_admin).get("/digest/").status_code == 403


# ------------------------------------------------------------------------------------------------------- QR


def test_short_address_leads_home_and_back() -> None:
    pk = uuid7()

    assert key_of(short_of(pk)) == pk
    for wrong in ("", "x" * 21, "x" * 23, "!" * 22, short_of(pk)[:-1] + "_"):
        assert key_of(wrong) is None


def test_scanned_code_opens_the_household_for_whoever_may(cast: Cast) -> None:
    household = family(cast)
    url = f"/h/{short_of(household.pk)}/"

    assert client_of(cast.mentor).get(url).url == f"/households/{household.pk}/"
    assert client_of(cast.other_officer).get(url).status_code == 404
    assert client_of(cast.mentor).get(f"/h/{short_of(uuid7())}/").status_code == 404
    assert Client().get(url).url.startswith("/sign-in/?next=/h/")


def test_sheet_warns_and_is_written_down(cast: Cast) -> None:
    household, other = family(cast), family(cast, village=MUEANG_VILLAGE, team=None)
    client = client_of(cast.officer)

    one = text_of(client.get(f"/households/{household.pk}/qr/"))
    village = text_of(client.get(f"/qr/?area={household.area_code}"))
    ticked = text_of(client.post("/qr/", {"household": [str(household.pk), str(other.pk)]}))

    for page in (one, village, ticked):
        assert "ห้ามติดผนัง ใช้กับเจ้าหน้าที่เท่านั้น" in page
        assert page.count("qr__code") == 1
        assert other.head_name not in page
        assert " style=" not in page
    assert AccessEntry.objects.filter(kind="qr_sheet").count() == 3
    assert client.get(f"/households/{other.pk}/qr/").status_code == 404
    assert client_of(cast.mentor).get(f"/households/{household.pk}/qr/").status_code == 403
