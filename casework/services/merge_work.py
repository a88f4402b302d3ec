"""What a merge of two households is asked with, and who may decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils.translation import gettext

from households.models import Household, HouseholdScope
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role

# What of two households is chosen field by field; `team` is who looks after the one household from now on.
FIELDS = ("head_name", "house_no", "house_code", "phone", "area_code", "place")
TEAM = "team"


@dataclass(frozen=True, slots=True)
class MergeChoices:
    """`take`: fields of FIELDS, and TEAM, for which the value of the one that goes is taken.

    `same`: person of the one that goes -> the person of the kept one that is the same.
    """

    take: frozenset[str] = frozenset()
    same: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """One merge under way; both households are locked."""

    actor: Actor
    kept: Household
    gone: Household
    day: date
    reason: str
    choices: MergeChoices


def why_not_merge(actor: Actor, kept: HouseholdScope, gone: HouseholdScope) -> str:
    """The Thai sentence that says who decides about these two; empty when this actor does."""
    if kept.province_code != gone.province_code:
        return gettext("รวมครัวเรือนข้ามจังหวัดไม่ได้")
    both_centres = kept.centre_id != gone.centre_id
    if both_centres and not (actor.is_system or actor.role is Role.PROVINCIAL_SECRETARY):
        return gettext("สองครัวเรือนนี้อยู่คนละศูนย์ ให้ฝ่ายเลขานุการจังหวัดเป็นผู้รวม")
    return ""
