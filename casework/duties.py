"""Tells the accounts what a person still owns in the work, so that nobody leaves before handing over."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.duties import Duty, Leaving

from .queries.duties import Belongings


def count_duties(leaving: Leaving) -> Iterable[Duty]:
    """Households, open steps, approvals and referrals that would lose their owner."""
    owned = Belongings(leaving)
    return (
        Duty("household", owned.assignments().count(), _("%(count)d ครัวเรือน")),
        Duty("step", owned.steps().count(), _("ขั้นตอนในแผน %(count)d ขั้น")),
        Duty("approval", len(owned.approvals()), _("เรื่องรออนุมัติ %(count)d เรื่อง")),
        Duty("referral", owned.referrals().count(), _("เรื่องส่งต่อ %(count)d เรื่อง")),
    )
