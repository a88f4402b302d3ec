"""Offices of a province, and what is referred to them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.models import Household
from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7

from ..enums import ReferralStatus
from .help import Agency, HelpMenuItem


class Office(models.Model):
    """What is particular to a centre of kind office; what it leads stands on the centre (`leads`)."""

    centre = models.OneToOneField(Centre, models.CASCADE, primary_key=True, related_name="office")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="offices")
    answer_days = models.SmallIntegerField(_("รับเรื่องภายใน (วัน)"), default=7)
    finish_days = models.SmallIntegerField(_("ดำเนินการภายใน (วัน)"), default=30)
    phone = models.CharField(_("โทรศัพท์"), max_length=20, blank=True)

    centre_id: UUID

    class Meta:
        verbose_name = _("หน่วยงาน")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_days__gt=0, finish_days__gt=0), name="office_days_positive"
            )
        ]

    def __str__(self) -> str:
        return self.centre.name


class Referral(models.Model):
    """A household's need handed to an office, with a clock. The client may make `id`.

    `answer_due_on` is when it should be accepted or returned, `finish_due_on` when done; a missed one is
    escalated to the secretary once for each. A returned one may be sent again elsewhere, once: the new
    referral names it in `resends`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    household = models.ForeignKey(Household, models.PROTECT, related_name="referrals")
    province_code = models.CharField(max_length=2, db_collation="C")
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension)
    item = models.ForeignKey(HelpMenuItem, models.PROTECT, null=True, related_name="+", db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="referrals")
    subject = models.CharField(_("เรื่อง"), max_length=200)
    detail = models.CharField(_("รายละเอียด"), max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=ReferralStatus, default=ReferralStatus.SENT)
    resends = models.OneToOneField(
        "self", models.PROTECT, null=True, verbose_name=_("ส่งแทนเรื่องที่ถูกส่งคืน"), related_name="resent_as"
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_from = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="+", db_index=False)
    sent_on = models.DateField()
    answer_due_on = models.DateField()
    finish_due_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    finished_on = models.DateField(null=True)
    answer_escalated_at = models.DateTimeField(null=True)
    finish_escalated_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    household_id: UUID
    office_id: UUID

    class Meta:
        verbose_name = _("การส่งต่อ")
        indexes = [
            models.Index(
                fields=["office", "answer_due_on"],
                name="referral_open",
                condition=Q(status__in=[ReferralStatus.SENT, ReferralStatus.ACCEPTED]),
            ),
            models.Index(fields=["province_code", "status", "answer_due_on"], name="referral_of_province"),
        ]


class ReferralEvent(models.Model):
    """One step of a referral: who said what, when. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="events")
    status = models.CharField(max_length=10, choices=ReferralStatus)
    is_escalation = models.BooleanField(default=False)
    note = models.CharField(max_length=2000, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ความเคลื่อนไหวของการส่งต่อ")
        ordering = ["recorded_at"]
