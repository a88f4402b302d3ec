"""The components of the design language as template tags; `docs/look.md` lists them.

They take plain values (masks, codes, mappings), never models, so that every app can use them from above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, Field, Form
from django.forms.boundfield import BoundWidget
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.common import thai

register = template.Library()

Text = str | Promise
Number = int | float | Decimal

DASH = "–"
CURSOR_PARAMETERS = ("after", "before", "cursor", "page")
EMPTY: SafeString = mark_safe("")


@dataclass(frozen=True, slots=True)
class DimensionLook:
    """How one dimension is shown: its code is also its colour class and its icon."""

    code: str
    bit: int
    label: Text


@dataclass(frozen=True, slots=True)
class StageLook:
    """How one stage is shown."""

    code: str
    label: Text
    meaning: Text


DIMENSIONS: tuple[DimensionLook, ...] = (
    DimensionLook("health", 1, _("สุขภาพ")),
    DimensionLook("living", 2, _("ความเป็นอยู่")),
    DimensionLook("education", 4, _("การศึกษา")),
    DimensionLook("income", 8, _("รายได้")),
    DimensionLook("access", 16, _("การเข้าถึงบริการรัฐ")),
)
STAGES: tuple[StageLook, ...] = (
    StageLook("waiting", _("ยังไม่ถึงขั้นอยู่รอด"), _("ยังมีมิติที่ตกเกณฑ์และยังไม่ได้รับความช่วยเหลือ")),
    StageLook("survive", _("อยู่รอด"), _("ทุกมิติที่ตกเกณฑ์ได้รับความช่วยเหลือแล้ว")),
    StageLook("sufficient", _("พอเพียง"), _("ทุกมิติผ่านเกณฑ์แล้ว และมีแผนครัวเรือนที่เริ่มทำ")),
    StageLook("sustainable", _("ยั่งยืน"), _("พอเพียงต่อเนื่องครบหนึ่งปี และประเมินผ่านสองครั้ง")),
)
LIGHT_STATES: Mapping[str, Text] = {
    "failing": _("ตกเกณฑ์"),
    "relieved": _("ได้รับความช่วยเหลือแล้ว"),
    "recovered": _("ผ่านเกณฑ์แล้ว"),
    "clear": _("ไม่ตกเกณฑ์"),
}
LIGHT_MARKS = {"relieved": "half", "recovered": "check"}
NOTICE_ICONS = {"info": "info", "good": "check-circle", "warn": "warning", "bad": "error"}
MESSAGE_KINDS = {"success": "good", "warning": "warn", "error": "bad"}
EVENT_ICONS = {
    "visit": "visit",
    "help": "help",
    "stage": "ladder",
    "slip": "ladder",
    "list": "list",
    "plan": "plan",
    "check": "check-circle",
    "team": "team",
    "edit": "edit",
}

_DIMENSION_BY_CODE = {look.code: look for look in DIMENSIONS}
_STAGE_BY_CODE = {look.code: look for look in STAGES}


# ------------------------------------------------------------------------------------------------ dates and numbers


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
def stage_label(code: str) -> Text:
    """The Thai name of a stage."""
    return _STAGE_BY_CODE[str(code)].label


@register.filter
def dimension_label(code: str) -> Text:
    """The Thai name of a dimension."""
    return _DIMENSION_BY_CODE[str(code)].label


@register.filter
def dimensions_in(mask: int | None) -> list[DimensionLook]:
    """The dimensions of a mask, in their fixed order."""
    return [look for look in DIMENSIONS if (mask or 0) & look.bit]


# ------------------------------------------------------------------------------------------------ small marks


@register.simple_tag
def icon(name: str, label: Text = "", size: str = "") -> SafeString:
    """An icon of the sprite; `size` is sm, lg or xl. With a label it is an image, else decoration."""
    classes = f"icon icon--{size}" if size else "icon"
    href = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            href,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        href,
    )


def light_state(bit: int, failing: int, relieved: int, recovered: int) -> str:
    """What a light shows: recovered over relieved over failing."""
    if not failing & bit:
        return "clear"
    if recovered & bit:
        return "recovered"
    return "relieved" if relieved & bit else "failing"


@register.simple_tag
def dimension_lights(
    failing: int | None,
    relieved: int | None = 0,
    recovered: int | None = 0,
    size: str = "",
    words: bool = False,
) -> SafeString:
    """Five lights in fixed order from masks; `size="sm"` for tables, `words=True` for the household's own page."""
    classes = "lights lights--words" if words else f"lights lights--{size}" if size else "lights"
    states = [
        (look, light_state(look.bit, failing or 0, relieved or 0, recovered or 0)) for look in DIMENSIONS
    ]
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
        '<li class="light dim--{0} light--{1}" title="{2}: {3}"><span class="light__disc">{4}</span>{5}{6}</li>',
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
    look = _DIMENSION_BY_CODE[str(code)]
    return format_html(
        '<span class="dim dim--chip dim--{}">{}{}</span>', look.code, icon(look.code), look.label
    )


