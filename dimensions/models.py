"""The yardstick as versioned rows: dimensions, indicator sets, income thresholds, stage criteria.

A row is never overwritten. A changed fact becomes a new version; the old one is marked as superseded and
stays for whatever was judged by it. `entered_by` is empty for what came from the reviewed data files.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from povertyops.common.languages import in_language
from povertyops.common.naming import with_stages

from .enums import Certainty, Dimension, IndicatorUnit, Stage
from .rules import StageRule

# Names stand inside sentences that are filled in with percent signs and braces.
plain_words = RegexValidator(r"[%{}<>]", _("ใช้เครื่องหมาย %% { } < > ไม่ได้"), inverse_match=True)


class Versioned(models.Model):
    """A fact that may change: the newest version has no `superseded_at`."""

    version = models.PositiveSmallIntegerField(_("ฉบับที่"), default=1)
    source = models.CharField(_("แหล่งที่มา"), max_length=300, blank=True)
    reason = models.CharField(_("เหตุผลที่แก้"), max_length=300, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(_("บันทึกเมื่อ"), db_default=Now())
    superseded_at = models.DateTimeField(_("แทนที่เมื่อ"), null=True, blank=True)

    class Meta:
        abstract = True


def versions_of(name: str, key: str) -> list[models.BaseConstraint]:
    """The two rules of versioned rows: of each `key` one is the newest, and no version stands twice."""
    return [
        models.UniqueConstraint(fields=[key], condition=Q(superseded_at=None), name=f"{name}_one_current"),
        models.UniqueConstraint(fields=[key, "version"], name=f"{name}_version_once"),
    ]


class Named(Versioned):
    """Something people call by a name; without an English one the Thai one serves both languages."""

    label = models.CharField(_("ชื่อ"), max_length=60, validators=[plain_words])
    label_en = models.CharField(
        _("ชื่อภาษาอังกฤษ"), max_length=60, blank=True, db_default="", validators=[plain_words]
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_language(self.label, self.label_en)


class DimensionInfo(Named):
    """How a dimension is called and which office leads it. `colour` names a token of the design language."""

    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension)
    position = models.PositiveSmallIntegerField(_("ลำดับ"))
    lead_office = models.CharField(_("หน่วยงานเจ้าภาพ"), max_length=160, blank=True)
    lead_office_short = models.CharField(_("ชื่อย่อ"), max_length=20, blank=True)
    colour = models.CharField(_("สี"), max_length=20)
    certainty = models.JSONField(_("ความแน่ชัด"), default=dict)

    KEY: ClassVar[tuple[str, ...]] = ("dimension",)
    FACTS: ClassVar[tuple[str, ...]] = (
        "position",
        "label",
        "lead_office",
        "lead_office_short",
        "colour",
        "certainty",
        "source",
    )

    class Meta:
        verbose_name = _("มิติ")
        ordering = ["position"]
        constraints = versions_of("dimension", "dimension")


class StageInfo(Named):
    """How a stage is called. Version 1, stored when the name is first changed, is what is built in."""

    stage = models.CharField(_("ขั้น"), max_length=12, choices=[(stage.code, stage.label) for stage in Stage])

    KEY: ClassVar[tuple[str, ...]] = ("stage",)
    FACTS: ClassVar[tuple[str, ...]] = ("label", "label_en", "source")

    class Meta:
        verbose_name = _("ขั้น")
        ordering = ["id"]
        constraints = versions_of("stage_name", "stage")

    @classmethod
    def built_in(cls, stage: Stage) -> StageInfo:
        """The first version of a name, not stored."""
        with override(None):
            return cls(stage=stage.code, label=str(stage.label), label_en="", reason="")


class IndicatorSet(Versioned):
    """The indicators asked in some survey years. `categories` are {code, label, certainty} in order."""

    code = models.CharField(_("รหัสชุด"), max_length=20)
    label = models.CharField(_("ชื่อ"), max_length=120)
    valid_from = models.PositiveSmallIntegerField(_("ใช้ตั้งแต่ปีสำรวจ"))
    valid_to = models.PositiveSmallIntegerField(_("ถึงปีสำรวจ"))
    note = models.CharField(_("หมายเหตุ"), max_length=500, blank=True)
    categories = models.JSONField(_("หมวด"), default=list)

    KEY: ClassVar[tuple[str, ...]] = ("code",)
    FACTS: ClassVar[tuple[str, ...]] = ("label", "valid_from", "valid_to", "note", "categories", "source")

    class Meta:
        verbose_name = _("ชุดตัวชี้วัด")
        ordering = ["valid_from"]
        constraints = [
            *versions_of("indicator_set", "code"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="indicator_set_years_in_order",
                violation_error_message=_("ปีสำรวจสุดท้ายต้องไม่ก่อนปีสำรวจแรก"),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Indicator(models.Model):
    """One indicator of one version of a set; an empty text is one that no source gives.

    `counterparts` are the numbers in the set before that ask the same. `certainty` says how sure text, unit
    and dimension are. `name` and `ask` are its short name and the question to read aloud; empty: as built in
    (`asking`).
    """

    indicator_set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="indicators")
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    text = models.CharField(_("ตัวชี้วัด"), max_length=300, blank=True)
    name = models.CharField(_("ชื่อย่อ"), max_length=60, blank=True, db_default="")
    ask = models.CharField(_("คำถามที่อ่านให้ครอบครัวฟัง"), max_length=200, blank=True, db_default="")
    category = models.CharField(_("หมวด"), max_length=30)
    unit = models.CharField(_("หน่วย"), max_length=10, choices=IndicatorUnit, blank=True)
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension, blank=True)
    counterparts = models.JSONField(_("ตรงกับข้อในชุดก่อน"), default=list, blank=True)
    certainty = models.JSONField(_("ความแน่ชัด"), default=dict)

    indicator_set_id: int

    FACTS: ClassVar[tuple[str, ...]] = (
        "number",
        "text",
        "name",
        "ask",
        "category",
        "unit",
        "dimension",
        "counterparts",
        "certainty",
    )

    class Meta:
        verbose_name = _("ตัวชี้วัด")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator_set", "number"], name="indicator_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"


class IncomeThreshold(Versioned):
    """Income per person and year in baht below which the income indicator fails, in one survey year."""

    survey_year = models.PositiveSmallIntegerField(_("ปีสำรวจ"))
    baht = models.PositiveIntegerField(_("บาทต่อคนต่อปี"), validators=[MinValueValidator(1)])
    certainty = models.CharField(_("ความแน่ชัด"), max_length=12, choices=Certainty)

    KEY: ClassVar[tuple[str, ...]] = ("survey_year",)
    FACTS: ClassVar[tuple[str, ...]] = ("baht", "certainty", "source")

    class Meta:
        verbose_name = _("เกณฑ์รายได้")
        ordering = ["survey_year"]
        constraints = versions_of("income_threshold", "survey_year")

    def __str__(self) -> str:
        return f"{self.survey_year}: {self.baht:,}"


class PovertyLine(Versioned):
    """The national poverty line in baht per person and month, by year. Shown, never used to judge."""

    year = models.PositiveSmallIntegerField(_("ปี"))
    baht = models.PositiveIntegerField(_("บาทต่อคนต่อเดือน"), validators=[MinValueValidator(1)])
    certainty = models.CharField(_("ความแน่ชัด"), max_length=12, choices=Certainty)

    KEY: ClassVar[tuple[str, ...]] = ("year",)
    FACTS: ClassVar[tuple[str, ...]] = ("baht", "certainty", "source")

    class Meta:
        verbose_name = _("เส้นความยากจน")
        ordering = ["year"]
        constraints = versions_of("poverty_line", "year")

    def __str__(self) -> str:
        return f"{self.year}: {self.baht:,}"


class StageCriteria(models.Model):
    """The criteria of the stage rule from a day on: of the nation, or of one province instead.

    Versions are numbered through the whole table, so that the number in a stage event names its row.
    """

    version = models.PositiveSmallIntegerField(_("ฉบับที่"), unique=True)
    province_code = models.CharField(_("จังหวัด"), max_length=2, blank=True, db_collation="C")
    effective_from = models.DateField(_("ใช้ตั้งแต่วันที่"))
    sufficient_days = models.PositiveSmallIntegerField(with_stages(_("จำนวนวันในขั้น{sufficient}")), default=365)
    assessments_gap_days = models.PositiveSmallIntegerField(_("ระยะห่างของการประเมิน (วัน)"), default=180)
    passing_assessments = models.PositiveSmallIntegerField(_("จำนวนครั้งที่ประเมินผ่าน"), default=2)
    needs_development_step = models.BooleanField(_("ต้องมีกิจกรรมพัฒนาที่ทำเสร็จ"), default=True)
    certainty = models.CharField(_("ความแน่ชัด"), max_length=12, choices=Certainty, default=Certainty.GUESS)
    reason = models.CharField(_("เหตุผลที่แก้"), max_length=300, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(_("บันทึกเมื่อ"), db_default=Now())

    KEY: ClassVar[tuple[str, ...]] = ("province_code", "effective_from")
    FACTS: ClassVar[tuple[str, ...]] = (
        "sufficient_days",
        "assessments_gap_days",
        "passing_assessments",
        "needs_development_step",
        "certainty",
    )

    class Meta:
        verbose_name = _("เกณฑ์ของขั้น")
        ordering = ["effective_from", "version"]
        indexes = [models.Index(fields=["province_code", "effective_from"], name="criteria_of_province")]

    def __str__(self) -> str:
        return str(self.version)

    def as_rule(self) -> StageRule:
        return StageRule(
            version=self.version,
            sufficient_days=self.sufficient_days,
            assessments_gap_days=self.assessments_gap_days,
            passing_assessments=self.passing_assessments,
            needs_development_step=self.needs_development_step,
        )
