"""Help outside a visit: one, the same for many households at once, corrected, taken back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from households.access import can_give_help
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit, audit_many
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7

from ..access import Workable, get_help_for, households_to_work_on
from ..enums import HelpStatus
from ..inputs import HelpInput
from ..models import Help, HelpBatch
from ..rules import BULK_HELP_ROLES, REPEAT_WITHIN_DAYS
from ..validators import check_amount, check_help
from .after import after_write
from .cohort import mark_places
from .guards import in_own_name, own_agency_name, require_helpable, require_own_help, require_role
from .helping import agencies_by_name, help_row, load_help_context, void_row

LARGEST_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Repeat:
    """A help that looks like the one about to be recorded."""

    household_id: UUID
    help_id: UUID
    given_on: date
    amount_baht: Decimal
    letter_number: str


def record_help(*, actor: Actor, help: HelpInput, referral_id: UUID | None = None) -> Help:
    """Store one help. Sent again it answers the stored row; with other content it is a Conflict.

    An office records it in the name of its own agency. `referral_id` is the referral that the help answers.
    Side effects: agency when new, audit row, `after_write`.
    """
    if help.household_id is None:
        raise InvalidInput("household_needed", _("โปรดเลือกครัวเรือน"), field="household")
    with transaction.atomic():
        target = require_helpable(actor, help.household_id)
        help = in_own_name(actor, help)
        if stored := Help.objects.filter(pk=help.id).select_related("agency").first():
            return _same_or_conflict(actor, stored, help)
        check_help(help, today=actor.today())
        context = load_help_context([help])
        context.check([help], target.household.pk, target.household.province_code)
        row = help_row(
            actor,
            help,
            item=context.items[help.item_id],
            agency_id=context.agencies_of([help]).get(help.agency_name),
            household_id=target.household.pk,
            province_code=target.household.province_code,
            area_code=target.scope.area_code,
        )
        row.referral_id = referral_id
        row.save(force_insert=True)
        _audit_help(actor, "help.record", row)
        after_write(actor=actor, household_ids=[row.household_id], since=row.given_on)
    return row


def amend_help(*, actor: Actor, help_id: UUID, replacement: HelpInput | None, reason: str) -> Help:
    """Correct a help by a new row, or take it back without a replacement. The wrong row stays as history.

    An office corrects what its own agency gave.
    """
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่แก้ไข"), field="reason")
    with transaction.atomic():
        wrong = get_help_for(actor, help_id)
        target = require_helpable(actor, wrong.household_id)
        require_own_help(actor, wrong)
        if wrong.is_void or Help.objects.filter(amends=wrong).exists():
            raise Conflict("already_amended", _("รายการนี้ถูกแก้ไขหรือยกเลิกไปแล้ว โปรดเปิดรายการล่าสุด"))
        if replacement is None:
            row = void_row(actor, wrong, detail=reason.strip()[:500])
        else:
            row = _replacement_row(actor, wrong, in_own_name(actor, replacement), target)
        row.referral_id = wrong.referral_id
        row.save(force_insert=True)
        _audit_help(actor, "help.void" if row.is_void else "help.amend", row, reason=reason.strip())
        after_write(actor=actor, household_ids=[wrong.household_id], since=min(wrong.given_on, row.given_on))
        if row.agency_id != wrong.agency_id:
            mark_places([wrong.household_id])
    return row


def _replacement_row(actor: Actor, wrong: Help, replacement: HelpInput, target: Workable) -> Help:
    checked = dataclasses.replace(
        replacement, household_id=wrong.household_id, fulfils=replacement.fulfils or wrong.fulfils_id
    )
    check_help(checked, today=actor.today())
    context = load_help_context([checked])
    context.kept_promises -= {wrong.fulfils_id}
    context.standing_items = {wrong.item_id}
    context.check([checked], wrong.household_id, wrong.province_code)
    row = help_row(
        actor,
        checked,
        item=context.items[checked.item_id],
        agency_id=context.agencies_of([checked]).get(checked.agency_name),
        household_id=wrong.household_id,
        province_code=wrong.province_code,
        area_code=target.scope.area_code,
        visit_id=wrong.visit_id,
    )
    row.batch_id = wrong.batch_id
    row.amends = wrong
    return row


def likely_repeats(
    *,
    household_ids: Iterable[UUID],
    item_id: UUID,
    amount_baht: Decimal,
    given_on: date,
    letter_number: str = "",
) -> list[Repeat]:
    """Standing helps of this item in these households: same amount within thirty days, or same letter."""
    near = Q(
        amount_baht=amount_baht,
        given_on__range=(
            given_on - timedelta(days=REPEAT_WITHIN_DAYS),
            given_on + timedelta(days=REPEAT_WITHIN_DAYS),
        ),
    )
    if letter_number.strip():
        near |= Q(letter_number=letter_number.strip())
    rows = Help.objects.filter(
        near, household__in=list(household_ids), item=item_id, is_void=False, amendments=None
    ).order_by("given_on", "pk")
    return [
        Repeat(*row)
        for row in rows.values_list("household_id", "pk", "given_on", "amount_baht", "letter_number")
    ]


def record_help_batch(
    *,
    actor: Actor,
    batch_id: UUID,
    household_ids: Sequence[UUID],
    item_id: UUID,
    agency_name: str,
    amount_baht: Decimal,
    given_on: date,
    letter_number: str,
    detail: str = "",
    allow_repeat: bool = False,
) -> HelpBatch:
    """The same delivered help for many households under one letter, in a constant number of statements.

    Raises Conflict "likely_repeat" (details: repeats) unless `allow_repeat`. The same batch id answers the
    stored batch. One household out of sight refuses the whole batch.
    """
    ids = sorted(set(household_ids))
    require_role(actor, BULK_HELP_ROLES)
    _check_batch(ids, amount_baht, given_on, letter_number, actor.today())
    with transaction.atomic():
        if stored := HelpBatch.objects.filter(pk=batch_id).first():
            return _stored_batch(actor, stored, letter_number)
        targets = households_to_work_on(actor, ids)
        _check_targets(actor, ids, targets.values())
        if not allow_repeat:
            _refuse_repeats(ids, item_id, amount_baht, given_on, letter_number)
        batch = _make_batch(actor, batch_id, targets, letter_number, amount_baht)
        rows = _batch_rows(actor, batch, targets, item_id, agency_name, given_on, detail)
        Help.objects.bulk_create(rows, batch_size=2_000)
        audit_many(
            actor,
            "help.batch",
            object_type="help",
            rows=[
                (
                    row.pk,
                    row.household_id,
                    row.province_code,
                    {"batch": str(batch_id), "letter": letter_number, "amount": str(amount_baht)},
                )
                for row in rows
            ],
        )
        after_write(actor=actor, household_ids=ids, since=given_on)
    return batch


def _check_batch(
    ids: Sequence[UUID], amount: Decimal, given_on: date, letter_number: str, today: date
) -> None:
    if not ids:
        raise InvalidInput("no_households", _("โปรดเลือกครัวเรือนอย่างน้อยหนึ่งครัวเรือน"))
    if len(ids) > LARGEST_BATCH:
        raise InvalidInput(
            "too_many", _("บันทึกได้ครั้งละไม่เกิน %(limit)d ครัวเรือน โปรดแบ่งเป็นหลายชุด") % {"limit": LARGEST_BATCH}
        )
    if not letter_number.strip():
        raise InvalidInput("letter_needed", _("โปรดระบุเลขที่หนังสือ"), field="letter_number")
    if given_on > today:
        raise InvalidInput("future_help", _("วันที่ให้ความช่วยเหลืออยู่ในอนาคต"), field="given_on")
    check_amount(amount)


def _check_targets(actor: Actor, ids: Sequence[UUID], targets: Iterable[Workable]) -> None:
    found = list(targets)
    if len(found) != len(ids):
        raise Http404
    if any(not can_give_help(actor, target.scope) for target in found):
        raise NotAllowed("read_only", _("บางครัวเรือนอยู่ในความรับผิดชอบของเทศบาล ศูนย์นี้ดูได้อย่างเดียว"))
    if len({target.household.province_code for target in found}) > 1:
        raise InvalidInput("many_provinces", _("ครัวเรือนในชุดเดียวกันต้องอยู่ในจังหวัดเดียวกัน"))


def _refuse_repeats(
    ids: Sequence[UUID], item_id: UUID, amount: Decimal, given_on: date, letter_number: str
) -> None:
    repeats = likely_repeats(
        household_ids=ids, item_id=item_id, amount_baht=amount, given_on=given_on, letter_number=letter_number
    )
    if repeats:
        households = len({repeat.household_id for repeat in repeats})
        raise Conflict(
            "likely_repeat",
            ngettext_lazy(
                "%(count)d ครัวเรือนมีความช่วยเหลือแบบเดียวกันอยู่แล้ว โปรดตรวจก่อนยืนยัน",
                "%(count)d ครัวเรือนมีความช่วยเหลือแบบเดียวกันอยู่แล้ว โปรดตรวจก่อนยืนยัน",
                households,
            )
            % {"count": households},
            repeats=repeats,
        )


def _make_batch(
    actor: Actor, batch_id: UUID, targets: dict[UUID, Workable], letter_number: str, amount: Decimal
) -> HelpBatch:
    batch = HelpBatch(
        id=batch_id,
        province_code=next(iter(targets.values())).household.province_code,
        letter_number=letter_number.strip(),
        households=len(targets),
        amount_baht=amount,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("batch_exists", _("บันทึกชุดนี้ไปแล้ว")) from error
    return batch


def _batch_rows(
    actor: Actor,
    batch: HelpBatch,
    targets: dict[UUID, Workable],
    item_id: UUID,
    agency_name: str,
    given_on: date,
    detail: str,
) -> list[Help]:
    name = own_agency_name(actor) or agency_name
    helps = [
        HelpInput(
            id=uuid7(),
            household_id=household_id,
            item_id=item_id,
            agency_name=name,
            given_on=given_on,
            amount_baht=batch.amount_baht,
            detail=detail,
            status=HelpStatus.DELIVERED,
            letter_number=batch.letter_number,
        )
        for household_id in targets
    ]
    context = load_help_context(helps[:1])
    context.check(helps[:1], next(iter(targets)), batch.province_code)
    agency_id = agencies_by_name([name]).get(name)
    rows = []
    for help_, target in zip(helps, targets.values(), strict=True):
        row = help_row(
            actor,
            help_,
            item=context.items[item_id],
            agency_id=agency_id,
            household_id=target.household.pk,
            province_code=target.household.province_code,
            area_code=target.scope.area_code,
        )
        row.batch = batch
        rows.append(row)
    return rows


def _stored_batch(actor: Actor, stored: HelpBatch, letter_number: str) -> HelpBatch:
    if stored.recorded_by_id == actor.user_id and stored.letter_number == letter_number.strip():
        return stored
    raise Conflict("batch_exists", _("บันทึกชุดนี้ไปแล้ว"))


def _same_or_conflict(actor: Actor, stored: Help, help_: HelpInput) -> Help:
    same = (
        stored.household_id == help_.household_id
        and stored.item_id == help_.item_id
        and stored.given_on == help_.given_on
        and stored.amount_baht == help_.amount_baht
        and stored.status == help_.status
    )
    if not same:
        raise Conflict("help_exists", _("รหัสรายการนี้ถูกใช้กับความช่วยเหลืออื่นแล้ว"))
    return stored


def _audit_help(actor: Actor, action: str, row: Help, **facts: str) -> None:
    audit(
        actor,
        action,
        object_type="help",
        object_id=row.pk,
        household_id=row.household_id,
        province_code=row.province_code,
        changes={
            "item": str(row.item_id),
            "amount": str(row.amount_baht),
            "given_on": row.given_on.isoformat(),
            "amends": str(row.amends_id or ""),
            **facts,
        },
    )