@register.simple_tag
def stage_pill(stage: str, big: bool = False) -> SafeString:
    """The stage by name; the icon fills as many steps as are reached."""
    look = _STAGE_BY_CODE[str(stage)]
    return format_html(
        '<span class="stage stage--{}{}" title="{}">{}{}</span>',
        look.code,
        mark_safe(" stage--big") if big else EMPTY,
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


# ------------------------------------------------------------------------------------------------ stage ladder


@register.inclusion_tag("components/stage_ladder.html")
def stage_ladder(
    stage: str, dates: Mapping[str, date] | None = None, carried: bool = False
) -> dict[str, Any]:
    """The three steps up to `stage`; `dates` tells since when per stage, `carried` that it came with the family."""
    reached = [look.code for look in STAGES].index(str(stage))
    steps = [
        {
            "look": look,
            "state": _step_state(place, reached),
            "since": (dates or {}).get(look.code),
            "carried": carried and place == reached,
        }
        for place, look in enumerate(STAGES[1:], start=1)
    ]
    return {"steps": steps, "waiting": reached == 0, "first": STAGES[0]}


def _step_state(place: int, reached: int) -> str:
    if place <= reached:
        return "current" if place == reached else "done"
    return "next" if place == reached + 1 else "later"


# ------------------------------------------------------------------------------------------------ numbers and charts


@register.inclusion_tag("components/stat.html")
def stat(
    label: Text,
    value: Number | None,
    url: str = "",
    note: Text = "",
    unit: Text = "",
    tone: str = "",
    icon_name: str = "",
) -> dict[str, Any]:
    """One number with what it counts; `tone` is bad, warn or good and falls silent at zero."""
    shown_tone = "zero" if value == 0 else tone
    return {
        "label": label,
        "value": value,
        "url": url,
        "note": note,
        "unit": unit,
        "tone": shown_tone,
        "icon_name": icon_name,
    }


def percent(part: Number, whole: Number) -> str:
    """A length for an SVG attribute, in percent with two digits."""
    return f"{float(part) * 100 / float(whole):.2f}%" if whole else "0%"


def _segments(values: Sequence[tuple[str, int]], whole: int) -> list[dict[str, str]]:
    """Rectangles side by side, each as wide as its share."""
    start, made = 0, []
    for code, value in values:
        if value:
            made.append({"code": code, "x": percent(start, whole), "width": percent(value, whole)})
        start += value
    return made


@register.inclusion_tag("components/stage_chart.html")
def stage_chart(
    rows: Sequence[Mapping[str, Any]], reading: Text = "", title: Text = "", unit: Text = ""
) -> dict[str, Any]:
    """How many households stand at which step.

    A row is `{label, url?, stages: {code: n}, urls?: {code: url}}`; one row is drawn big, more as a comparison.
    """
    made = []
    for row in rows:
        stages = {str(code): int(count) for code, count in row["stages"].items()}
        urls = row.get("urls") or {}
        counts = [(look, stages.get(look.code, 0), urls.get(look.code, "")) for look in STAGES]
        total = sum(count for _look, count, _url in counts)
        made.append(
            {
                "label": row.get("label", ""),
                "url": row.get("url", ""),
                "total": total,
                "cells": [{"look": look, "count": count, "url": url} for look, count, url in counts],
                "segments": _segments([(look.code, count) for look, count, _url in counts], total),
            }
        )
    return {
        "rows": made,
        "single": made[0] if len(made) == 1 else None,
        "stages": STAGES,
        "reading": reading,
        "title": title,
        "unit": unit or _("ครัวเรือน"),
    }


@register.inclusion_tag("components/dimension_chart.html")
def dimension_chart(
    dimensions: Mapping[str, Mapping[str, Any]], reading: Text = "", title: Text = "", scale: int = 0
) -> dict[str, Any]:
    """Failing, relieved and recovered households per dimension.

    `dimensions` is `{code: {failing, relieved, recovered, failing_url?, relieved_url?, recovered_url?}}`;
    bars are drawn against `scale`, or the longest of them.
    """
    figures = [(look, dimensions.get(look.code) or {}) for look in DIMENSIONS]
    whole = scale or max((int(figure.get("failing", 0)) for _look, figure in figures), default=0)
    rows = [
        {
            "look": look,
            "cells": [_dimension_cell(figure, key) for key in ("failing", "relieved", "recovered")],
            "bars": [
                {"code": key, "width": percent(int(figure.get(key, 0)), whole)}
                for key in ("failing", "relieved", "recovered")
                if figure.get(key)
            ],
        }
        for look, figure in figures
    ]
    return {"rows": rows, "reading": reading, "title": title}


def _dimension_cell(figure: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        "key": key,
        "label": LIGHT_STATES[key],
        "count": int(figure.get(key, 0)),
        "url": figure.get(f"{key}_url", ""),
    }


@register.simple_tag
def stage_bar(stages: Mapping[str, int]) -> SafeString:
    """A slim stacked bar for a table cell; the cell's neighbours hold the figures."""
    counts = [(look.code, int(stages.get(look.code, 0))) for look in STAGES]
    total = sum(count for _code, count in counts)
    said = ", ".join(f"{stage_label(code)} {share_of(count, total)}" for code, count in counts)
    rects = format_html_join(
        "",
        '<rect class="{}" x="{}" y="0" width="{}" height="100%"></rect>',
        ((part["code"], part["x"], part["width"]) for part in _segments(counts, total)),
    )
    return format_html(
        '<svg class="bar bar--slim" role="img" aria-label="{}"><rect class="track" width="100%" height="100%">'
        "</rect>{}</svg>",
        said,
        rects,
    )


# ------------------------------------------------------------------------------------------------ tables and lists


def _query(context: template.Context, changes: Mapping[str, str | None]) -> str:
    """The present query with changes, without list positions; starts with a question mark."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?"
    for name in CURSOR_PARAMETERS:
        query.pop(name, None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_th(
    context: template.Context, label: Text, key: str = "", kind: str = "", default: str = "", hint: Text = ""
) -> SafeString:
    """A column head. With `key` it sorts (`?sort=key`, then `?sort=-key`); `kind` "num" stands right.

    `default` is the order in force when the address names none. Numbers sort greatest first.
    """
    classes = "num" if kind == "num" else kind
    said = format_html('<abbr title="{}">{}</abbr>', hint, label) if hint else format_html("{}", label)
    if not key:
        return format_html('<th scope="col" class="{}">{}</th>', classes, said)
    request = context.get("request")
    current = request.GET.get("sort", default) if request else default
    first, second = (f"-{key}", key) if kind == "num" else (key, f"-{key}")
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    link = _query(context, {"sort": second if current == first else first})
    mark = {"ascending": "arrow-up", "descending": "arrow-down", "none": "sort"}[order]
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="table__sort" href="{}">{}{}</a></th>',
        classes,
        order,
        link,
        said,
        icon(mark),
    )


@register.inclusion_tag("components/data_table.html", takes_context=True)
def data_table(
    context: template.Context,
    columns: Sequence[Mapping[str, Any]],
    rows: Iterable[Mapping[str, Any]],
    caption: Text = "",
    note: Text = "",
    layout: str = "pinned",
    default_sort: str = "",
) -> dict[str, Any]:
    """A table of plain figures.

    A column is `{key, label, kind?, sort?, hint?}` with kind "text" (default), "num", "baht" or "date"; the first column is the
    row's head. A row is `{key: value}` where a value may be `{value, url?, note?, tone?}`; its `row_class` may be
    "total" or "of-which". `layout` is "pinned" (first column stays), "cards" (phones) or "".
    """
    made = [
        {
            "class": row.get("row_class", ""),
            "cells": [_cell(column, row.get(column["key"])) for column in columns],
        }
        for row in rows
    ]
    return {
        "request": context.get("request"),
        "columns": columns,
        "rows": made,
        "caption": caption,
        "note": note,
        "layout": layout,
        "default_sort": default_sort,
    }


def _cell(column: Mapping[str, Any], given: Any) -> dict[str, Any]:
    cell = dict(given) if isinstance(given, Mapping) else {"value": given}
    kind = column.get("kind", "text")
    value = cell.get("value")
    shown = {"num": number, "baht": number, "date": thai_date_short}.get(kind, _plain)(value)
    tone = cell.get("tone", "") or ("zero" if kind in ("num", "baht") and value == 0 else "")
    classes = " ".join(name for name in ("num" if kind in ("num", "baht") else "", tone) if name)
    return {**cell, "shown": shown, "class": classes, "label": column["label"]}


def _plain(value: Any) -> Any:
    return DASH if value is None or value == "" else value


@register.inclusion_tag("components/pager.html")
def pager(
    previous_url: str = "",
    next_url: str = "",
    count: int | None = None,
    shown: int | None = None,
    noun: Text = "",
    as_of: datetime | None = None,
) -> dict[str, Any]:
    """Back and on by keyset; `count` of all, `shown` on this page, `noun` what is counted."""
    return {
        "previous_url": previous_url,
        "next_url": next_url,
        "count": count,
        "shown": shown,
        "noun": noun or _("รายการ"),
        "as_of": as_of,
    }


@register.inclusion_tag("components/chips.html")
def filter_chips(chips: Sequence[Mapping[str, Any]], clear_url: str = "") -> dict[str, Any]:
    """What narrows the list now. A chip is `{label, remove_url}`; `clear_url` takes all away."""
    return {"chips": chips, "clear_url": clear_url}


@register.inclusion_tag("components/filter_panel.html")
def filter_panel(
    form: Form,
    chips: Sequence[Mapping[str, Any]] = (),
    clear_url: str = "",
    first: str = "q",
    target: str = "",
) -> dict[str, Any]:
    """The filters of a list as a GET form: the `first` fields (space separated) in sight, the others folded."""
    names = first.split()
    visible = [form[name] for name in names if name in form.fields]
    folded = [field for field in form.visible_fields() if field.name not in names]
    return {
        "form": form,
        "visible": visible,
        "folded": folded,
        "opened": any(field.data for field in folded) or any(field.errors for field in folded),
        "chips": chips,
        "clear_url": clear_url,
        "target": target,
    }


@register.inclusion_tag("components/empty.html")
def empty_state(
    title: Text, text: Text = "", action_url: str = "", action_label: Text = "", icon_name: str = "list"
) -> dict[str, Any]:
    """Nothing here, and what to do next."""
    return {
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "icon_name": icon_name,
    }


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The way down, `{label, url?}` each; the last is where one stands."""
    return {"items": items}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[Mapping[str, Any]], label: Text = "") -> dict[str, Any]:
    """Places inside a place, `{label, url, current?, count?, icon?}` each."""
    return {"items": items, "label": label or _("ส่วนของหน้านี้")}


