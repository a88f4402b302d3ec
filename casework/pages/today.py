"""Whom to see today: `due_list` in groups, each household with its reason in one line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import areas_by_code, place_of
from povertyops.common.thai import format_thai_date

from ..models import Help
from ..queries.assessments import assessments_due
from ..queries.due import DueItem, Reason, due_list
from ..queries.plans import DueStep
from .household import failing_now
from .story import promises_of

LABELS: Mapping[Reason, Promise | str] = {
    Reason.PROMISED: _("รับปากไว้ ยังไม่ส่งมอบ"),
    Reason.OVERDUE: _("เกินกำหนด"),
    Reason.LEFT: _("พ้นบัญชีปีนี้ ต้องตรวจ"),
    Reason.DUE: _("ถึงกำหนดใน 7 วัน"),
    Reason.NEW: _("เพิ่งรับดูแล ยังไม่เคยเยี่ยม"),
    Reason.SLIPPED: _("ขั้นลดลง"),
    Reason.LATER: _("ยังไม่ถึงกำหนด"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One household to see; `reason` in one line, `due_text` and `tone` for its chip."""

    item: DueItem
    place: str
    reason: str
    due_text: str
    tone: str

    @property
    def household(self) -> Household:
        return self.item.household


@dataclass(slots=True)
class Group:
    """Households with the same most pressing reason."""

    reason: Reason
    cards: list[Card] = field(default_factory=list)

    @property
    def label(self) -> Promise | str:
        return LABELS[self.reason]

    @property
    def waits(self) -> bool:
        """Whether this group can stay folded."""
        return self.reason is Reason.LATER


def groups_for(actor: Actor) -> list[Group]:
    """The groups that hold somebody, the most pressing first."""
    today = actor.today()
    items = due_list(actor)
    unassessed = assessments_due([item.household.pk for item in items], today)
    places = short_places({item.state.area_code for item in items})
    promises = promises_of([item.household.pk for item in items if item.promises])
    groups = {reason: Group(reason) for reason in Reason}
    for item in items:
        reason = _reason(item, promises, unassessed.get(item.household.pk, ""), today)
        reason += " · " + gettext("ความสำคัญ %(points)d") % {"points": item.points}
        due_text, tone = _due(item.due_on, today)
        groups[item.reason].cards.append(Card(item, places[item.state.area_code], reason, due_text, tone))
    return [group for group in groups.values() if group.cards]


def short_places(codes: Collection[str]) -> dict[str, str]:
    """Village and subdistrict; who works there knows the district."""
    areas = areas_by_code(part for code in codes for part in (code, code[:6]))
    return {code: place_of((code, code[:6]), areas) for code in codes}


def _due(due_on: date | None, today: date) -> tuple[str, str]:
    """When it is due in words, and the tone of the chip."""
    if due_on is None:
        return "", ""
    days = (due_on - today).days
    if days < 0:
        return gettext("เกิน %(days)d วัน") % {"days": -days}, "late"
    if days == 0:
        return gettext("วันนี้"), "soon"
    if days == 1:
        return gettext("พรุ่งนี้"), "soon"
    return format_thai_date(due_on, "short"), "soon" if days <= 7 else ""


def _reason(item: DueItem, promises: Mapping[UUID, Help], unassessed: str, today: date) -> str:
    """The fact that puts it here, then what else a visitor should know, in one line."""
    if promise := promises.get(item.household.pk):
        return _promise_reason(promise, today)
    said = [gettext("พ้นบัญชีปีนี้ ตรวจว่ายังลำบากหรือไม่")] if item.left_on else []
    if item.step:
        said.append(_step_reason(item.step))
    if item.slipped_on:
        said.append(gettext("ขั้นลดลงเมื่อ %(day)s") % {"day": format_thai_date(item.slipped_on, "short")})
    if not said:
        said.append(_visit_reason(item.state.last_visit_on))
    unhelped = failing_now(item.state) & ~item.state.relieved
    if unhelped:
        labels = " ".join(str(each.label) for each in Dimension.from_mask(unhelped))
        said.append(gettext("ยังไม่ได้ช่วยด้าน%(dimensions)s") % {"dimensions": labels})
    if unassessed and len(said) == 1:
        said.append(unassessed)
    return " · ".join(said)


def _step_reason(step: DueStep) -> str:
    said = {"step": step.text, "day": format_thai_date(step.due_on, "short")}
    return gettext("ตามแผน: %(step)s ภายใน %(day)s") % said


def _promise_reason(promise: Help, today: date) -> str:
    said = {"dimension": Dimension(promise.dimension).label, "item": promise.item.name}
    days = (today - promise.given_on).days
    if days < 1:
        return gettext("%(dimension)s: รับปาก%(item)sไว้วันนี้") % said
    return gettext("%(dimension)s: รับปาก%(item)sไว้ %(days)d วันแล้ว") % {**said, "days": days}


def _visit_reason(last_visit_on: date | None) -> str:
    if last_visit_on is None:
        return gettext("ยังไม่เคยเยี่ยม")
    return gettext("เยี่ยมล่าสุด %(day)s") % {"day": format_thai_date(last_visit_on, "short")}
