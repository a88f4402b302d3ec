"""The help menu: national items from the reviewed data file, and who keeps what of it.

The system administrator keeps the national items; a province's secretary the province's own, and says which
national ones it hides. An item is never deleted; what was given keeps what it copied from it.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Certainty, Dimension, Stage
from dimensions.queries import indicator_sets, numbers_of
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit, audit_many
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.names import clean_text

from ..access import get_menu_item_for
from ..enums import HelpNature
from ..models import HelpMenuItem, HiddenMenuItem
from ..rules import MENU_KEEPERS
from .guards import require_role

SOURCE = Path(__file__).resolve().parent.parent / "data" / "help_menu.json"
OLDEST = 120
_FIRST_VALUES: dict[str, Any] = {
    "agency_name": "",
    "benefit": "",
    "eligibility": "",
    "stages": [],
    "indicators": [],
    "min_age": None,
    "max_age": None,
    "max_income_baht": None,
    "usual_baht": None,
}
_NEEDED = ("dimension", "name", "nature", "relieves")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInput:
    """What an item of the menu says; `indicators` are numbers of the set in force, amounts in baht."""

    dimension: str
    name: str
    nature: str = HelpNature.RELIEF
    relieves: bool = True
    agency_name: str = ""
    benefit: str = ""
    eligibility: str = ""
    stages: tuple[int, ...] = ()
    indicators: tuple[int, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    max_income_baht: int | None = None
    usual_baht: Decimal | None = None
    position: int | None = None


def may_keep(actor: Actor, item: HelpMenuItem) -> bool:
    """Whether the actor keeps this item: the administrator the nation's, a secretary the province's."""
    if actor.is_system:
        return True
    if actor.role is Role.SYSTEM_ADMIN:
        return item.province_code == ""
    return actor.role is Role.PROVINCIAL_SECRETARY and item.province_code == actor.province_code != ""


def may_hide(actor: Actor, item: HelpMenuItem) -> bool:
    """Whether the actor decides if a national item is offered in the province."""
    return actor.role is Role.PROVINCIAL_SECRETARY and item.province_code == ""


def add_menu_item(*, actor: Actor, item: ItemInput) -> HelpMenuItem:
    """A new item of the nation (administrator) or of the province (secretary), at the end unless placed."""
    require_role(actor, MENU_KEEPERS)
    values = _checked(item)
    province = "" if actor.role is Role.SYSTEM_ADMIN else actor.province_code
    with transaction.atomic():
        if values["position"] is None:
            values["position"] = _next_position(item.dimension, province)
        row = HelpMenuItem.objects.create(
            code=f"own-{uuid7().hex}", province_code=province, **values, **_signed(actor)
        )
        _audit(actor, "menu.add", row, {"name": row.name, "dimension": row.dimension})
    return row


def change_menu_item(*, actor: Actor, item_id: UUID, item: ItemInput) -> HelpMenuItem:
    """Change what an item says from now on; help given before keeps the dimension and nature it was given
    under."""
    values = _checked(item)
    with transaction.atomic():
        row = _locked(actor, item_id)
        if values["position"] is None:
            values["position"] = row.position
        before = {name: getattr(row, name) for name in values}
        changes = {
            name: [_plain(before[name]), _plain(value)]
            for name, value in values.items()
            if before[name] != value
        }
        if not changes:
            return row
        for name, value in {**values, **_signed(actor)}.items():
            setattr(row, name, value)
        row.save(update_fields=[*values, "changed_by", "changed_at"])
        _audit(actor, "menu.change", row, changes)
    return row


def set_menu_item_active(*, actor: Actor, item_id: UUID, is_active: bool) -> HelpMenuItem:
    """Take an item off the menu, or put it back. Set again it changes nothing."""
    with transaction.atomic():
        row = _locked(actor, item_id)
        if row.is_active == is_active:
            return row
        row.is_active = is_active
        for name, value in _signed(actor).items():
            setattr(row, name, value)
        row.save(update_fields=["is_active", "changed_by", "changed_at"])
        _audit(actor, "menu.active", row, {"is_active": [not is_active, is_active]})
    return row


def hide_menu_item(*, actor: Actor, item_id: UUID, hidden: bool) -> HelpMenuItem:
    """Offer a national item in the province no longer, or again. Said again it changes nothing."""
    with transaction.atomic():
        row = get_menu_item_for(actor, item_id)
        if not may_hide(actor, row):
            raise NotAllowed("role", _("บทบาทของท่านทำรายการนี้ไม่ได้"))
        hiding = HiddenMenuItem.objects.filter(province_code=actor.province_code, item=row)
        if hiding.exists() == hidden:
            return row
        if hidden:
            _made, is_new = HiddenMenuItem.objects.get_or_create(province_code=actor.province_code, item=row)
            if not is_new:
                return row
        else:
            hiding.delete()
        _audit(actor, "menu.hide", row, {"hidden": [not hidden, hidden]}, province=actor.province_code)
    return row


def _locked(actor: Actor, item_id: UUID) -> HelpMenuItem:
    found = get_menu_item_for(actor, item_id)
    row = HelpMenuItem.objects.select_for_update().get(pk=found.pk)
    if not may_keep(actor, row):
        raise NotAllowed(
            "role", _("รายการนี้แก้ได้เฉพาะผู้ดูแล: รายการกลางโดยผู้ดูแลระบบ รายการจังหวัดโดยฝ่ายเลขานุการของจังหวัด")
        )
    return row


def _checked(item: ItemInput) -> dict[str, Any]:
    """The clean values; raises InvalidInput at the field that is wrong."""
    values = dataclasses.asdict(item)
    for name in ("name", "agency_name", "benefit", "eligibility"):
        values[name] = clean_text(values[name])
    if not values["name"]:
        raise InvalidInput("name_needed", _("โปรดตั้งชื่อรายการ"), field="name")
    if item.dimension not in Dimension.values:
        raise InvalidInput("bad_dimension", _("โปรดเลือกมิติ"), field="dimension")
    if item.nature not in HelpNature.values:
        raise InvalidInput("bad_nature", _("โปรดเลือกว่าเป็นการสงเคราะห์หรือพัฒนา"), field="nature")
    values["stages"] = _known(item.stages, set(Stage.values), "stages")
    values["indicators"] = _known(item.indicators, set(numbers_in_force()), "indicators")
    _check_ages(item)
    for name in ("max_income_baht", "usual_baht"):
        if (values[name] or 0) < 0:
            raise InvalidInput("negative_amount", _("จำนวนเงินต้องไม่ติดลบ"), field=name)
    return values


def _known(chosen: tuple[int, ...], known: set[int], name: str) -> list[int]:
    if set(chosen) - known:
        raise InvalidInput("bad_choice", _("มีตัวเลือกที่ไม่รู้จัก โปรดเลือกใหม่"), field=name)
    return sorted(set(chosen))


def _check_ages(item: ItemInput) -> None:
    for name in ("min_age", "max_age"):
        age = getattr(item, name)
        if age is not None and not 0 <= age <= OLDEST:
            raise InvalidInput("bad_age", _("อายุต้องอยู่ระหว่าง 0 ถึง 120 ปี"), field=name)
    if item.min_age is not None and item.max_age is not None and item.min_age > item.max_age:
        raise InvalidInput("ages_crossed", _("อายุไม่เกิน ต้องไม่น้อยกว่าอายุตั้งแต่"), field="max_age")


def numbers_in_force() -> frozenset[int]:
    """The numbers of the newest set of indicators; the menu speaks of these."""
    newest = max(indicator_sets(), key=lambda each: each.valid_from, default=None)
    return numbers_of(newest) if newest else frozenset()


def _next_position(dimension: str, province: str) -> int:
    rows = HelpMenuItem.objects.filter(dimension=dimension, province_code__in=["", province])
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _signed(actor: Actor) -> dict[str, Any]:
    return {"changed_by": actor.user, "changed_at": actor.recorded_at or timezone.now()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _audit(
    actor: Actor, action: str, row: HelpMenuItem, changes: dict[str, Any], *, province: str = ""
) -> None:
    audit(
        actor,
        action,
        object_type="help_menu",
        object_id=row.pk,
        province_code=province or row.province_code,
        changes=changes,
    )


# ------------------------------------------------------------------------------------------ the data file


class MenuChange(NamedTuple):
    """An item that is new, whose words changed, or that left the file."""

    code: str
    kind: str


def load_help_menu(*, actor: Actor, source: Path = SOURCE) -> list[MenuChange]:
    """Bring the national items up to the file; returns what changed.

    Items that left it become inactive. What a person has changed or added stays as that person wants it.
    """
    wanted = {item["code"]: _values(place, item) for place, item in enumerate(_items(source))}
    with transaction.atomic():
        rows = HelpMenuItem.objects.select_for_update().filter(province_code="")
        known = {row.code: row for row in rows}
        changes = [_apply(known.get(code), code, values) for code, values in wanted.items()]
        for code, row in known.items():
            if code not in wanted and row.is_active and row.changed_by_id is None:
                row.is_active = False
                row.save(update_fields=["is_active"])
                changes.append(MenuChange(code, "retired"))
        made = [change for change in changes if change is not None]
        audit_many(
            actor,
            "help_menu.load",
            object_type="help_menu",
            rows=[(change.code, None, "", {"kind": change.kind}) for change in made],
        )
    return made


def _items(source: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))["items"]
    for item in items:
        Dimension(item["dimension"]), HelpNature(item["nature"])
        Certainty(item["certainty"]), Certainty(item.get("details_certainty", item["certainty"]))
    return items


def _values(place: int, item: dict[str, Any]) -> dict[str, Any]:
    needed = {name: item[name] for name in _NEEDED}
    return {
        **needed,
        **{name: item.get(name, first) for name, first in _FIRST_VALUES.items()},
        "position": place,
    }


def _apply(row: HelpMenuItem | None, code: str, values: dict[str, Any]) -> MenuChange | None:
    if row is None:
        HelpMenuItem.objects.create(code=code, province_code="", **values)
        return MenuChange(code, "new")
    if row.changed_by_id is not None:
        return None
    if all(getattr(row, name) == value for name, value in values.items()) and row.is_active:
        return None
    for name, value in values.items():
        setattr(row, name, value)
    row.is_active = True
    row.save(update_fields=[*values, "is_active"])
    return MenuChange(code, "changed")