@register.inclusion_tag("components/as_of.html")
def as_of(moment: date | None = None, counts: Text = "", extra: Text = "") -> dict[str, Any]:
    """Footnote under figures: what they count and as of when (a day or a moment)."""
    return {"moment": moment, "with_time": isinstance(moment, datetime), "counts": counts, "extra": extra}


@register.inclusion_tag("components/steps.html")
def steps(labels: Sequence[Text], current: int) -> dict[str, Any]:
    """The steps of a longer act; `current` counts from one."""
    return {"items": [(place, text) for place, text in enumerate(labels, start=1)], "current": current}


# ------------------------------------------------------------------------------------------------ forms


def _control_kind(bound: BoundField) -> str:
    """How the field is drawn: one of text, select, textarea, file, check, radio, checks, hidden."""
    widget = bound.field.widget
    names = {base.__name__ for base in type(widget).__mro__}
    for name, kind in (
        ("HiddenInput", "hidden"),
        ("MultipleHiddenInput", "hidden"),
        ("CheckboxSelectMultiple", "checks"),
        ("RadioSelect", "radio"),
        ("CheckboxInput", "check"),
        ("Textarea", "textarea"),
        ("FileInput", "file"),
        ("Select", "select"),
        ("SelectMultiple", "select"),
        ("MultiWidget", "multi"),
    ):
        if name in names:
            return kind
    return "text"


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    layout: str = "",
    label: Text = "",
    help: Text = "",
    unit: Text = "",
    quick: str = "",
    optional: bool = True,
    hide_label: bool = False,
    **attrs: Any,
) -> dict[str, Any]:
    """One field with label, help and error.

    `layout`: "segments" or "list" for radios, "chips" or "list" for checkboxes, "plain" for one checkbox.
    `unit` stands behind the input. `quick` offers days for a date ("0 -1" today, yesterday; "7 14 30" ahead).
    More keywords become attributes of the input, `_` read as `-` (`data_draft="x"`).
    """
    kind = _control_kind(bound)
    described = [f"{bound.auto_id}_{part}" for part, said in _said_about(bound, help) if said]
    made = {name.replace("_", "-"): value for name, value in attrs.items()}
    if described:
        made["aria-describedby"] = " ".join(described)
    if bound.errors:
        made["aria-invalid"] = "true"
    if kind in ("text", "textarea", "select", "file"):
        made["class"] = f"{bound.field.widget.attrs.get('class', '')} input".strip()
    return {
        "bound": bound,
        "errors": error_texts(bound),
        "kind": kind,
        "layout": layout or {"radio": "segments", "checks": "chips", "check": "plain"}.get(kind, ""),
        "label": label or bound.label,
        "help": help or bound.help_text,
        "unit": unit,
        "quick": quick.split(),
        "optional": optional and not bound.field.required and kind != "check",
        "hide_label": hide_label,
        "control": bound.as_widget(attrs=made) if kind not in ("radio", "checks", "check") else "",
        "choices": _choices(bound, made) if kind in ("radio", "checks") else [],
        "check": bound.as_widget(attrs={**made, "class": "choice__input"}) if kind == "check" else "",
        "described": made.get("aria-describedby", ""),
    }


