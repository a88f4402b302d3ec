"""Editing the yardstick by hand: every save is a new version with who, when and why; the old one stays.

The loader keeps what a person entered. Households are judged again in the background by the floor above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.naming import names_changed, said_as

from ..asking import Asking, asking_for
from ..enums import Dimension, Stage
from ..models import (
    DimensionInfo,
    IncomeThreshold,
    Indicator,
    IndicatorSet,
    PovertyLine,
    StageCriteria,
    StageInfo,
)
from ..queries import edited_names

EDITING_ROLES = frozenset({Role.SYSTEM_ADMIN})
CRITERIA_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.PROVINCIAL_SECRETARY})
YearRow = TypeVar("YearRow", IncomeThreshold, PovertyLine)
Row = TypeVar("Row", DimensionInfo, StageInfo, IndicatorSet, IncomeThreshold, PovertyLine)


def save_dimension(
    *, actor: Actor, dimension: Dimension, base_version: int, values: Mapping[str, Any], reason: str
) -> DimensionInfo:
    """A new version of how a dimension is called and who leads it; `values` are fields with values.

    Side effects: an audit row; every process says the new name within seconds.
    """
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        row = _current(DimensionInfo, base_version, dimension=dimension)
        changed = _changed(row, values)
        _refuse_name_of_another(dimension, changed)
        names_changed()
        return _replace(actor, row, changed, reason)


def save_stage(
    *, actor: Actor, stage: Stage, base_version: int, values: Mapping[str, Any], reason: str
) -> StageInfo:
    """A new version of how a stage is called; `values` are label, label_en and source.

    What is built in becomes the first version. Side effects as of `save_dimension`.
    """
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        StageInfo.objects.bulk_create([StageInfo.built_in(stage)], ignore_conflicts=True)
        row = _current(StageInfo, base_version, stage=stage.code)
        changed = _changed(row, values)
        _refuse_name_of_another(stage, changed)
        names_changed()
        return _replace(actor, row, changed, reason)


def save_year(
    *,
    actor: Actor,
    model: type[YearRow],
    year: int,
    values: Mapping[str, Any],
    reason: str,
) -> YearRow:
    """The income threshold or poverty line of a year, new or instead of the one in force."""
    key = {model.KEY[0]: year}
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        row = model._default_manager.select_for_update().filter(superseded_at=None, **key).first()
        if row is not None:
            return _replace(actor, row, _changed(row, values), reason)
        return _insert(actor, model(version=1, **key, **values), reason)


def save_set(
    *, actor: Actor, code: str, base_version: int, values: Mapping[str, Any], reason: str
) -> IndicatorSet:
    """A new version of a set with the same indicators: label, years, note, source."""
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        row = _current(IndicatorSet, base_version, code=code)
        changed = _changed(row, values)
        _refuse_overlap(
            code, changed.get("valid_from", row.valid_from), changed.get("valid_to", row.valid_to)
        )
        return _with_indicators(actor, row, changed, list(row.indicators.all()), reason)


def add_set(*, actor: Actor, code: str, like: str, values: Mapping[str, Any], reason: str) -> IndicatorSet:
    """A set for new survey years, with the indicators and categories of another one to begin with."""
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        if IndicatorSet.objects.filter(code=code).exists():
            raise InvalidInput("set_exists", _("มีชุดรหัสนี้แล้ว ใช้รหัสอื่น"), field="code")
        _refuse_overlap(code, values["valid_from"], values["valid_to"])
        pattern = _current(IndicatorSet, None, code=like)
        row = IndicatorSet(version=1, code=code, categories=pattern.categories, **values)
        _insert(actor, row, reason)
        _copy(row, [_counterpart_of(pattern, indicator) for indicator in pattern.indicators.all()])
        return row


def save_indicator(
    *,
    actor: Actor,
    code: str,
    base_version: int,
    number: int,
    values: Mapping[str, Any] | None,
    reason: str,
    is_new: bool = False,
) -> IndicatorSet:
    """A new version of a set in which one indicator is different, new, or (values None) no longer there."""
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        row = _current(IndicatorSet, base_version, code=code)
        indicators = list(row.indicators.all())
        known = next((each for each in indicators if each.number == number), None)
        if is_new and known is not None:
            raise InvalidInput(
                "number_twice", _("ชุดนี้มีข้อ %(number)d แล้ว") % {"number": number}, field="number"
            )
        if not is_new and known is None:
            raise Http404
        kept = [each for each in indicators if each is not known]
        if values is not None:
            unsaid = {"name": "", "ask": ""}
            facts = {name: getattr(known, name) for name in Indicator.FACTS} if known else unsaid
            if known is not None and all(facts[name] == value for name, value in values.items()):
                raise _nothing_changed()
            kept.append(Indicator(**{**facts, "number": number, **values}))
            _refuse_words_of_another(code, kept)
        return _with_indicators(actor, row, {}, sorted(kept, key=_number), reason, forced=True)


def save_category(
    *,
    actor: Actor,
    code: str,
    base_version: int,
    category: str,
    values: Mapping[str, Any] | None,
    reason: str,
    is_new: bool = False,
) -> IndicatorSet:
    """A new version of a set in which one category is called or placed differently, new, or (values None)
    no longer there. `values` are label, certainty and position, counted from 1.

    A category goes only when no indicator is left in it. Raises Http404, InvalidInput, Conflict.
    """
    _require_editor(actor, EDITING_ROLES, reason)
    with transaction.atomic():
        row = _current(IndicatorSet, base_version, code=code)
        indicators = list(row.indicators.all())
        known = next((each for each in row.categories if each["code"] == category), None)
        if is_new and known is not None:
            raise InvalidInput("category_twice", _("ชุดนี้มีหมวดรหัสนี้แล้ว ใช้รหัสอื่น"), field="code")
        if not is_new and known is None:
            raise Http404
        if values is None and any(each.category == category for each in indicators):
            raise Conflict("category_in_use", _("ยังมีตัวชี้วัดในหมวดนี้ ย้ายไปหมวดอื่นก่อนแล้วจึงตัดหมวด"))
        kept = [each for each in row.categories if each is not known]
        if values is not None:
            said = {"code": category, "label": values["label"].strip(), "certainty": values["certainty"]}
            kept.insert(values["position"] - 1, said)
        return _with_indicators(actor, row, _changed(row, {"categories": kept}), indicators, reason)


def save_criteria(
    *, actor: Actor, province_code: str, effective_from: date, values: Mapping[str, Any], reason: str
) -> StageCriteria:
    """New criteria of the stages from a day on, of the nation or of one's own province.

    Not from a day that is over: what was judged then stands.
    """
    _require_editor(actor, CRITERIA_ROLES, reason)
    with transaction.atomic():
        if actor.role is Role.PROVINCIAL_SECRETARY and province_code != actor.province_code:
            raise NotAllowed("other_province", _("กำหนดเกณฑ์ของขั้นได้เฉพาะจังหวัดของท่าน"))
        if effective_from < actor.today():
            message = _("เกณฑ์ใหม่ใช้ได้ตั้งแต่วันนี้เป็นต้นไป ผลที่ตัดสินไปแล้วคงเดิม")
            raise InvalidInput("past_day", message, field="effective_from")
        rows = list(StageCriteria.objects.select_for_update().filter(province_code=province_code))
        begun = [row for row in rows if row.effective_from <= effective_from]
        now = max(begun, key=lambda row: (row.effective_from, row.version), default=None)
        if now is not None and all(getattr(now, name) == value for name, value in values.items()):
            raise _nothing_changed()
        version = (StageCriteria.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        row = StageCriteria(
            version=version,
            province_code=province_code,
            effective_from=effective_from,
            reason=reason.strip(),
            entered_by=actor.user,
            **values,
        )
        _check(row)
        _store(row)
        _audit(
            actor, "stagecriteria", f"{province_code or 'nation'} {effective_from}", version, values, reason
        )
        return row


def dimensions_left_empty(code: str, number: int, dimension: str) -> list[Dimension]:
    """The dimensions for which no indicator of a set would stand, were one to stand for this dimension."""
    rows = Indicator.objects.filter(indicator_set__code=code, indicator_set__superseded_at=None)
    mapping = dict(rows.values_list("number", "dimension")) | {number: dimension}
    before = set(rows.values_list("dimension", flat=True))
    return [each for each in Dimension if each in before and each not in mapping.values()]


# -------------------------------------------------------------------------------------------- one version


def _require_editor(actor: Actor, roles: frozenset[Role], reason: str) -> None:
    if not actor.is_system and actor.role not in roles:
        raise NotAllowed("role", _("บทบาทของท่านทำรายการนี้ไม่ได้"))
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่แก้ไข"), field="reason")


def _current(model: type[Row], base_version: int | None, **key: Any) -> Row:
    """The version in force, locked; Conflict when somebody saved another one since the page was opened."""
    row = model._default_manager.select_for_update().filter(superseded_at=None, **key).first()
    if row is None and not model._default_manager.filter(**key).exists():
        raise Http404
    if row is None or (base_version is not None and row.version != base_version):
        raise _changed_meanwhile()
    return row


def _changed_meanwhile() -> Conflict:
    return Conflict("changed_meanwhile", _("มีผู้บันทึกฉบับใหม่ไปก่อน เปิดหน้านี้ใหม่แล้วแก้อีกครั้ง"))


def _changed(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _replace(actor: Actor, row: Row, changed: Mapping[str, Any], reason: str, *, forced: bool = False) -> Row:
    if not changed and not forced:
        raise _nothing_changed()
    facts = {name: getattr(row, name) for name in (*row.KEY, *row.FACTS)}
    if isinstance(row, DimensionInfo):
        facts["label_en"] = row.label_en
    row.superseded_at = Now()
    row.save(update_fields=["superseded_at"])
    new: Row = type(row)(version=row.version + 1, **{**facts, **changed})
    return _insert(actor, new, reason, changed)


def _insert(actor: Actor, row: Row, reason: str, changed: Mapping[str, Any] | None = None) -> Row:
    row.reason, row.entered_by = reason.strip(), actor.user
    _check(row)
    _store(row)
    key = " ".join(str(getattr(row, name)) for name in row.KEY)
    _audit(actor, row._meta.model_name or "", key, row.version, changed or {}, reason)
    return row


def _store(row: Row | StageCriteria) -> None:
    """Conflict where somebody stored the same version a moment before."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _changed_meanwhile() from error


