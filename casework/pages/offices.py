"""The page of a province's offices: what each leads, its days, how much waits at it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import Http404
from django.utils import timezone

from dimensions.enums import ALL_MASK, Dimension
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import Level
from povertyops.areas.models import Area

from ..enums import ReferralStatus
from ..models import Office
from ..referral_rules import OPEN_STATUSES


def provinces_for(actor: Actor) -> list[tuple[str, str]]:
    """Provinces to choose from, for the administrator of the system."""
    if actor.role is not Role.SYSTEM_ADMIN:
        return []
    areas = Area.objects.filter(level=Level.PROVINCE, is_current=True).order_by("sort_key")
    return [(area.code, str(area)) for area in areas]


def offices_page(actor: Actor, province_code: str) -> dict[str, Any]:
    today = timezone.localdate()
    late = Q(referrals__status=ReferralStatus.SENT, referrals__answer_due_on__lt=today) | Q(
        referrals__status=ReferralStatus.ACCEPTED, referrals__finish_due_on__lt=today
    )
    rows = Office.objects.filter(centre__province_code=province_code).select_related("centre", "agency")
    offices = list(
        rows.annotate(
            waiting=Count("referrals", filter=Q(referrals__status__in=OPEN_STATUSES)),
            overdue=Count("referrals", filter=late),
        ).order_by(F("centre__is_active").desc(), "centre__name")
    )
    led = 0
    for office in offices:
        led |= office.centre.leads
    return {
        "provinces": provinces_for(actor),
        "province": province_code,
        "offices": sorted(offices, key=_leading_first),
        "missing": Dimension.from_mask(ALL_MASK & ~led),
        "opens_queue": actor.role is Role.PROVINCIAL_SECRETARY,
    }


def _leading_first(office: Office) -> tuple[bool, int]:
    leads = office.centre.leads
    return not office.centre.is_active, (leads & -leads) or 1 << len(Dimension)


def get_office(pk: UUID) -> Office:
    """The office of a centre that access has given out; 404 for a centre that is no office."""
    office = Office.objects.select_related("centre", "agency").filter(pk=pk).first()
    if office is None:
        raise Http404
    return office
