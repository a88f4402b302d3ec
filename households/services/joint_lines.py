"""One line of a list out of two: what two families that are one household are said to be.

In whichever way the two come together, merged by hand or named again by next year's file, the line is the
same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_HASH_BYTES = 32


class Said(NamedTuple):
    """What one line says of a household as a whole."""

    dimensions: int
    failed_indicators: Sequence[int]
    income: int | None
    raw: Mapping[str, Any]
    content_hash: bytes


def together(own: Said, other: Said) -> Said:
    """Fails in whatever either fails; of what only one can be right in, `own` is, unless it says nothing.

    The fingerprint does not depend on which of several comes first.
    """
    return Said(
        dimensions=own.dimensions | other.dimensions,
        failed_indicators=sorted({*own.failed_indicators, *other.failed_indicators}),
        income=own.income if own.income is not None else other.income,
        raw={**own.raw, **other.raw, **{name: value for name, value in own.raw.items() if value}},
        content_hash=_added(own.content_hash, other.content_hash),
    )


def _added(one: bytes, other: bytes) -> bytes:
    total = int.from_bytes(one, "big") + int.from_bytes(other, "big")
    return (total % (1 << 8 * _HASH_BYTES)).to_bytes(_HASH_BYTES, "big")
