"""What the lines of an opening balance become: helps given then and recorded now, stages carried over; and
how both are taken back.

The caller holds the balance locked and asks for some hundred lines at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext

from dimensions.enums import Dimension, Stage
from households.access import can_give_help, can_write
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many
from povertyops.common.ids import uuid7
from povertyops.common.languages import kept_in_thai

from ..access import Workable, households_to_work_on
from ..enums import HelpNature
from ..inputs import HelpInput
from ..models import CarryOver, CarryOverLine, Case, Help, HelpMenuItem, StageEvent
from .after import after_write
from .carry_over_reading import (
    NEW,
    SAME,
    UNNAMED,
    day_of_stage,
    dimension_of_unnamed,
    help_key,
    helps_there,
    standings,
    why_not_carried,
)
from .helping import agencies_by_name, help_row, void_row
from .stages import CarriedStage, correct_stages, write_carried_stages

LINES_AT_ONCE = 500


def write_helps(
    actor: Actor, row: CarryOver, lines: Sequence[CarryOverLine], targets: dict[UUID, Workable]
) -> None:
    """Helps recorded now and given then, by the rules of help: what is there already is left alone."""
    there = helps_there(targets)
    items = _items_of(lines, targets)
    agencies = agencies_by_name({line.data["agency"] for line in lines})
    made: list[Help] = []
    for line in lines:
        target = targets.get(line.household_id) if line.household_id else None
        if target is None or not can_give_help(actor, target.scope):
            line.fault = "unknown_household"
            continue
        data = line.data
        day, amount = date.fromisoformat(data["day"]), Decimal(data["amount"])
        key = help_key(target.household.pk, data["item"], day, amount, data["detail"])
        if key in there:
            line.data = {**data, "kind": SAME}
            continue
        there.add(key)
        help_ = HelpInput(
            id=uuid7(),
            item_id=items[target.household.province_code, data["item"]].pk,
            given_on=day,
            amount_baht=amount,
            detail=data["detail"],
            letter_number=data["letter"],
        )
        made.append(_help(actor, row, help_, line, target, items, agencies))
        line.made_id = help_.id
    Help.objects.bulk_create(made, batch_size=1_000)
    _audit_helps(actor, "help.carry", row, made)
    if made:
        ids = {each.household_id for each in made}
        after_write(actor=actor, household_ids=ids, since=min(each.given_on for each in made))


def _help(
    actor: Actor,
    row: CarryOver,
    help_: HelpInput,
    line: CarryOverLine,
    target: Workable,
    items: dict[tuple[str, str], HelpMenuItem],
    agencies: dict[str, UUID],
) -> Help:
    made = help_row(
        actor,
        help_,
        item=items[target.household.province_code, line.data["item"]],
        agency_id=agencies.get(line.data["agency"]),
        household_id=target.household.pk,
        province_code=target.household.province_code,
        area_code=target.scope.area_code,
    )
    made.carry_over = row
    return made


def _items_of(
    lines: Sequence[CarryOverLine], targets: dict[UUID, Workable]
) -> dict[tuple[str, str], HelpMenuItem]:
    """(province, what the line names) -> item; that of a dimension's unnamed helps is made when needed."""
    wanted = {
        (targets[line.household_id].household.province_code, line.data["item"])
        for line in lines
        if line.household_id in targets
    }
    known = HelpMenuItem.objects.in_bulk({item for _province, item in wanted if not item.startswith(UNNAMED)})
    by_id = {str(pk): item for pk, item in known.items()}
    return {
        (province, item): by_id[item]
        if (dimension := dimension_of_unnamed(item)) is None
        else _unnamed_item(province, dimension)
        for province, item in sorted(wanted)
    }


