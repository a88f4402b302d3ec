"""A month of the Buddhist calendar, as the supervisor's sheet and its filter name it: 2569-11."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

THIS_MONTH = "1"
_TEXT = re.compile(r"(\d{4})-(\d{1,2})")
_ERA = 543


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """`year` is Buddhist."""

    year: int
    month: int

    @property
    def first_day(self) -> date:
        return date(self.year - _ERA, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year - _ERA, self.month, calendar.monthrange(self.year - _ERA, self.month)[1])

    @property
    def fiscal_year(self) -> int:
        return fiscal_year_of(self.first_day)

    @property
    def before(self) -> Month:
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    @property
    def after(self) -> Month:
        return Month(self.year + 1, 1) if self.month == 12 else Month(self.year, self.month + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def month_of(day: date) -> Month:
    return Month(day.year + _ERA, day.month)


def read_month(text: str, today: date, *, fiscal_year: int | None = None) -> Month | None:
    """The month a text names, not after this one; "1" is this month, or the last one of a year that is over.

    None for a text that names none.
    """
    now = month_of(today)
    if text == THIS_MONTH:
        return min(now, month_of(fiscal_year_bounds(fiscal_year)[1])) if fiscal_year else now
    found = _TEXT.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 2500:
        return None
    wanted = Month(int(found[1]), int(found[2]))
    return wanted if wanted <= now else None
