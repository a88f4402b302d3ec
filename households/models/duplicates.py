"""Pairs of persons or households that may be one and the same, and the keys by which they are found."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7

from ..enums import FoundBy, PairKind, PairState
from .person import Person


class MatchKey(models.Model):
    """What of a person is compared: made from the person's names and birthday, kept so that a night compares
    only what is new.

    `first` and `last` have no tone marks, `first_sound` and `last_sound` are how they sound; `name_hash` and
    `sound_hash` are one number for both, in either order. `made_of` is the fingerprint of what the row was
    made from, the house included; while `compared_at` is empty the person waits for the night. Persons who
    live in no household that anybody sees have no row.
    """

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="match_key")
    province_code = models.CharField(max_length=2, db_collation="C")
    household_id = models.UUIDField(null=True)
    area_code = models.CharField(max_length=8, blank=True, db_collation="C")
    first = models.CharField(max_length=120, db_collation="C")
    last = models.CharField(max_length=120, blank=True, db_collation="C")
    first_sound = models.CharField(max_length=24, db_collation="C")
    last_sound = models.CharField(max_length=24, blank=True, db_collation="C")
    name_hash = models.BigIntegerField()
    sound_hash = models.BigIntegerField()
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    is_head = models.BooleanField(default=False)
    made_of = models.CharField(max_length=32, db_collation="C")
    made_at = models.DateTimeField(db_default=Now())
    compared_at = models.DateTimeField(null=True)

    person_id: UUID

    class Meta:
        verbose_name = _("กุญแจเทียบบุคคล")
        indexes = [
            models.Index(fields=["province_code", "name_hash"], name="match_by_name"),
            models.Index(fields=["province_code", "sound_hash"], name="match_by_sound"),
            models.Index(fields=["province_code", "birth_date"], name="match_by_birth"),
            models.Index(fields=["area_code", "first_sound"], name="match_by_village"),
            models.Index(fields=["household_id"], name="match_by_household"),
        ]


class DuplicatePair(models.Model):
    """Two persons, or two households, that may be the same; `left_id` is the smaller id.

    `score` is 0 to 1000. `grounds` are {"code", ...details} in the order of their weight; never a national
    id. The households are those in which the two persons live. What a person said of a pair stays: it is
    not found again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=PairKind)
    province_code = models.CharField(max_length=2, db_collation="C")
    left_id = models.UUIDField()
    right_id = models.UUIDField()
    left_household_id = models.UUIDField(null=True)
    right_household_id = models.UUIDField(null=True)
    score = models.SmallIntegerField()
    grounds = models.JSONField(default=list)
    found_by = models.CharField(max_length=10, choices=FoundBy)
    batch_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=PairState, default=PairState.OPEN)
    reason = models.CharField(_("เหตุผล"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("คู่ที่อาจซ้ำกัน")
        constraints = [
            models.UniqueConstraint(fields=["kind", "left_id", "right_id"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="duplicate_pair_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["province_code", "kind", "-score", "id"],
                name="duplicate_pair_open",
                condition=Q(state=PairState.OPEN),
            ),
            models.Index(fields=["left_household_id"], name="duplicate_pair_left"),
            models.Index(fields=["right_household_id"], name="duplicate_pair_right"),
        ]
