"""The page that shows what households are measured by, its history, and the pages that edit it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.answering import posted, status_of, succeeds
from povertyops.common.languages import kept_in_thai
from povertyops.common.policies import allow, signed_in

from .enums import Dimension, Stage
from .forms import (
    CategoryForm,
    CriteriaForm,
    DimensionForm,
    FactForm,
    IndicatorForm,
    NewSetForm,
    SetForm,
    StageNameForm,
    YearForm,
)
from .models import (
    DimensionInfo,
    IncomeThreshold,
    IndicatorSet,
    PovertyLine,
    StageCriteria,
    StageInfo,
)
from .pages import yardstick_page
from .pages.history import yardstick_history
from .pages.yardstick import CategoryLine, category_lines
from .queries import indicator_sets, indicators_of
from .services.editing import (
    CRITERIA_ROLES,
    EDITING_ROLES,
    add_set,
    dimensions_left_empty,
    save_category,
    save_criteria,
    save_dimension,
    save_indicator,
    save_set,
    save_stage,
    save_year,
)
from .touching import Touch, households_touched

EDITORS = tuple(sorted(EDITING_ROLES))
CRITERIA_EDITORS = tuple(sorted(CRITERIA_ROLES))
EDITABLE_YEARS = {"income": IncomeThreshold, "line": PovertyLine}


def _actor(request: HttpRequest) -> Actor:
    """The person acting; the policy of the view has made sure there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


@require_safe
@signed_in
def yardstick(request: HttpRequest) -> HttpResponse:
    """Dimensions, lead offices, indicator sets, thresholds and stage criteria in force."""
    actor = _actor(request)
    page = yardstick_page(province_code=actor.province_code, today=actor.today())
    context = {
        "page": page,
        "may_edit": actor.role in EDITING_ROLES,
        "may_edit_criteria": actor.role in CRITERIA_ROLES,
    }
    return render(request, "dimensions/yardstick.html", context)


@require_safe
@signed_in
def yardstick_history_page(request: HttpRequest) -> HttpResponse:
    """Every version with who, when, why and what changed."""
    entries = yardstick_history(_actor(request).province_code)
    return render(request, "dimensions/history.html", {"entries": entries})


# ------------------------------------------------------------------------------------------------- editing


@dataclass(frozen=True, slots=True)
class Editing:
    """One fact being edited: what the page says of it, and the service that saves it.

    `touch` is whom it is judged by; None for what is only shown. `warn` says what to think of before saving.
    """

    title: str
    form: FactForm
    save: Callable[[], object]
    touch: Touch | None = None
    warn: Callable[[], list[str]] = list
    lead: str = ""
    indicators: Sequence[Any] = field(default=())
    categories: Sequence[CategoryLine] = field(default=())
    code: str = ""


