"""Lists and the way through them: tables, sorting, paging, filters, tabs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import Form
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .looks import Text
from .marks import icon
from .text import DASH, number, thai_date_short

register = template.Library()

CURSOR_PARAMETERS = ("after", "before", "cursor", "page")


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

    A column is `{key, label, kind?, sort?, hint?}` with kind "text", "num", "baht" or "date"; the first
    holds the row's head. A row is `{key: value}` where a value may be `{value, url?, note?, tone?}`;
    its `row_class` may be "total" or "of-which". `layout` is "pinned" (first column stays), "cards" (on
    phones) or nothing.
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
    kind, value = column.get("kind", "text"), cell.get("value")
    is_number = kind in ("num", "baht")
    tone = cell.get("tone", "") or ("zero" if is_number and value == 0 else "")
    classes = " ".join(name for name in ("num" if is_number else "", tone) if name)
    return {**cell, "shown": _shown(kind, value), "class": classes, "label": column["label"]}


def _shown(kind: str, value: Any) -> Any:
    if value is None or value == "":
        return DASH
    if kind == "date":
        return thai_date_short(value)
    return number(value) if kind in ("num", "baht") else value


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
    """The filters of a list as a GET form: the `first` fields (by name) in sight, the others folded."""
    names = first.split()
    visible = [form[name] for name in names if name in form.fields]
    folded = [field for field in form.visible_fields() if field.name not in names]
    return {
        "form": form,
        "visible": visible,
        "folded": folded,
        "opened": any(field.errors for field in folded),
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
def breadcrumb(items: Sequence[Mapping[str, Any]], label: Text = "") -> dict[str, Any]:
    """The way down, `{label, url?}` each; the last is where one stands."""
    return {"items": items, "label": label or _("ลำดับพื้นที่")}


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
