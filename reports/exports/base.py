"""What an export is: heads, cells that no spreadsheet runs, and the pages that say what the file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise

Cell = str | int | float | Decimal | None
Row = Sequence[Cell]
Text = str | Promise

BOM = "\ufeff"
# A spreadsheet takes a cell that begins like this for a formula, also in the wide forms.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True)
class Sheet:
    """One export ready to be written, as bytes of CSV or cell by cell; both read the same rows.

    `lines` and `rows` run when they are read; `rows` gives numbers where a column holds numbers. `about` says
    what the file holds, `newline` what ends its lines.
    """

    name: str
    heads: Sequence[Text]
    lines: Callable[[], Iterator[bytes]]
    rows: Callable[[], Iterator[Row]]
    about: Sequence[tuple[Text, Text]] = field(default_factory=tuple)
    newline: bytes = b"\r\n"


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in FORMULA_STARTS and text else text
