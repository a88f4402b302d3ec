"""CohortState: the read model behind every list and number, one narrow row per household and year."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from households.models import Household

from ..enums import Membership


class CohortState(models.Model):
    """A household as it stands in a fiscal year; refreshed in the transaction of every write.

    Never the place of a fact: `services.cohort` rebuilds any row from the base tables.
    Masks use `Dimension.bit`. The scope columns equal those of HouseholdScope, so one predicate
    serves both. The five `list_` arrays are parallel: kind, and that list's own mask and persons, for
    figures narrowed to one kind. `in_care` are the baseline dimensions in approved continuing care that have
    not recovered. A carried row is an open case of an earlier year, outside the
    cohort's figures.
    """

    id = models.BigAutoField(primary_key=True)
    fiscal_year = models.SmallIntegerField()
    household = models.ForeignKey(Household, models.CASCADE, related_name="cohort_states", db_index=False)
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
