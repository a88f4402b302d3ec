"""Components that take content: notices, folds, cards, stories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .looks import Text
from .text import DASH, share_of

register = template.Library()

NOTICE_ICONS = {"info": "info", "good": "check-circle", "warn": "warning", "bad": "error"}
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
    """Asks twice without a dialog: opens the form in its content. `tone` "bad" for what cannot be undone."""
    return _rendered(
        "components/confirm.html", content, label=label, title=title, tone=tone, icon_name=icon_name
    )


@register.simple_block_tag
def timeline_item(
    content: str, title: Text, when: date | None = None, kind: str = "visit", by: Text = "", where: Text = ""
) -> SafeString:
    """One event of a story inside `<ol class="timeline">`; `kind` is a key of `EVENT_ICONS`."""
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
    """Long work; `state` is waiting, running, done or failed. Until then htmx asks `poll_url` every 2 s."""
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
    return {"text": text, "met": met, "note": "" if note == DASH else note}


def _rendered(template_name: str, content: str, /, **values: Any) -> SafeString:
    return render_to_string(template_name, {**values, "content": SafeString(content.strip())})
