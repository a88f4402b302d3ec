"""Takes the pictures in docs/screens from a running demo: `python docs/take_screens.py http://127.0.0.1:8000`.

A mentor's day on a phone (390x844), then each page as its own persona, on a phone and on a desk (1440x900).
Names after the address take these pages alone.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from docs.take_field import LINE, line_notice, mentors_day, new_phone, to_top
from povertyops.demo.personas import PASSWORD
from tests.browser import find_chromium, prepare_node

FOLDER = Path(__file__).resolve().parent / "screens"
SIZES = ((390, 844), (1440, 900))
COLOURS = 96
BOARD = "/board/90/?fiscal_year=2568&list=csr"
SOURCES = "main a[href$='/sources/']"
PAIR = "main a[href^='/duplicates/0']"
APPLIED = "main table tbody tr:has-text('นำเข้าแล้ว') a"
NOMINATION = "main a[href^='/nominations/0']"
DISTRICTS_OWN = "/board/9007/?fiscal_year=2568&list=csr"
MOVED = "/board/90/moved/?fiscal_year=2568&list=csr&as_of=2025-09-30&compare=2025-03-31"
MEETING = "main tbody th a"
LIST = "/households/?area=90&fiscal_year=2568&list=csr&failing=living"
HOUSEHOLD = "main a[href*='/households/0']:not([href*='visit'])"
MENTOR, DISTRICT, PROVINCE = "songkhla.mentor", "songkhla.district", "songkhla.province"
GOVERNOR = "songkhla.governor"
LEAD, FUND = "songkhla.income", "songkhla.fund"
HEADINGS = {
    "": "Before signing in",
    MENTOR: "The mentor",
    DISTRICT: "The district officer",
    LEAD: "The lead office of income",
    FUND: "A partner: the rehabilitation fund",
    PROVINCE: "The provincial secretary",
    GOVERNOR: "The governor",
    "khonkaen.province": "The secretary of another province",
    "khonkaen.municipal": "The municipal officer",
    "national": "The national viewer",
    "admin": "The administrator",
}

# (name, what is seen); pictures of the phone alone
FIELD = (
    ("field-line", "A link opened inside LINE: how to open it in Chrome"),
    ("field-today", "The day, with the households taken along"),
    ("field-visit", "The visit form without network"),
    ("field-visit-help", "A help chosen: what fits this household comes first, and why"),
    ("field-visit-photo", "A photo taken"),
    ("field-visit-saved", "Saved: on this phone; what else the household has, whom to see next"),
    ("field-household", "The household, from the phone"),
    ("field-facts", "Facts of a household"),
    ("field-facts-saved", "One field edited, waiting"),
    ("field-assess", "Re-assessment: the failed indicators, or the whole set"),
    ("field-assess-question", "One question a screen, three answers"),
    ("field-assess-skip", "Skipping asks why"),
    ("field-assess-summary", "The answers together"),
    ("field-assess-wishes", "What the family itself puts first"),
    ("field-assess-saved", "The assessment saved"),
    ("field-today-unsent", "The day, with records that wait"),
    ("field-offline", "A page that needs the network"),
    ("field-outbox-waiting", "What waits, without network"),
    ("field-outbox-needs-you", "Sent; one record needs its person, with the reason"),
    ("field-outbox-stored", "Stored, each with its receipt"),
    ("field-visit-mend", "Mending it: when was the visit really"),
)

# (name, what is seen, person, address, what to click then, one after the other)
PAGES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("sign-in", "Sign-in and the people of the demo", "", "/sign-in/", ()),
    ("today", "The day, from the server", MENTOR, "/today/", ()),
    ("household", "A household", MENTOR, "/today/", (HOUSEHOLD,)),
    (
        "visit-photo",
        "A visit with its photo",
        MENTOR,
        "/today/",
        ("@photo",),
    ),
    ("plan-form", "A household plan", MENTOR, "/today/", (HOUSEHOLD, "main a[href$='/plan/']")),
    ("queues", "What waits for the officer", DISTRICT, "/queues/", ()),
    ("supervision", "Who saw how many this month, lowest first", DISTRICT, "/supervision/", ("@lines",)),
    ("hand-over", "Handing over before an account closes", DISTRICT, "/users/", ("@leaver",)),
    ("hand-over-sheet", "The hand-over sheet, for paper", DISTRICT, "", ("@hand over",)),
    ("transfers", "Households that move to another centre", DISTRICT, "/transfers/", ()),
    ("fact-conflicts", "Two people edited one field", DISTRICT, "/facts/conflicts/", ()),
    ("plans", "Plans that wait for approval", DISTRICT, "/plans/", ()),
    (
        "plan",
        "A plan: what changed against the version in force",
        DISTRICT,
        "/plans/",
        ("@plan with a former",),
    ),
    ("care", "Continuing care, proposed and to be reviewed", DISTRICT, "/care/", ()),
    ("care-form", "Proposing continuing care", DISTRICT, "/households/?failing=health", ("@care",)),
    ("tpmap", "What is not in TPMAP yet, ready to copy", DISTRICT, "/tpmap/", ()),
    ("qr", "QR card of a household", DISTRICT, "/households/", (HOUSEHOLD, "main a[href$='/qr/']")),
    ("digest", "The digest of the morning", DISTRICT, "/digest/", ()),
    ("households", "Households without a team", DISTRICT, "/households/?no_team=1", ()),
    ("verify", "Checking the members of a village", DISTRICT, "/verify/", ("main table a",)),
    ("approvals", "Stages that wait for approval", DISTRICT, "/approvals/", ()),
    ("teams", "Mentor teams", DISTRICT, "/teams/", ()),
    ("referrals", "Referrals that the lead office answers or oversees", LEAD, "/referrals/", ()),
    ("referral", "One referral", LEAD, "/referrals/", ("main a[href^='/referrals/']:not([href*='?'])",)),
    ("referrals-fund", "Referrals to the fund", FUND, "/referrals/", ()),
    ("board-songkhla", "The board of a province", PROVINCE, BOARD, ()),
    (
        "board-areas",
        "Districts, worst first, and the map of the same figures",
        PROVINCE,
        BOARD,
        ("^#map",),
    ),
    ("board-trend", "The way of the stages, and where households wait", PROVINCE, BOARD, ("^#trend",)),
    ("board-help", "Who gave how much; relief against development", PROVINCE, BOARD, ("^#agencies",)),
    ("board-as-of", "The board as it was known on a past day", PROVINCE, BOARD + "&as_of=2025-06-30", ()),
    ("board-compare", "Two days compared", PROVINCE, BOARD + "&compare=2025-03-31", ()),
    ("board-moved", "The households that moved between them", PROVINCE, MOVED, ()),
    ("board-district", "Down to a district", PROVINCE, DISTRICTS_OWN, ()),
    ("meetings", "Meetings of a year", PROVINCE, "/meetings/", ()),
    ("meeting", "A meeting: agenda, resolutions, spot checks, figures", PROVINCE, "/meetings/", (MEETING,)),
    ("meeting-checks", "The spot checks of a meeting", PROVINCE, "/meetings/", (MEETING, "@draw")),
    ("spot-checks", "Households to be looked at before the meeting", DISTRICT, "/meetings/checks/", ()),
    ("meeting-freeze", "What will be frozen", PROVINCE, "/meetings/", (MEETING, "@before the freeze")),
    (
        "targets",
        "A target and its shares",
        PROVINCE,
        "/targets/?fiscal_year=2568",
        ("@target",),
    ),
    ("measures", "Poverty measures", PROVINCE, "/measures/90/?fiscal_year=2568", ()),
    ("public-settings", "What everybody will see, and the switch", PROVINCE, "/public-page/", ()),
    ("weekly", "The Monday figures", PROVINCE, "/weekly/", ()),
    ("exports", "Exports, kept for a week", PROVINCE, LIST, ("@export",)),
    ("public", "The public page", PROVINCE, "/public-page/", ("@public",)),
    (
        "meeting-pack",
        "Frozen figures and the pack",
        PROVINCE,
        "/meetings/",
        (MEETING, "@freeze"),
    ),
    ("board-governor", "The board of this year", GOVERNOR, "/", ()),
    ("list-behind-a-number", "The list behind a number", PROVINCE, LIST, ()),
    ("offices", "Offices and their deadlines", PROVINCE, "/offices/", ()),
    ("menu", "The help menu", PROVINCE, "/menu/", ()),
    ("import-new", "Importing a list", PROVINCE, "/imports/new/", ()),
    ("imports", "What an import found", PROVINCE, "/imports/", (APPLIED,)),
    ("yardstick", "The yardstick", PROVINCE, "/yardstick/", ()),
    ("mapping", "What each column of a file is", PROVINCE, "/imports/", ("@mapping",)),
    ("lists", "The lists of a year and how they overlap", PROVINCE, "/lists/?fiscal_year=2568", ()),
    ("source-rules", "Which list is believed", PROVINCE, "/lists/rules/", ()),
    ("sources", "Where each value of a household comes from", PROVINCE, LIST, (HOUSEHOLD, SOURCES)),
    ("duplicates", "Pairs that may be the same", PROVINCE, "/duplicates/", ()),
    ("duplicate", "Two households side by side", PROVINCE, "/duplicates/", (PAIR,)),
    ("nominations", "Omitted families, the longest wait first", PROVINCE, "/nominations/", ()),
    ("nomination", "One nomination", PROVINCE, "/nominations/", (NOMINATION,)),
    ("nomination-new", "Nominating: search first", MENTOR, "/nominations/new/", ()),
    ("share-out", "Cases shared out by score and load", DISTRICT, "/share-out/", ()),
    ("priority-weights", "The weights of the priority", PROVINCE, "/priority/weights/", ()),
    ("carry-over", "Work done before the system", PROVINCE, "/carry-over/", ()),
    ("review", "The yearly review of the baseline", PROVINCE, "/review/", ()),
    ("board-english", "The board in English", "national", "/board/TH/?fiscal_year=2565", ("@english",)),
    (
        "board-khonkaen",
        "Khon Kaen, municipalities as “of which”",
        "khonkaen.province",
        "/board/40/?fiscal_year=2565",
        (),
    ),
    ("board-municipal", "The board of a municipality", "khonkaen.municipal", "/board/", ()),
    ("board-nation", "The nation, without names", "national", "/board/TH/?fiscal_year=2565", ()),
    ("users", "Users", "admin", "/users/", ()),
)

# Acts that cannot be done twice, and pages that a phone shows no differently: at the last size alone.
DESK_ONLY = ("meeting-pack", "meeting-freeze", "board-moved", "board-help")


def main(address: str, *names: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    prepare_node()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        for name, page in () if names else field_pages(browser, address):
            keep(page, name)
        for width, height in SIZES:
            for name, page in pages(browser, address, width, height, names):
                page.wait_for_load_state("networkidle")
                keep(page, f"{name}-{width}")
        browser.close()
    write_index()


def keep(page: Page, name: str) -> None:
    """The screen as it stands, in few colours: the pictures travel with the source."""
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def field_pages(browser: Browser, address: str) -> Iterator[tuple[str, Page]]:
    inside_line = new_phone(browser, LINE)
    phone = new_phone(browser)
    desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="th-TH")
    for context, person in ((inside_line, MENTOR), (phone, MENTOR), (desk, DISTRICT)):
        sign_in(context.new_page(), address, person)
    yield from line_notice(inside_line.pages[0], address)
    yield from mentors_day(phone.pages[0], desk.pages[0], address)
    for context in (inside_line, phone, desk):
        context.close()


def pages(
    browser: Browser, address: str, width: int, height: int, names: Container[str] = ()
) -> Iterator[tuple[str, Page]]:
    """Every page, or those of the names, opened by its person; one sign-in per person."""
    open_pages: dict[str, Page] = {}
    for name, _seen, person, path, clicks in PAGES:
        if (names and name not in names) or ((width, height) != SIZES[-1] and name in DESK_ONLY):
            continue
        if person not in open_pages:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="th-TH")
            open_pages[person] = context.new_page()
            if person:
                sign_in(open_pages[person], address, person)
        page = open_pages[person]
        if path:
            answer = page.goto(address + path)
            if answer is None or not answer.ok:
                raise SystemExit(f"{path} as {person or 'nobody'} answered {answer and answer.status}")
        for click in clicks:
            follow(page, click)
        page.wait_for_load_state("networkidle")
        yield name, page


def follow(page: Page, click: str) -> None:
    """Click what the selector finds first, scroll to it (^), or do the named act (@)."""
    if click.startswith("@"):
        ACTS[click](page)
        return
    if click.startswith("^"):
        scroll_to(page, click[1:])
        return
    found = page.locator(click)
    if not found.count():
        raise SystemExit(f"{page.url} has no {click}")
    if not found.first.is_visible():
        page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
    found.first.click()
    page.wait_for_load_state()


def sign_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("form.door__form input[name=username]", person)
    page.fill("form.door__form input[name=password]", PASSWORD)
    page.click("form.door__form button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


# ------------------------------------------------------------------------------------------------ named acts


def leaver(page: Page) -> None:
    """A mentor of the district who still has households."""
    page.goto(urljoin(page.url, "/users/?role=mentor"))
    links = page.locator("main tbody th a").evaluate_all("(all) => all.map((link) => link.href)")
    for link in links:
        page.goto(link)
        wizard = page.locator("main a[href^='/hand-over/']")
        if page.get_by_text(MENTOR, exact=True).count() or not wizard.count():
            continue
        wizard.first.click()
        page.wait_for_load_state()
        if page.locator("#all-households").count():
            return
    raise SystemExit("no mentor of the district has households to hand over")


def hand_over(page: Page) -> None:
    """Everything to one colleague; then the sheet."""
    page.locator("#all-households").select_option(index=1)
    if page.locator("#all-others").count():
        page.locator("#all-others").select_option(index=1)
    page.locator("button[name=step][value=all]").click()
    page.wait_for_load_state()
    page.locator("[name=reason]").fill("ย้ายไปอยู่ต่างจังหวัด")
    page.locator("button[name=step][value=confirm]").click()
    page.wait_for_load_state()
    follow(page, "main a[href*='/hand-over/sheet/']")


def photo(page: Page) -> None:
    """The last visit that came with a photo."""
    links = "main a[href^='/visits/']:not([href*='?'])"
    for household in page.locator(HOUSEHOLD).evaluate_all("(all) => all.map((link) => link.href)"):
        page.goto(household)
        for visit in page.locator(links).evaluate_all("(all) => all.map((link) => link.href)")[:2]:
            page.goto(visit)
            shot = page.locator("img.photo__image").first
            if shot.count():
                shot.scroll_into_view_if_needed()
                page.wait_for_function("document.querySelector('img.photo__image').naturalWidth > 0")
                to_top(page.locator("#photos-title"))
                return
    raise SystemExit("no visit has a photo")


def care(page: Page) -> None:
    """The form of the first household whose dimension may still be proposed."""
    for link in page.locator(HOUSEHOLD).evaluate_all("(all) => all.map((link) => link.href)"):
        page.goto(link)
        if page.locator("main a[href$='/care/']").count():
            follow(page, "main a[href$='/care/']")
            return
    raise SystemExit("no household of the list may be proposed for care")


def lines(page: Page) -> None:
    """On a phone the lines stand below the fold."""
    if page.evaluate("innerWidth") < SIZES[1][0]:
        to_top(page.locator("main table").first)


def plan_with_a_former(page: Page) -> None:
    card = page.locator("li.card", has_text="ต่างจากฉบับที่ใช้อยู่").first
    card.locator("a[href^='/plans/']").last.click()
    page.wait_for_load_state()
    to_top(page.locator("#compare-title"))


def scroll_to(page: Page, selector: str) -> None:
    """Down to a part whose pictures may come late: seen once, then put below the header."""
    page.locator(selector).first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    to_top(page.locator(selector).first)
    page.wait_for_load_state("networkidle")


def part(page: Page, name: str) -> None:
    page.goto(page.url.split("?")[0] + f"?part={name}")


def draw(page: Page) -> None:
    """The sample of a meeting, drawn if nobody has."""
    part(page, "checks")
    if page.locator("form[action$='/checks/draw/']").count():
        follow(page, "form[action$='/checks/draw/'] button")
    part(page, "checks")


def before_the_freeze(page: Page) -> None:
    part(page, "pack")
    follow(page, "main a[href$='/freeze/']")


def freeze(page: Page) -> None:
    """Freeze, ask for the pack, and wait until a worker has made it."""
    meeting = page.url.split("?")[0]
    before_the_freeze(page)
    follow(page, "main form[data-submit-once] button")
    page.goto(meeting + "?part=pack")
    if not page.locator(".files__item").count() and page.locator("form[action$='/pack/']").count():
        follow(page, "form[action$='/pack/'] button")
    page.locator(".files__item").first.wait_for(timeout=120_000)
    page.goto(meeting + "?part=pack")


def target(page: Page) -> None:
    if not page.locator("section[id^='target-']").count():
        follow(page, "main form[data-submit-once] button, main form button")


def public(page: Page) -> None:
    """Switched on, then as everybody sees it."""
    if page.locator("main form button.button:not(.button--second)").count():
        follow(page, "main form button.button:not(.button--second)")
    page.goto(urljoin(page.url, "/public/90/"))


def export(page: Page) -> None:
    """A list as a job; then the page where its file is found."""
    page.goto(urljoin(page.url, "/exports/new/?kind=household&area=90&fiscal_year=2568&list=csr"))
    follow(page, "main form button.button--second[value=job]")
    page.goto(urljoin(page.url, "/exports/"))


ODD_HEADERS = """ที่,ตำบล (รหัส),หมู่ที่,เลขที่บ้าน,เลข ปชช. หัวหน้า,ชื่อหัวหน้าครัวเรือน,บ้านไม่มั่นคง,รายได้ไม่พอ,หมายเหตุ
1,900701,3,12/3,1000112345679,นางสมใจ ทองดี,x,x,ขอถังน้ำ
2,900701,3,14,1000198765434,นายบุญมี แก้วงาม,,x,
3,900702,1,7/1,1000155555556,นางละออ ศรีสุข,x,,หลังคารั่ว
"""


def mapping(page: Page) -> None:
    """A file whose columns nobody has met before."""
    page.goto(urljoin(page.url, "/imports/new/"))
    page.locator("main input[type=file]").set_input_files(
        {"name": "สำรวจบ้าน.csv", "mimeType": "text/csv", "buffer": ODD_HEADERS.encode("utf-8-sig")}
    )
    page.locator("main select[name=kind]").select_option("survey")
    page.locator("main form button.button").last.click()
    link = page.locator("main a[href$='/mapping/']")
    link.first.wait_for(timeout=60_000)
    link.first.click()
    page.wait_for_load_state()


def english(page: Page) -> None:
    page.locator("form[action='/language/'] button").first.click()
    page.wait_for_load_state()


ACTS: dict[str, Callable[[Page], None]] = {
    "@leaver": leaver,
    "@hand over": hand_over,
    "@plan with a former": plan_with_a_former,
    "@photo": photo,
    "@care": care,
    "@lines": lines,
    "@draw": draw,
    "@before the freeze": before_the_freeze,
    "@freeze": freeze,
    "@target": target,
    "@public": public,
    "@export": export,
    "@mapping": mapping,
    "@english": english,
}


# ------------------------------------------------------------------------------------------------- the index


def write_index() -> None:
    """One page that shows them all, grouped by whom they are for."""
    lines = ["# Screens", "", "Taken from the demo by `make screens`; everybody in them is invented.", ""]
    lines += [f"## A mentor's day on a phone (`{MENTOR}`)", ""]
    for start in range(0, len(FIELD), 3):
        row = FIELD[start : start + 3]
        lines += [
            "| " + " | ".join(seen for _name, seen in row) + " |",
            "|" + "---|" * len(row),
            "| " + " | ".join(f"![{seen}]({name}.png)" for name, seen in row) + " |",
            "",
        ]
    for person in dict.fromkeys(page[2] for page in PAGES):
        lines += [f"## {HEADINGS[person]}" + (f" (`{person}`)" if person else ""), ""]
        for name, seen, whose, _path, _clicks in PAGES:
            if whose == person:
                phone = "" if name in DESK_ONLY else f"![{seen}, on a phone]({name}-390.png) "
                lines += [f"**{seen}**", "", f"{phone}![{seen}, on a desk]({name}-1440.png)", ""]
    (FOLDER / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000", *sys.argv[2:])
