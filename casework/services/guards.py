"""Questions every service asks first: may this role do it, may it change this household."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.errors import NotAllowed

from ..access import Workable, households_to_work_on


def require_role(actor: Actor, roles: Collection[Role]) -> None:
    """The system may do everything; a person only under one of these roles."""
    if not actor.is_system and actor.role not in roles:
        raise NotAllowed("role", _("บทบาทของท่านทำรายการนี้ไม่ได้"))


def require_workable(actor: Actor, household_id: UUID) -> Workable:
    """The household, locked until the transaction ends; Http404 out of sight, NotAllowed when read-only."""
    target = households_to_work_on(actor, [household_id]).get(household_id)
    if target is None:
        raise Http404
    require_writable(actor, target)
    return target


def require_writable(actor: Actor, target: Workable) -> None:
    if not can_write(actor, target.scope):
        raise NotAllowed("read_only", _("บทบาทนี้ดูข้อมูลครัวเรือนนี้ได้อย่างเดียว ให้ศูนย์ที่รับผิดชอบเป็นผู้บันทึก"))
