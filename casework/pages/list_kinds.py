"""The rules of sources in words: for each field the order in which lists are believed, with an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.models import ListKind
from households.services.source_rules import EVERYTHING, RULED, Order, load_rules

RULE_LABELS: dict[str, str | Promise] = {EVERYTHING: _("ข้อมูลทุกชนิดที่ไม่มีกติกาของตนเอง"), **RULED}
_SHOWN = ("name", "name_en", "owner_office", "carries_dimensions", "counts_as_found", "rank", "is_active")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One field: its order, whether it is set for itself, and what that means."""

    field: str
    label: str | Promise
    order: Order
    is_own: bool
    kinds: Sequence[str]

    @property
    def sentence(self) -> str:
        """The order in words."""
        lists = " › ".join(self.kinds)
        if self.order.newest_year_first:
            return gettext("ปีงบประมาณที่ใหม่กว่าก่อน ในปีเดียวกันเชื่อตามลำดับ %(lists)s") % {"lists": lists}
        return gettext("เชื่อตามลำดับ %(lists)s ก่อน บัญชีเดียวกันจึงดูปีที่ใหม่กว่า") % {"lists": lists}

    @property
    def example(self) -> str:
        """What it means where two lists of two years disagree."""
        if len(self.kinds) < 2:
            return ""
        best, other = self.kinds[0], self.kinds[1]
        winner = other if self.order.newest_year_first else best
        words = {"best": best, "other": other, "winner": winner, "field": self.label}
        years = gettext("เช่น %(best)s ปี 2568 กับ %(other)s ปี 2569 บอก%(field)sไม่ตรงกัน ใช้ตาม %(winner)s")
        same = gettext("ถ้าเป็นปีเดียวกัน ใช้ตาม %(best)s")
        return f"{years % words} {same % words}"


@dataclass(frozen=True, slots=True)
class RulePage:
    """Every field's rule for a province, or for the nation."""

    lines: Sequence[RuleLine]
    kinds: Sequence[ListKind]

    def of(self, field: str) -> RuleLine:
        return next(line for line in self.lines if line.field == field)


def rule_page(province: str) -> RulePage:
    """The rules as they hold in a province; "" for the nation."""
    rules = load_rules()
    kinds = list(ListKind.objects.filter(is_active=True))
    names = {kind.pk: str(kind) for kind in kinds}
    lines = []
    for field, label in RULE_LABELS.items():
        order = rules.order(province, field)
        shown = [names[code] for code in rules.kinds_in(order) if code in names]
        lines.append(RuleLine(field, label, order, rules.is_own(province, field), shown))
    return RulePage(lines, kinds)


def values_of(kind: ListKind) -> dict[str, Any]:
    """What the form of a kind starts with."""
    return {name: getattr(kind, name) for name in _SHOWN}
