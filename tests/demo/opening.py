"""Every link of a board that opens a list, with the number it shows, and the list counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.test import Client

from tests.reports.test_numbers_and_lists import KIND_OF_PAGE, rows_of

NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Opened:
    """A link to a list; `number` is what it shows, None for a share, a name or a mere mark."""

    address: str
    number: Decimal | None = None


class _Reader(HTMLParser):
    """Links and what they show; what is only read aloud is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self._href = ""
        self._text: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a":
            self._href, self._text = told.get("href") or "", []
        elif tag == "span" and (self._unseen or "sr-only" in (told.get("class") or "")):
            self._unseen += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            self.links.append((self._href, "".join(self._text).strip()))
            self._href = ""
        elif tag == "span" and self._unseen:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(data)


def opened_from(client: Client, board: str) -> set[Opened]:
    """Links to lists as they stand in the page, and those that the marks of its charts carry."""
    answer = client.get(board)
    assert answer.status_code == 200, board
    reader = _Reader()
    reader.feed(answer.content.decode())
    charts = (section.chart for section in answer.context["sections"])
    marks = {address for chart in charts if chart for address in chart.links.values()}
    return {*_to_lists(reader.links), *_to_lists((address, "") for address in marks)}


def _to_lists(links: Iterable[tuple[str, str]]) -> Iterator[Opened]:
    for address, text in links:
        parts = urlsplit(address)
        if parts.path in KIND_OF_PAGE and parts.query:
            shown = NUMBER.fullmatch(text)
            yield Opened(address, Decimal(shown[0].replace(",", "")) if shown else None)


def said_by(client: Client, address: str) -> set[Decimal]:
    """How many the list says it has; of helps also how much baht."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return {Decimal(answer.context["count"]), *_baht_of(client, address)}


def counted_in(client: Client, address: str) -> set[Decimal]:
    """The rows of the list counted one by one, as it leaves the house complete."""
    return {Decimal(len(rows_of(client, address))), *_baht_of(client, address)}


def _baht_of(client: Client, address: str) -> set[Decimal]:
    if urlsplit(address).path != "/helps/":
        return set()
    return {sum((Decimal(row["มูลค่า (บาท)"]) for row in rows_of(client, address)), Decimal(0))}
