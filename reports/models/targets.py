"""What a province wants to reach in a fiscal year, and each district's share of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7

from ..enums import ShareKey


class Target(models.Model):
    """At least `percent` of the cohort to have reached `figure` by `due_on`.

    `figure` is a goal of `reports.rules` (survive or higher, passing, ...). A newer version replaces,
    never overwrites: the one that holds has `replaced_at` None.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    fiscal_year = models.SmallIntegerField(_("ปีงบประมาณ"))
    figure = models.CharField(_("ตัวชี้วัด"), max_length=24)
    percent = models.DecimalField(_("เป้าหมาย (ร้อยละ)"), max_digits=5, decimal_places=2)
    due_on = models.DateField(_("ภายในวันที่"))
    share_key = models.CharField(_("วิธีแบ่งให้อำเภอ"), max_length=8, choices=ShareKey, default=ShareKey.CASES)
    note = models.CharField(_("ที่มาหรือหนังสืออ้างอิง"), max_length=300, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("เป้าหมายของจังหวัด")
        constraints = [
            models.UniqueConstraint(
                fields=["province_code", "fiscal_year", "figure"],
                condition=Q(replaced_at=None),
                name="target_one_current",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="target_percent_in_range"
            ),
        ]


class TargetShare(models.Model):
    """Households that a district owes towards a target; `is_manual` where a person corrected the
    key's share."""

    id = models.BigAutoField(primary_key=True)
    target = models.ForeignKey(Target, models.CASCADE, related_name="shares")
    district_code = models.CharField(max_length=4, db_collation="C")
    households = models.IntegerField(_("ครัวเรือนที่ต้องถึงเป้าหมาย"))
    is_manual = models.BooleanField(default=False)
    note = models.CharField(_("เหตุผล"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("เป้าหมายของอำเภอ")
        constraints = [
            models.UniqueConstraint(fields=["target", "district_code"], name="target_share_once"),
            models.CheckConstraint(condition=Q(households__gte=0), name="target_share_not_negative"),
        ]
