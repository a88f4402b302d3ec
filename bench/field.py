"""The field pages in Chromium as on a cheap phone: slow 4G, a slow processor, a network that breaks."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg2
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.browser import find_chromium, prepare_node
from tests.cutting import CuttingProxy

from .ground import Ground
from .measure import Line, Report, ms

TURNS = 7
SLOW_4G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
FIRST_LOAD, KIT = 150 * 1024, 1_000_000
OPENS, SAVES = 1.0, 0.3
QUEUED, CUTS = 40, 50
SETTLES_MS = 2_500
MODULES = "/static/js/field/"

SAVE = """async () => {
  const button = document.querySelector("[data-save]"), sheet = document.querySelector("[data-saved]");
  const begun = performance.now();
  button.click();
  while (sheet.hidden) await new Promise(requestAnimationFrame);
  return (performance.now() - begun) / 1000;
}"""
SYNC = "async (m) => (await import(m + 'sync.js')).syncNow({ force: true })"
STORED = """async (m) => (await (await import(m + "outbox.js")).items())
  .filter((item) => item.state === "stored" && item.photos.sent === item.photos.total).length"""


def run(report: Report, ground: Ground, name: str, mentor: dict[str, Any]) -> None:
    prepare_node()
    web = ground.serve(name, workers=2)
    server = SimpleNamespace(url=f"http://127.0.0.1:{web.port}")
    try:
        with sync_playwright() as playwright:
            flags = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
            household = mentor["households"][0]
            _first_loads(report, browser, server.url, mentor, household)
            with _phone(browser, server.url, mentor) as page:
                _kit(report, page, server.url)
                _opening(report, page, server.url)
                _saving(report, page, server.url, mentor["households"])
            _broken_network(report, ground, name, browser, server.url, mentor)
            browser.close()
    finally:
        web.stop()


@contextmanager
def _phone(browser: Browser, url: str, mentor: dict[str, Any], **options: Any) -> Iterator[Page]:
    """A signed-in phone."""
    context: BrowserContext = browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        **options,
    )
    context.add_cookies([{"name": "sessionid", "value": mentor["session"], "url": url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def _slow(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


def _first_loads(report: Report, browser: Browser, url: str, mentor: dict[str, Any], household: str) -> None:
    """Bytes on the wire of a page that this phone never opened; the service worker's own fetching apart."""
    for what, path in (
        ("first load of งานวันนี้, compressed", "/today/"),
        ("first load of the visit form, compressed", f"/households/{household}/visit/"),
    ):
        size = _received(browser, f"{url}{path}", url, mentor)
        report.add(_bound(what, size, FIRST_LOAD, f"{size / 1024:.0f} KB", "150 KB"))


def _received(browser: Browser, page_url: str, url: str, mentor: dict[str, Any]) -> float:
    received: list[float] = []
    with _phone(browser, url, mentor, service_workers="block") as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        page.goto(page_url, wait_until="load")
        page.locator(".day-group, .fold, [data-bar]:not([hidden])").first.wait_for()
        page.wait_for_timeout(SETTLES_MS)
    return sum(received)


def _kit(report: Report, page: Page, url: str) -> None:
    from tests.journeys.phone import settled, take_along

    page.goto(f"{url}/today/")
    settled(page)
    answer = page.evaluate(
        """async () => {
          const answer = await fetch("/api/v1/field/kit/", { headers: { Accept: "application/json" } });
          const text = await answer.text();
          return [new Blob([text]).size, JSON.parse(text).households.length];
        }"""
    )
    size, households = answer
    what = f"{households} households taken along, uncompressed"
    report.add(_bound(what, size, KIT, f"{size / 1000:.0f} KB", "1,000 KB"))
    take_along(page)


def _opening(report: Report, page: Page, url: str) -> None:
    _slow(page)
    taken = []
    for turn in range(TURNS + 1):
        page.goto("about:blank")
        started = time.perf_counter()
        page.goto(f"{url}/today/", wait_until="commit")
        page.locator("[data-groups] > *").first.wait_for()
        if turn:
            taken.append(time.perf_counter() - started)
    found = statistics.median(taken)
    report.add(_bound("งานวันนี้ opens from the phone, slow 4G, CPU 4x", found, OPENS, ms(found), "1 s"))


def _saving(report: Report, page: Page, url: str, households: list[str]) -> None:
    for offline in (True, False):
        taken = []
        for turn in range(TURNS + 1):
            page.goto(f"{url}/households/{households[turn]}/visit/")
            page.locator("[data-bar]:not([hidden])").wait_for()
            page.context.set_offline(offline)
            took = page.evaluate(SAVE)
            page.context.set_offline(False)
            if turn:
                taken.append(took)
        found = statistics.median(taken)
        how = "offline" if offline else "online"
        report.add(_bound(f"saving a visit, {how}, CPU 4x", found, SAVES, ms(found), "300 ms"))


def _broken_network(
    report: Report, ground: Ground, name: str, browser: Browser, url: str, mentor: dict[str, Any]
) -> None:
    """Forty visits with a photo each, sent while the connection is cut again and again."""
    from tests.journeys.phone import PUT, settled

    proxy = CuttingProxy(url, seed=2568)
    sent = {str(uuid4()): str(uuid4()) for _turn in range(QUEUED)}
    with _phone(browser, proxy.url, mentor) as page:
        page.goto(f"{proxy.url}/today/")
        settled(page)
        page.evaluate(SYNC, MODULES)
        page.context.set_offline(True)
        for number, (visit, photo) in enumerate(sent.items()):
            body = {
                "id": visit,
                "household": mentor["households"][number],
                "visited_at": page.evaluate("new Date(Date.now() - 60000).toISOString()"),
            }
            page.evaluate(PUT, [MODULES, body, [{"id": photo, "size": 800}], {}])
        page.context.set_offline(False)
        proxy.armed = True
        started = time.perf_counter()
        before = page.evaluate(STORED, MODULES)
        while sum(proxy.cuts.values()) < CUTS or page.evaluate(STORED, MODULES) < before + QUEUED:
            page.evaluate(SYNC, MODULES)
            proxy.armed = sum(proxy.cuts.values()) < CUTS
            if time.perf_counter() - started > 600:
                break
        took = time.perf_counter() - started
    proxy.close()
    visits, photos = _stored(ground, name, sent)
    wrong = abs(QUEUED - visits) + abs(QUEUED - photos)
    cuts = sum(proxy.cuts.values())
    what = f"{QUEUED} visits, {QUEUED} photos, {cuts} cuts ({json.dumps(dict(proxy.cuts))}): lost or doubled"
    report.add(Line(what, f"{wrong} in {took:.0f} s", "", "", "0", wrong == 0 and cuts >= CUTS))


def _stored(ground: Ground, name: str, sent: dict[str, str]) -> tuple[int, int]:
    with psycopg2.connect(ground.env_of(name)["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casework_visit WHERE id = ANY(%s::uuid[])", [list(sent)])
        visits = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM casework_photo WHERE state = 'stored' AND owner_id = ANY(%s::uuid[])",
            [list(sent)],
        )
        photos = cursor.fetchone()[0]
    connection.close()
    return visits, photos


def _bound(what: str, found: float, most: float, said: str, target: str) -> Line:
    return Line(what, said, "", "", f"at most {target}", found <= most)
