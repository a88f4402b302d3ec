"""Songkhla's other lists of 2568, beside that of CSR: the surveys' failing households, the vulnerable ones
and those of the rehabilitation fund.

They overlap with the CSR list and with each other, and print other telephones here and there. Some families
of the CSR list stand on that of the vulnerable once more as if they were others, written by another hand. No
list adds a dimension to a household of the CSR list, and none draws from the story's own luck: what is told
of the 312 stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from random import Random

from povertyops.accounts.models import Appointment

from .. import figures
from ..people import InventedHousehold, Inventor, with_check_digit
from ..telling import Teller, acting

FISCAL_YEAR = 2568
INDICATOR = {"bmn-29": (29, "income"), "bmn-13": (13, "living")}
# Of the CSR list, and of the vulnerable households that the CSR list does not know.
ON_CSR = {"bmn-29": 52, "bmn-13": 26, "vulnerable": 214, "rehabilitation": 63}
VULNERABLE_TOO = {"bmn-29": 19, "bmn-13": 6, "rehabilitation": 187}
DAYS = {
    "bmn-29": date(2025, 1, 21),
    "bmn-13": date(2025, 1, 21),
    "vulnerable": date(2025, 1, 22),
    "rehabilitation": date(2025, 1, 23),
}
Rows = list[InventedHousehold]

# Families of the home district, and of the others, that stand on two lists as if they were two.
AGAIN_AT_HOME, AGAIN_ELSEWHERE = 5, 4
# What a careless hand makes of a letter.
SLIPS = (("ณ", "น"), ("ศ", "ส"), ("ภ", "พ"), ("ญ", "ย"), ("ธ", "ท"), ("์", ""), ("้", ""), ("่", ""))


def tell(
    teller: Teller,
    inventor: Inventor,
    secretary: Appointment,
    csr: Sequence[InventedHousehold],
    places: Sequence[str],
    home: str,
) -> None:
    """Bring the four lists in, each on its day, after that of CSR."""
    random = Random("songkhla-lists")
    lists = _lists(random, inventor, csr, places, home)
    for number, (kind, rows) in enumerate(lists.items()):
        teller.step(f"นำเข้าบัญชี {kind} ปีงบประมาณ {FISCAL_YEAR}", number, len(lists))
        actor = acting(secretary, DAYS[kind])
        teller.bring_in(actor, rows, kind, FISCAL_YEAR, dimensions=kind in INDICATOR)


def _lists(
    random: Random, inventor: Inventor, csr: Sequence[InventedHousehold], places: Sequence[str], home: str
) -> dict[str, Rows]:
    vulnerable = _more(
        random, inventor, places, figures.SONGKHLA_OTHER_LISTS["vulnerable"] - ON_CSR["vulnerable"]
    )
    _write_again(csr, vulnerable, home)
    lists = {}
    for kind, size in figures.SONGKHLA_OTHER_LISTS.items():
        known = random.sample(_fitting(kind, csr), ON_CSR[kind])
        if kind == "vulnerable":
            known += vulnerable
        else:
            known += random.sample(vulnerable, VULNERABLE_TOO[kind])
            known += _more(random, inventor, places, size - len(known))
        lists[kind] = [_as_told_by(random, kind, household) for household in known]
    return lists


def _fitting(kind: str, csr: Sequence[InventedHousehold]) -> Rows:
    """Households of the CSR list that a list may name without adding to what they fail."""
    if kind not in INDICATOR:
        return list(csr)
    number, dimension = INDICATOR[kind]
    return [row for row in csr if dimension in row.dimensions and number in row.indicators]


def _more(random: Random, inventor: Inventor, places: Sequence[str], count: int) -> Rows:
    """Households that are on no list yet."""
    sizes = inventor.sizes(count, int(count * 2.2))
    return [inventor.household(random.choice(places), size) for size in sizes]


def _write_again(csr: Sequence[InventedHousehold], others: Rows, home: str) -> None:
    """Make some of `others` families of the CSR list as another office wrote them down."""
    families = [row for row in csr if len(row.members) > 1 and _slip(row.members[0].first_name)]
    at_home = [row for row in families if row.subdistrict.startswith(home)][:AGAIN_AT_HOME]
    elsewhere = [row for row in families if not row.subdistrict.startswith(home)][:AGAIN_ELSEWHERE]
    taken = {person.pin for row in (*csr, *others) for person in row.members}
    for family in (*at_home, *elsewhere):
        near = (row for row in others if row.subdistrict == family.subdistrict and len(row.members) > 1)
        if again := next(near, None):
            _copy(family, again, taken)


def _copy(family: InventedHousehold, again: InventedHousehold, taken: set[str]) -> None:
    """The same village and people; a slip in the head's name, a digit off in each id, no house code."""
    again.moo, again.village, again.house_code = family.moo, family.village, ""
    for member, same in zip(again.members, family.members, strict=False):
        member.title, member.first_name, member.last_name = same.title, same.first_name, same.last_name
        member.birth, member.is_woman, member.relation = same.birth, same.is_woman, same.relation
        member.pin = _one_digit_off(same.pin, taken)
    again.members[0].first_name = _slip(family.members[0].first_name)


def _slip(name: str) -> str:
    """The name with one letter wrong; nothing where no usual slip fits."""
    return next((name.replace(right, wrong, 1) for right, wrong in SLIPS if right in name), "")


def _one_digit_off(pin: str, taken: set[str]) -> str:
    for place in range(11, 4, -1):
        digit = str((int(pin[place]) + 1) % 10)
        found = with_check_digit(pin[:place] + digit + pin[place + 1 : 12])
        if found not in taken:
            taken.add(found)
            return found
    raise ValueError("every id beside this one is taken")


def _as_told_by(random: Random, kind: str, household: InventedHousehold) -> InventedHousehold:
    """A household as this list prints it."""
    told = deepcopy(household)
    told.dimensions, told.indicators = frozenset(), ()
    if kind in INDICATOR:
        number, dimension = INDICATOR[kind]
        told.dimensions, told.indicators = frozenset({dimension}), (number,)
    if random.random() < 0.2:
        told.phone = f"08001{random.randint(0, 99_999):05d}"
    if kind == "rehabilitation" and random.random() < 0.3:
        told.house_code = ""
    return told
