"""What the poverty measures need: versions of cut-off and weights, and the surveyed population per area."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7


class MeasureSetting(models.Model):
    """Cut-off and weights of the Alkire-Foster count; a version holds from its fiscal year on, none is
    overwritten.

    `cutoff` is the weighted share of dimensions, above 0 and up to 1, from which a person counts as poor: one
    of five is 0.2.
    `weights` maps dimension codes to shares that add up to one. An empty province code: everywhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    version = models.SmallIntegerField()
    from_year = models.SmallIntegerField(_("ใช้ตั้งแต่ปีงบประมาณ"))
    cutoff = models.DecimalField(_("เส้นตัด"), max_digits=6, decimal_places=4)
    weights = models.JSONField(_("น้ำหนัก"))
    note = models.CharField(_("เหตุผล"), max_length=300, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("เกณฑ์วัดความยากจนหลายมิติ")
        constraints = [
            models.UniqueConstraint(fields=["province_code", "version"], name="measure_version_once"),
            models.CheckConstraint(condition=Q(cutoff__gt=0, cutoff__lte=1), name="measure_cutoff_in_range"),
        ]


class SurveyedPopulation(models.Model):
    """How many the survey of a year covered in an area; the newest import of an area and year holds."""

    id = models.BigAutoField(primary_key=True)
    area_code = models.CharField(max_length=8, db_collation="C")
    province_code = models.CharField(max_length=2, db_collation="C")
    survey_year = models.SmallIntegerField()
    households = models.IntegerField(_("ครัวเรือนที่สำรวจ"))
    persons = models.IntegerField(_("คนที่สำรวจ"))
    source = models.CharField(_("ที่มา"), max_length=200)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("ประชากรที่สำรวจ")
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "survey_year"],
                condition=Q(replaced_at=None),
                name="population_one_current",
            ),
            models.CheckConstraint(
                condition=Q(households__gte=0, persons__gte=0), name="population_not_negative"
            ),
        ]
