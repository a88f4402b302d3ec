"""Dates, numbers and names as a person reads them: the filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.translation import gettext

from povertyops.common import thai

from .looks import DIMENSION_BY_CODE, DIMENSIONS, DimensionLook, Text, stage_look

register = template.Library()

Number = int | float | Decimal
DASH = "–"


@register.filter
def thai_date(value: date | None) -> str:
    """21 พฤศจิกายน 2568."""
    return thai.format_thai_date(value, "long") if value else DASH


@register.filter
def thai_date_short(value: date | None) -> str:
    """21 พ.ย. 2568."""
    return thai.format_thai_date(value, "short") if value else DASH


@register.filter
def thai_datetime(value: datetime | None) -> str:
    """21 พ.ย. 2568 14:32 น."""
    return thai.format_thai_datetime(value) if value else DASH


@register.filter
def number(value: Number | None) -> str:
    """1,234 or 1,234.5; a dash for nothing."""
    if value is None or value == "":
        return DASH
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@register.filter
def baht(value: Number | None) -> str:
    """1,234 บาท."""
    return gettext("%(amount)s บาท") % {"amount": number(value)} if value is not None else DASH


@register.filter
def share_of(part: Number | None, whole: Number | None) -> str:
    """37.5%; a dash where there is no whole."""
    if part is None or not whole:
        return DASH
    share = float(part) * 100 / float(whole)
    return f"{share:.0f}%" if share in (0, 100) else f"{share:.1f}%"


@register.filter
def stage_label(code: str | int) -> Text:
    """The name in force of a stage."""
    return stage_look(code).label


@register.filter
def dimension_label(code: str) -> Text:
    """The name in force of a dimension."""
    return DIMENSION_BY_CODE[str(code)].label


@register.filter
def dimensions_in(mask: int | None) -> list[DimensionLook]:
    """The dimensions of a mask, in their fixed order."""
    return [look for look in DIMENSIONS if (mask or 0) & look.bit]
