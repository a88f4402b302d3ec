"""The headline figures of a board: as listed, after verification, the stages, the share that passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dimensions.enums import Stage

from ..definitions import BY_CODE
from .changes import Change
from .columns import Text

if TYPE_CHECKING:
    from .board import Board


@dataclass(frozen=True, slots=True)
class Part:
    """A smaller figure under a headline."""

    label: Text
    value: Any
    url: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure; `shown` is how it is written where that is not the bare number."""

    code: str
    label: Text
    value: Any
    url: str
    unit: Text
    counts: Text
    parts: tuple[Part, ...] = ()
    change: Change | None = None
    shown: str = ""
    share: str = ""


def headline_tiles(board: Board) -> list[Tile]:
    """Households as listed and after verification, with their persons."""
    listed = (board.part("found"), board.part("persons", gettext_lazy("คน")))
    verified = (
        board.part("checked_households", whole="households"),
        board.part("verified_persons", gettext_lazy("คน")),
    )
    return [
        _tile(board, "households", gettext_lazy("ครัวเรือนตามบัญชี"), listed),
        _tile(board, "verified_households", gettext_lazy("หลังตรวจสอบ"), verified),
    ]


def stage_tiles(board: Board) -> list[Tile]:
    """One for each stage, lowest first, with its share of the cohort."""
    return [_tile(board, stage.code, stage.label, share_of="households") for stage in Stage]


def passing_tile(board: Board) -> Tile:
    """The share of the cohort that passes จปฐ. in every dimension it failed in."""
    part, whole = board.value("passing"), board.value("households")
    parts = (
        board.part("passing", gettext_lazy("ผ่านแล้ว")),
        Part(_("จากครัวเรือนตามบัญชี"), whole, board.url("households")),
    )
    return Tile(
        "passing",
        gettext_lazy("ผ่านเกณฑ์ จปฐ. ครบทุกมิติ"),
        part,
        board.url("passing"),
        "",
        BY_CODE["passing"].counts,
        parts,
        board.share_since_meeting("passing"),
        share_text(part, whole),
    )


def helped_tile(board: Board) -> Tile:
    """Households that got help this year, with the visits and helps behind it."""
    parts = (board.part("visits"), board.part("helps"), board.part("baht"))
    return _tile(board, "helped_households", BY_CODE["helped_households"].label, parts, "households")


def share_text(part: Any, whole: Any) -> str:
    """37.5%; nothing where a side is not to be had."""
    if part is None or not whole:
        return ""
    share = float(part) * 100 / float(whole)
    return f"{share:.0f}%" if share in (0, 100) else f"{share:.1f}%"


def _tile(board: Board, code: str, label: Text, parts: tuple[Part, ...] = (), share_of: str = "") -> Tile:
    figure = BY_CODE[code]
    share = share_text(board.value(code), board.value(share_of)) if share_of else ""
    return Tile(
        code,
        label,
        board.value(code),
        board.url(code),
        str(figure.unit.value),
        figure.counts,
        parts,
        board.since_meeting(code),
        share=share,
    )
