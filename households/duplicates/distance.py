"""How far two short texts are apart: letters put in, left out, changed, or two neighbours swapped."""

from __future__ import annotations


def edits(one: str, other: str, most: int) -> int:
    """The number of edits, or `most` + 1 where it takes more (optimal string alignment)."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, above, row = row, before, [place]
        for column, beside in enumerate(other, start=1):
            cost = min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (letter != beside))
            swapped = place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == beside
            row.append(min(cost, above[column - 2] + 1) if swapped else cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
