"""Area codes (the code is the key and the path) and how centres hang together. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .enums import NATION, CentreKind, Level

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


MUNICIPAL_SUFFIX = 51


def is_municipal_code(code: str) -> bool:
    """Whether a subdistrict code looks like that of a municipal unit: six digits, the last two 51 and up.
    Some current subdistricts have such codes as well, so the table of areas is asked first."""
    return len(code) == 6 and code.isascii() and code.isdecimal() and int(code[4:]) >= MUNICIPAL_SUFFIX


MUNICIPAL_KINDS = frozenset({CentreKind.CITY_MUNICIPALITY, CentreKind.TOWN_MUNICIPALITY})
RESPONSIBLE_KINDS = MUNICIPAL_KINDS | {CentreKind.DISTRICT}

PARENT_KINDS: Mapping[CentreKind, frozenset[CentreKind]] = {
    CentreKind.NATIONAL: frozenset(),
    CentreKind.PROVINCE: frozenset({CentreKind.NATIONAL}),
    CentreKind.DISTRICT: frozenset({CentreKind.PROVINCE}),
    CentreKind.CITY_MUNICIPALITY: frozenset({CentreKind.PROVINCE}),
    CentreKind.TOWN_MUNICIPALITY: frozenset({CentreKind.PROVINCE}),
    CentreKind.SUBDISTRICT_TEAM: RESPONSIBLE_KINDS,
    CentreKind.MENTOR_TEAM: RESPONSIBLE_KINDS | {CentreKind.PROVINCE, CentreKind.SUBDISTRICT_TEAM},
    CentreKind.OFFICE: frozenset({CentreKind.PROVINCE}),
}

COVERED_LEVELS: Mapping[CentreKind, frozenset[Level]] = {
    CentreKind.NATIONAL: frozenset({Level.NATION}),
    CentreKind.PROVINCE: frozenset({Level.PROVINCE}),
    CentreKind.DISTRICT: frozenset({Level.DISTRICT}),
    CentreKind.CITY_MUNICIPALITY: frozenset({Level.SUBDISTRICT, Level.VILLAGE}),
    CentreKind.TOWN_MUNICIPALITY: frozenset({Level.SUBDISTRICT, Level.VILLAGE}),
    CentreKind.SUBDISTRICT_TEAM: frozenset({Level.SUBDISTRICT, Level.VILLAGE}),
    CentreKind.MENTOR_TEAM: frozenset(),
    CentreKind.OFFICE: frozenset(),
}

# Entered on a page or by file; the others come with their areas.
ENTERED_KINDS = (
    CentreKind.CITY_MUNICIPALITY,
    CentreKind.TOWN_MUNICIPALITY,
    CentreKind.SUBDISTRICT_TEAM,
    CentreKind.MENTOR_TEAM,
    CentreKind.OFFICE,
)

BANGKOK = "10"
NAME_PREFIX = {CentreKind.PROVINCE: "ศจพ.จ.", CentreKind.DISTRICT: "ศจพ.อ."}
BANGKOK_PREFIX = {CentreKind.PROVINCE: "ศจพ.", CentreKind.DISTRICT: "ศจพ.เขต"}


def may_be_under(kind: CentreKind, parent: CentreKind) -> bool:
    return parent in PARENT_KINDS[kind]


def centre_name(kind: CentreKind, area_code: str, area_name: str) -> str:
    """The name of the centre that comes with a province or a district."""
    prefix = BANGKOK_PREFIX if area_code.startswith(BANGKOK) else NAME_PREFIX
    return prefix[kind] + area_name


def same_village_name(one: str, other: str) -> bool:
    """Whether two spellings name one village: บ้านทุ่งนา, ทุ่งนา and บ้าน ทุ่งนา do."""
    return _core(one) == _core(other)


def _core(name: str) -> str:
    return name.replace(" ", "").removeprefix("บ้าน").removeprefix("ชุมชน")
