"""How a province takes nominations, kept by its secretary."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput

from ...models import NominationRule
from ...nomination_rules import APPEAL_DAYS, CHECK_DAYS, MOST_DAYS, RULE_KEEPERS
from ..guards import require_role


def rule_of(province_code: str) -> NominationRule:
    """The rule of a province; the usual one, with the public door shut, where none was set."""
    row = NominationRule.objects.select_related("changed_by").filter(pk=province_code).first()
    return row or NominationRule(
        province_code=province_code, is_public_open=False, check_days=CHECK_DAYS, appeal_days=APPEAL_DAYS
    )


def set_rule(*, actor: Actor, is_public_open: bool, check_days: int, appeal_days: int) -> NominationRule:
    """Open or shut the public door and set the days, for the secretary's own province.

    Due days of nominations already made stay. Side effect: audit row.
    """
    require_role(actor, RULE_KEEPERS)
    for field, days in (("check_days", check_days), ("appeal_days", appeal_days)):
        if not 0 < days <= MOST_DAYS:
            raise InvalidInput("bad_days", _("จำนวนวันต้องอยู่ระหว่าง 1 ถึง 365"), field=field)
    with transaction.atomic():
        before = rule_of(actor.province_code)
        row, _made = NominationRule.objects.update_or_create(
            province_code=actor.province_code,
            defaults={
                "is_public_open": is_public_open,
                "check_days": check_days,
                "appeal_days": appeal_days,
                "changed_by": actor.user,
                "changed_at": actor.now(),
            },
        )
        names = ("is_public_open", "check_days", "appeal_days")
        audit(
            actor,
            "nomination.rule",
            object_type="nomination_rule",
            object_id=row.province_code,
            province_code=row.province_code,
            changes={name: [getattr(before, name), getattr(row, name)] for name in names},
        )
    return row
