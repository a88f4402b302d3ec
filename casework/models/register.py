"""What the work does to the register: merges, households that left a list, and the yearly review."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household, ImportBatch, Person
from povertyops.common.ids import uuid7

from ..enums import LeaverAct


class Merge(models.Model):
    """Two rows of the register that were one, who said so and why, and by whom it was taken apart again.

    `manifest` names every row that was moved, ended or made, with what stood there before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    reason = models.CharField(_("เหตุผล"), max_length=500)
    manifest = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class HouseholdMerge(Merge):
    """Two households that were one. `kept` goes on; everything of `gone` stands on it, told by `manifest`.

    `choices` are the fields for which the value of `gone` was taken, and which of its persons are which of
    kept's.
    """

    kept = models.ForeignKey(Household, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Household, models.PROTECT, related_name="merged_by")
    choices = models.JSONField(default=dict)
    effective_on = models.DateField()

    kept_id: UUID
    gone_id: UUID

    class Meta:
        verbose_name = _("การรวมครัวเรือน")
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="household_merged_once"
            )
        ]


class PersonMerge(Merge):
    """Two persons that were one: all of `gone` stands on `kept`. `household` is where the kept one lives."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="person_merges")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="merged_by")

    household_id: UUID
    kept_id: UUID
    gone_id: UUID

    class Meta:
        verbose_name = _("การรวมบุคคล")
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="person_merged_once")
        ]


class LeaverDecision(models.Model):
    """What a province decided for a group of open cases whose households left a list: `LeaverHousehold`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="leaver_decisions")
    province_code = models.CharField(max_length=2, db_collation="C")
    group = models.JSONField(default=dict)
    act = models.CharField(_("การตัดสินใจ"), max_length=10, choices=LeaverAct)
    note = models.CharField(_("เหตุผล"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การตัดสินใจต่อครัวเรือนที่พ้นบัญชี")


class LeaverHousehold(models.Model):
    """A household for which that was decided; the newest one of a household counts."""

    id = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(LeaverDecision, models.CASCADE, related_name="decided")
    household = models.ForeignKey(Household, models.CASCADE, related_name="leavings")
    act = models.CharField(max_length=10, choices=LeaverAct)
    recorded_at = models.DateTimeField(db_default=Now())

    household_id: UUID

    class Meta:
        verbose_name = _("ครัวเรือนที่พ้นบัญชี")


class BaselineReview(models.Model):
    """A yearly review that took dimensions found failing later into a household's baseline.

    They count from `effective_on`, in `fiscal_year` and the years after it until a newer list speaks.
    `failed_indicators` belong to the set of `survey_year`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="baseline_reviews")
    province_code = models.CharField(max_length=2, db_collation="C")
    fiscal_year = models.SmallIntegerField()
    survey_year = models.SmallIntegerField()
    dimensions = models.SmallIntegerField()
    failed_indicators = ArrayField(models.SmallIntegerField(), default=list)
    effective_on = models.DateField()
    minutes_number = models.CharField(_("รายงานการประชุมเลขที่"), max_length=60)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    household_id: UUID

    class Meta:
        verbose_name = _("การทบทวนเกณฑ์ประจำปี")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "fiscal_year"],
                condition=Q(superseded_at=None),
                name="baseline_review_once",
            )
        ]
