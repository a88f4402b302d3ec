"""The life of a referral: which step may follow which, who takes it, what it needs, and its clock. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.enums import FIELD_ROLES, OFFICER_ROLES
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from .enums import ReferralStatus

REFERRING_ROLES = FIELD_ROLES | OFFICER_ROLES
OPEN_STATUSES = (ReferralStatus.SENT, ReferralStatus.ACCEPTED)


class Side(StrEnum):
    """Who takes a step: the office it was sent to, or those who sent it."""

    OFFICE = "office"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Move:
    """A step that may follow; `note_needed` is what to say when its note is missing, "" when it may be."""

    side: Side
    note_needed: str | Promise = ""


_RETURN = Move(Side.OFFICE, _("โปรดบอกเหตุผลที่ส่งคืน ผู้ส่งจะได้รู้ว่าควรส่งไปที่ใด"))
_DONE = Move(Side.OFFICE, _("โปรดบอกว่าดำเนินการอะไรให้ครัวเรือนแล้ว"))
_WITHDRAW = Move(Side.SENDER, _("โปรดบอกเหตุผลที่ขอถอนเรื่อง"))

MOVES: Mapping[tuple[ReferralStatus, ReferralStatus], Move] = {
    (ReferralStatus.SENT, ReferralStatus.ACCEPTED): Move(Side.OFFICE),
    (ReferralStatus.SENT, ReferralStatus.RETURNED): _RETURN,
    (ReferralStatus.SENT, ReferralStatus.DONE): _DONE,
    (ReferralStatus.SENT, ReferralStatus.WITHDRAWN): _WITHDRAW,
    (ReferralStatus.ACCEPTED, ReferralStatus.RETURNED): _RETURN,
    (ReferralStatus.ACCEPTED, ReferralStatus.DONE): _DONE,
    (ReferralStatus.ACCEPTED, ReferralStatus.WITHDRAWN): _WITHDRAW,
    (ReferralStatus.RETURNED, ReferralStatus.WITHDRAWN): _WITHDRAW,
}


def moves_from(status: str) -> dict[ReferralStatus, Move]:
    """The steps that may follow a status."""
    return {to: move for (before, to), move in MOVES.items() if before == status}


def why_not_move(status: str, to: ReferralStatus, note: str) -> tuple[str, str | Promise] | None:
    """(code, Thai sentence) of the first rule against a step; None when it may be taken."""
    move = MOVES.get((ReferralStatus(status), to))
    if move is None:
        return "wrong_step", _("เรื่องนี้เดินไปถึงขั้นอื่นแล้ว โปรดโหลดหน้านี้ใหม่")
    if move.note_needed and not note.strip():
        return "note_needed", move.note_needed
    return None


def due_after(day: date, days: int) -> date:
    """The last day of a deadline of so many days."""
    return day + timedelta(days=days)


def open_clock(status: str, answer_due_on: date, finish_due_on: date | None) -> date | None:
    """The day that the office is awaited by: for its answer, then for the end; None when nothing runs."""
    if status == ReferralStatus.SENT:
        return answer_due_on
    return finish_due_on if status == ReferralStatus.ACCEPTED else None


def seen_from(today: date) -> date:
    """An office keeps sight of what it finished from this day on: the current and the previous year."""
    return fiscal_year_bounds(fiscal_year_of(today) - 1)[0]
