"""How an area stands: stages, the five dimensions, and the way from list to sustainable with its waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.enums import Step
from dimensions.enums import Dimension, Stage
from povertyops.common.naming import with_stages

from ..definitions import WAIT_EPOCH
from ..models.progress import Figures
from .base import (
    Cell,
    Chart,
    Head,
    Row,
    UrlOf,
    amounts,
    bar,
    beside,
    categories,
    counted,
    frame,
    linked,
    no_url,
    number,
    percent,
    share_text,
    value_of,
)
from .palette import (
    DIMENSIONS,
    INDIGO,
    INDIGO_SOFT,
    LIGHT_STRIPES,
    PLAIN,
    STAGE_PATTERNS,
    STAGES,
    STATE_PATTERNS,
    STATE_TINTS,
)
from .readings import dimension_sentence, funnel_sentence, stage_sentence

GROUPS = ("failing", "relieved", "recovered")
STEPS = tuple(step for step in Step if step is not Step.CLOSED)


def group_names() -> dict[str, str]:
    return {
        "failing": _("ตกเกณฑ์"),
        "relieved": _("ได้รับความช่วยเหลือแล้ว"),
        "recovered": _("ผ่านเกณฑ์แล้ว"),
    }


def stage_option(figures: Figures, url_of: UrlOf = no_url) -> Chart:
    """Households at each stage."""
    total = value_of(figures, "households")
    counts = {stage: value_of(figures, stage.code) for stage in Stage}
    reading = stage_sentence(counts)
    marks = [
        bar(
            count,
            f"{number(count)} ({share_text(count, total)})",
            itemStyle={"color": STAGES[stage], "decal": STAGE_PATTERNS[stage], "borderRadius": 3},
        )
        for stage, count in counts.items()
    ]
    option = frame(reading, legend=False, right=104) | {
        "xAxis": amounts(),
        "yAxis": categories([str(stage.label) for stage in Stage], down=True),
        "series": [
            {"type": "bar", "name": _("ครัวเรือน"), "barMaxWidth": 34, "label": beside(), "data": marks}
        ],
    }
    rows = tuple(
        Row(
            str(stage.label),
            (counted(count, url_of(stage.code)), Cell(share_text(count, total), percent(count, total))),
        )
        for stage, count in counts.items()
    )
    return Chart(
        "stages",
        _("ครัวเรือนตามขั้น"),
        reading,
        option,
        (Head(_("ขั้น"), False), Head(_("ครัวเรือน")), Head(_("ร้อยละ"))),
        rows,
        linked([[url_of(stage.code) for stage in Stage]]),
        height=240,
        is_empty=not total,
    )


def dimension_option(figures: Figures, url_of: UrlOf = no_url, *, unit: str = "number") -> Chart:
    """Failing, relieved and recovered in each dimension; `unit` percent is of the failing ones."""
    counts = {
        group: {dimension: value_of(figures, f"{group}_{dimension.value}") for dimension in Dimension}
        for group in GROUPS
    }
    failing, names, in_percent = counts["failing"], group_names(), unit == "percent"
    reading = dimension_sentence(failing, counts["relieved"])
    series = [
        {
            "type": "bar",
            "name": names[group],
            "barGap": "8%",
            "barCategoryGap": "32%",
            "itemStyle": {"color": STATE_TINTS[place], "decal": STATE_PATTERNS[place]},
            "label": beside("top", size=12),
            "data": [
                _dimension_mark(dimension, place, counts[group][dimension], failing[dimension], in_percent)
                for dimension in Dimension
            ],
        }
        for place, group in enumerate(GROUPS)
    ]
    option = frame(reading) | {
        "xAxis": categories([str(dimension.label) for dimension in Dimension], width=108),
        "yAxis": amounts(unit="%", most=100) if in_percent else amounts(),
        "series": series,
    }
    urls = {group: {d: url_of(f"{group}_{d.value}") for d in Dimension} for group in GROUPS}
    rows = tuple(
        Row(
            str(dimension.label),
            tuple(
                _dimension_cell(
                    counts[group][dimension], failing[dimension], in_percent, urls[group][dimension]
                )
                for group in GROUPS
            ),
        )
        for dimension in Dimension
    )
    return Chart(
        "dimensions",
        _("ร้อยละของครัวเรือนที่ตกเกณฑ์รายมิติ") if in_percent else _("ครัวเรือนที่ตกเกณฑ์รายมิติ"),
        reading,
        option,
        (Head(_("มิติ"), False), *(Head(names[group]) for group in GROUPS)),
        rows,
        linked([list(row.values()) for row in urls.values()]),
        height=340,
        is_empty=not any(failing.values()),
    )


def _dimension_mark(
    dimension: Dimension, place: int, count: int | None, failing: int | None, in_percent: bool
) -> dict[str, Any]:
    value = percent(count, failing) if in_percent else count
    style = {
        "color": DIMENSIONS[dimension][place],
        "decal": STATE_PATTERNS[place],
        "borderColor": DIMENSIONS[dimension][2],
        "borderWidth": 0 if place else 1,
        "borderRadius": [3, 3, 0, 0],
    }
    return bar(value, number(value) + "%" * (in_percent and value is not None), itemStyle=style)


def _dimension_cell(count: int | None, failing: int | None, in_percent: bool, url: str) -> Cell:
    if in_percent:
        return Cell(share_text(count, failing), percent(count, failing), url)
    return counted(count, url)


def funnel_option(figures: Figures, day: date, url_of: UrlOf = no_url) -> Chart:
    """How many came at least this far, how many wait there for the next step, and how long on average."""
    at: dict[Step, int | None] = {step: value_of(figures, step_code(step)) for step in STEPS}
    waits: dict[Step, int | None] = {step: mean_wait(figures, step, day) for step in STEPS}
    further = {step: sum(at[later] or 0 for later in STEPS if later > step) for step in STEPS}
    reading = funnel_sentence(at, waits)
    urls = [url_of(step_code(step)) for step in STEPS]
    option = frame(reading, right=124) | {
        "xAxis": amounts(),
        "yAxis": categories([str(step.label) for step in STEPS], down=True),
        "series": [
            _funnel_series(_("ไปต่อแล้ว"), INDIGO_SOFT, PLAIN) | {"data": list(further.values())},
            _funnel_series(_("รออยู่ที่ขั้นตอนนี้"), INDIGO, LIGHT_STRIPES)
            | {
                "label": beside(),
                "data": [bar(at[step], _wait_label(at[step], waits[step])) for step in STEPS],
            },
        ],
    }
    rows = tuple(
        Row(
            str(step.label),
            (
                counted(further[step] + (at[step] or 0)),
                counted(at[step], url),
                Cell(number(waits[step]), waits[step]),
            ),
        )
        for step, url in zip(STEPS, urls, strict=True)
    )
    return Chart(
        "funnel",
        str(with_stages(_("จากบัญชีถึง{sustainable} และรออยู่ที่ใด"))),
        reading,
        option,
        (
            Head(_("ขั้นตอน"), False),
            Head(_("มาถึงแล้ว (ครัวเรือน)")),
            Head(_("รออยู่ (ครัวเรือน)")),
            Head(_("รอเฉลี่ย (วัน)")),
        ),
        rows,
        linked([[""] * len(STEPS), urls]),
        height=340,
        is_empty=not any(at.values()),
    )


def step_code(step: Step) -> str:
    """The figure that counts the households at a step."""
    return f"step_{step.name.lower()}"


def mean_wait(figures: Figures, step: Step, day: date) -> int | None:
    """Mean days that households at a step have waited by `day`; None where nobody waits."""
    here = value_of(figures, step_code(step))
    if not here or step is Step.SUSTAINABLE:
        return None
    since = value_of(figures, f"since_{step.name.lower()}") or 0
    return max(round((day - WAIT_EPOCH).days - since / here), 0)


def _funnel_series(name: str, color: str, decal: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "bar",
        "stack": "way",
        "name": name,
        "barMaxWidth": 28,
        "itemStyle": {"color": color, "decal": decal},
    }


def _wait_label(count: int | None, wait: int | None) -> str:
    if not count or wait is None:
        return number(count)
    return _("%(count)s (รอ %(days)s วัน)") % {"count": number(count), "days": number(wait)}
