"""Takes the pictures in docs/screens from a running demo: `python docs/take_screens.py http://127.0.0.1:8000`.

Each page as its own persona, on a phone (390x844) and on a desk (1440x900).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from povertyops.demo.personas import PASSWORD
from tests.browser import find_chromium

FOLDER = Path(__file__).resolve().parent / "screens"
SIZES = ((390, 844), (1440, 900))
BOARD = "/board/90/?fiscal_year=2568&list=csr"
LIST = "/households/?area=90&fiscal_year=2568&list=csr&failing=living"
FIRST_HOUSEHOLD = "main a[href*='/households/0']:not([href*='visit'])"

# (name, person, address, what to click then)
PAGES = (
    ("sign-in", "", "/sign-in/", None),
    ("today", "songkhla.mentor", "/today/", None),
    ("household", "songkhla.mentor", "/today/", FIRST_HOUSEHOLD),
    ("visit-form", "songkhla.mentor", "/today/", "main a[href$='/visit/']"),
    ("queues", "songkhla.district", "/queues/", None),
    ("households", "songkhla.district", "/households/?no_team=1", None),
    ("verify", "songkhla.district", "/verify/", "main table a"),
    ("approvals", "songkhla.district", "/approvals/", None),
    ("teams", "songkhla.district", "/teams/", None),
    ("board-songkhla", "songkhla.province", BOARD, None),
    ("list-behind-a-number", "songkhla.province", LIST, None),
    ("import-new", "songkhla.province", "/imports/new/", None),
    ("imports", "songkhla.province", "/imports/", "main table a"),
    ("board-khonkaen", "khonkaen.province", "/board/40/?fiscal_year=2565", None),
    ("board-municipal", "khonkaen.municipal", "/board/", None),
    ("board-nation", "national", "/board/TH/?fiscal_year=2565", None),
    ("yardstick", "songkhla.province", "/yardstick/", None),
    ("users", "admin", "/users/", None),
)


def main(address: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        for width, height in SIZES:
            for name, page in pages(browser, address, width, height):
                page.wait_for_load_state("networkidle")
                page.screenshot(path=FOLDER / f"{name}-{width}.png")
        browser.close()
    write_index()


def pages(browser: Browser, address: str, width: int, height: int) -> Iterator[tuple[str, Page]]:
    """Every page, opened by its person; one sign-in per person."""
    open_pages: dict[str, Page] = {}
    for name, person, path, then in PAGES:
        if person not in open_pages:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="th-TH")
            open_pages[person] = context.new_page()
            if person:
                sign_in(open_pages[person], address, person)
        page = open_pages[person]
        answer = page.goto(address + path)
        if answer is None or not answer.ok:
            raise SystemExit(f"{path} as {person or 'nobody'} answered {answer and answer.status}")
        if then and page.locator(then).count():
            page.locator(then).first.click()
        yield name, page


def sign_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("form.door__form input[name=username]", person)
    page.fill("form.door__form input[name=password]", PASSWORD)
    page.click("form.door__form button")


def write_index() -> None:
    """One page that shows them all, phone beside desk."""
    lines = ["# Screens", "", "Taken from the demo by `make screens`.", ""]
    for name, person, _path, _then in PAGES:
        lines += [f"## {name}" + (f" (`{person}`)" if person else ""), ""]
        lines += [f"![{name} on a phone]({name}-390.png) ![{name} on a desk]({name}-1440.png)", ""]
    (FOLDER / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
