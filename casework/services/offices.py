"""Offices of a province: entered and changed by its secretary; the five lead offices made at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from dimensions.models import DimensionInfo
from dimensions.queries import dimension_infos
from povertyops.accounts import services as accounts
from povertyops.accounts.access import get_centre_in_sphere
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Area, Centre
from povertyops.areas.services import CentreChange, CentreDraft, set_leads
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput
from povertyops.common.names import clean_text

from ..models import Office
from .guards import require_role
from .helping import agencies_by_name
from .reach import refresh_office_reach_of_province

OFFICE_KEEPERS = (Role.PROVINCIAL_SECRETARY, Role.SYSTEM_ADMIN)
ANSWER_DAYS, FINISH_DAYS, LONGEST_DAYS = 7, 30, 366


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeInput:
    """What an office is to be. `agency_name` is in whose name it gives help; "" for its own name."""

    name: str
    leads: tuple[Dimension, ...] = ()
    agency_name: str = ""
    answer_days: int = ANSWER_DAYS
    finish_days: int = FINISH_DAYS
    phone: str = ""
    is_active: bool = True


@transaction.atomic
def create_office(*, actor: Actor, province_code: str, office: OfficeInput) -> Office:
    """Enter an office under the province's centre. Raises Http404 for a province out of the actor's sphere.

    Side effects: a centre of kind office, an agency when new, audit rows.
    """
    require_role(actor, OFFICE_KEEPERS)
    _check(office)
    parent = Centre.objects.get(kind=CentreKind.PROVINCE, province_code=province_code)
    draft = CentreDraft(CentreKind.OFFICE, office.name, parent.pk)
    centre = accounts.create_centre(actor=actor, draft=draft)
    row = Office(centre=centre)
    _write(actor, row, office, "office.create")
    return row


@transaction.atomic
def change_office(*, actor: Actor, office_id: UUID, office: OfficeInput) -> Office:
    """Give an office new values. What is already with it keeps its deadlines."""
    require_role(actor, OFFICE_KEEPERS)
    _check(office)
    get_centre_in_sphere(actor, office_id)
    row = Office.objects.select_for_update().select_related("centre").get(pk=office_id)
    change = CentreChange(name=office.name, is_active=office.is_active)
    row.centre = accounts.change_centre(actor=actor, centre_id=office_id, change=change)
    _write(actor, row, office, "office.change")
    return row


@transaction.atomic
def make_lead_offices(*, actor: Actor, province_code: str) -> list[Office]:
    """The lead office of every dimension that has none yet in the province; again it makes nothing."""
    led = 0
    for mask in _leading(province_code).values_list("leads", flat=True):
        led |= mask
    place = Area.objects.get(code=province_code).name
    missing = [info for info in dimension_infos() if not Dimension(info.dimension).bit & led]
    return [_lead_office(actor, province_code, place, info) for info in missing if info.lead_office]


def _lead_office(actor: Actor, province_code: str, place: str, info: DimensionInfo) -> Office:
    office = OfficeInput(name=f"{info.lead_office}{place}", leads=(Dimension(info.dimension),))
    return create_office(actor=actor, province_code=province_code, office=office)


def _leading(province_code: str) -> QuerySet[Centre]:
    return Centre.objects.filter(province_code=province_code, kind=CentreKind.OFFICE, is_active=True)


def _check(office: OfficeInput) -> None:
    if not clean_text(office.name):
        raise InvalidInput("missing_name", _("ใส่ชื่อหน่วยงาน"), field="name")
    for field, days in (("answer_days", office.answer_days), ("finish_days", office.finish_days)):
        if not 1 <= days <= LONGEST_DAYS:
            message = _("จำนวนวันต้องอยู่ระหว่าง 1 ถึง %(most)d") % {"most": LONGEST_DAYS}
            raise InvalidInput("bad_days", message, field=field)


def _write(actor: Actor, row: Office, office: OfficeInput, action: str) -> None:
    name = clean_text(office.agency_name) or row.centre.name
    row.agency_id = agencies_by_name([name])[name]
    row.answer_days, row.finish_days = office.answer_days, office.finish_days
    row.phone = office.phone.strip()
    row.save()
    leads = Dimension.mask_of(office.leads) if office.is_active else 0
    before = row.centre.leads
    row.centre = set_leads(actor=actor, centre_id=row.pk, leads=leads)
    if before != leads:
        refresh_office_reach_of_province(row.centre.province_code, today=actor.today())
    audit(
        actor,
        action,
        object_type="office",
        object_id=row.pk,
        province_code=row.centre.province_code,
        changes={
            "agency": name,
            "answer_days": row.answer_days,
            "finish_days": row.finish_days,
            "phone": row.phone,
        },
    )
