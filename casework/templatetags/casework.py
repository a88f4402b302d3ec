"""Small filters for the pages of the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[Any, Any], key: Any) -> Any:
    """The name behind a key; nothing for one that is unknown."""
    return names.get(key, "")
