"""The phone without network, in a real browser: nothing lost, nothing twice, nothing readable."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Device, Photo, Visit
from households.models import Household
from povertyops.common.sealing import open_item, public_key
from tests.casework.pages.families import family
from tests.casework.work import an_item
from tests.cast import Cast
from tests.journeys.phone import (
    MODULES,
    begin_day,
    draft_kept,
    dump,
    heading,
    put_visit,
    sent,
    settled,
    shown,
    sign_out,
    sync,
    take_along,
    wait_for,
    wait_until,
)
from tests.journeys.steps import listen, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)

NAME = ("นาง", "ทองดีศรีสุข", "แก้วมณีรัตน์")
STATE = "async (m) => (await (await import(m + 'outbox.js')).items())[0].state"


@pytest.fixture
def household(cast: Cast) -> Household:
    an_item("living", name="ซ่อมหลังคา")
    return family(cast, head=NAME)


def test_pages_open_from_the_phone_without_network(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    heard = listen(page)
    begin_day(page, live_server, cast.mentor)
    assert take_along(page)["households"] == 1
    context.set_offline(True)

    page.goto(f"{live_server.url}/today/")
    heading(page, "งานวันนี้")
    expect(page.get_by_text(household.head_name).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(household.head_name).first).to_be_visible()
    page.goto(f"{live_server.url}/outbox/")
    heading(page, "รายการรอส่ง")
    expect(page.get_by_text("ไม่มีรายการรอส่ง")).to_be_visible()
    page.goto(f"{live_server.url}/helps/")
    heading(page, "ไม่มีสัญญาณ")
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_visit_put_offline_is_stored_once_with_a_receipt(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    context.set_offline(True)
    visit_id, photo_id = str(uuid4()), str(uuid4())
    put_visit(page, household, visit_id, photos=[{"id": photo_id, "size": 900, "taken_at": None}])
    page.goto(f"{live_server.url}/outbox/")
    card = page.locator(f"[data-item='{visit_id}']")
    expect(card).to_contain_text(household.head_name)
    expect(card).to_contain_text("อยู่ในเครื่องนี้")
    expect(page.locator("[data-outbox-count]")).to_have_text("1")
    assert Visit.objects.count() == 0

    context.set_offline(False)
    sent(page)

    page.locator("details.fold", has_text="เก็บแล้ว").first.locator("summary").click()
    expect(card).to_contain_text(f"เลขรับ {visit_id[-8:-4].upper()}-{visit_id[-4:].upper()}")
    expect(page.locator("[data-outbox-count]")).to_have_text("0")
    sync(page)
    assert Visit.objects.count() == 1
    assert Photo.objects.get().state == "stored"
    assert Visit.objects.get().clock_skew_s is not None
    assert Device.objects.get().user_id == cast.mentor.user_id


def test_sign_out_keeps_what_waits_and_signing_in_sends_it(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    page.route("**/api/v1/visits/", lambda route: route.abort())
    visit_id = str(uuid4())
    put_visit(page, household, visit_id)
    sync(page)
    wait_for(page, STATE, "waiting")

    sign_out(page)
    page.goto(f"{live_server.url}/outbox/")
    expect(page.locator(f"[data-item='{visit_id}']")).to_contain_text("บันทึกการเยี่ยม")
    expect(page.locator(f"[data-item='{visit_id}']")).to_contain_text("เก็บไว้เมื่อ")
    expect(page.locator("body")).not_to_contain_text(household.head_name)
    assert NAME[1] not in dump(page)
    assert Visit.objects.count() == 0

    page.unroute("**/api/v1/visits/")
    sign_in_by_hand(page, live_server, cast.mentor)
    sent(page)
    assert Visit.objects.get().note == "หลังคารั่ว พบยาย"


def test_items_of_another_person_are_never_sent(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    page.route("**/api/v1/visits/", lambda route: route.abort())
    put_visit(page, household, str(uuid4()))
    sign_out(page)
    page.unroute("**/api/v1/visits/")

    sign_in_by_hand(page, live_server, cast.second_mentor)
    settled(page)
    assert sync(page)["state"] == "ok"

    assert Visit.objects.count() == 0
    page.goto(f"{live_server.url}/outbox/")
    expect(page.get_by_text("ระบบจะไม่ส่งแทนกัน")).to_be_visible()
    expect(page.locator("[data-outbox-count]")).to_have_text("0")


def test_nothing_readable_is_kept(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    page.goto(f"{live_server.url}/households/{household.pk}/")
    context.set_offline(True)
    put_visit(
        page,
        household,
        str(uuid4()),
        note="ความลับของยาย",
        photos=[{"id": str(uuid4()), "size": 200, "latitude": 7.654321}],
    )
    page.evaluate(
        "async (m) => (await import(m + 'drafts.js')).saveDraft('visit:x', {note: 'พิมพ์ค้างไว้'})", MODULES
    )

    kept = dump(page)

    assert "key false" in kept
    for secret in (NAME[1], NAME[2], "ความลับของยาย", "พิมพ์ค้างไว้", "7.654321", "ซ่อมหลังคา"):
        assert secret not in kept


def test_browser_and_server_agree_on_the_seal(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    item_id = uuid4()
    sealed = page.evaluate(
        """async ([modules, userId, itemId]) => [...await (await import(modules + "seal.js"))
          .sealJson({ note: "ยายทองดี" }, { kind: "visit", userId, itemId })]""",
        [MODULES, cast.mentor.user_id, str(item_id)],
    )
    opened = open_item(bytes(sealed), kind="visit", user_id=cast.mentor.user_id, item_id=item_id)
    assert opened.decode() == '{"note":"ยายทองดี"}'


# RFC 9180, appendix A.3.1: DHKEM(P-256, HKDF-SHA256), base mode.
VECTOR = {
    "enc": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900"
    "be863c403ce65c9bfcb9382657222d18c4",
    "private": "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
    "their": "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3"
    "d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
    "secret": "c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8",
}


def test_encapsulation_gives_the_vector_of_the_standard(
    page: Page, live_server: LiveServer, db: None
) -> None:
    page.goto(f"{live_server.url}/outbox/")
    secret = page.evaluate(
        """async ([modules, v]) => {
          const { encapsulate } = await import(modules + "seal.js");
          const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
          const url = (part) =>
            btoa(String.fromCharCode(...part)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
          const enc = bytes(v.enc);
          const jwk = { kty: "EC", crv: "P-256", x: url(enc.slice(1, 33)), y: url(enc.slice(33)) };
          const p256 = { name: "ECDH", namedCurve: "P-256" };
          const publicKey = await crypto.subtle.importKey("jwk", jwk, p256, true, []);
          const secretJwk = { ...jwk, d: url(bytes(v.private)) };
          const privateKey = await crypto.subtle.importKey("jwk", secretJwk, p256, false, ["deriveBits"]);
          const { secret } = await encapsulate(bytes(v.their), { publicKey, privateKey });
          return [...secret].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        }""",
        [MODULES, VECTOR],
    )
    assert secret == VECTOR["secret"]


# The new worker holds all of its shells and is in charge; only then may the network go.
FRESH_SHELLS = """async (before) => {
  const { installing, waiting, active } = await navigator.serviceWorker.getRegistration();
  if (installing || waiting || active?.state !== "activated") return false;
  return (await caches.keys()).some((name) => name.startsWith("field-shells-") && !before.includes(name));
}"""


def test_new_deployment_keeps_draft_and_outbox(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household, settings
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    page.route("**/api/v1/visits/", lambda route: route.abort())
    put_visit(page, household, str(uuid4()))
    page.evaluate("async (m) => (await import(m + 'drafts.js')).saveDraft('visit:x', {note: 'ค้าง'})", MODULES)
    page.evaluate("window.stillHere = true")
    before = page.evaluate("caches.keys()")

    settings.RELEASE = "next"
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    wait_for(page, FRESH_SHELLS, True, before)
    assert page.evaluate("window.stillHere")
    assert any(name in page.evaluate("caches.keys()") for name in before if name.startswith("field-files-"))

    context.set_offline(True)
    page.goto(f"{live_server.url}/outbox/")
    expect(page.locator("[data-item]")).to_have_count(1)
    draft = "async (m) => (await import(m + 'drafts.js')).loadDraft('visit:x')"
    wait_for(page, draft, {"note": "ค้าง"})
    page.reload()
    wait_for(
        page, "async () => (await caches.keys()).filter((name) => name.startsWith('field-shells-')).length", 1
    )


def next_year() -> str:
    return (timezone.now() + timedelta(days=366)).isoformat()


def test_refused_visit_says_why_and_is_mended(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    visit_id = str(uuid4())
    put_visit(page, household, visit_id, visited_at=next_year())
    page.goto(f"{live_server.url}/outbox/")
    card = page.locator(f"[data-item='{visit_id}']")
    expect(card).to_contain_text("ต้องให้ท่านดู")
    expect(card).to_contain_text("อยู่ในอนาคต")
    expect(card.get_by_role("link", name="แก้ไขแล้วส่งใหม่")).to_have_attribute(
        "href", f"/households/{household.pk}/visit/?mend={visit_id}"
    )

    page.evaluate(
        """async ([modules, id]) => {
          const { bodyOf, mend } = await import(modules + "outbox.js");
          await mend(id, { ...(await bodyOf(id)), visited_at: new Date(Date.now() - 60000).toISOString() });
        }""",
        [MODULES, visit_id],
    )
    sent(page)
    assert Visit.objects.count() == 1


def test_refused_visit_is_thrown_away_after_asking(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    put_visit(page, household, str(uuid4()), visited_at=next_year())
    page.goto(f"{live_server.url}/outbox/")
    page.get_by_role("button", name="ทิ้ง", exact=True).click()
    page.get_by_role("button", name="เก็บไว้").click()
    expect(page.locator("[data-item]")).to_have_count(1)
    page.get_by_role("button", name="ทิ้ง", exact=True).click()
    page.get_by_role("button", name="ทิ้งถาวร").click()
    expect(page.locator("[data-item]")).to_have_count(0)


def test_timeout_is_never_taken_for_sent(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)

    def lose_the_answer(route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/visits/", lose_the_answer)
    put_visit(page, household, str(uuid4()))
    wait_for(page, "async (m) => (await (await import(m + 'outbox.js')).items())[0].attempts", 1)
    assert Visit.objects.count() == 1
    wait_for(page, STATE, "waiting")
    page.unroute("**/api/v1/visits/")
    sync(page)
    wait_for(page, STATE, "stored")
    assert Visit.objects.count() == 1


def test_two_tabs_send_once(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    other = context.new_page()
    other.goto(f"{live_server.url}/outbox/")
    calls: list[str] = []
    for tab in (page, other):
        tab.on(
            "request", lambda request: calls.append(request.url) if request.url.endswith("/visits/") else None
        )
    put_visit(page, household, str(uuid4()))
    other.evaluate("async (m) => (await import(m + 'sync.js')).syncNow({ force: true })", MODULES)
    sent(page)
    assert len(calls) == 1
    expect(other.locator("[data-outbox-count]")).to_have_text("0")


def test_kit_and_key_go_after_fourteen_days(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    context.set_offline(True)
    put_visit(page, household, str(uuid4()))
    page.clock.set_system_time(page.evaluate("Date.now() + 15 * 24 * 3600 * 1000"))
    page.goto(f"{live_server.url}/outbox/")
    expect(page.locator("[data-item]")).to_contain_text("บันทึกการเยี่ยม")
    expect(page.locator("body")).not_to_contain_text(household.head_name)
    kept = page.evaluate("async (m) => (await import(m + 'kit.js')).kitInfo()", MODULES)
    assert kept is None
    assert "key false" not in dump(page)


def test_sealed_file_holds_what_waits(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    context.set_offline(True)
    visit_id = uuid4()
    put_visit(page, household, str(visit_id))
    file = page.evaluate(
        "async (m) => JSON.parse(await (await (await import(m + 'outbox.js')).exportFile()).blob.text())",
        MODULES,
    )
    assert file["format"] == "povertyops-outbox"
    opened = open_item(
        b64decode(file["items"][0]["sealed"]), kind="visit", user_id=cast.mentor.user_id, item_id=visit_id
    )
    assert "หลังคารั่ว" in opened.decode()
    assert public_key()[0].encode() in b64decode(file["items"][0]["sealed"])[:20]


@pytest.mark.parametrize(
    ("agent", "notice"),
    [
        (
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Line/14.1.0",
            "in-app-line",
        ),
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 [FBAN/FB4A;FBAV/400]", "in-app"),
    ],
)
def test_page_inside_another_app_says_how_to_leave(
    browser: Browser, live_server: LiveServer, cast: Cast, agent: str, notice: str
) -> None:
    context = browser.new_context(user_agent=agent)
    page = context.new_page()
    page.goto(f"{live_server.url}/outbox/")
    expect(page.locator(f"[data-field-notice='{notice}']")).to_be_visible()
    if notice == "in-app-line":
        link = page.locator("[data-open-outside]")
        expect(link).to_have_attribute("href", f"{live_server.url}/outbox/?openExternalBrowser=1")
    context.close()


def test_draft_of_a_classic_form_is_locked_and_comes_back(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    sign_in_by_hand(page, live_server, cast.officer)
    url = f"{live_server.url}/households/{household.pk}/visit/"
    page.goto(url)
    expect(page.locator("form[data-draft-ready]")).to_have_count(1)
    page.get_by_label("บันทึกการเยี่ยม").first.fill("ยายเล่าเรื่องหลาน")
    draft_kept(page)
    number = page.locator("[data-client-uuid]").first.input_value()

    assert "ยายเล่าเรื่องหลาน" not in dump(page)
    page.reload()
    expect(page.get_by_label("บันทึกการเยี่ยม").first).to_have_value("ยายเล่าเรื่องหลาน")
    assert page.locator("[data-client-uuid]").first.input_value() == number

    sign_out(page)
    sign_in_by_hand(page, live_server, cast.officer)
    page.goto(url)
    expect(page.get_by_label("บันทึกการเยี่ยม").first).to_have_value("ยายเล่าเรื่องหลาน")


def test_signing_out_without_network_shuts_the_phone_and_ends_the_session_later(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    context.set_offline(True)
    page.goto(f"{live_server.url}/today/")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url("**/outbox/")
    assert "key false" not in dump(page)
    page.goto(f"{live_server.url}/today/")
    shown(page)
    expect(page.get_by_text(household.head_name)).to_have_count(0)

    context.set_offline(False)
    page.goto(f"{live_server.url}/outbox/")
    wait_until(page, lambda: not Session.objects.exists())
    page.goto(f"{live_server.url}/households/")
    page.wait_for_url("**/sign-in/**")


def test_appointment_that_ended_takes_the_kit_and_leaves_what_waits(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    context.set_offline(True)
    then = timezone.now() - timedelta(days=2)
    put_visit(page, household, str(uuid4()), visited_at=then.isoformat())
    appointment = cast.mentor.appointment
    assert appointment is not None
    appointment.valid_to = timezone.localdate() - timedelta(days=1)
    appointment.save()

    context.set_offline(False)
    wait_for(page, "async (m) => (await (await import(m + 'sync.js')).syncNow({ force: true })).state", "ok")

    assert page.evaluate("async (m) => (await import(m + 'kit.js')).kitInfo()", MODULES) is None
    assert "key false" not in dump(page)
    assert Visit.objects.count() == 1


def test_key_ends_with_the_last_day_of_the_appointment(page: Page, live_server: LiveServer, db: None) -> None:
    page.goto(f"{live_server.url}/outbox/")
    ends = page.evaluate(
        """async (m) => new Date((await import(m + 'vault.js'))
          .lastsUntil({ seen_at: Date.parse("2026-11-20T00:00Z"), valid_to: "2026-11-22" })).toISOString()""",
        MODULES,
    )
    assert ends == "2026-11-22T16:59:59.999Z"
