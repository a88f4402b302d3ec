"""Reading the plain bodies of visits, of which a team's phones send hundreds within minutes, by hand.

Takes only what is beyond doubt; whatever is missing, unknown or odd is left to the serializer, which reads it
or says what to mend. What is read here is what the serializer would have read.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.utils import timezone

from ..enums import VisitOutcome
from ..inputs import VisitInput
from ..validators import LONGEST_NOTE
from .serializers import FIRST_YEAR, LARGEST_SKEW, LAST_YEAR

_OUTCOMES = frozenset(VisitOutcome.values)
_NEEDED = frozenset({"id", "household", "visited_at"})
_READ = _NEEDED | {"outcome", "note", "next_visit_on", "notice_version", "clock_skew_s"}
_LONGEST_NOTICE = 20


class _Odd(Exception):
    """Something for the serializer."""


def read_plain(body: Any) -> VisitInput | None:
    """The visit that a plain body says; None for every other body."""
    if type(body) is not dict or not _NEEDED <= body.keys() <= _READ:
        return None
    try:
        return VisitInput(
            id=_uuid(body["id"]),
            household_id=_uuid(body["household"]),
            visited_at=_moment(body["visited_at"], timezone.get_default_timezone()),
            outcome=_outcome(body.get("outcome", "met")),
            note=_text(body.get("note", ""), LONGEST_NOTE),
            next_visit_on=_day(body.get("next_visit_on")),
            notice_version=_trimmed(body.get("notice_version", "")),
            clock_skew_s=_skew(body.get("clock_skew_s")),
        )
    except (_Odd, ValueError, OverflowError):
        return None


def _uuid(value: Any) -> UUID:
    if type(value) is not str or len(value) != 36:
        raise _Odd
    return UUID(value)


def _moment(value: Any, zone: tzinfo) -> datetime:
    if type(value) is not str:
        raise _Odd
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise _Odd
    moment = moment.astimezone(zone)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _Odd
    return moment


def _outcome(value: Any) -> str:
    if type(value) is not str or value not in _OUTCOMES:
        raise _Odd
    return value


def _text(value: Any, longest: int) -> str:
    """Raises UnicodeEncodeError, a ValueError, for half a character."""
    if type(value) is not str or len(value) > longest or "\x00" in value:
        raise _Odd
    value.encode()
    return value


def _trimmed(value: Any) -> str:
    return _text(value, _LONGEST_NOTICE).strip()


def _day(value: Any) -> date | None:
    if value is None:
        return None
    if type(value) is not str:
        raise _Odd
    return date.fromisoformat(value)


def _skew(value: Any) -> int | None:
    if value is not None and (type(value) is not int or abs(value) > LARGEST_SKEW):
        raise _Odd
    return value
