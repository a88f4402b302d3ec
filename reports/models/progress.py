"""The figures of an area (or municipal centre), fiscal year and list kind: now, on a past day, frozen
for a meeting."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

CENTRE_LEVEL = 9


class Figures(models.Model):
    """Every figure is a plain sum over households, so leaves add upwards; `reports.definitions` says what
    each counts.

    `code` is an area code, or the uuid of a municipal centre at level 9 ("of which" its district, the
    `parent_code`). `list_kind` is empty for the whole cohort, else narrows every figure to that kind of list.
    The `since_` columns sum days since `definitions.WAIT_EPOCH`, for the mean wait at a step.
    """

    # Small numbers were hidden for somebody who sees aggregates only (`reports.services.told`).
    is_told = False

    fiscal_year = models.SmallIntegerField()
    list_kind = models.CharField(max_length=24, blank=True, db_collation="C")
    code = models.CharField(max_length=36, db_collation="C")
    level = models.SmallIntegerField()
    parent_code = models.CharField(max_length=8, blank=True, db_collation="C")

    households = models.IntegerField(default=0, db_default=0)
    found = models.IntegerField(default=0, db_default=0)
    verified_households = models.IntegerField(default=0, db_default=0)
    checked_households = models.IntegerField(default=0, db_default=0)
    persons = models.IntegerField(default=0, db_default=0)
    verified_persons = models.IntegerField(default=0, db_default=0)
    waiting = models.IntegerField(default=0, db_default=0)
    survive = models.IntegerField(default=0, db_default=0)
    sufficient = models.IntegerField(default=0, db_default=0)
    sustainable = models.IntegerField(default=0, db_default=0)
    proposed = models.IntegerField(default=0, db_default=0)
    passing = models.IntegerField(default=0, db_default=0)
    failing_health = models.IntegerField(default=0, db_default=0)
    failing_living = models.IntegerField(default=0, db_default=0)
    failing_education = models.IntegerField(default=0, db_default=0)
    failing_income = models.IntegerField(default=0, db_default=0)
    failing_access = models.IntegerField(default=0, db_default=0)
    relieved_health = models.IntegerField(default=0, db_default=0)
    relieved_living = models.IntegerField(default=0, db_default=0)
    relieved_education = models.IntegerField(default=0, db_default=0)
    relieved_income = models.IntegerField(default=0, db_default=0)
    relieved_access = models.IntegerField(default=0, db_default=0)
    recovered_health = models.IntegerField(default=0, db_default=0)
    recovered_living = models.IntegerField(default=0, db_default=0)
    recovered_education = models.IntegerField(default=0, db_default=0)
    recovered_income = models.IntegerField(default=0, db_default=0)
    recovered_access = models.IntegerField(default=0, db_default=0)
    visited_90 = models.IntegerField(default=0, db_default=0)
    overdue = models.IntegerField(default=0, db_default=0)
    without_team = models.IntegerField(default=0, db_default=0)
    with_team = models.IntegerField(default=0, db_default=0)
    slipped = models.IntegerField(default=0, db_default=0)
    additional = models.IntegerField(default=0, db_default=0)
    care_households = models.IntegerField(default=0, db_default=0)
    not_in_tpmap = models.IntegerField(default=0, db_default=0)
    step_listed = models.IntegerField(default=0, db_default=0)
    step_checked = models.IntegerField(default=0, db_default=0)
    step_assigned = models.IntegerField(default=0, db_default=0)
    step_visited = models.IntegerField(default=0, db_default=0)
    step_survive = models.IntegerField(default=0, db_default=0)
    step_sufficient = models.IntegerField(default=0, db_default=0)
    step_sustainable = models.IntegerField(default=0, db_default=0)
    since_listed = models.BigIntegerField(default=0, db_default=0)
    since_checked = models.BigIntegerField(default=0, db_default=0)
    since_assigned = models.BigIntegerField(default=0, db_default=0)
    since_visited = models.BigIntegerField(default=0, db_default=0)
    since_survive = models.BigIntegerField(default=0, db_default=0)
    since_sufficient = models.BigIntegerField(default=0, db_default=0)
    helped_households = models.IntegerField(default=0, db_default=0)
    visits = models.IntegerField(default=0, db_default=0)
    helps = models.IntegerField(default=0, db_default=0)
    baht = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=0)
    development_helps = models.IntegerField(default=0, db_default=0)
    development_baht = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=0)
    carried = models.IntegerField(default=0, db_default=0)
    removed = models.IntegerField(default=0, db_default=0)
    removed_not_poor = models.IntegerField(default=0, db_default=0)
    stage_carried = models.IntegerField(default=0, db_default=0)

    class Meta:
        abstract = True


class AreaProgress(Figures):
    """The figures that hold now. The day they stand at is RollupRun.as_of of the fiscal year, one for
    all areas."""

    pk = models.CompositePrimaryKey("code", "fiscal_year", "list_kind")
    refreshed_at = models.DateTimeField(db_default=Now())

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


class DayProgress(Figures):
    """The figures as they were known at the end of a past day; never changes once written.

    Kept for the nation, provinces, districts and municipal centres of the days that were closed, which
    gives trends
    and quick boards of past days; any other area or day is computed from the states of households
    (CohortVersion).
    """

    pk = models.CompositePrimaryKey("code", "fiscal_year", "list_kind", "day")
    day = models.DateField()

    class Meta:
        verbose_name = _("ความก้าวหน้า ณ วันที่ผ่านมา")
        indexes = [
            models.Index(fields=["fiscal_year", "day", "parent_code", "list_kind"], name="day_children"),
        ]


class AgencyProgress(models.Model):
    """Help given in an area by one agency (None: not named) inside a fiscal year, cohort and carried
    households."""

    id = models.BigAutoField(primary_key=True)
    fiscal_year = models.SmallIntegerField()
    code = models.CharField(max_length=36, db_collation="C")
    level = models.SmallIntegerField()
    parent_code = models.CharField(max_length=8, blank=True, db_collation="C")
    agency_id = models.UUIDField(null=True)
    households = models.IntegerField(default=0, db_default=0)
    helps = models.IntegerField(default=0, db_default=0)
    baht = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=0)
    development_helps = models.IntegerField(default=0, db_default=0)
    development_baht = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=0)

    class Meta:
        verbose_name = _("ความช่วยเหลือรายหน่วยงาน")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "code", "agency_id"], name="agency_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["fiscal_year", "parent_code"], name="agency_children")]
