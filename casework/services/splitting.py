"""A household that becomes two: some of its members found one of their own, and both keep their stories.

Two that become one are merged (`merging`), with the day and the reason.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.enums import LinkKind
from households.inputs import NewPerson
from households.models import Household, Membership
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.areas.models import Area
from povertyops.areas.queries import Responsible, responsible_centres
from povertyops.areas.services import VillageSeen, learn_villages
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput

from .after import after_write
from .guards import require_role, require_workable
from .persons_moving import check_move, leave, link_homes
from .taking_in import take_in_household


def split_household(
    *,
    actor: Actor,
    household_id: UUID,
    person_ids: Collection[UUID],
    area_code: str,
    house_no: str,
    dimensions: int,
    on: date,
    reason: str,
    head_id: UUID | None = None,
    new_head_id: UUID | None = None,
) -> Household:
    """Found a new household with some of the members of one; it is taken into care as found by survey.

    `head_id` is the head of the new household (the first named otherwise), `new_head_id` that of the old one
    where its head leaves. Side effects: those of `take_in_household`, memberships ended, links both ways,
    audit row, `after_write`. Raises Http404, InvalidInput naming the field, Conflict.
    """
    require_role(actor, OFFICER_ROLES)
    check_move(reason, on, actor.today())
    if not 0 <= dimensions <= Dimension.mask_of(Dimension):
        raise InvalidInput("bad_dimensions", _("มิติไม่ถูกต้อง"), field="dimensions")
    with transaction.atomic():
        target = require_workable(actor, household_id)
        centre = _centre(actor, target.household, target.scope.centre_id, area_code)
        rows = leave(
            actor=actor, household_id=household_id, person_ids=person_ids, on=on, new_head_id=new_head_id
        )
        new = take_in_household(
            actor=actor,
            area_code=area_code,
            centre=centre,
            house_no=house_no.strip(),
            house_code="",
            phone="",
            persons=_new_persons(rows, head_id),
            dimensions=dimensions,
            on=on,
            reason=reason.strip(),
        )
        for one, other in ((household_id, new.pk), (new.pk, household_id)):
            link_homes(
                actor=actor,
                household_id=one,
                other_id=other,
                kind=LinkKind.SPLIT,
                person_ids=[row.person_id for row in rows],
                on=on,
                reason=reason,
            )
        audit(
            actor,
            "household.split",
            object_type="household",
            object_id=household_id,
            household_id=household_id,
            province_code=target.household.province_code,
            changes={
                "new": str(new.pk),
                "persons": len(rows),
                "on": on.isoformat(),
                "reason": reason.strip(),
            },
        )
        after_write(actor=actor, household_ids=[household_id], since=on)
    return new


def _centre(actor: Actor, household: Household, centre_id: UUID, area_code: str) -> Responsible:
    """Who answers for the new home: the same centre, unless the province splits."""
    current = Area.objects.filter(code=area_code[:6], is_current=True)
    if len(area_code) != 8 or area_code[:2] != household.province_code or not current.exists():
        raise InvalidInput("unknown_village", _("ไม่พบหมู่บ้าน โปรดเลือกจากรายการในจังหวัดนี้"), field="area_code")
    learn_villages(actor=actor, villages=[VillageSeen(area_code)])
    found = responsible_centres([area_code]).get(area_code)
    if found is None:
        raise InvalidInput("no_centre", _("หมู่บ้านนี้ยังไม่มีศูนย์รับผิดชอบ"), field="area_code")
    if found.centre_id != centre_id and not (actor.is_system or actor.reach.covers(household.province_code)):
        message = _("หมู่บ้านนี้เป็นของศูนย์อื่น ให้ฝ่ายเลขานุการจังหวัดเป็นผู้แยกครัวเรือน")
        raise InvalidInput("other_centre", message, field="area_code")
    return found


def _new_persons(rows: Collection[Membership], head_id: UUID | None) -> list[NewPerson]:
    heads = [row for row in rows if row.person_id == head_id] or [row for row in rows if row.is_head]
    head = (heads or list(rows))[0]
    if head_id is not None and head.person_id != head_id:
        raise InvalidInput("unknown_person", _("หัวหน้าของครัวเรือนใหม่ต้องเป็นคนที่ย้ายออก"), field="head")
    return [
        NewPerson(
            person_id=row.person_id,
            title=row.person.title,
            first_name=row.person.first_name,
            last_name=row.person.last_name,
            birth_date=row.person.birth_date,
            sex=row.person.sex,
            relation="" if row is head else row.relation,
            is_head=row is head,
        )
        for row in sorted(rows, key=lambda row: row is not head)
    ]
