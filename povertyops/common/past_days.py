"""The day of `as_of=` in an address: today or earlier, in years of the common or the Buddhist era."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from .errors import InvalidInput
from .thai import BadDate, parse_thai_date


def read_past_day(text: str, *, today: date) -> date | None:
    """The past day a text names; None for no text and for today, which need no looking back.

    Raises InvalidInput for what is no date and for a day still to come.
    """
    if not text.strip():
        return None
    try:
        day = parse_thai_date(text)
    except BadDate:
        raise InvalidInput("bad_day", _("วันที่เขียนเป็น ปี-เดือน-วัน เช่น 2568-03-31"), field="as_of") from None
    return past_day(day, today=today)


def past_day(day: date, *, today: date) -> date | None:
    """The same for a day that was read already."""
    if day > today:
        raise InvalidInput("future_day", _("วันที่นี้ยังมาไม่ถึง ดูข้อมูลได้ถึงวันนี้เท่านั้น"), field="as_of")
    return day if day < today else None
