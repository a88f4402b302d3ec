"""The text that the national Logbook asks for, from plain values: members, 4ท, what was given, the result.

Nobody is named in it, and a national id that was typed into a note is masked. It goes into a Thai system,
so it is Thai whatever the page around it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.languages import kept_in_thai
from povertyops.common.nid import mask
from povertyops.common.thai import format_thai_date, to_arabic_digits

from ..forms.four_t import FOUR_T, said

OLD_FROM, WORKING_FROM = 60, 15
_THIRTEEN_DIGITS = re.compile(r"(?<!\d)\d(?:[- ]?\d){12}(?!\d)")


class Result(StrEnum):
    """How the Logbook closes a record."""

    HELPED = "helped"
    SELF_SOLVED = "self_solved"
    UNDER_WAY = "under_way"


RESULTS: Mapping[Result, Promise | str] = {
    Result.HELPED: _("ช่วยเหลือแล้ว"),
    Result.SELF_SOLVED: _("สามารถแก้ไขปัญหาได้ด้วยตนเอง"),
    Result.UNDER_WAY: _("อยู่ระหว่างดำเนินการ"),
}


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member without a name; `age` None where no birth date is known."""

    relation: str
    sex: str = ""
    age: int | None = None
    occupation: str = ""


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """One help; `amount` in baht."""

    name: str
    day: date
    agency: str = ""
    amount: Decimal = Decimal(0)
    detail: str = ""
    letter: str = ""
    is_promise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogbookFacts:
    """What one record tells. `outcome` and `note` belong to a visit; `failing`, `solved` are masks."""

    day: date
    outcome: str = ""
    note: str = ""
    contribution: str = ""
    members: Sequence[MemberFacts] = ()
    failing: int = 0
    solved: int = 0
    four_t: Mapping[str, Sequence[str]] = field(default_factory=dict)
    helps: Sequence[GivenFacts] = ()

    @property
    def result(self) -> Result:
        if any(not given.is_promise for given in self.helps):
            return Result.HELPED
        return Result.SELF_SOLVED if self.solved else Result.UNDER_WAY


def logbook_text(facts: LogbookFacts) -> str:
    """One line a heading, in the order of the Logbook."""
    with kept_in_thai():
        return without_ids("\n".join(_lines(facts)))


def without_ids(text: str) -> str:
    """Thirteen digits in a row are shown as an id is: masked."""
    return _THIRTEEN_DIGITS.sub(lambda found: mask(_digits(found[0])), text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", to_arabic_digits(text))


def _lines(facts: LogbookFacts) -> Iterator[str]:
    yield _day_line(facts)
    yield from _member_lines(facts.members)
    if facts.note.strip():
        yield gettext("สภาพครัวเรือน: %(note)s") % {"note": " ".join(facts.note.split())}
    if facts.failing:
        yield gettext("มิติที่ตกเกณฑ์: %(dimensions)s") % {"dimensions": _dimensions(facts.failing)}
    yield from _four_t_lines(facts.four_t)
    for given in facts.helps:
        yield _help_line(given)
    if facts.contribution.strip():
        yield gettext("สิ่งที่ครัวเรือนลงแรงเอง: %(text)s") % {"text": facts.contribution.strip()}
    if facts.solved:
        yield gettext("ครัวเรือนแก้ปัญหาได้เองด้าน: %(dimensions)s") % {"dimensions": _dimensions(facts.solved)}
    yield gettext("ผล: %(result)s") % {"result": RESULTS[facts.result]}


def _day_line(facts: LogbookFacts) -> str:
    day = {"day": format_thai_date(facts.day)}
    if not facts.outcome:
        return gettext("ให้ความช่วยเหลือเมื่อ %(day)s") % day
    return gettext("ลงพื้นที่เมื่อ %(day)s %(outcome)s") % {**day, "outcome": facts.outcome}


def _member_lines(members: Sequence[MemberFacts]) -> Iterator[str]:
    if not members:
        return
    counts = [gettext("มีสมาชิกในครัวเรือน %(count)d คน") % {"count": len(members)}]
    known = [member.age for member in members if member.age is not None]
    groups = (
        (gettext("ผู้สูงอายุ %(count)d คน"), sum(age >= OLD_FROM for age in known)),
        (gettext("วัยแรงงาน %(count)d คน"), sum(WORKING_FROM <= age < OLD_FROM for age in known)),
        (gettext("เด็ก %(count)d คน"), sum(age < WORKING_FROM for age in known)),
        (gettext("ไม่ทราบอายุ %(count)d คน"), len(members) - len(known)),
    )
    yield " ".join(counts + [words % {"count": count} for words, count in groups if count])
    said_of = "; ".join(_member(member) for member in members)
    yield gettext("สมาชิกและอาชีพ: %(members)s") % {"members": said_of}


def _member(member: MemberFacts) -> str:
    facts = [member.relation, member.sex]
    if member.age is not None:
        facts.append(gettext("อายุ %(years)d ปี") % {"years": member.age})
    if member.occupation:
        facts.append(gettext("อาชีพ %(occupation)s") % {"occupation": member.occupation})
    return " ".join(fact for fact in facts if fact)


def _four_t_lines(four_t: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for part, (label, _meaning) in FOUR_T.items():
        words = said(part, four_t.get(part, ()))
        if words:
            heading = gettext("ทางออก (ความต้องการ)") if part == "way_out" else label
            yield f"{heading}: {', '.join(words)}"
    if not any(four_t.values()):
        yield gettext("4ท: ยังไม่ได้วิเคราะห์")


def _help_line(given: GivenFacts) -> str:
    heading = gettext("รับปากไว้") if given.is_promise else gettext("การช่วยเหลือ")
    parts = [given.name]
    if given.agency:
        parts.append(gettext("โดย %(agency)s") % {"agency": given.agency})
    parts.append(gettext("เมื่อ %(day)s") % {"day": format_thai_date(given.day)})
    if given.amount:
        parts.append(gettext("มูลค่า %(baht)s บาท") % {"baht": _baht(given.amount)})
    if given.letter:
        parts.append(gettext("หนังสือ %(letter)s") % {"letter": given.letter})
    if given.detail:
        parts.append(f"({given.detail})")
    return f"{heading}: {' '.join(parts)}"


def _baht(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


def _dimensions(mask: int) -> str:
    return ", ".join(_labels(Dimension.from_mask(mask)))


def _labels(dimensions: Iterable[Dimension]) -> list[str]:
    return [str(dimension.label) for dimension in dimensions]
