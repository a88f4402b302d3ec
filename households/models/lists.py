"""Target lists, the households and persons on them, and their values as printed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7
from povertyops.common.languages import in_language

from .household import Household
from .person import Person


class ListKind(models.Model):
    """A source of target households; new ones are rows, not code. A lower rank wins a conflict.

    A household of a year whose every list `counts_as_found` (a province's own survey) is counted as
    สำรวจพบเพิ่มเติม, not as listed from the start.
    """

    code = models.SlugField(_("รหัส"), max_length=24, primary_key=True)
    name = models.CharField(_("ชื่อบัญชี"), max_length=160)
    name_en = models.CharField(_("ชื่อภาษาอังกฤษ"), max_length=160, blank=True, db_default="")
    owner_office = models.CharField(_("หน่วยงานเจ้าของ"), max_length=160, blank=True)
    carries_dimensions = models.BooleanField(_("ระบุมิติที่ตกเกณฑ์"), default=True)
    counts_as_found = models.BooleanField(_("นับเป็นสำรวจพบเพิ่มเติม"), default=False)
    rank = models.SmallIntegerField(_("ลำดับเมื่อข้อมูลขัดกัน"), default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("ชนิดบัญชีเป้าหมาย")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class SourceRule(models.Model):
    """Which list is believed where several state a field; the newest version of a field counts.

    An empty `field` is the rule of every field that has none of its own, an empty province that of the
    nation. `newest_year_first`: a newer fiscal year wins over a better rank. `kinds` are list kinds, best
    first; kinds not named follow by their own rank.
    """

    field = models.CharField(_("ข้อมูล"), max_length=40, blank=True)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    newest_year_first = models.BooleanField(_("ปีใหม่กว่าชนะก่อน"), default=True)
    kinds = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    version = models.PositiveSmallIntegerField(_("ฉบับที่"), default=1)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("กติกาเมื่อบัญชีขัดกัน")
        constraints = [
            models.UniqueConstraint(
                fields=["field", "province_code"],
                condition=Q(superseded_at=None),
                name="source_rule_one_current",
            )
        ]


class Derivation(models.Model):
    """A change of the rules after which households whose lists disagree are derived again, some at a time.

    An empty province means the nation. `cursor` is the last household that is done; `changed` counts those of
    which anything changed.
    """

    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    cursor = models.UUIDField(null=True)
    done = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("การปรับข้อมูลตามกติกาใหม่")
        indexes = [
            models.Index(fields=["asked_at"], name="derivation_unfinished", condition=Q(finished_at=None))
        ]


class TargetList(models.Model):
    """The list of one kind, fiscal year and province; several files may feed it.

    `effective_on` is the day from which its failures count (the first day of the fiscal year unless
    the importer says otherwise).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.ForeignKey(ListKind, models.PROTECT, related_name="lists")
    province_code = models.CharField(max_length=2, db_collation="C")
    fiscal_year = models.SmallIntegerField(_("ปีงบประมาณ"))
    survey_year = models.SmallIntegerField(_("ปีสำรวจ"))
    effective_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    kind_id: str

    class Meta:
        verbose_name = _("บัญชีเป้าหมาย")
        constraints = [
            models.UniqueConstraint(fields=["kind", "province_code", "fiscal_year"], name="target_list_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fiscal_year}"


class Listing(models.Model):
    """A household on a list. A changed line is a new row; the old one is superseded, never edited.

    `dimensions` is the mask the list prints, `failed_indicators` the numbers it prints, `raw` the
    household's values as printed, `content_hash` the fingerprint that tells a change from a repeat.
    `replaces_id` is the line of the same list that this one superseded. Where families that were merged are
    one line, `made_of` names what each of them said, in the order in which they are believed: lines that were
    superseded by this one, or came with it and never stood alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target_list = models.ForeignKey(TargetList, models.PROTECT, related_name="listings")
    household = models.ForeignKey(Household, models.CASCADE, related_name="listings", db_index=False)
    kind_code = models.CharField(max_length=24, db_collation="C")
    fiscal_year = models.SmallIntegerField()
    province_code = models.CharField(max_length=2, db_collation="C")
    area_code = models.CharField(max_length=8, db_collation="C")
    dimensions = models.SmallIntegerField(default=0)
    failed_indicators = ArrayField(models.SmallIntegerField(), default=list)
    persons = models.SmallIntegerField(default=0)
    income = models.IntegerField(null=True)
    raw = models.JSONField(default=dict)
    content_hash = models.BinaryField(max_length=32)
    batch_id = models.UUIDField(null=True)
    replaces_id = models.UUIDField(null=True)
    made_of = ArrayField(models.UUIDField(), null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    household_id: UUID
    target_list_id: UUID

    class Meta:
        verbose_name = _("ครัวเรือนในบัญชี")
        indexes = [
            models.Index(fields=["household", "fiscal_year"], name="listing_by_household"),
            models.Index(fields=["fiscal_year", "kind_code", "area_code"], name="listing_by_area"),
            models.Index(fields=["batch_id"], name="listing_by_import", condition=~Q(batch_id=None)),
            # How a line that is on its way in finds the lines that say the same.
            models.Index(
                KeyTextTransform("house_code", "raw"),
                name="listing_by_house_code",
                condition=Q(superseded_at=None),
            ),
            models.Index(
                F("area_code"),
                KeyTextTransform("house_no", "raw"),
                name="listing_by_address",
                condition=Q(superseded_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target_list", "household"],
                condition=Q(superseded_at=None),
                name="listing_one_current",
            )
        ]


class ListedPerson(models.Model):
    """A person on a listing, with the person's values as printed (never the national id).

    `joined_from` is whom the line named before an import found that one to be `person`.
    """

    id = models.BigAutoField(primary_key=True)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="listed_persons")
    person = models.ForeignKey(Person, models.PROTECT, related_name="listed")
    raw = models.JSONField(default=dict)
    joined_from = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("บุคคลในบัญชี")
