"""How a figure has changed between two days, said with a sign, an arrow and words: never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .columns import Text

Amount = int | Decimal
# The stages between are neither: a household leaves them upwards as well as downwards.
BETTER_MORE = frozenset(
    {
        *("sustainable", "passing", "checked_households"),
        *("visited_90", "with_team", "helped_households"),
    }
)
BETTER_LESS = frozenset({"waiting", "overdue", "without_team", "slipped", "not_in_tpmap"})
WORDS = {"up": gettext_lazy("เพิ่มขึ้น"), "down": gettext_lazy("ลดลง"), "same": gettext_lazy("เท่าเดิม")}
ICONS = {"up": "arrow-up", "down": "arrow-down", "same": ""}


@dataclass(frozen=True, slots=True)
class Change:
    """`amount` as it is shown, `since` what it is counted from; `tone` is good, bad or neither."""

    way: str
    amount: str
    since: Text
    tone: str

    @property
    def word(self) -> Text:
        return WORDS[self.way]

    @property
    def icon(self) -> str:
        return ICONS[self.way]


def change_between(code: str, before: Amount, after: Amount, since: Text = "") -> Change:
    """How the figure `code` went from one value to another."""
    moved = after - before
    amount = f"{moved:+,}".replace("-", "−") if moved else ""
    return Change(_way(moved), amount, since, _tone(code, moved))


def share_change(
    code: str, before: tuple[Amount, Amount], after: tuple[Amount, Amount], since: Text = ""
) -> Change | None:
    """How a share went, in percentage points; each side is (part, whole). None where a side has no whole."""
    if not before[1] or not after[1]:
        return None
    moved = round(Decimal(after[0]) * 100 / after[1] - Decimal(before[0]) * 100 / before[1], 1)
    amount = _("%(points)s จุด") % {"points": f"{moved:+,}".replace("-", "−")} if moved else ""
    return Change(_way(moved), amount, since, _tone(code, moved))


def _way(moved: Amount) -> str:
    if not moved:
        return "same"
    return "up" if moved > 0 else "down"


def _tone(code: str, moved: Amount) -> str:
    if not moved or code not in BETTER_MORE | BETTER_LESS:
        return ""
    return "good" if (moved > 0) is (code in BETTER_MORE) else "bad"
