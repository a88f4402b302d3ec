"""Villages are learned from target lists: their codes and the names the lists give them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povertyops.common.audit import Acting, audit_many
from povertyops.common.errors import InvalidInput
from povertyops.common.names import clean_text, sort_key

from ..enums import CODE_LENGTH, Level
from ..models import Area
from ..rules import same_village_name


@dataclass(frozen=True, slots=True)
class VillageSeen:
    """A village as a list names it; `code` has eight digits under a current subdistrict."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class VillageNotice:
    """A list calls a village otherwise than it is known; the new name was kept among its other names."""

    code: str
    name: str
    known_as: str


@transaction.atomic
def learn_villages(*, actor: Acting, villages: Iterable[VillageSeen]) -> list[VillageNotice]:
    """Make villages that are not known yet; return those that carry a second name.

    The first name stays. A village known without a name takes the first one it is given. Raises InvalidInput
    when a code lies under no current subdistrict. A fixed number of queries for any number of villages, one
    audit row for each village made or named.
    """
    names = _names_by_code(villages)
    _refuse_homeless(names)
    known = Area.objects.in_bulk(names)
    notices = [
        VillageNotice(code, name, area.name)
        for code, area in known.items()
        for name in names[code]
        if area.name and not same_village_name(area.name, name)
    ]
    # Only what is news is locked: most lists bring none.
    news = {code: heard for code, heard in names.items() if _is_news(known.get(code), heard)}
    return notices + _learn(actor, news, known.keys()) if news else notices


def _is_news(area: Area | None, heard: list[str]) -> bool:
    if area is None:
        return True
    return any(
        not area.name or not (same_village_name(area.name, name) or name in area.other_names)
        for name in heard
    )


def _learn(actor: Acting, news: dict[str, list[str]], known: Container[str]) -> list[VillageNotice]:
    """Make and name; notices of second names inside this very list for villages that were not known."""
    # Two imports may learn the same village at once: the second finds it there and only adds its name.
    made = [_village(code) for code in news if code not in known]
    Area.objects.bulk_create(made, ignore_conflicts=True, batch_size=2_000)
    named: list[Area] = []
    renamed: list[Area] = []
    notices: list[VillageNotice] = []
    for area in Area.objects.filter(code__in=news).order_by("code").select_for_update():
        had_name = bool(area.name)
        heard = [notice for name in news[area.code] if (notice := _hear(area, name))]
        if area.code not in known:
            notices += heard
        (renamed if had_name else named).append(area)
    Area.objects.bulk_update([*named, *renamed], ["name", "sort_key", "other_names"], batch_size=2_000)
    _write_down(actor, "village.learned", named)
    _write_down(actor, "village.other_name", renamed)
    return notices


def _names_by_code(villages: Iterable[VillageSeen]) -> dict[str, list[str]]:
    """Distinct cleaned names of each code, in the order they were seen."""
    names: dict[str, dict[str, None]] = {}
    for village in villages:
        heard = names.setdefault(village.code, {})
        if name := clean_text(village.name):
            heard[name] = None
    return {code: list(heard) for code, heard in names.items()}


def _refuse_homeless(codes: Iterable[str]) -> None:
    parents = {code[: CODE_LENGTH[Level.SUBDISTRICT]] for code in codes}
    current = Area.objects.filter(code__in=parents, level=Level.SUBDISTRICT, is_current=True)
    lost = parents - set(current.values_list("code", flat=True))
    wrong = [code for code in codes if len(code) != CODE_LENGTH[Level.VILLAGE] or not code.isdecimal()]
    if lost or wrong:
        raise InvalidInput(
            "unknown_subdistrict",
            _("มีรหัสหมู่บ้านที่ไม่อยู่ในตำบลใด ตรวจรหัสตำบล 6 หลักให้ตรงกับรหัสปัจจุบัน"),
            codes=sorted(lost) + wrong,
        )


def _village(code: str) -> Area:
    return Area(code=code, level=Level.VILLAGE, name="", sort_key="", parent_id=code[:6])


def _hear(area: Area, name: str) -> VillageNotice | None:
    """Let the village take a name it is called; a notice when it already has another."""
    if not area.name:
        area.name, area.sort_key = name, sort_key(name)
        return None
    if same_village_name(area.name, name):
        return None
    if name not in area.other_names:
        area.other_names = [*area.other_names, name]
    return VillageNotice(area.code, name, area.name)


def _write_down(actor: Acting, action: str, areas: list[Area]) -> None:
    rows = [(a.code, None, a.code[:2], {"name": a.name, "other_names": a.other_names}) for a in areas]
    audit_many(actor, action, object_type="area", rows=rows)
