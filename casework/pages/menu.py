"""The five menus as pages show them: what a province offers, what it keeps itself, what it hides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from dimensions.enums import Dimension, Stage
from dimensions.queries import indicator_sets
from povertyops.accounts.actor import Actor

from ..access import visible_menu
from ..models import Help, HelpMenuItem, HiddenMenuItem
from ..rules import MENU_KEEPERS
from ..services.menu import may_hide, may_keep
from .indicators import IndicatorText, indicator_texts


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One item as a person may see and keep it. `for_whom` are its structured conditions in words."""

    item: HelpMenuItem
    is_hidden: bool
    may_keep: bool
    may_hide: bool
    for_whom: list[str]
    mends: list[IndicatorText] = field(default_factory=list)

    @property
    def is_offered(self) -> bool:
        return self.item.is_active and not self.is_hidden

    @property
    def is_own(self) -> bool:
        return bool(self.item.province_code)


@dataclass(frozen=True, slots=True)
class Menu:
    """The items of one dimension; `put_away` are inactive or hidden."""

    dimension: Dimension
    lines: list[MenuLine]
    put_away: list[MenuLine]


def menus_for(actor: Actor, dimension: Dimension | None = None) -> list[Menu]:
    """The five menus, or one of them; whoever keeps none of it sees only what is offered."""
    keeps = actor.role in MENU_KEEPERS
    rows = visible_menu(actor).order_by("position", "name")
    if dimension is not None:
        rows = rows.filter(dimension=dimension)
    lines = lines_for(actor, rows)
    return [
        Menu(
            each,
            [line for line in lines if line.item.dimension == each and line.is_offered],
            [line for line in lines if line.item.dimension == each and keeps and not line.is_offered],
        )
        for each in (Dimension if dimension is None else [dimension])
    ]


def lines_for(actor: Actor, items: Iterable[HelpMenuItem]) -> list[MenuLine]:
    """Two queries for any number of items."""
    hiding = HiddenMenuItem.objects.filter(province_code=actor.province_code)
    hidden = set(hiding.values_list("item_id", flat=True))
    texts = texts_in_force()
    return [
        MenuLine(
            item=item,
            is_hidden=item.pk in hidden,
            may_keep=may_keep(actor, item),
            may_hide=may_hide(actor, item),
            for_whom=list(conditions_of(item)),
            mends=[texts[number] for number in item.indicators if number in texts],
        )
        for item in items
    ]


def texts_in_force() -> dict[int, IndicatorText]:
    """The indicators of the newest set by number."""
    newest = max(indicator_sets(), key=lambda each: each.valid_from, default=None)
    return indicator_texts([newest.valid_from])[newest.valid_from] if newest else {}


def question_choices() -> list[tuple[int, str]]:
    """Indicators that can be named, those of a dimension first."""
    texts = sorted(texts_in_force().values(), key=lambda text: (text.dimension is None, text.number))
    return [(text.number, f"{text.number}. {text.text}") for text in texts]


def conditions_of(item: HelpMenuItem) -> Iterable[str]:
    """What a program can tell of who an item is for, in words."""
    if item.stages:
        stages = ", ".join(str(Stage(stage).label) for stage in item.stages)
        yield gettext("สำหรับขั้น: %(stages)s") % {"stages": stages}
    if item.min_age is not None and item.max_age is not None:
        yield gettext("มีสมาชิกอายุ %(low)d-%(high)d ปี") % {"low": item.min_age, "high": item.max_age}
    elif item.min_age is not None:
        yield gettext("มีสมาชิกอายุ %(low)d ปีขึ้นไป") % {"low": item.min_age}
    elif item.max_age is not None:
        yield gettext("มีสมาชิกอายุไม่เกิน %(high)d ปี") % {"high": item.max_age}
    if item.max_income_baht is not None:
        yield gettext("รายได้ไม่เกิน %(baht)s บาทต่อคนต่อปี") % {"baht": f"{item.max_income_baht:,}"}


def is_in_use(item: HelpMenuItem) -> bool:
    """Whether help was given from it: it then stays on record for good."""
    return Help.objects.filter(item=item).exists()


def tabs_of(chosen: Dimension | None) -> list[dict[str, Any]]:
    """The way between the five menus."""
    everything = {"label": gettext("ทั้งห้าเมนู"), "url": "?", "current": chosen is None, "icon": "list"}
    return [
        everything,
        *(
            {
                "label": each.label,
                "url": f"?dimension={each.value}",
                "current": chosen == each,
                "icon": each.value,
            }
            for each in Dimension
        ),
    ]
