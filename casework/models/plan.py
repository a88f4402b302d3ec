"""A household's plan: the 4ท analysis, a goal and steps. A new version replaces, never overwrites."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.common.ids import uuid7

from ..enums import HelpNature, PlanStatus
from .help import HelpMenuItem


class HouseholdPlan(models.Model):
    """`four_t` is {"attitude": [...], "skills": [...], "resources": [...], "way_out": [...]}."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="plans")
    province_code = models.CharField(max_length=2, db_collation="C")
    version = models.SmallIntegerField()
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.ACTIVE)
    four_t = models.JSONField(default=dict)
    goal = models.TextField(_("เป้าหมาย"), blank=True)
    agreed_on = models.DateField(_("วันที่ตกลงกับครัวเรือน"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("แผนครัวเรือน")
        constraints = [
            models.UniqueConstraint(fields=["household", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(status=PlanStatus.ACTIVE), name="plan_one_active"
            ),
        ]


class PlanStep(models.Model):
    """One thing to do. `done_on` is when it was done, `done_recorded_at` when that was written down."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(HouseholdPlan, models.CASCADE, related_name="steps")
    position = models.SmallIntegerField(default=0)
    text = models.CharField(_("สิ่งที่จะทำ"), max_length=300)
    item = models.ForeignKey(HelpMenuItem, models.PROTECT, null=True, related_name="+")
    nature = models.CharField(max_length=12, choices=HelpNature, default=HelpNature.DEVELOPMENT)
    due_on = models.DateField(_("ภายในวันที่"), null=True)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_recorded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("ขั้นตอนในแผน")
        ordering = ["position", "id"]