def _answer(request: HttpRequest, editing: Editing) -> HttpResponse:
    """First what would change and whom it touches, then, asked to save, a new version."""
    form = editing.form
    previews = form.is_bound and form.is_valid()
    changes = form.changes if previews else []
    if previews and "save" in request.POST and succeeds(form, editing.save):
        messages.success(request, _("บันทึกเป็นฉบับใหม่แล้ว ฉบับก่อนยังดูได้ในประวัติ"))
        return redirect("yardstick_history")
    shows = previews and not form.errors  # a service that refused has taken what is wrong out of the form
    context = {
        "editing": editing,
        "form": form,
        "previews": shows,
        "changes": changes,
        "warnings": editing.warn() if shows else [],
        "touched": households_touched(editing.touch) if shows and editing.touch else 0,
    }
    return render(request, "dimensions/edit.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def dimension_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Labels and lead office of a dimension."""
    row = DimensionInfo.objects.filter(dimension=code, superseded_at=None).first()
    if row is None:
        raise Http404
    form = DimensionForm(posted(request), initial=DimensionForm.initial_of(row))

    def save() -> object:
        return save_dimension(
            actor=_actor(request),
            dimension=Dimension(code),
            base_version=_base(form, row.version),
            values=form.values,
            reason=form.cleaned_data["reason"],
        )

    return _answer(request, Editing(_("แก้มิติ%(name)s") % {"name": row.label}, form, save))


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def stage_edit(request: HttpRequest, code: str) -> HttpResponse:
    """How a stage is called."""
    try:
        stage = Stage.from_code(code)
    except KeyError as error:
        raise Http404 from error
    row = StageInfo.objects.filter(stage=code, superseded_at=None).first() or StageInfo.built_in(stage)
    form = StageNameForm(posted(request), initial=StageNameForm.initial_of(row))

    def save() -> object:
        return save_stage(
            actor=_actor(request),
            stage=stage,
            base_version=_base(form, row.version),
            values=form.values,
            reason=form.cleaned_data["reason"],
        )

    def warn() -> list[str]:
        if form.cleaned_data["label"] == row.label:
            return []
        with kept_in_thai():
            holding = [each for each in Stage if each is not stage and row.label in str(each.label)]
        said = _("ชื่อขั้น %(other)s ยังมีคำว่า %(name)s ให้แก้ชื่อนั้นด้วย")
        return [said % {"other": other.label, "name": row.label} for other in holding]

    lead = _("ชื่อใหม่ใช้ทุกหน้า เอกสารที่ตรึงแล้วคงคำเดิม")
    title = _("แก้ชื่อขั้น%(name)s") % {"name": stage.label}
    return _answer(request, Editing(title, form, save, warn=warn, lead=lead))


def _base(form: FactForm, version: int) -> int:
    """The version the person saw; without one the page was never opened, and the present one stands."""
    return form.cleaned_data.get("base_version") or version


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def year_edit(request: HttpRequest, kind: str, year: int) -> HttpResponse:
    """The income threshold or the poverty line of a year; year 0 is one not yet there."""
    model: Any = EDITABLE_YEARS.get(kind)
    if model is None:
        raise Http404
    row = model.objects.filter(superseded_at=None, **{model.KEY[0]: year}).first()
    if row is None and year:
        raise Http404
    form = YearForm(posted(request), initial=YearForm.initial_of(row) if row else {})
    if row is not None:
        form.fields["year"].disabled = True

    def save() -> object:
        return save_year(
            actor=_actor(request),
            model=model,
            year=form.cleaned_data["year"],
            values=form.values,
            reason=form.cleaned_data["reason"],
        )

    is_income = kind == "income"
    title = _("แก้เกณฑ์รายได้") if is_income else _("แก้เส้นความยากจน")
    lead = (
        _("บาทต่อคนต่อปี แสดงเทียบในหน้าประเมิน ผลที่พิมพ์มาในบัญชีใช้ตามนั้นเสมอ")
        if is_income
        else _("บาทต่อคนต่อเดือน แสดงไว้เทียบเท่านั้น")
    )
    return _answer(request, Editing(title, form, save, lead=lead))


def _set_of(code: str) -> IndicatorSet:
    row = IndicatorSet.objects.filter(code=code, superseded_at=None).first()
    if row is None:
        raise Http404
    return row


def _touch_of(row: IndicatorSet) -> Touch:
    """The survey years judged by a set: its own, and later ones until another set begins."""
    later = [each.valid_from for each in indicator_sets() if each.valid_from > row.valid_from]
    return Touch(first_year=row.valid_from, last_year=min(later) - 1 if later else None)


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def indicator_set_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Label, years, note and source of a set; its categories and indicators are edited one by one."""
    row = _set_of(code)
    form = SetForm(posted(request), initial=SetForm.initial_of(row))

    def save() -> object:
        return save_set(
            actor=_actor(request),
            code=code,
            base_version=_base(form, row.version),
            values=form.values,
            reason=form.cleaned_data["reason"],
        )

    editing = Editing(
        _("แก้ชุด %(name)s") % {"name": row.label},
        form,
        save,
        touch=_touch_of(row),
        indicators=indicators_of(row),
        categories=category_lines(row),
        code=code,
    )
    return _answer(request, editing)


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def indicator_set_new(request: HttpRequest) -> HttpResponse:
    """A set for years to come."""
    sets = indicator_sets()[::-1]
    form = NewSetForm(posted(request), sets=sets)

    def save() -> object:
        return add_set(
            actor=_actor(request),
            code=form.cleaned_data["code"],
            like=form.cleaned_data["like"],
            values=form.values,
            reason=form.cleaned_data["reason"],
        )

    def touch() -> Touch | None:
        if not form.is_bound or not form.is_valid():
            return None
        return Touch(first_year=form.cleaned_data["valid_from"])

    lead = _("เริ่มจากตัวชี้วัดของชุดก่อน แล้วแก้ทีละข้อ")
    return _answer(request, Editing(_("เพิ่มชุดตัวชี้วัด"), form, save, touch=touch(), lead=lead))


@dataclass(frozen=True, slots=True)
class Part:
    """What a set is made of and is edited one by one: its indicators, its categories.

    `key` is how the service calls what tells one from another, `typed` how the form of a new one does.
    """

    form: Callable[..., IndicatorForm | CategoryForm]
    save: Callable[..., IndicatorSet]
    key: str
    typed: str


INDICATOR = Part(IndicatorForm, save_indicator, "number", "number")
CATEGORY = Part(CategoryForm, save_category, "category", "code")


def _part_new(
    request: HttpRequest, part: Part, found: IndicatorSet, title: str, touch: Touch | None = None
) -> HttpResponse:
    """A further indicator or category of a set."""
    initial = {"base_version": found.version}
    form = part.form(posted(request), initial=initial, indicator_set=found, is_new=True)

    def save() -> object:
        return _save_part(request, part, found, form, form.cleaned_data[part.typed], is_new=True)

    return _answer(request, Editing(title, form, save, touch=touch, code=found.code))


def _save_part(
    request: HttpRequest,
    part: Part,
    found: IndicatorSet,
    form: IndicatorForm | CategoryForm,
    key: int | str,
    *,
    is_new: bool = False,
) -> object:
    return part.save(
        actor=_actor(request),
        code=found.code,
        base_version=_base(form, found.version),
        values=None if form.is_dropped else form.values,
        reason=form.cleaned_data["reason"],
        is_new=is_new,
        **{part.key: key},
    )


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def indicator_new(request: HttpRequest, code: str) -> HttpResponse:
    """A further indicator of a set."""
    found = _set_of(code)
    return _part_new(
        request, INDICATOR, found, _("เพิ่มข้อในชุด %(name)s") % {"name": found.label}, _touch_of(found)
    )


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def category_new(request: HttpRequest, code: str) -> HttpResponse:
    """A further group, into which indicators can then be put."""
    found = _set_of(code)
    return _part_new(request, CATEGORY, found, _("เพิ่มหมวดในชุด %(name)s") % {"name": found.label})


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def indicator_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One indicator: its words, category, unit, dimension, counterparts, how sure each is; or taken out."""
    found = _set_of(code)
    row = next((each for each in indicators_of(found) if each.number == number), None)
    if row is None:
        raise Http404
    form = IndicatorForm(posted(request), initial=IndicatorForm.initial_of(row, found), indicator_set=found)

    def warn() -> list[str]:
        dimension = "" if form.is_dropped else form.cleaned_data["dimension"]
        warnings = [
            _("มิติ%(name)sจะไม่มีตัวชี้วัดเหลือในชุดนี้") % {"name": each.label}
            for each in dimensions_left_empty(code, number, dimension)
        ]
        if form.is_dropped:
            warnings.append(_("บัญชีที่พิมพ์ข้อ %(number)d ไว้จะอ่านไม่ผ่านเมื่อนำเข้าครั้งต่อไป") % {"number": number})
        elif form.keeps_old_words:
            warnings.append(_("ชื่อย่อหรือคำถามเขียนไว้สำหรับข้อความเดิม ตรวจว่ายังตรงกับข้อความใหม่"))
        return warnings

    editing = Editing(
        _("แก้ข้อ %(number)d ของชุด %(name)s") % {"number": number, "name": found.label},
        form,
        lambda: _save_part(request, INDICATOR, found, form, number),
        touch=_touch_of(found),
        warn=warn,
        code=code,
    )
    return _answer(request, editing)


@require_http_methods(["GET", "POST"])
@allow(*EDITORS)
def category_edit(request: HttpRequest, code: str, category: str) -> HttpResponse:
    """One group of indicators: label, how sure it is, place in the set; or taken out when empty."""
    found = _set_of(code)
    initial = CategoryForm.initial_of(found, category)
    if not initial:
        raise Http404
    form = CategoryForm(posted(request), initial=initial, indicator_set=found)

    def warn() -> list[str]:
        return [_("หมวด %(name)s จะไม่อยู่ในชุดนี้อีก") % {"name": initial["label"]}] if form.is_dropped else []

    editing = Editing(
        _("แก้หมวด %(category)s ของชุด %(set)s") % {"category": initial["label"], "set": found.label},
        form,
        lambda: _save_part(request, CATEGORY, found, form, category),
        warn=warn,
        code=code,
    )
    return _answer(request, editing)


@require_http_methods(["GET", "POST"])
@allow(*CRITERIA_EDITORS)
def criteria_edit(request: HttpRequest) -> HttpResponse:
    """The stage criteria: of the nation for the system administrator, else of one's own province."""
    actor = _actor(request)
    province = actor.province_code if actor.role is Role.PROVINCIAL_SECRETARY else ""
    rows = StageCriteria.objects.filter(province_code__in={"", province}, effective_from__lte=actor.today())
    own = rows.filter(province_code=province).order_by("effective_from", "version").last()
    row = own or rows.order_by("effective_from", "version").last()
    initial = CriteriaForm.initial_of(row) if row else {}
    form = CriteriaForm(posted(request), initial={**initial, "effective_from": actor.today()})

    def save() -> object:
        return save_criteria(
            actor=actor,
            province_code=province,
            effective_from=form.cleaned_data["effective_from"],
            values=form.values,
            reason=form.cleaned_data["reason"],
        )

    with_own = () if province else _provinces_with_own()
    lead = _("ใช้กับครัวเรือนของจังหวัดท่าน แทนเกณฑ์ของประเทศ") if province else _("ใช้กับทุกจังหวัดที่ไม่ได้กำหนดเอง")
    touch = Touch(province_code=province, without=with_own)
    return _answer(request, Editing(_("แก้เกณฑ์ของขั้น"), form, save, touch=touch, lead=lead))


def _provinces_with_own() -> tuple[str, ...]:
    rows = StageCriteria.objects.exclude(province_code="").order_by("province_code")
    return tuple(rows.values_list("province_code", flat=True).distinct())
