"""What a person still answers for. Floors above register how it is counted; closing an account or ending an
appointment is refused while something would be left without an owner, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.common.errors import Conflict

from .actor import Actor
from .enums import Role
from .models import User

NOTICE = timedelta(days=30)
HAND_OVER_ROUTE = "hand_over"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who goes: out of these appointments only, or out of all of them and the product (None)."""

    user_id: int
    today: date
    appointment_ids: frozenset[UUID] | None = None

    @property
    def altogether(self) -> bool:
        return self.appointment_ids is None


@dataclass(frozen=True, slots=True)
class Duty:
    """Things of one kind that would lose their owner; `words` names the kind with a place for the count."""

    kind: str
    count: int
    words: Promise | str

    def __str__(self) -> str:
        return str(self.words) % {"count": self.count}


Counter = Callable[[Leaving], Iterable[Duty]]
_counters: list[Counter] = []


def register_duties(counter: Counter) -> Counter:
    """Let a floor above count its own duties; called once, when its app is ready."""
    if counter not in _counters:
        _counters.append(counter)
    return counter


def duties_of(leaving: Leaving) -> list[Duty]:
    """Everything that would be left without an owner, kind by kind; kinds with nothing are left out."""
    return [duty for counter in _counters for duty in counter(leaving) if duty.count]


def require_free_to_go(actor: Actor, user: User, leaving: Leaving) -> None:
    """Raises Conflict with the counts and the way to the hand-over while something is left."""
    duties = duties_of(leaving)
    if not duties:
        return
    named = " ".join(str(duty) for duty in duties)
    said = _("ยังทำไม่ได้ %(name)s ยังรับผิดชอบ %(duties)s ซึ่งจะไม่มีผู้ดูแล ให้ส่งมอบงานให้ผู้อื่นก่อน")
    message = str(said) % {"name": user.display_name, "duties": named}
    url = _hand_over_url(user.pk)
    if actor.role is Role.SYSTEM_ADMIN:
        message = f"{message} {gettext('โดยเจ้าหน้าที่ของศูนย์หรือฝ่ายเลขานุการ คจพ.จ.')}"
        url = ""
    raise Conflict(
        "has_duties",
        message,
        duties={duty.kind: duty.count for duty in duties},
        link_url=url,
        link_label=_("ไปหน้าส่งมอบงาน"),
    )


def _hand_over_url(user_id: int) -> str:
    try:
        return reverse(HAND_OVER_ROUTE, args=[user_id])
    except NoReverseMatch:
        return ""
