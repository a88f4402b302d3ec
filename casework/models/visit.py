"""Visits and what they find. Append-only: a correction is a new visit that names the one it amends."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dimensions.enums import AnswerValue, Dimension
from households.models import Household
from povertyops.common.ids import uuid7

from ..enums import TimeDoubt, VisitOutcome


class Visit(models.Model):
    """A visit to a household. The client makes `id`; `visited_at` is when it happened, `recorded_at`
    when the server stored it. Place is where it happened, in WGS 84 degrees and metres of accuracy;
    `sent_latitude`, `sent_longitude` where the phone was when it sent the record, if it said so.
    `claimed_at` is the time a phone first gave where that could not be (`time_doubt`) and the person mended
    it. `after_assignment`: the household had left the sender's hands before the record arrived.
    A visit that never took place is amended by one with `is_void`."""

    id = models.UUIDField(primary_key=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="visits", db_index=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    area_code = models.CharField(max_length=8, db_collation="C")
    team_id = models.UUIDField(null=True)
    visited_at = models.DateTimeField(_("วันเวลาที่เยี่ยม"))
    visited_on = models.DateField()
    outcome = models.CharField(_("พบหรือไม่"), max_length=16, choices=VisitOutcome, default=VisitOutcome.MET)
    note = models.TextField(_("บันทึก"), blank=True)
    next_visit_on = models.DateField(_("นัดครั้งต่อไป"), null=True)
    notice_version = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    clock_skew_s = models.BigIntegerField(null=True)
    sent_latitude = models.FloatField(null=True)
    sent_longitude = models.FloatField(null=True)
    claimed_at = models.DateTimeField(null=True)
    time_doubt = models.CharField(
        max_length=12, choices=TimeDoubt, default=TimeDoubt.NONE, db_default="", blank=True
    )
    after_assignment = models.BooleanField(default=False, db_default=False)
    family_contribution = models.CharField(_("สิ่งที่ครัวเรือนลงแรงเอง"), max_length=500, blank=True, db_default="")
    tpmap_marked_at = models.DateTimeField(null=True)
    tpmap_marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments", db_index=False)
    is_void = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    household_id: UUID

    class Meta:
        verbose_name = _("การลงพื้นที่")
        indexes = [
            models.Index(fields=["household", "-visited_on", "-visited_at"], name="visit_newest_first"),
            models.Index(fields=["area_code", "visited_on"], name="visit_by_area"),
            models.Index(
                fields=["province_code", "visited_on", "id"],
                name="visit_not_in_tpmap",
                condition=Q(tpmap_marked_at=None, is_void=False),
            ),
            models.Index(
                fields=["area_code"], name="visit_after_assignment", condition=Q(after_assignment=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["amends"], condition=Q(amends__isnull=False), name="visit_amended_once"
            )
        ]


class VisitReceipt(models.Model):
    """Proof that a visit arrived, by its client UUID, with the hash of its content; never partitioned."""

    visit_id = models.UUIDField(primary_key=True)
    content_hash = models.BinaryField(max_length=32)
    user_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ใบรับข้อมูลการเยี่ยม")


class VisitConflict(models.Model):
    """Another body that came under a UUID already used; kept for the officer to look at."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit_id = models.UUIDField()
    household_id = models.UUIDField(null=True)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    body = models.JSONField()
    body_hash = models.BinaryField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("ข้อมูลการเยี่ยมที่ขัดกัน")
        constraints = [models.UniqueConstraint(fields=["visit_id", "body_hash"], name="visit_conflict_once")]


class Assessment(models.Model):
    """Answers to indicators given at one time by one person; official survey results are marked.

    `skipped` maps indicator numbers (as text) to a SkipReason; `is_full`: the whole set was gone through.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="assessments")
    province_code = models.CharField(max_length=2, db_collation="C")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="assessments")
    survey_year = models.SmallIntegerField()
    assessed_on = models.DateField()
    is_official = models.BooleanField(default=False)
    is_full = models.BooleanField(default=False, db_default=False)
    skipped = models.JSONField(default=dict, db_default={})
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การประเมินในพื้นที่")


class AssessmentAnswer(models.Model):
    """One indicator's answer. `indicator` is its number in the set of the assessment's survey year."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    indicator = models.SmallIntegerField(_("ตัวชี้วัด"))
    value = models.CharField(max_length=4, choices=AnswerValue)

    class Meta:
        verbose_name = _("คำตอบตัวชี้วัด")
        constraints = [models.UniqueConstraint(fields=["assessment", "indicator"], name="answer_once")]


class DimensionFinding(models.Model):
    """It was recorded that the family solved a dimension itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="self_solved")
    province_code = models.CharField(max_length=2, db_collation="C")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="findings")
    dimension = models.CharField(max_length=12, choices=Dimension)
    found_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ครัวเรือนแก้ปัญหาได้เอง")


class FamilyPriority(models.Model):
    """What the family itself chose to work on first at the end of an assessment, at most three."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="priorities")
    household = models.ForeignKey(Household, models.PROTECT, related_name="priorities")
    province_code = models.CharField(max_length=2, db_collation="C")
    rank = models.SmallIntegerField(_("ลำดับ"))
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension)
    indicator = models.SmallIntegerField(_("ตัวชี้วัด"), null=True)
    reason = models.CharField(_("เหตุผลของครัวเรือน"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("สิ่งที่ครัวเรือนเลือกทำก่อน")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "rank"], name="priority_rank_once"),
            models.CheckConstraint(condition=Q(rank__range=(1, 3)), name="priority_one_to_three"),
        ]
