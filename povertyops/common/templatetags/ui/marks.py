"""Small marks: icons, lights, pills, badges."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from povertyops.common.naming import Names, names_in_force

from .looks import DIMENSION_BY_CODE, DIMENSIONS, LIGHT_STATES, DimensionLook, Text, stage_look
from .text import number

register = template.Library()

LIGHT_MARKS = {"relieved": "half", "recovered": "check", "care": "care"}
EMPTY = SafeString()


@register.simple_tag
def icon(name: str, label: Text = "", size: str = "") -> SafeString:
    """An icon of the sprite; `size` is sm, lg or xl. With a label it is an image, else decoration."""
    return _icon(name, str(conditional_escape(str(label))) if label else "", size)


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, size: str) -> SafeString:
    """A page draws the same few icons hundreds of times; `label` comes escaped."""
    classes = f"icon icon--{size}" if size else "icon"
    href = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            SafeString(label),
            href,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}"></use></svg>',
        classes,
        href,
    )


def light_state(bit: int, failing: int, relieved: int, recovered: int, care: int = 0) -> str:
    """What a light shows: recovered over continuing care over relieved over failing."""
    if not failing & bit:
        return "clear"
    if recovered & bit:
        return "recovered"
    if care & bit:
        return "care"
    return "relieved" if relieved & bit else "failing"


@register.simple_tag
def dimension_lights(
    failing: int | None,
    relieved: int | None = 0,
    recovered: int | None = 0,
    size: str = "",
    words: bool = False,
    care: int | None = 0,
) -> SafeString:
    """Five lights in fixed order from masks; `size="sm"` for tables, `words=True` for a household's page.

    `care`: dimensions in approved continuing care.
    """
    return _lights(
        failing or 0, relieved or 0, recovered or 0, care or 0, size, words, get_language(), names_in_force()
    )


@lru_cache(maxsize=4096)
def _lights(
    failing: int,
    relieved: int,
    recovered: int,
    care: int,
    size: str,
    words: bool,
    language: str | None,
    names: Names,
) -> SafeString:
    """A page of a list draws the same few combinations over and over."""
    classes = "lights lights--words" if words else f"lights lights--{size}" if size else "lights"
    states = [(look, light_state(look.bit, failing, relieved, recovered, care)) for look in DIMENSIONS]
    lights = format_html_join("", "{}", ((_light(look, state, words),) for look, state in states))
    return format_html('<ul class="{}" aria-label="{}">{}</ul>', classes, gettext("มิติทั้งห้า"), lights)


def _light(look: DimensionLook, state: str, words: bool) -> SafeString:
    said = LIGHT_STATES[state]
    mark = (
        format_html('<span class="light__mark">{}</span>', icon(LIGHT_MARKS[state]))
        if state in LIGHT_MARKS
        else EMPTY
    )
    text = (
        format_html(
            '<span class="light__text"><span class="light__name">{}</span>'
            '<span class="light__state">{}</span></span>',
            look.label,
            said,
        )
        if words
        else format_html('<span class="sr-only">{}: {}</span>', look.label, said)
    )
    return format_html(
        '<li class="light dim--{0} light--{1}" title="{2}: {3}">'
        '<span class="light__disc">{4}</span>{5}{6}</li>',
        look.code,
        state,
        look.label,
        said,
        icon(look.code),
        mark,
        text,
    )


@register.simple_tag
def dimension_chip(code: str) -> SafeString:
    """One dimension by name, in its colour and with its icon."""
    look = DIMENSION_BY_CODE[str(code)]
    return format_html(
        '<span class="dim dim--chip dim--{}">{}{}</span>', look.code, icon(look.code), look.label
    )


@register.simple_tag
def stage_pill(stage: str | int, big: bool = False) -> SafeString:
    """The stage by name; the icon fills as many steps as are reached."""
    return _pill(stage_look(stage).code, big, get_language(), names_in_force())


@lru_cache(maxsize=64)
def _pill(code: str, big: bool, language: str | None, names: Names) -> SafeString:
    look = stage_look(code)
    return format_html(
        '<span class="stage stage--{}{}" title="{}">{}{}</span>',
        look.code,
        " stage--big" if big else "",
        look.meaning,
        icon(f"stage-{look.code}"),
        look.label,
    )


@register.simple_tag
def badge(text: Text, tone: str = "", icon_name: str = "") -> SafeString:
    """A short mark; `tone` is good, warn, bad, calm or nothing."""
    classes = f"badge badge--{tone}" if tone else "badge"
    return format_html('<span class="{}">{}{}</span>', classes, icon(icon_name) if icon_name else EMPTY, text)


@register.simple_tag
def due(text: Text, tone: str = "") -> SafeString:
    """When something is due; `tone` is late, soon, done or nothing."""
    classes = f"due due--{tone}" if tone else "due"
    shown = {"late": "warning", "soon": "clock", "done": "check"}.get(tone, "calendar")
    return format_html('<span class="{}">{}{}</span>', classes, icon(shown, size="sm"), text)


@register.simple_tag
def nid_mask(masked: str) -> SafeString:
    """A masked national id as it stands in `common.nid.mask`."""
    return format_html('<span class="nid num">{}</span>', masked or gettext("ไม่มีเลขประจำตัว"))


@register.simple_tag
def count_badge(count: int | None, tone: str = "") -> SafeString:
    """A count beside a place; nothing for none."""
    if not count:
        return EMPTY
    classes = f"count count--{tone}" if tone else "count"
    return format_html(
        '<span class="{}">{}<span class="sr-only"> {}</span></span>',
        classes,
        number(count),
        gettext("รายการ"),
    )
