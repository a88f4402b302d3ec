"""What recording help needs everywhere: menu items, agencies by name, promises, and the row itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.names import clean_text

from ..enums import HelpStatus
from ..inputs import HelpInput
from ..models import Agency, Help, HelpMenuItem

LONGEST_AGENCY = 200


@dataclass(slots=True)
class HelpContext:
    """What the helps of one piece of work refer to, loaded at once."""

    items: Mapping[UUID, HelpMenuItem] = field(default_factory=dict)
    promises: Mapping[UUID, Help] = field(default_factory=dict)
    kept_promises: set[UUID] = field(default_factory=set)
    used_ids: set[UUID] = field(default_factory=set)
    standing_items: set[UUID] = field(default_factory=set)

    def check(self, helps: Sequence[HelpInput], household_id: UUID, province_code: str) -> None:
        """Raises InvalidInput or Conflict when one of them refers to what it may not.

        Good ones use up their ids and the promises they keep; of a refused visit nothing is used up.
        """
        ids, promises = set(self.used_ids), set(self.kept_promises)
        for help_ in helps:
            self._check_item(help_, household_id, province_code)
            if help_.id in ids:
                raise Conflict("help_exists", _("บันทึกความช่วยเหลือนี้ไปแล้ว"))
            ids.add(help_.id)
            if help_.fulfils is not None:
                self._check_promise(help_.fulfils, household_id, promises)
                promises.add(help_.fulfils)
        self.used_ids, self.kept_promises = ids, promises

    def _check_item(self, help_: HelpInput, household_id: UUID, province_code: str) -> None:
        item = self.items.get(help_.item_id)
        if item is None or item.province_code not in ("", province_code) or not self._may_give(item, help_):
            raise InvalidInput("unknown_item", _("ไม่พบรายการช่วยเหลือนี้ในเมนู โปรดเลือกรายการใหม่"), field="item")
        if help_.household_id not in (None, household_id):
            raise InvalidInput("other_household", _("ความช่วยเหลือนี้เป็นของครัวเรือนอื่น"), field="household")
        if len(clean_text(help_.agency_name)) > LONGEST_AGENCY:
            raise InvalidInput("long_agency", _("ชื่อหน่วยงานยาวเกินไป"), field="agency")

    def _may_give(self, item: HelpMenuItem, help_: HelpInput) -> bool:
        """An item taken off the menu still stands where it was promised, or in a help that is corrected."""
        promise = self.promises.get(help_.fulfils) if help_.fulfils else None
        was_promised = promise is not None and promise.item_id == item.pk
        return item.is_active or was_promised or item.pk in self.standing_items

    def _check_promise(self, promise_id: UUID, household_id: UUID, kept: set[UUID]) -> None:
        promise = self.promises.get(promise_id)
        if promise is None or promise.household_id != household_id:
            raise InvalidInput("unknown_promise", _("ไม่พบคำรับปากนี้ในครัวเรือนนี้"), field="fulfils")
        if promise_id in kept:
            raise Conflict("promise_kept", _("คำรับปากนี้ส่งมอบหรือยกเลิกไปแล้ว"))

    def agencies_of(self, helps: Iterable[HelpInput]) -> dict[str, UUID]:
        """Name as typed -> agency, made when it is new."""
        return agencies_by_name({help_.agency_name for help_ in helps})


def load_help_context(helps: Iterable[HelpInput]) -> HelpContext:
    """Items, promises and ids these helps refer to: no query without helps, at most four for any number."""
    found = list(helps)
    if not found:
        return HelpContext()
    context = HelpContext(
        items=HelpMenuItem.objects.in_bulk({help_.item_id for help_ in found}),
        used_ids=set(Help.objects.filter(pk__in=[help_.id for help_ in found]).values_list("pk", flat=True)),
    )
    promised = {help_.fulfils for help_ in found if help_.fulfils is not None}
    if promised:
        standing = Help.objects.filter(status=HelpStatus.PROMISED, is_void=False, amendments=None)
        context.promises = standing.in_bulk(promised)
        kept = Help.objects.filter(fulfils__in=promised, is_void=False, amendments=None)
        context.kept_promises = {pk for pk in kept.values_list("fulfils", flat=True) if pk is not None}
    return context


def agencies_by_name(names: Iterable[str]) -> dict[str, UUID]:
    """Name as typed -> id of the agency with the cleaned name; new ones are made, two at once make one."""
    cleaned = {name: clean_text(name) for name in names if clean_text(name)}
    if not cleaned:
        return {}
    wanted = sorted(set(cleaned.values()))
    known = dict(Agency.objects.filter(name__in=wanted).values_list("name", "pk"))
    missing = [name for name in wanted if name not in known]
    if missing:
        known |= _make_agencies(missing)
    return {name: known[clean] for name, clean in cleaned.items()}


def _make_agencies(names: list[str]) -> dict[str, UUID]:
    """Insert agencies; one that another request made meanwhile answers with its own id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO casework_agency (id, name, sector)
               SELECT id, name, '' FROM unnest(%s::uuid[], %s::text[]) AS new (id, name)
               ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING name, id""",
            [[uuid7() for _name in names], names],
        )
        return dict(cursor.fetchall())


def help_row(
    actor: Actor,
    help_: HelpInput,
    *,
    item: HelpMenuItem,
    agency_id: UUID | None,
    household_id: UUID,
    province_code: str,
    area_code: str,
    visit_id: UUID | None = None,
) -> Help:
    """The row of a help, with what the menu says of it on this day."""
    return Help(
        id=help_.id,
        household_id=household_id,
        province_code=province_code,
        area_code=area_code,
        visit_id=visit_id,
        item=item,
        agency_id=agency_id,
        dimension=item.dimension,
        nature=item.nature,
        relieves=item.relieves,
        status=help_.status,
        given_on=help_.given_on,
        amount_baht=help_.amount_baht,
        detail=help_.detail.strip(),
        letter_number=help_.letter_number.strip(),
        fulfils_id=help_.fulfils,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )


def void_row(actor: Actor, wrong: Help, *, pk: UUID | None = None, detail: str = "") -> Help:
    """The row that takes a help back without putting anything in its place."""
    return Help(
        id=pk or uuid7(),
        household_id=wrong.household_id,
        province_code=wrong.province_code,
        area_code=wrong.area_code,
        visit_id=wrong.visit_id,
        batch_id=wrong.batch_id,
        item_id=wrong.item_id,
        agency_id=wrong.agency_id,
        dimension=wrong.dimension,
        nature=wrong.nature,
        relieves=wrong.relieves,
        status=wrong.status,
        given_on=wrong.given_on,
        amount_baht=wrong.amount_baht,
        detail=detail,
        letter_number=wrong.letter_number,
        amends=wrong,
        is_void=True,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )
