"""A case from opening to closing, every change of its stage, and requests to remove a household."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from households.models import Household
from povertyops.common.ids import uuid7

from ..enums import CloseReason, Decision, StageEventKind


class Case(models.Model):
    """The care of one household; at most one is open.

    `stage` is the stage that holds now, `proposed_stage` a higher one the rule computed and a person
    must approve. Both follow from StageEvent and evidence and are kept here for queues.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="cases")
    province_code = models.CharField(max_length=2, db_collation="C")
    opened_on = models.DateField()
    stage = models.SmallIntegerField(choices=Stage, default=Stage.WAITING)
    stage_since = models.DateField()
    proposed_stage = models.SmallIntegerField(choices=Stage, null=True)
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=16, choices=CloseReason, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    close_recorded_at = models.DateTimeField(null=True)

    household_id: UUID

    class Meta:
        verbose_name = _("การดูแลครัวเรือน")
        indexes = [
            models.Index(
                fields=["province_code", "proposed_stage"],
                name="case_proposed",
                condition=Q(proposed_stage__isnull=False, closed_on=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(closed_on=None), name="case_one_open"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="case_closes_after_opening",
            ),
        ]


class StageEvent(models.Model):
    """A change of stage that took effect on a day, with the rule and evidence behind it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="stage_events")
    household = models.ForeignKey(Household, models.CASCADE, related_name="stage_events")
    province_code = models.CharField(max_length=2, db_collation="C")
    kind = models.CharField(max_length=10, choices=StageEventKind)
    from_stage = models.SmallIntegerField(choices=Stage)
    to_stage = models.SmallIntegerField(choices=Stage)
    effective_on = models.DateField()
    rule_version = models.SmallIntegerField()
    evidence = models.JSONField(default=list)
    minutes_number = models.CharField(_("รายงานการประชุมเลขที่"), max_length=60, blank=True)
    document = models.CharField(_("เอกสารอ้างอิง"), max_length=200, blank=True)
    signed_by = models.CharField(_("ผู้ลงนาม"), max_length=160, blank=True, db_default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การเปลี่ยนขั้น")


class StageRejection(models.Model):
    """A proposed stage that was turned down; it is proposed again only when newer evidence arrives."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="stage_rejections")
    household = models.ForeignKey(Household, models.CASCADE, related_name="stage_rejections")
    province_code = models.CharField(max_length=2, db_collation="C")
    stage = models.SmallIntegerField(choices=Stage)
    note = models.CharField(_("เหตุผล"), max_length=1000)
    minutes_number = models.CharField(_("รายงานการประชุมเลขที่"), max_length=60, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การไม่อนุมัติขั้น")


class FollowUpInterval(models.Model):
    """Days until a household of a stage is due again, as a province sets them; empty code: everywhere."""

    id = models.BigAutoField(primary_key=True)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    stage = models.SmallIntegerField(choices=Stage)
    days = models.SmallIntegerField(_("จำนวนวัน"))

    class Meta:
        verbose_name = _("รอบการติดตาม")
        constraints = [
            models.UniqueConstraint(fields=["province_code", "stage"], name="follow_up_once"),
            models.CheckConstraint(condition=Q(days__gt=0), name="follow_up_days_positive"),
        ]


class RemovalRequest(models.Model):
    """A wish to take a household out of the cohort; a second person decides."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="removals")
    household = models.ForeignKey(Household, models.CASCADE, related_name="removals")
    province_code = models.CharField(max_length=2, db_collation="C")
    reason = models.CharField(_("เหตุผล"), max_length=16, choices=CloseReason)
    note = models.CharField(_("รายละเอียด"), max_length=1000)
    effective_on = models.DateField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("คำขอนำครัวเรือนออกจากเป้าหมาย")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(decision=Decision.PENDING), name="removal_one_pending"
            )
        ]