def _with_indicators(
    actor: Actor,
    row: IndicatorSet,
    changed: Mapping[str, Any],
    indicators: Sequence[Indicator],
    reason: str,
    *,
    forced: bool = False,
) -> IndicatorSet:
    new = _replace(actor, row, changed, reason, forced=forced)
    _copy(new, indicators)
    return new


def _copy(new: IndicatorSet, indicators: Sequence[Indicator]) -> None:
    copies = [
        Indicator(indicator_set=new, **{name: getattr(each, name) for name in Indicator.FACTS})
        for each in indicators
    ]
    for each in copies:
        try:
            each.full_clean(exclude=["indicator_set"], validate_unique=False)
        except ValidationError as error:
            raise InvalidInput("bad_indicator", " ".join(error.messages)) from error
    Indicator.objects.bulk_create(copies)


def _counterpart_of(found: IndicatorSet, indicator: Indicator) -> Indicator:
    """The same question in a set that follows, in the same words: it is its own counterpart."""
    facts = {name: getattr(indicator, name) for name in Indicator.FACTS}
    asking = _asking(found.code, indicator)
    words = {"name": asking.name, "ask": asking.ask}
    return Indicator(**{**facts, **words, "counterparts": [indicator.number]})


def _asking(code: str, indicator: Indicator) -> Asking:
    return asking_for(code, indicator.number, indicator.text, name=indicator.name, ask=indicator.ask)