ASKED_FOR: Mapping[str, Text] = {
    "select": _("กรุณาเลือกหนึ่งรายการ"),
    "radio": _("กรุณาเลือกหนึ่งข้อ"),
    "checks": _("กรุณาเลือกอย่างน้อยหนึ่งข้อ"),
    "check": _("กรุณาทำเครื่องหมายยืนยัน"),
    "file": _("กรุณาเลือกไฟล์"),
}


def error_texts(bound: BoundField) -> list[str]:
    """The field's errors; Django's bare "required" becomes a sentence that fits the kind of control."""
    bare = str(Field.default_error_messages["required"])
    asked = str(ASKED_FOR.get(_control_kind(bound), _("กรุณากรอกช่องนี้")))
    return [asked if text == bare else text for text in map(str, bound.errors)]


def _said_about(bound: BoundField, help: Text) -> tuple[tuple[str, Any], ...]:
    return (("error", bound.errors), ("helptext", help or bound.help_text))


def _choices(bound: BoundField, attrs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each choice with its own input, so that the whole face can be its label."""
    kept = {name: value for name, value in attrs.items() if name.startswith(("data-", "hx-"))}
    return [
        {
            "label": choice.choice_label,
            "id": choice.id_for_label,
            "tag": _choice_tag(choice, kept),
        }
        for choice in bound.subwidgets
    ]


def _choice_tag(choice: BoundWidget, attrs: Mapping[str, Any]) -> SafeString:
    choice.data["attrs"] = {**choice.data["attrs"], **attrs, "class": "choice__input"}
    return choice.tag()


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Form) -> dict[str, Any]:
    """At the top of a form that came back: what to mend, with a link to each field."""
    faulty = [form[name] for name in form.fields if name in form.errors]
    return {
        "form": form,
        "faulty": [(bound, error_texts(bound)) for bound in faulty],
        "any": bool(form.errors),
    }


@register.inclusion_tag("components/client_uuid.html")
def client_uuid(name: str = "id", value: str = "") -> dict[str, Any]:
    """A hidden input that the browser fills with a UUID once, so that sending twice stores one record."""
    return {"name": name, "value": value}


# ------------------------------------------------------------------------------------------------ blocks with content


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: Text = "") -> SafeString:
    """The page speaks; `kind` is info, good, warn or bad."""
    return _rendered(
        "components/notice.html", content, kind=kind, title=title, icon_name=NOTICE_ICONS.get(kind, "info")
    )


@register.simple_block_tag
def fold(
    content: str,
    title: Text,
    note: Text = "",
    open: bool = False,
    error: bool = False,
    quiet: bool = False,
    key: str = "",
) -> SafeString:
    """What can wait; `note` says what is inside, `key` lets the browser remember it open."""
    return _rendered(
        "components/fold.html",
        content,
        title=title,
        note=note,
        open=open or error,
        error=error,
        quiet=quiet,
        key=key,
    )


@register.simple_block_tag
def page_head(content: str, title: Text, lead: Text = "") -> SafeString:
    """The page's h1 with one sentence under it; the content holds its acts."""
    return _rendered("components/page_head.html", content, title=title, lead=lead)


@register.simple_block_tag
def confirm(content: str, label: Text, title: Text = "", tone: str = "", icon_name: str = "") -> SafeString:
    """Asks twice without a dialog: a summary that opens the form in its content. `tone` "bad" for what cannot be undone."""
    return _rendered(
        "components/confirm.html", content, label=label, title=title, tone=tone, icon_name=icon_name
    )


@register.simple_block_tag
def timeline_item(
    content: str, title: Text, when: date | None = None, kind: str = "visit", by: Text = "", where: Text = ""
) -> SafeString:
    """One event of a story inside `<ol class="timeline">`; `kind` visit, help, stage, slip, list, plan, check, team, edit."""
    return _rendered(
        "components/timeline_item.html",
        content,
        title=title,
        when=when,
        with_time=isinstance(when, datetime),
        kind=kind,
        tone=kind if kind in ("help", "stage", "slip") else "quiet" if kind in ("list", "edit") else "",
        icon_name=EVENT_ICONS.get(kind, "dot"),
        by=by,
        where=where,
    )


@register.simple_block_tag
def person_row(
    content: str,
    name: Text,
    facts: Sequence[Text] = (),
    nid: str = "",
    target: bool = False,
    status: Text = "",
    status_tone: str = "",
    url: str = "",
) -> SafeString:
    """A member inside `<ul class="people">`; the content holds acts."""
    return _rendered(
        "components/person_row.html",
        content,
        name=name,
        facts=[facts] if isinstance(facts, str) else facts,
        nid=nid,
        target=target,
        status=status,
        status_tone=status_tone,
        url=url,
    )


@register.simple_block_tag
def household_card(
    content: str,
    name: Text,
    url: str = "",
    place: Text = "",
    reason: Text = "",
    failing: int | None = 0,
    relieved: int | None = 0,
    recovered: int | None = 0,
    stage: str = "",
    due_text: Text = "",
    due_tone: str = "",
) -> SafeString:
    """A family inside `<ul class="household-list">`; the content holds acts that work without opening it."""
    return _rendered(
        "components/household_card.html",
        content,
        name=name,
        url=url,
        place=place,
        reason=reason,
        failing=failing,
        relieved=relieved,
        recovered=recovered,
        stage=stage,
        due_text=due_text,
        due_tone=due_tone,
    )


@register.simple_block_tag
def progress_card(
    content: str,
    title: Text,
    done: int = 0,
    total: int = 0,
    state: str = "running",
    poll_url: str = "",
    unit: Text = "",
) -> SafeString:
    """Long work; `state` is waiting, running, done or failed. While it lasts htmx asks `poll_url` every two seconds."""
    return _rendered(
        "components/progress_card.html",
        content,
        title=title,
        done=done,
        total=total,
        state=state,
        share=share_of(done, total) if total else "",
        poll_url=poll_url if state in ("waiting", "running") else "",
        unit=unit or _("รายการ"),
    )


@register.inclusion_tag("components/condition.html")
def condition(text: Text, met: bool, note: Text = "") -> dict[str, Any]:
    """One condition of a stage inside `<ul class="conditions">`: met or still missing."""
    return {"text": text, "met": met, "note": note}


def _rendered(template_name: str, content: str, /, **values: Any) -> SafeString:
    return render_to_string(template_name, {**values, "content": mark_safe(content.strip())})


# ------------------------------------------------------------------------------------------------ frame


@register.simple_tag
def thai_now() -> str:
    """This moment, for the foot of a printed page."""
    return thai.format_thai_datetime(timezone.now())


@register.filter
def message_kind(tags: str) -> str:
    """The notice kind of a Django message's level tag."""
    return next((kind for tag, kind in MESSAGE_KINDS.items() if tag in (tags or "")), "info")


@register.filter
def thumb_places(nav: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The first four places, for the bar under the thumb."""
    return [item for item in nav or () if item.get("url")][:4]
