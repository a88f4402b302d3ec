"""What the journeys share: signing in as a person does, listening to the console, asking axe."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from povertyops.accounts.actor import Actor
from tests.cast import PASSWORD, client_of

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Every rule that axe runs by itself. What passes is not told in full, and the style sheets are not read a
# second time: only an experimental rule, which is not among them, asks for that, and our policy complains.
ASK_AXE = """async () => {
  const found = await axe.run({ resultTypes: ["violations"], preload: { assets: ["media"] } });
  return found.violations.map(({ id, nodes }) => [id, nodes[0].target]);
}"""


def sign_in_by_hand(page: Page, server: LiveServer, actor: Actor) -> None:
    """Type user name and password, land on the role's own page."""
    assert actor.user is not None
    page.goto(f"{server.url}/sign-in/")
    page.locator("main input[name=username][type=text]").fill(actor.user.username)
    page.locator("main input[name=password][type=password]").fill(PASSWORD)
    page.locator("main form").first.get_by_role("button").last.click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def carry_session(context: BrowserContext, server: LiveServer, actor: Actor) -> None:
    """Be signed in without the sign-in page."""
    session = client_of(actor).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])


def listen(page: Page) -> list[str]:
    """Everything the browser complains about from now on: errors, refused styles and scripts."""
    heard: list[str] = []
    page.on(
        "console",
        lambda message: heard.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def faults_of(page: Page) -> list[tuple[str, Any]]:
    """What axe finds on the page as it stands."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_axe())
    return [(rule, target) for rule, target in page.evaluate(ASK_AXE)]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def too_wide(page: Page) -> int:
    """By how much the page sticks out sideways."""
    return max(0, page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def unfold(page: Page) -> None:
    """Open what is folded away, so that it is looked at as well."""
    page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
