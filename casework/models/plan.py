"""A household's plan: the 4ท analysis, a goal and steps. A new version replaces, never overwrites."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.models import Household
from povertyops.common.ids import uuid7

from ..enums import CareGround, Decision, HelpNature, PlanStatus
from .help import HelpMenuItem
from .photo import Photo


class HouseholdPlan(models.Model):
    """`four_t` is {"attitude": [...], "skills": [...], "resources": [...], "way_out": [...]}.

    A new version is proposed, then approved or returned with a note by the district; until then the version
    before stays in force. The plan in force on a day is the last version with `approved_on` by that day; that
    it was approved became known at `decided_at`. A version that a newer one overtook before it was decided
    is REPLACED and has no `approved_on`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="plans")
    province_code = models.CharField(max_length=2, db_collation="C")
    version = models.SmallIntegerField()
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.PROPOSED)
    four_t = models.JSONField(default=dict)
    goal = models.TextField(_("เป้าหมาย"), blank=True)
    agreed_on = models.DateField(_("วันที่ตกลงกับครัวเรือน"))
    agreed_with = models.CharField(_("ผู้แทนครัวเรือนที่ตกลง"), max_length=160, blank=True)
    signature = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved_on = models.DateField(_("วันที่อำเภออนุมัติ"), null=True)
    decision_note = models.CharField(max_length=1000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    replaced_at = models.DateTimeField(null=True)

    household_id: UUID

    class Meta:
        verbose_name = _("แผนครัวเรือน")
        constraints = [
            models.UniqueConstraint(fields=["household", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(status=PlanStatus.ACTIVE), name="plan_one_active"
            ),
            models.UniqueConstraint(
                fields=["household"], condition=Q(status=PlanStatus.PROPOSED), name="plan_one_proposed"
            ),
            models.CheckConstraint(
                condition=~Q(status=PlanStatus.ACTIVE)
                | Q(approved_on__isnull=False, decided_at__isnull=False),
                name="plan_active_is_approved",
                violation_error_message=_("แผนที่ใช้อยู่ต้องมีวันที่อนุมัติ"),
            ),
            models.CheckConstraint(
                condition=~Q(status=PlanStatus.RETURNED)
                | (~Q(decision_note="") & Q(approved_on=None, decided_at__isnull=False)),
                name="plan_returned_says_why",
                violation_error_message=_("แผนที่ส่งกลับต้องบอกว่าให้แก้อะไร"),
            ),
        ]


class PlanGoal(models.Model):
    """What the household wants to reach in one dimension."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(HouseholdPlan, models.CASCADE, related_name="goals")
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension)
    text = models.CharField(_("เป้าหมาย"), max_length=500)

    class Meta:
        verbose_name = _("เป้าหมายรายมิติ")
        constraints = [models.UniqueConstraint(fields=["plan", "dimension"], name="goal_dimension_once")]


class PlanStep(models.Model):
    """One thing to do. `done_on` is when it was done, `done_recorded_at` when that was written down.

    `origin` is the first row of a step that lives on from version to version; None: this one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(HouseholdPlan, models.CASCADE, related_name="steps")
    position = models.SmallIntegerField(default=0)
    text = models.CharField(_("สิ่งที่จะทำ"), max_length=300)
    item = models.ForeignKey(HelpMenuItem, models.PROTECT, null=True, related_name="+")
    nature = models.CharField(max_length=12, choices=HelpNature, default=HelpNature.DEVELOPMENT)
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension, blank=True)
    responsible = models.CharField(_("ผู้รับผิดชอบ"), max_length=160, blank=True)
    budget_baht = models.DecimalField(_("งบประมาณ (บาท)"), max_digits=12, decimal_places=2, null=True)
    budget_source = models.CharField(_("แหล่งงบประมาณ"), max_length=160, blank=True)
    due_on = models.DateField(_("ภายในวันที่"), null=True)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_recorded_at = models.DateTimeField(null=True)
    origin = models.UUIDField(null=True, editable=False)

    plan_id: UUID

    class Meta:
        verbose_name = _("ขั้นตอนในแผน")
        ordering = ["position", "id"]


class ContinuingCare(models.Model):
    """ดูแลต่อเนื่อง: an approved track for a dimension that a household cannot recover in.

    Proposed on a ground, with words of its own; decided by a second person. It counts from `approved_on` to
    the day before `ended_on`; on `review_on` somebody has to look again whether it still holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="continuing_care")
    province_code = models.CharField(max_length=2, db_collation="C")
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension)
    ground = models.CharField(_("เหตุ"), max_length=12, choices=CareGround, default=CareGround.OTHER)
    reason = models.CharField(_("เหตุผล"), max_length=1000, blank=True)
    proposed_on = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=1000, blank=True)
    minutes_number = models.CharField(_("รายงานการประชุมเลขที่"), max_length=60, blank=True)
    approved_on = models.DateField(null=True)
    review_on = models.DateField(_("ทบทวนภายในวันที่"), null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)
    end_recorded_at = models.DateTimeField(null=True)

    household_id: UUID

    class Meta:
        verbose_name = _("ดูแลต่อเนื่อง")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "dimension"],
                condition=Q(ended_on=None, decision__in=[Decision.PENDING, Decision.ACCEPTED]),
                name="care_one_current",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.ACCEPTED)
                | Q(approved_on__isnull=False, decided_at__isnull=False, review_on__isnull=False),
                name="care_accepted_is_dated",
                violation_error_message=_("การดูแลต่อเนื่องที่เห็นชอบแล้วต้องมีวันที่อนุมัติและวันทบทวน"),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("approved_on")),
                name="care_ends_after_approval",
                violation_error_message=_("วันสิ้นสุดต้องไม่ก่อนวันที่อนุมัติ"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["province_code", "review_on"],
                name="care_to_review",
                condition=Q(decision=Decision.ACCEPTED, ended_on=None),
            )
        ]
