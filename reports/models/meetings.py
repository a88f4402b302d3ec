"""Meetings of the provincial committee, what was resolved, the spot checks before one, and its frozen
pack."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.common.ids import uuid7

from ..enums import (
    AgendaKind,
    CheckResult,
    JobState,
    MeetingState,
    PackFileKind,
    Presence,
    ResolutionState,
)
from .progress import Figures


class Meeting(models.Model):
    """Number `number` of the committee's year: 3/2565. Once frozen, `as_of` and the figures never change.

    One that was held without being frozen has no figures. Triggers of the tables refuse to change what is
    frozen, whoever asks.
    `frozen_at` is when the figures were taken: what was recorded later is not in them, however early it
    happened.
    `snapshot_id` is printed on each page of the pack; `payload` is all that the pack says, as JSON.
    `list_kind`: the one kind of list that it is about, empty for all; figures of every kind are frozen.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    number = models.SmallIntegerField(_("ครั้งที่"))
    year = models.SmallIntegerField(_("ปี พ.ศ."))
    fiscal_year = models.SmallIntegerField(_("ปีงบประมาณของตัวเลข"))
    list_kind = models.CharField(
        _("บัญชี"), max_length=24, blank=True, default="", db_default="", db_collation="C"
    )
    held_on = models.DateField(_("วันประชุม"))
    starts_at = models.TimeField(_("เวลา"), null=True)
    place = models.CharField(_("สถานที่"), max_length=200, blank=True)
    chair = models.CharField(_("ประธาน"), max_length=160, blank=True)
    state = models.CharField(max_length=8, choices=MeetingState, default=MeetingState.PLANNED)
    as_of = models.DateField(_("ข้อมูล ณ วันที่"), null=True)
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    snapshot_id = models.CharField(max_length=20, blank=True)
    payload = models.JSONField(null=True)
    notes = models.TextField(_("บันทึกประกอบ"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การประชุม คจพ.จ.")
        constraints = [
            models.UniqueConstraint(
                fields=["province_code", "year", "number"],
                name="meeting_number_once",
                violation_error_message=_("มีการประชุมครั้งนี้อยู่แล้ว"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MeetingState.PLANNED, MeetingState.HELD], frozen_at__isnull=True)
                | Q(frozen_at__isnull=False, as_of__isnull=False, payload__isnull=False),
                name="meeting_frozen_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


class AgendaItem(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    kind = models.CharField(_("วาระ"), max_length=10, choices=AgendaKind)
    position = models.SmallIntegerField(default=0)
    title = models.CharField(_("เรื่อง"), max_length=300)
    detail = models.TextField(_("รายละเอียด"), max_length=4000, blank=True)
    presenter = models.CharField(_("ผู้เสนอ"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("ระเบียบวาระ")
        ordering = ["position", "id"]


class Attendance(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    position = models.SmallIntegerField(default=0)
    name = models.CharField(_("ชื่อ"), max_length=160)
    office = models.CharField(_("ตำแหน่งหรือหน่วยงาน"), max_length=200, blank=True)
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.PRESENT)
    replaced_by = models.CharField(_("ผู้แทน"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("ผู้เข้าประชุม")
        ordering = ["position", "id"]


class Resolution(models.Model):
    """What a meeting resolved; it is followed up in every later meeting until done or dropped."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="resolutions")
    province_code = models.CharField(max_length=2, db_collation="C")
    agenda = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, related_name="resolutions")
    position = models.SmallIntegerField(default=0)
    text = models.CharField(_("มติ"), max_length=1000)
    owner = models.CharField(_("ผู้รับผิดชอบ"), max_length=200)
    due_on = models.DateField(_("ภายในวันที่"), null=True)
    state = models.CharField(max_length=8, choices=ResolutionState, default=ResolutionState.OPEN)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("มติที่ประชุม")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["province_code", "state"], name="resolution_open")]


class ResolutionNote(models.Model):
    """What was reported about a resolution; append-only. `meeting` is the one it was reported to, if any."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="followed_up")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=ResolutionState)
    text = models.CharField(_("ผลการดำเนินการ"), max_length=2000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การติดตามมติ")
        ordering = ["recorded_at", "id"]


class SpotCheck(models.Model):
    """One household of the random sample of *survive* that a district looks at before the figures are frozen.

    The sample is drawn once per meeting and district from `seed`, so that it can be drawn again the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="spot_checks")
    household = models.ForeignKey(Household, models.PROTECT, related_name="spot_checks")
    province_code = models.CharField(max_length=2, db_collation="C")
    district_code = models.CharField(max_length=4, db_collation="C")
    centre_id = models.UUIDField(null=True)
    is_municipal = models.BooleanField(default=False)
    drawn_at = models.DateTimeField(db_default=Now())
    seed = models.CharField(max_length=32)
    result = models.CharField(_("ผล"), max_length=10, choices=CheckResult, default=CheckResult.PENDING)
    note = models.CharField(_("สิ่งที่พบ"), max_length=1000, blank=True)
    checked_on = models.DateField(_("วันที่ตรวจ"), null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    household_id: UUID

    class Meta:
        verbose_name = _("การสุ่มตรวจ")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "household"], name="spot_check_once"),
            models.CheckConstraint(
                condition=Q(result=CheckResult.PENDING) | Q(checked_on__isnull=False),
                name="spot_check_dated",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "district_code"], name="spot_check_of_district")]


class MeetingStory(models.Model):
    """A family's story told in the pack: only with consent, with the words they agreed to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="stories")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    position = models.SmallIntegerField(default=0)
    title = models.CharField(_("หัวเรื่อง"), max_length=200)
    text = models.TextField(_("เรื่อง"), max_length=3000)
    consent_by = models.CharField(_("ผู้ให้ความยินยอม"), max_length=160)
    consent_on = models.DateField(_("วันที่ให้ความยินยอม"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("เรื่องเล่าจากพื้นที่")
        ordering = ["position", "id"]


class FrozenProgress(Figures):
    """AreaProgress of the meeting's province and everything in it, as it was when the figures were frozen."""

    pk = models.CompositePrimaryKey("meeting", "code", "list_kind")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="figures")

    class Meta:
        verbose_name = _("ตัวเลขที่ตรึงไว้")
        indexes = [models.Index(fields=["meeting", "parent_code", "list_kind"], name="frozen_children")]


class PackJob(models.Model):
    """The making of a meeting's files by a worker. A lease in the database, so that a killed one is
    taken over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="pack")
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    thai_digits = models.BooleanField(_("เลขไทย"), default=False)
    done_steps = models.SmallIntegerField(default=0)
    all_steps = models.SmallIntegerField(default=0)
    says = models.CharField(max_length=300, blank=True)
    attempts = models.SmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("การทำเอกสารการประชุม")
        indexes = [
            models.Index(
                fields=["leased_until"],
                name="pack_to_do",
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
            )
        ]


class PackFile(models.Model):
    """A finished file of a pack: all of a job's files appear in the transaction that ends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(PackJob, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=8, choices=PackFileKind)
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("เอกสารการประชุม")
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="pack_file_once")]
