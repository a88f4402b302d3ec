"""What waits for one appointment, as counts and links.

Nobody is named, and what a link leads to is read only after signing in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES, OFFICE_ROLES, OFFICER_ROLES
from povertyops.common.thai import format_thai_date

from ..access import visible_referrals, visible_removals
from ..enums import Decision, ReferralStatus
from ..months import month_of
from ..queries.due import Reason, due_list, open_states
from ..queries.tpmap import EVERYTHING, waiting_helps, waiting_visits
from .queues import boxes_for, overdue_address
from .supervision import sheet_for
from .today import LABELS

NEAR_DAYS = 3
LOWEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One thing that waits. `is_more`: there are more than `count`; `note` says how long the oldest waits."""

    label: Promise | str
    count: int
    url: str
    is_more: bool = False
    note: str = ""

    @property
    def absolute_url(self) -> str:
        return settings.SITE_URL + self.url


@dataclass(frozen=True, slots=True)
class TeamSeen:
    """A mentor team and how many of its households were seen this month."""

    name: str
    seen: int
    total: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A day's digest of one appointment."""

    role: str
    centre: str
    day: date
    lines: list[DigestLine] = field(default_factory=list)
    lowest: list[TeamSeen] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.lines

    @property
    def items(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def subject(self) -> str:
        return gettext("งานที่รอ %(count)s รายการ · %(centre)s · %(day)s") % {
            "count": f"{self.items:,}",
            "centre": self.centre,
            "day": format_thai_date(self.day, "short"),
        }


def digest_for(actor: Actor) -> Digest:
    """What waits in the actor's own areas now."""
    assert actor.appointment is not None
    return Digest(
        role=str(actor.appointment.get_role_display()),
        centre=actor.appointment.centre.name,
        day=actor.today(),
        lines=[line for line in _lines(actor) if line.count],
        lowest=_lowest(actor),
    )


def _lines(actor: Actor) -> Iterator[DigestLine]:
    if actor.role in OFFICER_ROLES:
        yield from _queue_lines(actor)
    elif actor.role in FIELD_ROLES:
        yield from _day_lines(actor)
    if actor.role in OFFICE_ROLES:
        yield _unanswered(actor)
    if actor.role in OFFICER_ROLES | OFFICE_ROLES:
        yield _near_deadline(actor)


def _queue_lines(actor: Actor) -> Iterator[DigestLine]:
    """Every queue that holds something, whatever queues there are."""
    oldest = _oldest()
    for box in boxes_for(actor):
        since = oldest.get(box.url)
        note = _waited(since(actor), actor.today()) if since and box.count else ""
        yield DigestLine(box.label, box.count, box.url, box.is_more, note)


def _day_lines(actor: Actor) -> Iterator[DigestLine]:
    """The groups of today's list; what is not due yet can wait."""
    counts = Counter(item.reason for item in due_list(actor))
    for reason in Reason:
        if reason is not Reason.LATER:
            yield DigestLine(LABELS[reason], counts[reason], reverse("today"))


def _unanswered(actor: Actor) -> DigestLine:
    count = visible_referrals(actor).filter(status=ReferralStatus.SENT).count()
    return DigestLine(_("เรื่องส่งต่อที่รอท่านรับ"), count, reverse("referral_list"))


def _near_deadline(actor: Actor) -> DigestLine:
    """Referrals whose clock runs out within three days."""
    soon = (actor.today(), actor.today() + timedelta(days=NEAR_DAYS))
    near = Q(status=ReferralStatus.SENT, answer_due_on__range=soon)
    near |= Q(status=ReferralStatus.ACCEPTED, finish_due_on__range=soon)
    count = visible_referrals(actor).filter(near).count()
    return DigestLine(_("เรื่องส่งต่อที่ใกล้ครบกำหนดใน 3 วัน"), count, reverse("referral_list"))


def _lowest(actor: Actor) -> list[TeamSeen]:
    """The mentor teams that saw the smallest share of their households this month."""
    if actor.role not in OFFICER_ROLES:
        return []
    sheet = sheet_for(actor, month=month_of(actor.today()), by="team", area="", page=1)
    unseen = [line for line in sheet.lines if line.seen < line.total]
    return [TeamSeen(line.team, line.seen, line.total) for line in unseen[:LOWEST_SHOWN]]


# ---------------------------------------------------------------------------------------- how long they wait


def _oldest_due(actor: Actor) -> date | None:
    late = open_states(actor, actor.today()).filter(is_removed=False, due_on__lt=actor.today())
    return late.aggregate(first=Min("due_on"))["first"]


def _oldest_removal(actor: Actor) -> date | None:
    waiting = visible_removals(actor).filter(decision=Decision.PENDING)
    first = waiting.aggregate(first=Min("requested_at"))["first"]
    return timezone.localdate(first) if first else None


def _oldest_for_tpmap(actor: Actor) -> date | None:
    firsts = [
        waiting_visits(actor, EVERYTHING).values_list("visited_on", flat=True).first(),
        waiting_helps(actor, EVERYTHING).values_list("given_on", flat=True).first(),
    ]
    return min((first for first in firsts if first), default=None)


def _oldest() -> dict[str, Callable[[Actor], date | None]]:
    """Address of a queue -> since when its oldest waits, for those where that can be told."""
    return {
        overdue_address(): _oldest_due,
        reverse("removals"): _oldest_removal,
        reverse("tpmap"): _oldest_for_tpmap,
    }


def _waited(since: date | None, today: date) -> str:
    days = (today - since).days if since else 0
    return gettext("เก่าสุดรอมา %(days)d วัน") % {"days": days} if days > 0 else ""


# ------------------------------------------------------------------------------------------------- the words


def text_of(digest: Digest) -> str:
    """The digest as plain text."""
    return "\n".join(_text_lines(digest))


def _text_lines(digest: Digest) -> Iterator[str]:
    yield gettext("%(role)s %(centre)s") % {"role": digest.role, "centre": digest.centre}
    yield format_thai_date(digest.day)
    yield ""
    if digest.is_quiet:
        yield gettext("ไม่มีงานค้าง")
    for line in digest.lines:
        more = "+" if line.is_more else ""
        note = f" ({line.note})" if line.note else ""
        yield f"{line.label}: {line.count:,}{more}{note}"
        yield f"  {line.absolute_url}"
    if digest.lowest:
        yield ""
        yield gettext("ทีมพี่เลี้ยงที่ลงพื้นที่น้อยสุดเดือนนี้")
        for team in digest.lowest:
            yield gettext("  %(team)s: พบแล้ว %(seen)d จาก %(total)d ครัวเรือน") % {
                "team": team.name,
                "seen": team.seen,
                "total": team.total,
            }
        yield f"  {settings.SITE_URL}{reverse('supervision')}"
    yield ""
    yield gettext("เปิดดูได้หลังเข้าสู่ระบบ เลือกวันที่รับหรือปิดการส่งได้ที่ %(url)s") % {
        "url": settings.SITE_URL + reverse("digest")
    }
