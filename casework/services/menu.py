"""The help menu: national items from the reviewed data file. Can run again; what a province changed stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from dimensions.enums import Certainty, Dimension
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many

from ..enums import HelpNature
from ..models import HelpMenuItem

SOURCE = Path(__file__).resolve().parent.parent / "data" / "help_menu.json"
_FIELDS = ("dimension", "name", "nature", "relieves", "position")


class MenuChange(NamedTuple):
    """An item that is new or whose words changed."""

    code: str
    kind: str


def load_help_menu(*, actor: Actor, source: Path = SOURCE) -> list[MenuChange]:
    """Bring the national items up to the file; returns what changed. Items that left it become inactive."""
    wanted = {item["code"]: _values(place, item) for place, item in enumerate(_items(source))}
    with transaction.atomic():
        known = {row.code: row for row in HelpMenuItem.objects.select_for_update().filter(province_code="")}
        changes = [_apply(known.get(code), code, values) for code, values in wanted.items()]
        for code, row in known.items():
            if code not in wanted and row.is_active:
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
        Dimension(item["dimension"]), HelpNature(item["nature"]), Certainty(item["certainty"])
    return items


def _values(place: int, item: dict[str, Any]) -> dict[str, Any]:
    return {**{name: item[name] for name in _FIELDS if name != "position"}, "position": place}


def _apply(row: HelpMenuItem | None, code: str, values: dict[str, Any]) -> MenuChange | None:
    if row is None:
        HelpMenuItem.objects.create(code=code, province_code="", **values)
        return MenuChange(code, "new")
    if all(getattr(row, name) == value for name, value in values.items()) and row.is_active:
        return None
    for name, value in values.items():
        setattr(row, name, value)
    row.is_active = True
    row.save(update_fields=[*values, "is_active"])
    return MenuChange(code, "changed")
