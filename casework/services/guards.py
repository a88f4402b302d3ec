"""Questions every service asks first: may this role do it, may it change this household."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.access import can_give_help, can_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.errors import NotAllowed

from ..access import Workable, households_to_work_on
from ..inputs import HelpInput
from ..models import Help, Office


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


def require_helpable(actor: Actor, household_id: UUID) -> Workable:
    """`require_workable` for help: an office may give it to every household it sees."""
    target = households_to_work_on(actor, [household_id]).get(household_id)
    if target is None:
        raise Http404
    if not can_give_help(actor, target.scope):
        require_writable(actor, target)
    return target


def own_agency_name(actor: Actor) -> str:
    """The agency in whose name an office gives help; "" for everybody else."""
    if actor.reach.office_id is None:
        return ""
    office = Office.objects.select_related("agency", "centre").filter(pk=actor.reach.office_id).first()
    if office is None:
        raise NotAllowed("no_office", _("หน่วยงานของท่านยังไม่ได้ตั้งค่า โปรดแจ้งฝ่ายเลขานุการจังหวัด"))
    return office.agency.name if office.agency else office.centre.name


def in_own_name(actor: Actor, help_: HelpInput) -> HelpInput:
    """What an office gives, it gives itself, whatever was sent."""
    own = own_agency_name(actor)
    return dataclasses.replace(help_, agency_name=own) if own else help_


def require_own_help(actor: Actor, help_: Help) -> None:
    """An office changes only what its own agency gave."""
    own = own_agency_name(actor)
    if own and own != (help_.agency.name if help_.agency else ""):
        raise NotAllowed("not_yours", _("แก้ไขได้เฉพาะความช่วยเหลือของหน่วยงานท่าน"))
