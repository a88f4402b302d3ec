"""The headline figures of a board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..definitions import BY_CODE
from .columns import Text

if TYPE_CHECKING:
    from .board import Board


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure."""

    label: Text
    value: Any
    url: str
    unit: Text
    note: Text = ""
    tone: str = ""
    icon: str = ""


def tiles_of(board: Board) -> list[Tile]:
    """The figures at the head of the page, in their order."""
    return [made(board) for made in TILES]


def _share_note(code: str, whole: str = "households") -> Callable[[Board], str]:
    def note(board: Board) -> str:
        if not board.value(whole):
            return ""
        return _("ร้อยละ %(share).1f") % {"share": 100 * board.value(code) / board.value(whole)}

    return note


def _other_note(text: Promise, *codes: str) -> Callable[[Board], str]:
    def note(board: Board) -> str:
        return str(text) % {code: f"{board.value(code):,}" for code in codes}

    return note


def _tile(
    code: str, icon: str, note: Callable[[Board], str] = lambda _board: "", tone: str = ""
) -> Callable[[Board], Tile]:
    figure = BY_CODE[code]

    def made(board: Board) -> Tile:
        unit = "" if str(figure.unit.value) == str(figure.short) else figure.unit.value
        return Tile(figure.short, board.value(code), board.url(code), unit, note(board), tone, icon)

    return made


TILES = (
    _tile("households", "household", _other_note(gettext_lazy("สำรวจพบเพิ่มเติม %(found)s"), "found")),
    _tile(
        "verified_households",
        "check-circle",
        _other_note(gettext_lazy("ตรวจสอบครบแล้ว %(checked_households)s"), "checked_households"),
    ),
    _tile(
        "persons", "user", _other_note(gettext_lazy("หลังตรวจสอบ %(verified_persons)s"), "verified_persons")
    ),
    _tile("helped_households", "help", _share_note("helped_households")),
    _tile("visited_90", "visit", _share_note("visited_90")),
    _tile("overdue", "clock", _share_note("overdue"), "bad"),
    _tile("without_team", "team", _share_note("without_team"), "warn"),
    _tile("proposed", "ladder"),
    _tile("visits", "map-pin"),
    _tile("helps", "plus"),
    _tile("baht", "file"),
    _tile("carried", "arrow-right"),
)
