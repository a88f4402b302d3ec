"""Words that administrators may change while the code knows the thing by its code: the five dimensions and
the stages.

A word is looked up when it is shown, never when a module is read. The tables with the words stand on a floor
above, which registers how they are read. Each process believes for LIFE seconds what it knew, then asks the
shared cache, which holds the words for all; only when that is empty is the database asked. While the cache is
away a process believes for KEPT seconds what the database said, so that not every page waits for the cache.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, cast

from django.core.cache import cache
from django.db import Error, transaction
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from .languages import is_thai

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise, StrPromise

log = logging.getLogger(__name__)

LIFE = 2
KEPT = 60
KEY = "names-in-force"

Names = tuple[tuple[str, str, str], ...]
"""(code, Thai, English) of what is called otherwise than built in; an empty text is as built in."""

_readers: list[Callable[[], Names]] = []
_told: ContextVar[Names | None] = ContextVar("names", default=None)
_believed: tuple[float, Names] | None = None  # until when, and what


def _name(code: str, built_in: Promise) -> str:
    if get_language() is None:  # migrations compare and write what is built in
        return str(built_in)
    for known, thai, english in names_in_force():
        if known == code:
            return (thai if is_thai() else english or thai) or str(built_in)
    return str(built_in)


_lazy_name = lazy(_name, str)


def named(code: str, built_in: Promise) -> Promise:
    """The name in force of what has this code, as lazy as `gettext_lazy`."""
    return cast(Promise, _lazy_name(code, built_in))


DIMENSION_NAMES: Mapping[str, Promise] = {
    code: named(code, built_in)
    for code, built_in in (
        ("health", _("สุขภาพ")),
        ("living", _("ความเป็นอยู่")),
        ("education", _("การศึกษา")),
        ("income", _("รายได้")),
        ("access", _("การเข้าถึงบริการภาครัฐ")),
    )
}
STAGE_NAMES: Mapping[str, StrPromise] = {
    code: cast("StrPromise", named(code, built_in))
    for code, built_in in (
        ("waiting", _("ยังไม่ถึงขั้นอยู่รอด")),
        ("survive", _("อยู่รอด")),
        ("sufficient", _("พอเพียง")),
        ("sustainable", _("ยั่งยืน")),
    )
}


def with_stages(sentence: StrOrPromise) -> StrPromise:
    """A sentence with the names in force where it says {waiting}, {survive}, {sufficient}, {sustainable}.

    Of other values a sentence takes what stands in `%(...)s`, afterwards; no name holds a percent sign.
    """
    return format_lazy(sentence, **STAGE_NAMES)


def register_names(reader: Callable[[], Names]) -> None:
    """Let the floor above read the words from its tables; called once, when its app is ready."""
    if reader not in _readers:
        _readers.append(reader)


def names_in_force() -> Names:
    """What is called otherwise than built in. Equal as long as every name is: a key for what was drawn."""
    told = _told.get()
    if told is not None:
        return told
    believed = _believed
    if believed is None or time.monotonic() > believed[0]:
        return _ask()
    return believed[1]


@contextmanager
def said_as(names: Names) -> Iterator[None]:
    """Say these names within, whatever is in force: for what was frozen with its words."""
    token = _told.set(names)
    try:
        yield
    finally:
        _told.reset(token)


def names_changed() -> None:
    """Have every process say what is written here, once it is committed."""
    transaction.on_commit(lambda: spread(_read()))


def spread(names: Names) -> None:
    """Have every process say these names within LIFE seconds, this one at once."""
    _believe(names)
    try:
        cache.set(KEY, names, KEPT)
    except RedisError:
        log.warning("cache_away")


def _believe(names: Names, seconds: int = LIFE) -> Names:
    global _believed
    _believed = (time.monotonic() + seconds, names)
    return names


def _ask() -> Names:
    """From the cache, else from the tables; never over what somebody newer has spread meanwhile.

    While the database is away what was known is said; before it has tables, what is built in.
    """
    try:
        found: Names | None = cache.get(KEY)
        if found is None:
            found = _read()
            cache.add(KEY, found, KEPT)
        return _believe(found)
    except RedisError:
        log.warning("cache_away")
    except Error:
        return _believe(_unread())
    try:
        return _believe(_read(), KEPT)
    except Error:
        return _believe(_unread())


def _unread() -> Names:
    log.warning("names_unread")
    return _believed[1] if _believed else ()


def _read() -> Names:
    return tuple(name for reader in _readers for name in reader())
