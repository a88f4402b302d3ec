"""Work done before the system, and field checks filled in outside it: files, lines, what came of them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.accounts.models import Appointment
from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7

from ..enums import CarryKind, SheetStatus


class FilledFile(models.Model):
    """A small file that a person filled in, checked line by line before anything is written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+", db_index=False)
    file_name = models.CharField(_("ชื่อไฟล์"), max_length=200)
    file_hash = models.BinaryField(max_length=32)
    status = models.CharField(_("สถานะ"), max_length=10, choices=SheetStatus, default=SheetStatus.READY)
    problem = models.CharField(max_length=500, blank=True)
    rows = models.IntegerField(default=0)
    good = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    faults = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    recorded_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)

    centre_id: UUID | None

    class Meta:
        abstract = True


class FilledLine(models.Model):
    """A line of such a file. `data` holds its clean values, `fault` the code and `details` what fills its
    sentence; a line with a fault is left out. `made_id` is what it became."""

    id = models.BigAutoField(primary_key=True)
    row = models.IntegerField()
    column = models.CharField(max_length=120, blank=True)
    household = models.ForeignKey(Household, models.CASCADE, null=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    fault = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    made_id = models.UUIDField(null=True)

    household_id: UUID | None

    class Meta:
        abstract = True


class CarryOver(FilledFile):
    """An opening balance: helps given, or stages reached, before the system counted.

    Stages name the document they rest on and who signed it. `acting` is the appointment under which the
    background writes or takes back what was asked for; empty: the system. `headers` are the file's own.
    """

    kind = models.CharField(_("ชนิด"), max_length=10, choices=CarryKind)
    document = models.CharField(_("เอกสารอ้างอิง"), max_length=200, blank=True)
    signed_by = models.CharField(_("ผู้ลงนาม"), max_length=160, blank=True)
    headers = models.JSONField(default=list, db_default=[])
    acting = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+", db_index=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(_("เหตุผล"), max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = _("ยอดยกมา")
        indexes = [models.Index(fields=["province_code", "-id"], name="carry_over_by_province")]


class CarryOverLine(FilledLine):
    carry_over = models.ForeignKey(CarryOver, models.CASCADE, related_name="lines")

    class Meta:
        verbose_name = _("แถวของยอดยกมา")


class YardstickRound(models.Model):
    """Open households judged again after the yardstick changed; without an end it is still under way.

    `stood` says by what they were judged: the versions of the indicator sets and, per province, the stage
    criteria in force. Empty province code: everywhere. Households up to `cursor` are done.
    """

    id = models.BigAutoField(primary_key=True)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    stood = models.JSONField(default=dict)
    cursor = models.UUIDField(null=True)
    done = models.IntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("รอบการประเมินใหม่เมื่อเกณฑ์เปลี่ยน")


class VerificationSheet(models.Model):
    """A workbook of households to verify that somebody took out of the system, and what stood in it then.

    `stood` maps person ids to the status they had, so that what changed meanwhile is seen on its return.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    area_code = models.CharField(max_length=8, blank=True, db_collation="C")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    households = models.IntegerField(default=0)
    persons = models.IntegerField(default=0)
    stood = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("แบบตรวจสอบที่นำออกไปกรอก")


class SheetReturn(FilledFile):
    """A verification sheet that came back."""

    sheet = models.ForeignKey(VerificationSheet, models.PROTECT, null=True, related_name="returns")

    class Meta:
        verbose_name = _("แบบตรวจสอบที่ส่งกลับ")
        indexes = [models.Index(fields=["province_code", "-id"], name="sheet_return_by_province")]


class SheetReturnLine(FilledLine):
    sheet_return = models.ForeignKey(SheetReturn, models.CASCADE, related_name="lines")

    class Meta:
        verbose_name = _("แถวของแบบตรวจสอบ")
