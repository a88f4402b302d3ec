"""Persons, their national ids (in a table of their own) and the households they live in."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7

from ..enums import Sex
from .household import Household


class Person(models.Model):
    """A person known to the register. `search_key` has no title, tone marks or spaces.

    A person that turned out to be another one (`merged_into`) keeps the national id by which lists will name
    it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    title = models.CharField(_("คำนำหน้า"), max_length=40, blank=True)
    first_name = models.CharField(_("ชื่อ"), max_length=120)
    last_name = models.CharField(_("นามสกุล"), max_length=120, blank=True)
    search_key = models.CharField(max_length=240)
    sort_key = models.CharField(max_length=240, db_collation="C")
    birth_date = models.DateField(_("วันเกิด"), null=True, blank=True)
    sex = models.CharField(_("เพศ"), max_length=1, choices=Sex, blank=True)
    occupation = models.CharField(_("อาชีพ"), max_length=60, blank=True, db_default="")
    batch_id = models.UUIDField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())

    merged_into_id: UUID | None

    class Meta:
        verbose_name = _("บุคคล")
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="person_name_trigram"),
            models.Index(fields=["merged_into"], name="person_merged", condition=~Q(merged_into=None)),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.title}{self.first_name} {self.last_name}".strip()


class NationalId(models.Model):
    """A national id: AES-256-GCM with the person's id as associated data, and a keyed blind index.

    The one small table that makes an id unique in the whole nation; it is never joined into lists.
    """

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="national_id")
    blind_index = models.BinaryField(max_length=32, unique=True)
    key_id = models.CharField(max_length=16)
    sealed = models.BinaryField(max_length=64)
    batch_id = models.UUIDField(null=True)

    person_id: UUID

    class Meta:
        verbose_name = _("เลขประจำตัวประชาชน")


class Membership(models.Model):
    """A person living in a household, as an interval of days; a person lives in one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships", db_index=False)
    relation = models.CharField(_("ความสัมพันธ์"), max_length=60, blank=True)
    is_head = models.BooleanField(default=False)
    position = models.SmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)
    batch_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("สมาชิกครัวเรือน")
        indexes = [models.Index(fields=["person"], name="membership_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_to=None, superseded_at=None), name="person_lives_once"
            )
        ]


class JoinedPerson(models.Model):
    """A person without a national id whom an import found to be one with an id; its undo takes them apart.

    The lines that moved know it themselves (`ListedPerson.joined_from`); `memberships` are the rows of `gone`
    that ended by it.
    """

    id = models.BigAutoField(primary_key=True)
    batch_id = models.UUIDField(db_index=True)
    gone = models.OneToOneField(Person, models.PROTECT, related_name="joined_by_import")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="joined_with")
    memberships = ArrayField(models.UUIDField(), default=list)

    gone_id: UUID
    kept_id: UUID

    class Meta:
        verbose_name = _("บุคคลที่การนำเข้ารวมเป็นคนเดียวกัน")
