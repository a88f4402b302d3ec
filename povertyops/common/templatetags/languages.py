"""The other language, for the switch."""

from __future__ import annotations

from django import template

from povertyops.common.languages import is_thai

register = template.Library()


@register.simple_tag
def other_language() -> dict[str, str]:
    """`code` and `name` of the language that is not shown; a language is named in its own words."""
    return {"code": "en", "name": "English"} if is_thai() else {"code": "th", "name": "ไทย"}
