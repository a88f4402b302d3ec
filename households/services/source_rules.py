"""Which list is believed where several state a field: the rule as data, and the order it makes.

For each field the first of these that is there counts: the province's rule of the field, the province's rule
of everything, the nation's of the field, the nation's of everything. Without any the newest fiscal year wins,
then the rank of the kind of list. The order is total and knows neither ids nor the order of imports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput, NotAllowed

from ..models import ListKind, SourceRule

EVERYTHING = ""
RULED: dict[str, Promise] = {
    "area_code": _("หมู่บ้าน"),
    "house_code": _("รหัสประจำบ้าน"),
    "house_no": _("บ้านเลขที่"),
    "phone": _("โทรศัพท์"),
    "head": _("หัวหน้าครัวเรือน"),
    "name": _("คำนำหน้าและชื่อบุคคล"),
    "birth": _("วันเกิด"),
    "sex": _("เพศ"),
    "home": _("บุคคลอยู่ครัวเรือนใด"),
}
KEEPERS = frozenset({Role.PROVINCIAL_SECRETARY, Role.SYSTEM_ADMIN})


class Line(Protocol):
    """What the order looks at in a line of a list."""

    @property
    def kind_code(self) -> str: ...
    @property
    def fiscal_year(self) -> int: ...
    @property
    def content_key(self) -> str: ...


L = TypeVar("L", bound=Line)


class Order(NamedTuple):
    """One rule: whether a newer year beats a better kind, and the kinds it names, best first."""

    newest_year_first: bool = True
    kinds: tuple[str, ...] = ()


class SourceRules:
    """The rules in force, loaded once for many households."""

    def __init__(self, rules: Mapping[tuple[str, str], Order], ranks: Mapping[str, int]) -> None:
        self._rules = rules
        self._ranks = ranks

    def order(self, province: str, field: str) -> Order:
        """The order that holds for a field in a province."""
        for key in ((province, field), (province, EVERYTHING), ("", field)):
            if key in self._rules:
                return self._rules[key]
        return self._rules.get(("", EVERYTHING), Order())

    def is_own(self, province: str, field: str) -> bool:
        """Whether the field has a rule of its own there."""
        return (province, field) in self._rules

    def sorted(self, lines: Iterable[L], order: Order) -> list[L]:
        """Lines, the one believed first."""
        return sorted(lines, key=lambda line: self._key(line, order))

    def kinds_in(self, order: Order) -> list[str]:
        """All kinds in the order of the rule: those it names, then the others by rank."""
        return sorted(self._ranks, key=lambda code: self._place(code, order))

    def _place(self, code: str, order: Order) -> tuple[int, int, str]:
        named = order.kinds.index(code) if code in order.kinds else len(order.kinds)
        return named, self._ranks.get(code, 0), code

    def _key(self, line: Line, order: Order) -> tuple[Any, ...]:
        place = self._place(line.kind_code, order)
        if order.newest_year_first:
            return -line.fiscal_year, *place, line.content_key
        return *place, -line.fiscal_year, line.content_key


def load_rules() -> SourceRules:
    """The rules in force and the ranks of all kinds, in two queries."""
    rows = SourceRule.objects.filter(superseded_at=None).values_list(
        "province_code", "field", "newest_year_first", "kinds"
    )
    rules = {(province, field): Order(newest, tuple(kinds)) for province, field, newest, kinds in rows}
    return SourceRules(rules, dict(ListKind.objects.values_list("code", "rank")))


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as a person sets it; `is_own` False takes it away."""

    field: str
    newest_year_first: bool
    kinds: tuple[str, ...]
    is_own: bool = True


def save_rule(*, actor: Actor, draft: RuleDraft) -> bool:
    """Put a new version of a rule in force, for the actor's province or, by a system admin, for the nation.

    Without a rule of its own the next wider one holds for a field again. Returns whether anything changed:
    then the households whose lists disagree must be derived again (`casework.services.rederive`). Audits.
    """
    if not actor.is_system and actor.role not in KEEPERS:
        raise NotAllowed("role", _("กติกานี้แก้ได้เฉพาะเลขานุการจังหวัดและผู้ดูแลระบบ"))
    if draft.field not in RULED and draft.field != EVERYTHING:
        raise InvalidInput("unknown_field", _("ไม่มีข้อมูลชนิดนี้"), field="field")
    _check_kinds(draft.kinds)
    province = "" if actor.is_system or actor.role is Role.SYSTEM_ADMIN else actor.province_code
    with transaction.atomic():
        current = (
            SourceRule.objects.select_for_update()
            .filter(field=draft.field, province_code=province, superseded_at=None)
            .first()
        )
        if _is_same(current, draft):
            return False
        _supersede(actor, current)
        if draft.is_own:
            _create(actor, draft, province)
        audit(
            actor,
            "source_rule.save",
            object_type="source_rule",
            object_id=f"{province or 'TH'}:{draft.field or '*'}",
            province_code=province,
            changes={
                "newest_year_first": draft.newest_year_first,
                "kinds": list(draft.kinds),
                "own": draft.is_own,
            },
        )
    return True


def _is_same(current: SourceRule | None, draft: RuleDraft) -> bool:
    if current is None:
        return not draft.is_own
    return draft.is_own and (current.newest_year_first, tuple(current.kinds)) == (
        draft.newest_year_first,
        draft.kinds,
    )


def _check_kinds(kinds: Sequence[str]) -> None:
    known = set(ListKind.objects.filter(pk__in=kinds).values_list("pk", flat=True))
    if len(set(kinds)) != len(kinds) or known != set(kinds):
        raise InvalidInput("unknown_list", _("ลำดับบัญชีไม่ถูกต้อง เลือกบัญชีละหนึ่งครั้งจากชนิดที่มีอยู่"), field="kinds")


def _supersede(actor: Actor, current: SourceRule | None) -> None:
    if current is not None:
        current.superseded_at = actor.now()
        current.save(update_fields=["superseded_at"])


def _create(actor: Actor, draft: RuleDraft, province: str) -> None:
    before = SourceRule.objects.filter(field=draft.field, province_code=province).order_by("-version").first()
    SourceRule.objects.create(
        field=draft.field,
        province_code=province,
        newest_year_first=draft.newest_year_first,
        kinds=list(draft.kinds),
        version=before.version + 1 if before else 1,
        entered_by=actor.user,
        recorded_at=actor.stamp,
    )
