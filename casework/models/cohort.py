"""CohortState: the read model behind every list and number, one narrow row per household and year."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from households.models import Household

from ..enums import CloseReason, Membership, Step

LONG_AGO = date(2000, 1, 1)
END_OF_TIME = date(9999, 12, 31)


class CohortColumns(models.Model):
    """A household as it stands in a fiscal year.

    Masks use `Dimension.bit`. The scope columns equal those of HouseholdScope, so one predicate
    serves both. The five `list_` arrays are parallel: kind, and that list's own mask and persons, for
    figures narrowed to one kind. `in_care` are the baseline dimensions in approved continuing care that have
    not recovered. `step` is how far the case has come and `step_since` since when; `slips` counts falls in
    stage
    inside the year, `not_in_tpmap` standing visits and helps of the year that nobody entered there yet.
    `is_stage_carried`: the stage was taken over from before the system; `removed_for` is why a removed
    household was. `failing_share` (thousandths of the set's indicators) and `fragile` (members who are small
    children or elders) are the parts of the priority that no day changes. A
    carried row is an open case of an earlier year, outside the
    cohort's figures.
    """

    fiscal_year = models.SmallIntegerField()
    membership = models.SmallIntegerField(choices=Membership)
    province_code = models.CharField(max_length=2, db_collation="C")
    district_code = models.CharField(max_length=4, db_collation="C")
    subdistrict_code = models.CharField(max_length=6, db_collation="C")
    area_code = models.CharField(max_length=8, db_collation="C")
    centre_id = models.UUIDField()
    is_municipal = models.BooleanField(default=False)
    team_id = models.UUIDField(null=True)
    mentor_id = models.BigIntegerField(null=True)
    sort_key = models.CharField(max_length=240, db_collation="C")
    list_kinds = ArrayField(models.CharField(max_length=24), default=list)
    list_dimensions = ArrayField(models.SmallIntegerField(), default=list)
    list_persons = ArrayField(models.SmallIntegerField(), default=list)
    list_verified_persons = ArrayField(models.SmallIntegerField(), default=list)
    list_checked_persons = ArrayField(models.SmallIntegerField(), default=list)
    baseline = models.SmallIntegerField(default=0)
    additional = models.SmallIntegerField(default=0)
    relieved = models.SmallIntegerField(default=0)
    recovered = models.SmallIntegerField(default=0)
    in_care = models.SmallIntegerField(default=0, db_default=0)
    stage = models.SmallIntegerField(choices=Stage, default=Stage.WAITING)
    proposed_stage = models.SmallIntegerField(choices=Stage, null=True)
    is_open = models.BooleanField(default=True)
    is_removed = models.BooleanField(default=False)
    persons = models.SmallIntegerField(default=0)
    verified_persons = models.SmallIntegerField(default=0)
    checked_persons = models.SmallIntegerField(default=0)
    last_visit_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    visits = models.SmallIntegerField(default=0)
    helps = models.SmallIntegerField(default=0)
    baht = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    development_helps = models.SmallIntegerField(default=0, db_default=0)
    development_baht = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    step = models.SmallIntegerField(choices=Step, default=Step.LISTED, db_default=Step.LISTED.value)
    step_since = models.DateField(default=LONG_AGO, db_default=LONG_AGO)
    slips = models.SmallIntegerField(default=0, db_default=0)
    not_in_tpmap = models.SmallIntegerField(default=0, db_default=0)
    is_stage_carried = models.BooleanField(default=False, db_default=False)
    removed_for = models.CharField(max_length=16, choices=CloseReason, blank=True, default="", db_default="")
    failing_share = models.SmallIntegerField(default=0, db_default=0)
    fragile = models.SmallIntegerField(default=0, db_default=0)
    since = models.DateField(default=timezone.localdate, db_default=Cast(Now(), models.DateField()))

    class Meta:
        abstract = True


class CohortState(CohortColumns):
    """The state that is known now; refreshed in the transaction of every write.

    Never the place of a fact: `services.cohort` rebuilds any row from the base tables. `since` is the day
    on which
    this state became known. Whoever changes a row sets `since`: a trigger of the table then keeps the
    state before
    in CohortHistory, unless it became known on the same day.
    """

    id = models.BigAutoField(primary_key=True)
    household = models.ForeignKey(Household, models.CASCADE, related_name="cohort_states", db_index=False)

    household_id: UUID

    class Meta:
        verbose_name = _("สถานะครัวเรือนในปีงบประมาณ")
        # `membership` is read along, so that counting a province never touches the rows themselves.
        indexes = [
            models.Index(
                fields=["fiscal_year", "province_code", "sort_key", "household"],
                include=["membership"],
                name="cohort_province",
            ),
            models.Index(
                fields=["fiscal_year", "district_code", "sort_key", "household"],
                include=["membership"],
                name="cohort_district",
            ),
            models.Index(fields=["fiscal_year", "area_code", "sort_key"], name="cohort_area"),
            models.Index(
                fields=["fiscal_year", "team_id", "due_on"],
                name="cohort_team",
                condition=Q(team_id__isnull=False),
            ),
            models.Index(
                fields=["fiscal_year", "centre_id", "sort_key"],
                name="cohort_centre",
                condition=Q(is_municipal=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["household", "fiscal_year"], name="cohort_household_once")
        ]


class CohortHistory(CohortColumns):
    """A state as it was known from the day `since` up to, not including, the day `until`. Written by
    the trigger."""

    id = models.BigAutoField(primary_key=True)
    household = models.ForeignKey(
        Household, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    until = models.DateField()

    household_id: UUID

    class Meta:
        verbose_name = _("สถานะครัวเรือนที่ผ่านมา")
        indexes = [
            models.Index(
                fields=["fiscal_year", "province_code", "district_code", "until"], name="history_place"
            )
        ]


class CohortVersion(CohortColumns):
    """Present and past states together (a view): those known on day D have since <= D < until."""

    id = models.BigIntegerField(primary_key=True)
    household = models.ForeignKey(
        Household, models.DO_NOTHING, related_name="cohort_versions", db_index=False, db_constraint=False
    )
    until = models.DateField()

    household_id: UUID

    class Meta:
        managed = False
        db_table = "casework_cohortversion"
        verbose_name = _("สถานะครัวเรือน ณ วันใดวันหนึ่ง")
