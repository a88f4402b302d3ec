"""AreaProgress: the figures of one area (or municipal centre), fiscal year and list kind."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

CENTRE_LEVEL = 9


class AreaProgress(models.Model):
    """Every figure is a plain sum over households, so leaves add upwards.

    The day they stand at is RollupRun.as_of of the fiscal year, one for all areas. `code` is an area
    code, or the uuid of a municipal centre at level 9 ("of which" its district, the `parent_code`).
    `list_kind` is empty for the whole cohort, else narrows every figure to that kind of list.
    `reports.definitions` says what each figure counts.
    """

    pk = models.CompositePrimaryKey("code", "fiscal_year", "list_kind")
    fiscal_year = models.SmallIntegerField()
    list_kind = models.CharField(max_length=24, blank=True, db_collation="C")
    code = models.CharField(max_length=36, db_collation="C")
    level = models.SmallIntegerField()
    parent_code = models.CharField(max_length=8, blank=True, db_collation="C")
    refreshed_at = models.DateTimeField(db_default=Now())

    households = models.IntegerField(default=0)
    found = models.IntegerField(default=0)
    verified_households = models.IntegerField(default=0)
    checked_households = models.IntegerField(default=0)
    persons = models.IntegerField(default=0)
    verified_persons = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    survive = models.IntegerField(default=0)
    sufficient = models.IntegerField(default=0)
    sustainable = models.IntegerField(default=0)
    proposed = models.IntegerField(default=0)
    failing_health = models.IntegerField(default=0)
    failing_living = models.IntegerField(default=0)
    failing_education = models.IntegerField(default=0)
    failing_income = models.IntegerField(default=0)
    failing_access = models.IntegerField(default=0)
    relieved_health = models.IntegerField(default=0)
    relieved_living = models.IntegerField(default=0)
    relieved_education = models.IntegerField(default=0)
    relieved_income = models.IntegerField(default=0)
    relieved_access = models.IntegerField(default=0)
    recovered_health = models.IntegerField(default=0)
    recovered_living = models.IntegerField(default=0)
    recovered_education = models.IntegerField(default=0)
    recovered_income = models.IntegerField(default=0)
    recovered_access = models.IntegerField(default=0)
    visited_90 = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    without_team = models.IntegerField(default=0)
    helped_households = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
    helps = models.IntegerField(default=0)
    baht = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    carried = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("ความก้าวหน้าของพื้นที่")
        indexes = [models.Index(fields=["fiscal_year", "parent_code", "list_kind"], name="progress_children")]


class RollupRun(models.Model):
    """The day at which the figures of a fiscal year stand, and the last time all of them were built."""

    fiscal_year = models.SmallIntegerField(primary_key=True)
    as_of = models.DateField()
    rebuilt_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)

    class Meta:
        verbose_name = _("รอบการรวมยอด")
