"""Thai digits, dates of the Buddhist era (พ.ศ.) and fiscal years; in English 22 November 2569 BE.

Dates are stored in the common era and shown and typed in the Buddhist era. Nothing here reads the clock:
whether a date lies in the future is for the caller to ask.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

DateStyle = Literal["long", "short", "numeric"]
DateInput = str | date | datetime | int | float

BUDDHIST_OFFSET = 543

_LOWEST_BUDDHIST_YEAR = 2400
_LOWEST_YEAR = _LOWEST_BUDDHIST_YEAR - BUDDHIST_OFFSET
_HIGHEST_YEAR = 2199
_EXCEL_EPOCH = date(1899, 12, 30)
_LOWEST_EXCEL_SERIAL = 61  # 1 March 1900: below it Excel counts a 29 February 1900 that never was
_LOWEST_YYYYMMDD = 1_000_01_01
_LONGEST_TEXT = 60

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_ARABIC_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

MONTHS: tuple[Promise | str, ...] = (
    "",
    gettext_lazy("มกราคม"),
    gettext_lazy("กุมภาพันธ์"),
    gettext_lazy("มีนาคม"),
    gettext_lazy("เมษายน"),
    gettext_lazy("พฤษภาคม"),
    gettext_lazy("มิถุนายน"),
    gettext_lazy("กรกฎาคม"),
    gettext_lazy("สิงหาคม"),
    gettext_lazy("กันยายน"),
    gettext_lazy("ตุลาคม"),
    gettext_lazy("พฤศจิกายน"),
    gettext_lazy("ธันวาคม"),
)
SHORT_MONTHS: tuple[Promise | str, ...] = (
    "",
    pgettext_lazy("short month", "ม.ค."),
    pgettext_lazy("short month", "ก.พ."),
    pgettext_lazy("short month", "มี.ค."),
    pgettext_lazy("short month", "เม.ย."),
    pgettext_lazy("short month", "พ.ค."),
    pgettext_lazy("short month", "มิ.ย."),
    pgettext_lazy("short month", "ก.ค."),
    pgettext_lazy("short month", "ส.ค."),
    pgettext_lazy("short month", "ก.ย."),
    pgettext_lazy("short month", "ต.ค."),
    pgettext_lazy("short month", "พ.ย."),
    pgettext_lazy("short month", "ธ.ค."),
)

# What people type, whatever the language of the page: full, with dots, without dots, and English.
_TYPED_MONTHS = (
    ("มกราคม", "มค", "jan", "january"),
    ("กุมภาพันธ์", "กพ", "feb", "february"),
    ("มีนาคม", "มีค", "mar", "march"),
    ("เมษายน", "เมย", "apr", "april"),
    ("พฤษภาคม", "พค", "may"),
    ("มิถุนายน", "มิย", "jun", "june"),
    ("กรกฎาคม", "กค", "jul", "july"),
    ("สิงหาคม", "สค", "aug", "august"),
    ("กันยายน", "กย", "sep", "september"),
    ("ตุลาคม", "ตค", "oct", "october"),
    ("พฤศจิกายน", "พย", "nov", "november"),
    ("ธันวาคม", "ธค", "dec", "december"),
)
_MONTH_NUMBER: Mapping[str, int] = {
    name: number for number, names in enumerate(_TYPED_MONTHS, start=1) for name in names
}

_TIME_OF_DAY = r"(?:[ Tt]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: *น\.?)?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\s*([/.\- ])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}){_TIME_OF_DAY}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})([/.\-])(\d{{1,2}})\2(\d{{1,2}}){_TIME_OF_DAY}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?")
_IN_WORDS = re.compile(
    r"(?:วันที่)?\s*(\d{1,2})[\s\-/]*(?:เดือน)?\s*([ก-์a-z.]+?)[\s\-/]*(พ\.?ศ\.?|ค\.?ศ\.?|ปี)?\s*(\d{4})"
)


class BadDate(ValueError):
    """The value names no day of the calendar; ``value`` is what was given."""

    def __init__(self, value: object) -> None:
        super().__init__("not a date")
        self.value = value


def to_arabic_digits(text: str) -> str:
    """๒๕๖๘ becomes 2568; everything else stays."""
    return text if text.isascii() else text.translate(_THAI_DIGITS)


def to_thai_digits(text: str) -> str:
    """2568 becomes ๒๕๖๘, for formal paper."""
    return text.translate(_ARABIC_DIGITS)


def buddhist_year(day: date) -> int:
    return day.year + BUDDHIST_OFFSET


def parse_thai_date(value: DateInput) -> date:
    """The day that a person or a spreadsheet means.

    Text: 21/11/2520, 21-11-2520, 2520-11-21, 25201121, 2 ม.ค. 2520, 2 มกราคม พ.ศ. 2520, Thai digits, and the
    same with years of the common era. Numbers: YYYYMMDD, else the day count of Excel. A date whose year was
    typed in the Buddhist era (Excel then believes in the year 2520) is taken back by 543 years.

    Raises BadDate for anything else, also for days that no calendar has (31/02/2520) and two-digit years.
    """
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, date):
        return _day_of(value, value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadDate(value)
    return _parse_number(value)


def _parse_text(value: str) -> date:
    if len(value) > _LONGEST_TEXT:
        raise BadDate(value)
    text = value if value.isascii() else value.translate(_THAI_DIGITS)
    found = _DAY_FIRST.fullmatch(text.strip())
    if found:
        day, _, month, year = found.groups()
        return _day_of(value, int(year), int(month), int(day))
    text = text.strip().lower()
    if found := _YEAR_FIRST.fullmatch(text):
        year, _, month, day = found.groups()
        return _day_of(value, int(year), int(month), int(day))
    if found := _COMPACT.fullmatch(text):
        year, month, day = found.groups()
        return _day_of(value, int(year), int(month), int(day))
    return _parse_words(value, text)


def _parse_words(value: str, text: str) -> date:
    found = _IN_WORDS.fullmatch(text)
    if not found:
        raise BadDate(value)
    day, month_name, era, year = found.groups()
    month = _MONTH_NUMBER.get(month_name.replace(".", ""))
    if month is None:
        raise BadDate(value)
    if era and era.startswith("ค") and int(year) >= _LOWEST_BUDDHIST_YEAR:
        raise BadDate(value)
    return _day_of(value, int(year), month, int(day))


def _parse_number(value: int | float) -> date:
    try:
        number = int(value)
    except (ValueError, OverflowError):
        raise BadDate(value) from None
    if number >= _LOWEST_YYYYMMDD:
        return _day_of(value, number // 10_000, number // 100 % 100, number % 100)
    if number < _LOWEST_EXCEL_SERIAL:
        raise BadDate(value)
    try:
        typed = _EXCEL_EPOCH + timedelta(days=number)
    except OverflowError:
        raise BadDate(value) from None
    return _day_of(value, typed.year, typed.month, typed.day)


def _day_of(value: object, year: int, month: int, day: int) -> date:
    if year > _LOWEST_BUDDHIST_YEAR:
        year -= BUDDHIST_OFFSET
    if not _LOWEST_YEAR <= year <= _HIGHEST_YEAR:
        raise BadDate(value)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate(value) from None


def format_thai_date(day: date | None, style: DateStyle = "long") -> str:
    """``long`` 21 พฤศจิกายน 2520, ``short`` 21 พ.ย. 2520, ``numeric`` 21/11/2520; nothing for no day.

    An aware datetime is first put into the current time zone.
    """
    if day is None:
        return ""
    day = local_day(day)
    year = day.year + BUDDHIST_OFFSET
    if style == "numeric":
        return f"{day.day:02d}/{day.month:02d}/{year}"
    months = MONTHS if style == "long" else SHORT_MONTHS
    # Translators: a day of the Buddhist era; English marks the era.
    return gettext("%(day)s %(month)s %(year)s") % {"day": day.day, "month": months[day.month], "year": year}


def format_thai_datetime(moment: datetime | None, style: DateStyle = "short") -> str:
    """21 พ.ย. 2520 14:32 น. in the current time zone; nothing for no moment."""
    if moment is None:
        return ""
    if timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return gettext("%(date)s %(time)s น.") % {
        "date": format_thai_date(moment, style),
        "time": f"{moment.hour:02d}:{moment.minute:02d}",
    }


def format_thai_month(day: date, style: Literal["long", "short"] = "long") -> str:
    """พฤศจิกายน 2520 or พ.ย. 2520."""
    day = local_day(day)
    months = MONTHS if style == "long" else SHORT_MONTHS
    # Translators: a month of the Buddhist era; English marks the era.
    return gettext("%(month)s %(year)s") % {"month": months[day.month], "year": day.year + BUDDHIST_OFFSET}


def local_day(day: date) -> date:
    """The calendar day, in the current time zone where an aware datetime is given."""
    if not isinstance(day, datetime):
        return day
    return timezone.localtime(day).date() if timezone.is_aware(day) else day.date()


def fiscal_year_of(day: date) -> int:
    """The Buddhist year in which the fiscal year of ``day`` ends: 1 October 2567 is in 2568."""
    day = local_day(day)
    return day.year + BUDDHIST_OFFSET + (day.month >= 10)


def fiscal_year_bounds(fiscal_year: int) -> tuple[date, date]:
    """First and last day, both inside: 2568 gives 1 October 2024 and 30 September 2025."""
    year = fiscal_year - BUDDHIST_OFFSET
    return date(year - 1, 10, 1), date(year, 9, 30)


def fiscal_quarter(day: date) -> int:
    """1 (October to December) to 4 (July to September)."""
    return (local_day(day).month - 10) % 12 // 3 + 1


def fiscal_quarter_bounds(fiscal_year: int, quarter: int) -> tuple[date, date]:
    """First and last day of quarter 1 to 4, both inside."""
    if not 1 <= quarter <= 4:
        raise ValueError(f"no quarter {quarter}")
    start_year, last_day = fiscal_year_bounds(fiscal_year)
    first_month = (9, 12, 15, 18)[quarter - 1]
    first = date(start_year.year + first_month // 12, first_month % 12 + 1, 1)
    if quarter == 4:
        return first, last_day
    following = first_month + 3
    return first, date(start_year.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)
