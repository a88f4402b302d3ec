"""The pictures of the indicators, drawn into a page once so that they need no network of their own."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dimensions.asking import PICTURES

register = template.Library()
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@register.simple_tag
def indicator_pictures() -> SafeString:
    """Every picture as a symbol `picture-<name>`; show one with <use href="#picture-<name>">."""
    return _symbols(settings.RELEASE)


@lru_cache(maxsize=4)
def _symbols(release: str) -> SafeString:
    drawings = ((path.stem, _drawing(path)) for path in sorted(_folder().glob("*.svg")))
    symbols = format_html_join("", '<symbol id="picture-{}" viewBox="0 0 160 160">{}</symbol>', drawings)
    return format_html('<svg class="pictures" width="0" height="0" aria-hidden="true">{}</svg>', symbols)


def _folder() -> Path:
    found = finders.find(PICTURES)
    return Path(str(found)) if found else settings.BASE_DIR / "static" / PICTURES


def _drawing(path: Path) -> SafeString:
    """What stands inside the file's own svg element. The files are ours."""
    found = _DRAWING.search(path.read_text(encoding="utf-8"))
    return mark_safe(found.group(1) if found else "")  # noqa: S308
