"""Every version of the yardstick: who saved it, when, why, and what changed, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povertyops.common.thai import format_thai_date

from ..enums import Certainty, Dimension, IndicatorUnit
from ..models import (
    DimensionInfo,
    IncomeThreshold,
    Indicator,
    IndicatorSet,
    PovertyLine,
    StageCriteria,
    StageInfo,
)

MOST_SHOWN = 300
_INDICATOR_PARTS = ("text", "name", "ask", "category", "unit", "dimension", "counterparts", "certainty")
_HIDDEN = {"position", "colour", "categories"}  # the last is told one by one


@dataclass(frozen=True, slots=True)
class Entry:
    """One version; `changes` say what differs from the one before, nothing for a first one."""

    subject: str
    version: int
    when: datetime
    who: str
    reason: str
    source: str
    changes: list[str]
    is_current: bool
    is_first: bool


def yardstick_history(province_code: str) -> list[Entry]:
    """The newest first; of the stage criteria those of the nation and of one province."""
    entries = [
        *_versions(DimensionInfo.objects.select_related("entered_by"), _of_dimension),
        *_versions(StageInfo.objects.select_related("entered_by"), _of_stage),
        *_versions(IndicatorSet.objects.select_related("entered_by").prefetch_related("indicators"), _of_set),
        *_versions(IncomeThreshold.objects.select_related("entered_by"), _of_threshold),
        *_versions(PovertyLine.objects.select_related("entered_by"), _of_line),
        *_criteria(province_code),
    ]
    entries.sort(key=lambda entry: (entry.when, entry.version), reverse=True)
    return entries[:MOST_SHOWN]


def _versions(rows: Any, subject: Any) -> Iterator[Entry]:
    model = rows.model
    ordered = rows.order_by(*model.KEY, "version")
    for _key, versions in groupby(ordered, key=lambda row: [getattr(row, name) for name in model.KEY]):
        before = None
        for row in versions:
            yield Entry(
                subject=subject(row),
                version=row.version,
                when=row.recorded_at,
                who=row.entered_by.display_name if row.entered_by else "",
                reason=row.reason,
                source=row.source,
                changes=list(_changes(before, row)) if before is not None else [],
                is_current=row.superseded_at is None,
                is_first=before is None,
            )
            before = row


def _of_dimension(row: DimensionInfo) -> str:
    return _("มิติ%(name)s") % {"name": row.label}


def _of_stage(row: StageInfo) -> str:
    return _("ขั้น%(stage)s") % {"stage": row.label}


def _of_set(row: IndicatorSet) -> str:
    return _("ชุด %(name)s") % {"name": row.label}


def _of_threshold(row: IncomeThreshold) -> str:
    return _("เกณฑ์รายได้ปี %(year)d") % {"year": row.survey_year}


def _of_line(row: PovertyLine) -> str:
    return _("เส้นความยากจนปี %(year)d") % {"year": row.year}


def _criteria(province_code: str) -> Iterator[Entry]:
    rows = StageCriteria.objects.filter(province_code__in={"", province_code}).select_related("entered_by")
    before: dict[str, StageCriteria] = {}
    newest = {row.province_code: row.version for row in rows.order_by("version")}
    for row in rows.order_by("version"):
        last = before.get(row.province_code) or before.get("")
        whose = _("ของจังหวัด") if row.province_code else _("ของประเทศ")
        day = format_thai_date(row.effective_from, "short")
        yield Entry(
            subject=_("เกณฑ์ของขั้น%(whose)s ใช้ตั้งแต่ %(day)s") % {"whose": whose, "day": day},
            version=row.version,
            when=row.recorded_at,
            who=row.entered_by.display_name if row.entered_by else "",
            reason=row.reason,
            source="",
            changes=list(_changes(last, row)) if last else [],
            is_current=newest[row.province_code] == row.version,
            is_first=last is None,
        )
        before[row.province_code] = row


def _changes(before: Any, row: Any) -> Iterator[str]:
    names = [name for name in row.FACTS if name not in _HIDDEN]
    if isinstance(row, DimensionInfo):
        names.append("label_en")
    yield from _told(before, row, names)
    if isinstance(row, IndicatorSet):
        yield from _category_changes(before.categories, row.categories)
        yield from _indicator_changes(before.indicators.all(), row.indicators.all())


def _told(before: Any, row: Any, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        old, new = getattr(before, name), getattr(row, name)
        if old != new:
            label = row._meta.get_field(name).verbose_name
            yield f"{label}: {_said(old)} → {_said(new)}"


def _category_changes(
    before: Iterable[Mapping[str, str]], after: Iterable[Mapping[str, str]]
) -> Iterator[str]:
    old = {each["code"]: each for each in before}
    new = {each["code"]: each for each in after}
    for code, each in new.items():
        if code not in old:
            yield _("เพิ่มหมวด %(name)s") % {"name": each["label"]}
            continue
        for name, label in _CATEGORY_PARTS.items():
            if each[name] != old[code][name]:
                said = f"{label}: {_said(old[code][name])} → {_said(each[name])}"
                yield _("หมวด %(name)s %(said)s") % {"name": each["label"], "said": said}
    for code, each in old.items():
        if code not in new:
            yield _("ตัดหมวด %(name)s") % {"name": each["label"]}
    if [code for code in old if code in new] != [code for code in new if code in old]:
        names = ", ".join(each["label"] for each in new.values())
        yield _("ลำดับของหมวด: %(names)s") % {"names": names}


def _indicator_changes(before: Iterable[Indicator], after: Iterable[Indicator]) -> Iterator[str]:
    old = {each.number: each for each in before}
    new = {each.number: each for each in after}
    for number in sorted(old.keys() | new.keys()):
        if number not in old:
            yield _("เพิ่มข้อ %(number)d %(text)s") % {"number": number, "text": new[number].text}
        elif number not in new:
            yield _("ตัดข้อ %(number)d %(text)s") % {"number": number, "text": old[number].text}
        else:
            for said in _told(old[number], new[number], _INDICATOR_PARTS):
                yield _("ข้อ %(number)d %(said)s") % {"number": number, "said": said}


_WORDS = {
    choice.value: choice.label for choices in (Dimension, IndicatorUnit, Certainty) for choice in choices
}
_PARTS = {
    "text": gettext_lazy("ตัวชี้วัด"),
    "unit": gettext_lazy("หน่วย"),
    "dimension": gettext_lazy("มิติ"),
    "label": gettext_lazy("ชื่อ"),
    "lead_office": gettext_lazy("หน่วยงานเจ้าภาพ"),
}
_CATEGORY_PARTS = {"label": gettext_lazy("ชื่อ"), "certainty": gettext_lazy("ความแน่ชัด")}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("ใช่") if value else _("ไม่ใช่")
    if isinstance(value, dict):
        parts = (f"{_PARTS.get(part, part)} {_said(sure)}" for part, sure in sorted(value.items()))
        return ", ".join(parts) or "—"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    return str(_WORDS.get(value, value)) if value not in (None, "") else "—"