def _refuse_words_of_another(code: str, indicators: Sequence[Indicator]) -> None:
    """The last one is new: a short name or question of another would have families asked the same twice."""
    *others, new = indicators
    if (new.name or new.ask) and not new.text:
        raise InvalidInput("no_text", _("ใส่ข้อความของตัวชี้วัดก่อน จึงใส่ชื่อย่อหรือคำถามได้"), field="text")
    for field, taken in (
        ("name", _("ชื่อย่อนี้เป็นของข้อ %(number)d แล้ว ใช้ชื่ออื่น")),
        ("ask", _("คำถามนี้เป็นของข้อ %(number)d แล้ว ใช้คำถามอื่น")),
    ):
        words = _plain(getattr(new, field))
        for other in others if words else ():
            if _plain(getattr(_asking(code, other), field)) == words:
                raise InvalidInput("words_taken", taken % {"number": other.number}, field=field)


def _refuse_name_of_another(own: Dimension | Stage, changed: Mapping[str, Any]) -> None:
    """Files name dimensions and stages in words, so none may be called as another is, or is built in."""
    for field, language in (("label", "th"), ("label_en", "en")):
        wanted = _plain(changed.get(field, ""))
        others = [other for other in type(own) if other is not own]
        with said_as(edited_names()), override(language):
            taken = {_plain(str(other.label)) for other in others}
        with override(None):
            taken |= {_plain(str(other.label)) for other in others}
        if wanted and wanted in taken:
            message = _("ชื่อ %(name)s เป็นของอีกรายการหนึ่งแล้ว ใช้ชื่ออื่น") % {"name": changed[field]}
            raise InvalidInput("name_taken", message, field=field)


def _plain(words: str) -> str:
    return "".join(words.split()).casefold()


def _refuse_overlap(code: str, first: int, last: int) -> None:
    others = IndicatorSet.objects.filter(superseded_at=None, valid_from__lte=last, valid_to__gte=first)
    other = others.exclude(code=code).first()
    if other is not None:
        message = _("ปีสำรวจซ้อนกับชุด %(set)s (%(first)d–%(last)d)")
        names = {"set": other.label, "first": other.valid_from, "last": other.valid_to}
        raise InvalidInput("years_overlap", message % names, field="valid_from")


def _check(row: Any) -> None:
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise InvalidInput("bad_value", " ".join(error.messages)) from error
    if isinstance(row, IndicatorSet) and row.valid_to < row.valid_from:
        raise InvalidInput("years_in_order", _("ปีสำรวจสุดท้ายต้องไม่ก่อนปีสำรวจแรก"), field="valid_to")


def _nothing_changed() -> Conflict:
    return Conflict("nothing_changed", _("ไม่มีอะไรเปลี่ยน จึงไม่ได้บันทึกฉบับใหม่"))


def _audit(actor: Actor, kind: str, key: str, version: int, changed: Mapping[str, Any], reason: str) -> None:
    audit(
        actor,
        "yardstick.edit",
        object_type=kind,
        object_id=key,
        changes={"version": version, "changed": sorted(changed), "reason": reason.strip()},
    )


def _number(indicator: Indicator) -> int:
    return indicator.number
