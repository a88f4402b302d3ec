"""What journeys of a phone share: the phone, recording by hand or through the page's modules, its storage."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from households.models import Household
from povertyops.accounts.actor import Actor
from tests.journeys.steps import PHONE, sign_in_by_hand

MODULES = "/static/js/field/"
HOUSE = {"latitude": 7.7771, "longitude": 100.3215, "accuracy": 18}

# Everything a phone keeps, as one text: a name in it would be readable to whoever holds the phone.
DUMP = """async () => {
  const seen = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  const text = (value) => {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
    if (value instanceof CryptoKey) return `key ${value.extractable}`;
    if (value && typeof value === "object") {
      return Object.entries(value).map(([name, part]) => name + text(part)).join(" ");
    }
    return String(value);
  };
  for (const { name } of await indexedDB.databases()) {
    const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
    const db = await ask(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const shelf = db.transaction(store).objectStore(store);
      const [keys, rows] = await Promise.all([ask(shelf.getAllKeys()), ask(shelf.getAll())]);
      for (const row of rows) {
        if (row instanceof Blob) seen.push(await row.text());
        if (row?.sealed instanceof Blob) seen.push(await row.sealed.text());
        seen.push(store, text(row));
      }
      seen.push(...keys.map(String));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      seen.push(name, request.url);
      if (!/static/.test(request.url)) seen.push(await (await cache.match(request)).text());
    }
  }
  return seen.join("\\n");
}"""

PUT = """async ([modules, body, photos, label]) => {
  const { putVisit } = await import(modules + "outbox.js");
  const made = await Promise.all(photos.map(async ({ id, size, ...told }) => {
    const canvas = new OffscreenCanvas(size, size);
    const brush = canvas.getContext("2d");
    for (let y = 0; y < size; y += 4) for (let x = 0; x < size; x += 4) {
      brush.fillStyle = `hsl(${(x * y) % 360} 80% 50%)`;
      brush.fillRect(x, y, 4, 4);
    }
    return { id, blob: await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 }), ...told };
  }));
  return putVisit(body, made, label);
}"""


def settled(page: Page) -> None:
    """The service worker is in charge, and the page knows whose phone it is."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_for(page, "() => navigator.serviceWorker.controller !== null")
    page.evaluate("async (modules) => { await (await import(modules + 'app.js')).ready; }", MODULES)


def begin_day(page: Page, server: LiveServer, actor: Actor) -> None:
    """Sign in and wait until the phone is ready for work."""
    page.set_viewport_size(PHONE)
    sign_in_by_hand(page, server, actor)
    settled(page)


def take_along(page: Page) -> dict[str, Any]:
    return page.evaluate("async (modules) => (await import(modules + 'kit.js')).takeAlong()", MODULES)


def put_visit(
    page: Page,
    household: Household,
    visit_id: str,
    *,
    photos: list[dict[str, Any]] | None = None,
    **values: Any,
) -> None:
    """Record a visit through the page's own modules."""
    body = {
        "id": visit_id,
        "household": str(household.pk),
        "visited_at": page.evaluate("new Date(Date.now() - 60000).toISOString()"),
        "note": "หลังคารั่ว พบยาย",
        **values,
    }
    label = {"name": household.head_name, "place": "หมู่ 1"}
    page.evaluate(PUT, [MODULES, body, photos or [], label])


def items(page: Page) -> list[dict[str, Any]]:
    return page.evaluate("async (modules) => (await import(modules + 'outbox.js')).items()", MODULES)


def sync(page: Page) -> dict[str, Any]:
    """Send now; a round that runs already is waited for first."""
    call = "async (m) => (await import(m + 'sync.js')).syncNow({ force: true })"
    for _attempt in range(150):
        found: dict[str, Any] = page.evaluate(call, MODULES)
        if found["state"] != "busy":
            return found
        page.wait_for_timeout(100)
    pytest.fail("the phone never stopped sending")


def wait_for(page: Page, script: str, wanted: Any = True, arg: Any = MODULES) -> None:
    """Ask again until the (asynchronous) script answers as wanted. The pages' policy forbids the browser's
    own waiting (`wait_for_function`), which evaluates text."""
    found = None
    for _attempt in range(150):
        found = page.evaluate(script, arg)
        if found == wanted:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"still {found!r}, not {wanted!r}: {script}")


def draft_kept(page: Page) -> None:
    """Wait until what was typed into the page's form is kept on the phone."""
    kept = """async (modules) => {
      const form = document.querySelector("form[data-draft]");
      if (!form?.dataset.draftReady) return false;
      const { draftAt, draftsSettled } = await import(modules + "drafts.js");
      await draftsSettled();
      return (await draftAt(form.dataset.draft)) !== null;
    }"""
    wait_for(page, kept)


def all_written(page: Page) -> None:
    """Wait until every draft that was begun is written down."""
    page.evaluate("async (modules) => (await import(modules + 'drafts.js')).draftsSettled()", MODULES)


def sent(page: Page, count: int = 1) -> None:
    """Wait until so many items are stored."""
    stored = """async (modules) => {
      const { items } = await import(modules + "outbox.js");
      return (await items()).filter((item) => item.state === "stored").length;
    }"""
    wait_for(page, stored, count)


def sign_out(page: Page) -> None:
    page.locator("details.who summary").click()
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url("**/sign-in/**")


def dump(page: Page) -> str:
    return page.evaluate(DUMP)


def heading(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_have_text(text)


def new_phone(browser: Browser) -> BrowserContext:
    """A phone that may tell where it is: in front of a house."""
    return browser.new_context(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        geolocation=HOUSE,
        permissions=["geolocation"],
    )


def picture() -> bytes:
    """A photo as phones make it: large, lying on its side, telling where it was taken."""
    image = Image.effect_mandelbrot((2400, 1800), (-2, -1.5, 1, 1.5), 40).convert("RGB")
    exif = image.getexif()
    exif[0x0112], exif[0x010F] = 6, "Phone"
    exif[0x8825] = {1: "N", 2: (7.0, 46.0, 37.56), 3: "E", 4: (100.0, 19.0, 17.4)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def photograph(page: Page, body: bytes, name: str = "IMG_0001.jpg", mime: str = "image/jpeg") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_text("ถ่ายภาพ", exact=True).click()
    chooser.value.set_files({"name": name, "mimeType": mime, "buffer": body})


def shown(page: Page) -> None:
    expect(page.locator("html[data-shown]")).to_be_attached()


def kept(page: Page) -> None:
    """Everything typed is written down: some milliseconds after the last letter."""
    expect(page.locator("html[data-kept=yes]")).to_be_attached()


def save(page: Page) -> None:
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    expect(page.get_by_role("heading", name="บันทึกแล้ว")).to_be_visible()


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    for _attempt in range(120):
        if holds():
            return
        page.wait_for_timeout(250)
    assert holds()
