"""Area codes: the code is the key and the path, a subtree is a code prefix. Pure."""

from __future__ import annotations

from .enums import NATION, Level

_LEVEL_OF_LENGTH = {2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.SUBDISTRICT, 8: Level.VILLAGE}


def level_of(code: str) -> Level:
    """Level of an area code; ValueError when it is neither TH nor 2, 4, 6 or 8 digits."""
    if code == NATION:
        return Level.NATION
    if code.isdigit() and len(code) in _LEVEL_OF_LENGTH:
        return _LEVEL_OF_LENGTH[len(code)]
    raise ValueError(code)


def parent_of(code: str) -> str | None:
    """Code one level up; None above the nation."""
    if code == NATION:
        return None
    return code[:-2] or NATION


def ancestors_of(code: str) -> list[str]:
    """Codes from the nation down to the parent of `code`."""
    if code == NATION:
        return []
    return [NATION, *(code[:n] for n in range(2, len(code), 2))]


def village_code(subdistrict: str, moo: int | None) -> str:
    """Eight digits: subdistrict and หมู่; 00 stands for an unknown หมู่."""
    return f"{subdistrict}{moo or 0:02d}"


def prefix_of(code: str) -> str:
    """What codes inside the area begin with; empty for the nation."""
    return "" if code == NATION else code
