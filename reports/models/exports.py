"""Exports that a worker makes, and the columns that people chose."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7

from ..enums import JobState


class ExportJob(models.Model):
    """One export. `query` are the filters of its list, `columns` their chosen codes in order (empty: all).

    The file lies in the private export folder under the job's id and is there exactly when `state` is
    DONE; after `expires_at` it is gone. A `streamed` one was answered at once: it has no file, and DONE says
    that it was sent to its end. `reason` is needed where ids are not masked (`shows_ids`). `is_mass` marks
    the one with which its account passed the rows of a day that are told to the secretary. `attempts` fences
    workers: who holds an older one commits nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.ForeignKey("accounts.Appointment", models.CASCADE, null=True, related_name="exports")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="exports")
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    kind = models.CharField(max_length=16)
    format = models.CharField(max_length=4)
    query = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    title = models.CharField(max_length=300)
    reason = models.CharField(_("เหตุผล"), max_length=500, blank=True)
    shows_ids = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    rows = models.IntegerField(null=True)
    done_rows = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    says = models.CharField(max_length=300, blank=True)
    attempts = models.SmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    downloads = models.IntegerField(default=0)
    streamed = models.BooleanField(default=False, db_default=False)
    is_mass = models.BooleanField(default=False, db_default=False)

    asked_by_id: int | None
    appointment_id: UUID | None

    class Meta:
        verbose_name = _("การส่งออก")
        indexes = [
            models.Index(fields=["province_code", "-id"], name="export_of_province"),
            models.Index(fields=["asked_by", "-asked_at"], name="export_of_person"),
            models.Index(
                fields=["leased_until"],
                name="export_to_do",
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
            ),
        ]


class ColumnChoice(models.Model):
    """The columns a person wants in exports of a kind, under a name of their own; the nameless one
    comes first."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="column_choices")
    kind = models.CharField(max_length=16)
    name = models.CharField(_("ชื่อชุดคอลัมน์"), max_length=60, blank=True)
    columns = models.JSONField(default=list)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ชุดคอลัมน์")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "name"], name="column_choice_once")]