def _unnamed_item(province: str, dimension: Dimension) -> HelpMenuItem:
    """Off the menu, and relieving nothing: only an item that a person marked so relieves."""
    with kept_in_thai():
        name = gettext("ความช่วยเหลือก่อนใช้ระบบ (ไม่ระบุรายการ)")
    item, _made = HelpMenuItem.objects.get_or_create(
        province_code=province,
        code=f"{UNNAMED}{dimension.value}",
        defaults={
            "dimension": dimension.value,
            "name": name,
            "nature": HelpNature.RELIEF,
            "relieves": False,
            "is_active": False,
        },
    )
    return item


def _audit_helps(actor: Actor, action: str, row: CarryOver, helps: Sequence[Help]) -> None:
    audit_many(
        actor,
        action,
        object_type="help",
        rows=[
            (
                each.pk,
                each.household_id,
                each.province_code,
                {"carry_over": str(row.pk), "amount": str(each.amount_baht), "on": each.given_on.isoformat()},
            )
            for each in helps
        ],
    )


def write_stages(
    actor: Actor, row: CarryOver, lines: Sequence[CarryOverLine], targets: dict[UUID, Workable]
) -> None:
    """Stages by the rules they were previewed with, judged again now that the households are locked."""
    list(Case.objects.select_for_update().filter(household__in=targets, closed_on=None).order_by("pk"))
    standing = standings(targets)
    carried: list[CarriedStage] = []
    for line in lines:
        target = targets.get(line.household_id) if line.household_id else None
        if target is None or not can_write(actor, target.scope):
            line.fault = "unknown_household"
            continue
        known = standing.get(target.household.pk)
        stage, day = Stage(line.data["stage"]), date.fromisoformat(line.data["day"])
        with kept_in_thai():
            wrong = why_not_carried(known, stage, day)
        if wrong is not None or known is None:
            line.fault, line.details = (wrong.code, dict(wrong.details)) if wrong else ("closed", {})
        elif known.stage == stage:
            line.data = {**line.data, "kind": SAME}
        else:
            line.made_id = uuid7()
            carried.append(
                CarriedStage(
                    event_id=line.made_id,
                    case_id=known.case_id,
                    household_id=target.household.pk,
                    province_code=target.household.province_code,
                    present=known.stage,
                    stage=stage,
                    effective_on=day_of_stage(known, day),
                    reached_on=day,
                )
            )
    if carried:
        write_carried_stages(
            actor=actor,
            carried=carried,
            document=row.document,
            signed_by=row.signed_by,
            carry_over_id=row.pk,
        )


def void_helps(actor: Actor, row: CarryOver) -> bool:
    """Take the next helps back by rows that amend them; False when none are left."""
    standing = Help.objects.filter(carry_over=row, is_void=False, amendments=None)
    helps = list(standing.order_by("household_id", "pk")[:LINES_AT_ONCE])
    if not helps:
        return False
    households_to_work_on(actor, {each.household_id for each in helps})
    voids = [void_row(actor, each, detail=row.undo_reason) for each in helps]
    Help.objects.bulk_create(voids, batch_size=1_000)
    _audit_helps(actor, "help.void", row, voids)
    ids = {each.household_id for each in helps}
    after_write(actor=actor, household_ids=ids, since=min(each.given_on for each in helps))
    return True


def take_stages_back(actor: Actor, row: CarryOver) -> bool:
    """Back to the stage that each case had; False when none are left."""
    pending = CarryOverLine.objects.filter(carry_over=row, made_id__isnull=False, data__kind=NEW)
    lines = list(pending.order_by("id")[:LINES_AT_ONCE])
    if not lines:
        return False
    households_to_work_on(actor, {line.household_id for line in lines if line.household_id})
    events = StageEvent.objects.filter(pk__in=[line.made_id for line in lines], case__stage=F("to_stage"))
    correct_stages(actor=actor, events=list(events), carry_over_id=row.pk)
    for line in lines:
        line.data = {**line.data, "kind": "undone"}
    CarryOverLine.objects.bulk_update(lines, ["data"], batch_size=500)
    return True
