"""The address of a list, read into `CohortFilters`. A wrong value is a fault of the form, never a crash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension, Stage
from povertyops.common.errors import InvalidInput
from povertyops.common.forms import LongSelect
from povertyops.common.past_days import read_past_day
from povertyops.common.thai import fiscal_year_of

from .enums import REMOVAL_REASONS, HelpNature, Membership, Step
from .inputs import CohortFilters
from .months import Month, read_month
from .queries.caseload import NO_MENTOR

NOBODY = "none"
FIRST_YEAR, LAST_YEAR = 2560, 2700
STAGES = [(stage.code, stage.label) for stage in Stage]
MEMBERSHIPS = [
    ("listed", Membership.LISTED.label),
    ("found", Membership.FOUND.label),
    ("carried", Membership.CARRIED.label),
    ("all", _("ทั้งหมด รวมที่ยกมา")),
]
SWITCHES = (
    *("no_team", "overdue", "visited_90", "helped", "removed", "verified", "checked", "proposed"),
    *("care", "passing", "slipped", "additional", "with_team", "not_in_tpmap", "stage_carried"),
    *("no_agency", "promised", "mentor_gone", "mentor_leaving"),
)


def _switch(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def _dimensions(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=Dimension.choices, required=False)


class CohortFilterForm(forms.Form):
    """Every filter of a list of households; `list` is the kind of target list."""

    fiscal_year = forms.IntegerField(
        label=_("ปีงบประมาณ"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    area = forms.CharField(
        label=_("พื้นที่"),
        required=False,
        validators=[RegexValidator(r"^(TH|\d{2}|\d{4}|\d{6}|\d{8})$", _("รหัสพื้นที่มี 2, 4, 6 หรือ 8 หลัก"))],
    )
    centre = forms.UUIDField(label=_("ศูนย์เทศบาล"), required=False)
    failing = _dimensions(_("ตกเกณฑ์"))
    relieved = _dimensions(_("ได้รับความช่วยเหลือแล้ว"))
    recovered = _dimensions(_("ผ่านเกณฑ์แล้ว"))
    stage = forms.ChoiceField(
        label=_("ขั้น"), choices=[("", _("ทุกขั้น")), *STAGES], widget=LongSelect, required=False
    )
    membership = forms.ChoiceField(
        label=_("กลุ่ม"),
        choices=[("", _("ตามบัญชีและที่พบเพิ่มเติม")), *MEMBERSHIPS],
        widget=LongSelect,
        required=False,
    )
    team = forms.UUIDField(label=_("ทีมพี่เลี้ยง"), required=False)
    mentor = forms.CharField(
        label=_("พี่เลี้ยง"),
        required=False,
        validators=[RegexValidator(r"^(none|\d{1,9})$", _("พี่เลี้ยงระบุด้วยรหัสผู้ใช้ หรือ none"))],
    )
    not_seen_month = forms.CharField(label=_("ยังไม่ได้พบในเดือน"), max_length=7, required=False)
    no_team = _switch(_("ยังไม่มีทีมพี่เลี้ยง"))
    overdue = _switch(_("เกินกำหนดเยี่ยม"))
    visited_90 = _switch(_("เยี่ยมใน 90 วัน"))
    helped = _switch(_("ได้รับความช่วยเหลือในปีนี้"))
    removed = _switch(_("นำออกแล้ว"))
    verified = _switch(_("หลังตรวจสอบ"))
    checked = _switch(_("ตรวจสอบครบแล้ว"))
    proposed = _switch(_("รออนุมัติเลื่อนขั้น"))
    care = _switch(_("อยู่ในการดูแลต่อเนื่อง"))
    passing = _switch(_("ผ่านเกณฑ์ จปฐ. ครบทุกมิติ"))
    slipped = _switch(_("ขั้นลดลงในปีนี้"))
    additional = _switch(_("พบปัญหาเพิ่มภายหลัง"))
    with_team = _switch(_("มีทีมพี่เลี้ยงแล้ว"))
    not_in_tpmap = _switch(_("ยังบันทึกใน TPMAP ไม่ครบ"))
    removed_for = forms.ChoiceField(
        label=_("เหตุที่นำออก"),
        choices=[("", _("ทุกเหตุ")), *((each.value, each.label) for each in REMOVAL_REASONS)],
        required=False,
    )
    stage_carried = _switch(_("ขั้นเป็นยอดยกมา"))
    step = forms.TypedChoiceField(
        label=_("มาถึงขั้นตอน"),
        choices=[("", _("ทุกขั้นตอน")), *((str(value), label) for value, label in Step.choices if value)],
        coerce=lambda value: Step(int(value)),
        empty_value=None,
        required=False,
    )
    nature = forms.ChoiceField(
        label=_("ลักษณะความช่วยเหลือ"), choices=[("", _("ทุกลักษณะ")), *HelpNature.choices], required=False
    )
    agency = forms.UUIDField(label=_("หน่วยงานที่ช่วย"), required=False)
    no_agency = _switch(_("ช่วยเหลือโดยไม่ระบุหน่วยงาน"))
    promised = _switch(_("รับปากไว้ ยังไม่ส่งมอบ"))
    mentor_gone = _switch(_("พี่เลี้ยงพ้นตำแหน่งแล้ว"))
    mentor_leaving = _switch(_("พี่เลี้ยงจะพ้นตำแหน่งใน 30 วัน"))
    lists = forms.CharField(
        label=_("อยู่ในบัญชีชุดนี้พอดี"),
        max_length=400,
        required=False,
        validators=[RegexValidator(r"^[-\w]+(,[-\w]+)*$", _("รหัสบัญชีคั่นด้วยจุลภาค เช่น csr,tpmap"))],
    )
    q = forms.CharField(label=_("ชื่อหรือรหัสประจำบ้าน"), max_length=100, required=False)
    as_of = forms.CharField(label=_("ข้อมูล ณ วันที่"), max_length=30, required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        self.today = today
        # "list" as a class attribute would hide the type inside this class.
        self.fields["list"] = forms.SlugField(label=_("บัญชี"), max_length=24, required=False)

    def clean_not_seen_month(self) -> Month | None:
        """A month that has begun, as 2569-11; 1 means this month."""
        text = self.cleaned_data["not_seen_month"]
        if not text:
            return None
        month = read_month(text, self.today, fiscal_year=self.cleaned_data.get("fiscal_year"))
        if month is None:
            raise forms.ValidationError(_("เดือนเขียนเป็น ปี พ.ศ.-เดือน เช่น 2569-11 และต้องไม่อยู่ในอนาคต"))
        return month

    def clean_as_of(self) -> date | None:
        """A past day, as 2025-03-31 or 2568-03-31; today is the same as none."""
        try:
            return read_past_day(self.cleaned_data["as_of"], today=self.today)
        except InvalidInput as refused:
            raise forms.ValidationError(str(refused)) from None

    @property
    def cohort_filters(self) -> CohortFilters:
        """The filters; a field that was wrong counts as left out (the form's errors say so)."""
        self.is_valid()
        values = self.cleaned_data
        return CohortFilters(
            fiscal_year=values.get("fiscal_year")
            or _year_of(values.get("not_seen_month"), values.get("as_of") or self.today),
            area=values.get("area", ""),
            centre=values.get("centre"),
            list_kind=values.get("list", ""),
            lists=tuple(sorted(set(filter(None, values.get("lists", "").split(","))))),
            failing=_members(values.get("failing")),
            relieved=_members(values.get("relieved")),
            recovered=_members(values.get("recovered")),
            stage=Stage.from_code(values["stage"]) if values.get("stage") else None,
            membership=values.get("membership", ""),
            team=values.get("team"),
            mentor=_mentor(values.get("mentor", "")),
            not_seen_month=values.get("not_seen_month"),
            q=values.get("q", ""),
            no_team=bool(values.get("no_team")),
            overdue=bool(values.get("overdue")),
            visited_90=bool(values.get("visited_90")),
            helped=bool(values.get("helped")),
            removed=bool(values.get("removed")),
            verified=bool(values.get("verified")),
            checked=bool(values.get("checked")),
            proposed=bool(values.get("proposed")),
            care=bool(values.get("care")),
            passing=bool(values.get("passing")),
            slipped=bool(values.get("slipped")),
            removed_for=values.get("removed_for") or "",
            stage_carried=bool(values.get("stage_carried")),
            additional=bool(values.get("additional")),
            with_team=bool(values.get("with_team")),
            not_in_tpmap=bool(values.get("not_in_tpmap")),
            step=values.get("step"),
            nature=values.get("nature", ""),
            agency=values.get("agency"),
            no_agency=bool(values.get("no_agency")),
            promised=bool(values.get("promised")),
            mentor_gone=bool(values.get("mentor_gone")),
            mentor_leaving=bool(values.get("mentor_leaving")),
            as_of=values.get("as_of"),
        )


def cohort_filters_of(data: Mapping[str, Any], *, today: date) -> CohortFilters:
    """The filters of an address; raises InvalidInput for a wrong value (for the API and exports)."""
    form = CohortFilterForm(data, today=today)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise InvalidInput("bad_filter", str(errors[0]), field=name)
    return form.cohort_filters


def _mentor(text: str) -> int | None:
    if not text:
        return None
    return NO_MENTOR if text == NOBODY else int(text)


def _year_of(month: Month | None, today: date) -> int:
    """A month brings its fiscal year along."""
    return month.fiscal_year if month else fiscal_year_of(today)


def _members(codes: list[str] | None) -> tuple[Dimension, ...]:
    return tuple(Dimension(code) for code in codes or ())
