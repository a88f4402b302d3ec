"""Mentor teams and the households assigned to them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7


class MentorTeam(models.Model):
    """What is particular to a centre of kind mentor_team: persons, or an organisation that mentors."""

    centre = models.OneToOneField(Centre, models.CASCADE, primary_key=True, related_name="mentor_team")
    organisation = models.CharField(_("องค์กรพี่เลี้ยง"), max_length=160, blank=True)
    model_name = models.CharField(_("รูปแบบพี่เลี้ยง"), max_length=120, blank=True)
    phone = models.CharField(_("โทรศัพท์"), max_length=20, blank=True)

    centre_id: UUID

    class Meta:
        verbose_name = _("ทีมพี่เลี้ยง")

    def __str__(self) -> str:
        return self.centre.name


class Assignment(models.Model):
    """A household in the hands of a team, optionally of one mentor in it, as an interval of days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="assignments")
    province_code = models.CharField(max_length=2, db_collation="C")
    team = models.ForeignKey(MentorTeam, models.PROTECT, related_name="assignments")
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assignments"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    end_recorded_at = models.DateTimeField(null=True)

    team_id: UUID
    household_id: UUID

    class Meta:
        verbose_name = _("การมอบหมาย")
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(valid_to=None), name="assignment_one_current"
            )
        ]
