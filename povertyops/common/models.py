"""Rows every floor writes: who changed what, who looked at what, and which leaves the roll-up must redo."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act on one object, written in the transaction of the act. Never changed, never deleted.

    `user_id` is a bare number, not a foreign key: this floor knows no accounts, and bulk acts write
    hundreds of thousands of rows at once. The system itself acts as NULL.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    user_id = models.BigIntegerField(null=True)
    appointment_id = models.UUIDField(null=True)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    household_id = models.UUIDField(null=True)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("บันทึกการเปลี่ยนแปลง")
        indexes = [
            models.Index(fields=["household_id", "-id"], name="audit_by_household"),
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
        ]


class AccessEntry(models.Model):
    """One look at something guarded: an id revealed, a list exported, an error file downloaded."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    user_id = models.BigIntegerField()
    appointment_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    household_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("บันทึกการเข้าถึงข้อมูล")
        indexes = [
            models.Index(fields=["household_id", "-id"], name="access_by_household"),
            models.Index(fields=["user_id", "-id"], name="access_by_user"),
        ]


class DirtyMark(models.Model):
    """A leaf area whose figures of a fiscal year no longer equal the facts.

    Append-only, so that two writers in one village never wait for each other; the drain deletes what
    it has recomputed. `centre_id` names the municipal centre whose own row must be redone as well.
    """

    id = models.BigAutoField(primary_key=True)
    fiscal_year = models.SmallIntegerField()
    area_code = models.CharField(max_length=8, db_collation="C")
    centre_id = models.UUIDField(null=True)
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("พื้นที่ที่ต้องรวมยอดใหม่")


class TaskLease(models.Model):
    """The right of one worker to do one piece of long work; runs out by itself when the worker dies."""

    key = models.CharField(max_length=80, primary_key=True)
    holder = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("สิทธิ์ทำงานของตัวประมวลผล")
