"""Keyset paging: a page begins after the last row of the one before, so page 1,000 costs what page 1 costs.

The position is sealed into the address (`?after=...`), since sort keys hold names.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

PARAMETER = "after"
SIZE = 50
_NONCE = 12

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows and the cursors of the neighbouring pages ("" at the ends)."""

    rows: list[Row]
    next_cursor: str = ""
    previous_cursor: str = ""


def keyset_page(
    rows: QuerySet[Row, Row], order: Sequence[str], cursor: str = "", size: int = SIZE
) -> Page[Row]:
    """One page of `rows` in the order of these fields, one query.

    The fields together must be unique and never NULL (annotate a Coalesce otherwise); "-" in front of all
    of them or of none. A cursor that was tampered with or belongs to another order gives the first page.
    """
    backwards, values = _open(cursor, order)
    if values:
        rows = rows.filter(_beyond(order, values, backwards))
    found = list(rows.order_by(*(_turned(order) if backwards else order))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page(found)
    has_next = more if not backwards else True
    has_previous = bool(values) if not backwards else more
    return Page(
        found,
        next_cursor=_seal(order, found[-1], backwards=False) if has_next else "",
        previous_cursor=_seal(order, found[0], backwards=True) if has_previous else "",
    )


def page_of_request(
    request: HttpRequest, rows: QuerySet[Row, Row], order: Sequence[str], size: int = SIZE
) -> tuple[Page[Row], dict[str, str]]:
    """The page a request asks for, and `{previous_url, next_url}` for the pager."""
    page = keyset_page(rows, order, request.GET.get(PARAMETER, ""), size)
    urls = {"previous_url": page.previous_cursor, "next_url": page.next_cursor}
    return page, {name: _url(request, cursor) if cursor else "" for name, cursor in urls.items()}


def seal_position(order: Sequence[str], row: object) -> str:
    """The cursor behind a row that is no model, for queries that page by themselves."""
    return _seal(order, row, backwards=False)


def position_of(cursor: str, order: Sequence[str]) -> list[Any]:
    """The values of the row a cursor stands behind; empty for the first page and for a spoilt cursor."""
    return _open(cursor, order)[1]


def _url(request: HttpRequest, cursor: str) -> str:
    query = request.GET.copy()
    query[PARAMETER] = cursor
    return f"{request.path}?{query.urlencode()}"


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _beyond(order: Sequence[str], values: Sequence[Any], backwards: bool) -> Q:
    """(a, b) > (x, y) written so that an index on (a, b) can seek: a >= x and (a > x or b > y ...)."""
    descending = order[0].startswith("-") is not backwards
    operator = "lt" if descending else "gt"
    names = [name.lstrip("-") for name in order]
    condition = Q(**{f"{names[-1]}__{operator}": values[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(values[:-1]), strict=True):
        at_or_beyond = Q(**{f"{name}__{operator}e": value})
        condition = at_or_beyond & (Q(**{f"{name}__{operator}": value}) | condition)
    return condition


@cache
def _cipher() -> AESGCM:
    return AESGCM(salted_hmac("povertyops.paging", "cursor", algorithm="sha256").digest())


def _seal(order: Sequence[str], row: object, *, backwards: bool) -> str:
    values = [_value(row, name.lstrip("-")) for name in order]
    plain = json.dumps([backwards, values], cls=DjangoJSONEncoder).encode()
    nonce = os.urandom(_NONCE)
    sealed = nonce + _cipher().encrypt(nonce, plain, ",".join(order).encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _value(row: object, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value.pk if isinstance(value, Model) else value


def _open(cursor: str, order: Sequence[str]) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        plain = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], ",".join(order).encode())
    except (InvalidTag, ValueError, binascii.Error):
        return False, []
    backwards, values = json.loads(plain)
    return backwards, values
