"""How pressing a household is: the weights of the score, and cases shared out by it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7


class PriorityWeights(models.Model):
    """The weights of the four parts of the score, in points that add up to 100. Empty province: the nation's.

    A part reaches its full points at: all indicators failing; `full_dimensions` dimensions; `full_fragile`
    fragile members; `full_days` days since the last visit.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    version = models.PositiveSmallIntegerField(_("ฉบับที่"), default=1)
    indicators = models.PositiveSmallIntegerField(_("สัดส่วนตัวชี้วัดที่ตกเกณฑ์"), default=30)
    dimensions = models.PositiveSmallIntegerField(_("จำนวนมิติที่ตกเกณฑ์"), default=30)
    fragile = models.PositiveSmallIntegerField(_("สมาชิกที่เปราะบาง"), default=20)
    waiting = models.PositiveSmallIntegerField(_("เวลาตั้งแต่เยี่ยมครั้งล่าสุด"), default=20)
    full_dimensions = models.PositiveSmallIntegerField(_("เต็มเมื่อตกเกณฑ์กี่มิติ"), default=4)
    full_fragile = models.PositiveSmallIntegerField(_("เต็มเมื่อเปราะบางกี่คน"), default=3)
    full_days = models.PositiveSmallIntegerField(_("เต็มเมื่อไม่ได้เยี่ยมกี่วัน"), default=180)
    reason = models.CharField(_("เหตุผล"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("น้ำหนักลำดับความสำคัญ")
        constraints = [
            models.UniqueConstraint(
                fields=["province_code"], condition=Q(superseded_at=None), name="priority_weights_one_current"
            ),
            models.CheckConstraint(
                condition=Q(
                    indicators=100 - models.F("dimensions") - models.F("fragile") - models.F("waiting")
                ),
                name="priority_weights_add_up",
            ),
            models.CheckConstraint(
                condition=Q(full_dimensions__gt=0, full_fragile__gt=0, full_days__gt=0),
                name="priority_full_positive",
            ),
        ]


class ShareOut(models.Model):
    """Cases that were shared out to teams by score and load: what was asked, and what was done.

    `asked` holds the filter, how many, and the most a team may hold; `shares` are
    {"district", "team", "before", "given", "household_ids"}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    asked = models.JSONField(default=dict)
    shares = models.JSONField(default=list)
    households = models.IntegerField(default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การแบ่งครัวเรือนให้ทีม")
