"""Digests: who wants one through which channel, and what was sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class DigestSetting(models.Model):
    """How a person wants to be told what waits; without a row the defaults of the product hold.

    `address` is where the channel delivers, as that channel writes it; empty: the address of the account.
    `weekdays` is a mask, Monday the lowest bit.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest"
    )
    channel = models.CharField(_("ช่องทาง"), max_length=20, default="email")
    address = models.CharField(_("ส่งไปที่"), max_length=254, blank=True, db_default="")
    is_on = models.BooleanField(_("ส่งสรุปงานให้"), default=True)
    weekdays = models.SmallIntegerField(default=0b0011111)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("การรับสรุปงาน")


class DigestSent(models.Model):
    """What became of a day's digest: one row for each appointment and day, whatever happens to the task.

    `state`: "sending" (claimed; also what a crash leaves behind), "sent", "failed" (tried again, see
    `attempts`), "quiet" (nothing waited).
    """

    id = models.BigAutoField(primary_key=True)
    appointment = models.ForeignKey("accounts.Appointment", models.CASCADE, related_name="digests")
    day = models.DateField()
    channel = models.CharField(max_length=20)
    items = models.IntegerField()
    state = models.CharField(max_length=10, default="sending")
    attempts = models.SmallIntegerField(default=0, db_default=0)
    problem = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("สรุปงานที่ส่งแล้ว")
        constraints = [models.UniqueConstraint(fields=["appointment", "day"], name="digest_once_a_day")]
