"""Referrals on a page: the clock in words, the queue of an office, one referral with what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICE_ROLES, Role
from povertyops.areas.queries import address_labels

from ..enums import ReferralStatus
from ..models import Office, Referral, ReferralEvent
from ..queries.referrals import ReferralLine, events_of, is_escalated, referrals_of, since
from ..referral_rules import open_clock
from ..services.referrals import may_send_again, moves_for

TONES: dict[str, str] = {
    ReferralStatus.SENT: "warn",
    ReferralStatus.ACCEPTED: "calm",
    ReferralStatus.RETURNED: "bad",
    ReferralStatus.DONE: "good",
    ReferralStatus.WITHDRAWN: "",
}
SHOW_LABELS: dict[str, Promise | str] = {
    "open": _("ที่ยังไม่เสร็จ"),
    "waiting": _("รอรับเรื่อง"),
    "accepted": _("กำลังดำเนินการ"),
    "overdue": _("เกินกำหนด"),
    "escalated": _("แจ้งฝ่ายเลขานุการแล้ว"),
    "returned": _("ส่งคืน รอส่งใหม่"),
    "done": _("เสร็จแล้ว"),
    "all": _("ทั้งหมด"),
}
WHOSE_LABELS: dict[str, Promise | str] = {
    "": _("ทั้งหมด"),
    "mine": _("ส่งถึงหน่วยงานเรา"),
    "overseen": _("ที่เรากำกับดูแล"),
}
SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of a deadline, in words; `tone` as the tag `due` takes it."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Card:
    """One referral of a list."""

    referral: Referral
    place: str
    clock: Clock | None
    since: date
    tone: str
    is_escalated: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a referral as its story shows it."""

    event: ReferralEvent
    title: str
    kind: str


def clock_of(row: Referral, today: date) -> Clock | None:
    due_on = open_clock(row.status, row.answer_due_on, row.finish_due_on)
    return clock_words(due_on, today) if due_on else None


def clock_words(due_on: date, today: date) -> Clock:
    """เหลือ 2 วัน, ครบกำหนดวันนี้, เกิน 3 วัน."""
    left = (due_on - today).days
    if left < 0:
        late = ngettext("เกิน %(days)d วัน", "เกิน %(days)d วัน", -left) % {"days": -left}
        return Clock(late, "late")
    if left == 0:
        return Clock(gettext("ครบกำหนดวันนี้"), "soon")
    text = ngettext("เหลือ %(days)d วัน", "เหลือ %(days)d วัน", left) % {"days": left}
    return Clock(text, "soon" if left <= SOON_DAYS else "")


def cards_of(rows: Iterable[Referral], today: date) -> list[Card]:
    found = list(rows)
    places = address_labels({row.household.area_code for row in found})
    return [
        Card(
            referral=row,
            place=places[row.household.area_code],
            clock=clock_of(row, today),
            since=since(row),
            tone=TONES[row.status],
            is_escalated=is_escalated(row),
        )
        for row in found
    ]


def tabs_of(counts: dict[str, int], show: str, whose: str) -> list[dict[str, Any]]:
    """The ways to narrow the list, each with its count; what is empty only when it is open now."""
    shown = [name for name in SHOW_LABELS if counts[name] or name in ("open", "all", show)]
    return [
        {
            "label": SHOW_LABELS[name],
            "url": _address(name, whose),
            "current": name == show,
            "count": counts[name] if name not in ("done", "all") else None,
        }
        for name in shown
    ]


def whose_of(actor: Actor, show: str, whose: str) -> list[dict[str, Any]]:
    """Own and overseen ones apart, for a lead office."""
    if actor.role is not Role.LEAD_OFFICE:
        return []
    return [
        {"label": label, "url": _address(show, name), "current": name == whose}
        for name, label in WHOSE_LABELS.items()
    ]


def _address(show: str, whose: str) -> str:
    words = {"show": show, **({"whose": whose} if whose else {})}
    return f"{reverse('referral_list')}?{urlencode(words)}"


def page_of(actor: Actor, referral: Referral) -> dict[str, Any]:
    """All that the page of one referral shows, beside its forms."""
    today = actor.today()
    household = referral.household
    return {
        "referral": referral,
        "household": household,
        "place": address_labels([household.area_code])[household.area_code],
        "dimension": Dimension(referral.dimension),
        "clock": clock_of(referral, today),
        "since": since(referral),
        "tone": TONES[referral.status],
        "is_escalated": is_escalated(referral),
        "steps": [_step(event) for event in events_of(referral.pk)],
        "helps": list(referral.helps.filter(is_void=False, amendments=None).select_related("item", "agency")),
        "moves": moves_for(actor, referral, household.scope),
        "again": may_send_again(actor, referral, household.scope),
        "resent_as": getattr(referral, "resent_as", None),
        "lead": lead_office(referral.province_code, Dimension(referral.dimension)),
        "is_office": actor.role in OFFICE_ROLES,
        "own_helps": actor.reach.office_id == referral.office_id,
    }


def _step(event: ReferralEvent) -> Step:
    if event.is_escalation:
        if event.status == ReferralStatus.SENT:
            return Step(event, gettext("เกินกำหนดรับเรื่อง แจ้งฝ่ายเลขานุการแล้ว"), "slip")
        return Step(event, gettext("เกินกำหนดดำเนินการ แจ้งฝ่ายเลขานุการแล้ว"), "slip")
    kind = "help" if event.status == ReferralStatus.DONE else "team"
    return Step(event, step_words(event.status), kind)


def step_words(status: str) -> str:
    words = {
        ReferralStatus.SENT: gettext("ส่งเรื่อง"),
        ReferralStatus.ACCEPTED: gettext("รับเรื่อง"),
        ReferralStatus.RETURNED: gettext("ส่งคืน"),
        ReferralStatus.DONE: gettext("ดำเนินการแล้ว"),
        ReferralStatus.WITHDRAWN: gettext("ถอนเรื่อง"),
    }
    return words[ReferralStatus(status)]


def lead_office(province_code: str, dimension: Dimension) -> Office | None:
    """The office that leads a dimension in a province."""
    return next((one for one in offices_of(province_code) if one.centre.leads & dimension.bit), None)


def offices_of(province_code: str) -> list[Office]:
    """Active offices of a province, those that lead a dimension first."""
    rows = Office.objects.filter(centre__province_code=province_code, centre__is_active=True)
    found = list(rows.select_related("centre", "agency").order_by("centre__name"))
    return sorted(found, key=lambda one: (_first_bit(one.centre.leads), one.centre.name))


def _first_bit(mask: int) -> int:
    return mask & -mask or 1 << len(Dimension)


@dataclass(frozen=True, slots=True)
class StatusBlock:
    """The one status a household shows, and how many more there are."""

    line: ReferralLine
    label: str
    tone: str
    clock: Clock | None
    others: int


def status_block(actor: Actor, household_id: UUID) -> StatusBlock | None:
    """The newest or most pressing referral of a household; None when it never had one."""
    today = actor.today()
    lines = referrals_of([household_id], actor=actor, today=today).get(household_id)
    if not lines:
        return None
    first = lines[0]
    return StatusBlock(
        line=first,
        label=str(ReferralStatus(first.status).label),
        tone=TONES[first.status],
        clock=clock_words(first.due_on, today) if first.due_on else None,
        others=len(lines) - 1,
    )
