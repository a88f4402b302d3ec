"""Help and money: who gave it, and how much of it builds a way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

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
from .palette import INDIGO, LIGHT_STRIPES, MARIGOLD, OTHERS, PLAIN
from .readings import agencies_sentence, relief_sentence

SHOWN_AGENCIES = 12


@dataclass(frozen=True, slots=True)
class AgencyHelp:
    """What one agency gave; `url` opens its helps."""

    name: str
    baht: Decimal
    helps: int
    households: int
    url: str = ""


def agencies_option(agencies: Sequence[AgencyHelp]) -> Chart:
    """The twelve that gave most, and all others together; households of the others are not added up."""
    ordered = sorted(agencies, key=lambda agency: (-agency.baht, -agency.helps, agency.name))
    shown, rest = ordered[:SHOWN_AGENCIES], ordered[SHOWN_AGENCIES:]
    total = float(sum(agency.baht for agency in agencies))
    reading = agencies_sentence(shown[0].name if shown else "", float(shown[0].baht) if shown else 0, total)
    names = [agency.name for agency in shown]
    values = [float(agency.baht) for agency in shown]
    if rest:
        names.append(_("อื่น ๆ (%(count)s หน่วยงาน)") % {"count": len(rest)})
        values.append(float(sum(agency.baht for agency in rest)))
    colors = [INDIGO] * len(shown) + [OTHERS]
    marks = [
        bar(value, number(value), itemStyle={"color": color, "decal": PLAIN, "borderRadius": 3})
        for value, color in zip(values, colors, strict=False)
    ]
    option = frame(reading, legend=False, right=96) | {
        "xAxis": amounts(),
        "yAxis": categories(names, down=True, width=190),
        "series": [{"type": "bar", "name": _("บาท"), "barMaxWidth": 22, "label": beside(), "data": marks}],
    }
    rows = [
        Row(
            agency.name,
            (
                counted(agency.helps, agency.url),
                counted(float(agency.baht), agency.url),
                counted(agency.households),
            ),
        )
        for agency in shown
    ]
    if rest:
        helps = sum(agency.helps for agency in rest)
        rows.append(Row(names[-1], (counted(helps), counted(values[-1]), Cell("–"))))
    return Chart(
        "agencies",
        _("มูลค่าความช่วยเหลือตามหน่วยงาน"),
        reading,
        option,
        (Head(_("หน่วยงาน"), False), Head(_("รายการ")), Head(_("บาท")), Head(_("ครัวเรือน"))),
        tuple(rows),
        linked([[agency.url for agency in shown]]),
        height=90 + 32 * len(names),
        is_empty=not agencies,
    )


def relief_option(figures: Figures, url_of: UrlOf = no_url) -> Chart:
    """Relief against development, by value and by number of helps, in percent of each."""
    baht, helps = value_of(figures, "baht"), value_of(figures, "helps")
    built_baht, built = value_of(figures, "development_baht"), value_of(figures, "development_helps")
    pairs = [(_minus(baht, built_baht), built_baht, baht), (_minus(helps, built), built, helps)]
    reading = relief_sentence(baht or 0, built_baht or 0)
    names = (_("สงเคราะห์"), _("พัฒนา"))
    looks = ((MARIGOLD, PLAIN, "#3a2a00"), (INDIGO, LIGHT_STRIPES, "#fff"))
    series = [
        {
            "type": "bar",
            "stack": "all",
            "name": name,
            "barMaxWidth": 40,
            "itemStyle": {"color": color, "decal": decal, "borderColor": "#fff", "borderWidth": 1},
            "label": beside("inside", color=ink),
            "data": [
                bar(percent(pair[place], pair[2]), share_text(pair[place], pair[2]) if pair[place] else "")
                for pair in pairs
            ],
        }
        for place, (name, (color, decal, ink)) in enumerate(zip(names, looks, strict=True))
    ]
    option = frame(reading) | {
        "xAxis": amounts(unit="%", most=100),
        "yAxis": categories([_("มูลค่า"), _("จำนวนรายการ")], down=True),
        "series": series,
    }
    eased = [url_of("relief_baht"), url_of("relief_helps")]
    urls = [url_of("development_baht"), url_of("development_helps")]
    rows = (
        Row(_("มูลค่า (บาท)"), (counted(pairs[0][0], eased[0]), counted(built_baht, urls[0]))),
        Row(_("จำนวนรายการ"), (counted(pairs[1][0], eased[1]), counted(built, urls[1]))),
    )
    return Chart(
        "relief",
        _("สงเคราะห์และพัฒนา"),
        reading,
        option,
        (Head(_("นับเป็น"), False), Head(names[0]), Head(names[1])),
        rows,
        linked([eased, urls]),
        height=200,
        is_empty=not helps,
    )


def _minus(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part
