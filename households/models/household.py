"""A household, where it has been and who answers for it, and the narrow row that decides who sees it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7

from ..enums import LinkKind


class Household(models.Model):
    """A household as the register knows it now.

    The fields are derived from its listings and from corrections by hand (`services.derive`); the
    values as printed in each list stay on the listing. `province_code` never changes: a move to
    another province is a transfer to a new row.
    `batch_id` is the import that brought it into the register. A household that turned out to be another one
    (`merged_into`) has no scope row any more, so nobody sees it; its visits and help stand on the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    area_code = models.CharField(_("รหัสหมู่บ้าน"), max_length=8, db_collation="C")
    house_code = models.CharField(_("รหัสประจำบ้าน"), max_length=11, blank=True, db_collation="C")
    house_no = models.CharField(_("บ้านเลขที่"), max_length=40, blank=True)
    phone = models.CharField(_("โทรศัพท์"), max_length=20, blank=True)
    head_name = models.CharField(_("หัวหน้าครัวเรือน"), max_length=200, blank=True)
    sort_key = models.CharField(max_length=240, blank=True, db_collation="C")
    latitude = models.FloatField(_("ละติจูด"), null=True, blank=True)
    longitude = models.FloatField(_("ลองจิจูด"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())

    merged_into_id: UUID | None

    class Meta:
        verbose_name = _("ครัวเรือน")
        indexes = [
            models.Index(fields=["house_code"], name="household_by_house_code", condition=~Q(house_code="")),
            models.Index(fields=["area_code", "house_no"], name="household_by_address"),
            models.Index(fields=["batch_id"], name="household_by_import", condition=~Q(batch_id=None)),
            models.Index(fields=["merged_into"], name="household_merged", condition=~Q(merged_into=None)),
            models.Index(
                fields=["province_code", "phone"], name="household_by_phone", condition=~Q(phone="")
            ),
        ]

    def __str__(self) -> str:
        return self.head_name or self.house_no or str(self.pk)


class HouseholdPlacement(models.Model):
    """Where a household lives and which centre answers for it, as an interval of days.

    `superseded_at` is set when the statement itself turned out wrong, so that any past day can be
    computed from what was recorded by then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="placements")
    area_code = models.CharField(max_length=8, db_collation="C")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("ที่อยู่และศูนย์ที่รับผิดชอบ")
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(valid_to=None, superseded_at=None),
                name="placement_one_current",
            )
        ]


class HouseholdLink(models.Model):
    """Two households whose stories touch: one split off, they joined, or they share a house."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="links")
    other = models.ForeignKey(Household, models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=10, choices=LinkKind)
    person_ids = ArrayField(models.UUIDField(), default=list)
    effective_on = models.DateField()
    reason = models.CharField(_("เหตุผล"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    household_id: UUID
    other_id: UUID

    class Meta:
        verbose_name = _("ความเกี่ยวข้องของครัวเรือน")


class HouseholdScope(models.Model):
    """What decides who sees a household; kept by services, read by `access`, nothing else.

    `centre` is the one responsible centre, `team_id` the mentor team (pk of its Centre) or NULL.
    `dimensions` is the mask of failing dimensions, for lead offices; `office_ids` the offices (pk of their
    Centre) to which the household was referred.
    """

    household = models.OneToOneField(Household, models.CASCADE, primary_key=True, related_name="scope")
    province_code = models.CharField(max_length=2, db_collation="C")
    district_code = models.CharField(max_length=4, db_collation="C")
    subdistrict_code = models.CharField(max_length=6, db_collation="C")
    area_code = models.CharField(max_length=8, db_collation="C")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", db_index=False)
    is_municipal = models.BooleanField(default=False)
    team_id = models.UUIDField(null=True)
    dimensions = models.SmallIntegerField(default=0)
    office_ids = ArrayField(models.UUIDField(), default=list, db_default=[])
    is_open = models.BooleanField(default=False)

    household_id: UUID
    centre_id: UUID

    class Meta:
        verbose_name = _("ขอบเขตการเห็นครัวเรือน")
        indexes = [
            models.Index(fields=["area_code"], name="scope_by_area"),
            models.Index(fields=["centre"], name="scope_by_centre", condition=Q(is_municipal=True)),
            models.Index(fields=["team_id"], name="scope_by_team", condition=Q(team_id__isnull=False)),
            GinIndex(fields=["office_ids"], name="scope_by_office", condition=~Q(office_ids=[])),
        ]
