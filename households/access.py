"""The only road from a request to a household: one predicate for lists, single rows, counts and exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor, Reach
from povertyops.accounts.enums import FIELD_ROLES, HOUSEHOLD_ROLES, OFFICE_ROLES, OFFICER_ROLES, Role
from povertyops.common.errors import NotAllowed

from .models import Household, HouseholdScope, ImportBatch

NOTHING = Q(pk__in=[])


def scope_q(actor: Actor | None, prefix: str = "", *, household: str = "") -> Q:
    """Rows the actor may see, on any table with the scope columns.

    `prefix` leads from the queried table to those columns ("scope__" from a household, "" on
    HouseholdScope and CohortState). What an office sees stands on the scope row alone: a table that only
    repeats the columns (CohortState) names its column of the household as `household`.
    The system sees everything, nobody sees nothing.
    """
    terms = _terms(actor)
    if terms is None:
        return Q()
    if actor is not None and actor.reach.office_id is not None and terms:
        return _office_q(actor.reach, prefix, household)
    found = NOTHING
    for column, values in terms:
        term = Q(
            **{f"{prefix}{column}": values[0]} if len(values) == 1 else {f"{prefix}{column}__in": values}
        )
        found = term if found is NOTHING else found | term
    return found


def scope_sql(actor: Actor | None, alias: str) -> tuple[str, list[Any]]:
    """`scope_q` for SQL written by hand: a condition on the scope row `alias`, and its parameters."""
    terms = _terms(actor)
    if terms is None:
        return "TRUE", []
    if actor is not None and actor.reach.office_id is not None and terms:
        return _office_sql(actor.reach, alias)
    parts = [f"{alias}.{column} = ANY(%s)" for column, _values in terms]
    return f"({' OR '.join(parts)})" if parts else "FALSE", [list(values) for _column, values in terms]


def _terms(actor: Actor | None) -> list[tuple[str, Sequence[Any]]] | None:
    """The scope column and its values, of which one must hold; None: no limit."""
    if actor is None:
        return []
    if actor.is_system:
        return None
    if actor.role not in HOUSEHOLD_ROLES:
        return []
    reach = actor.reach
    if reach.nation:
        return []
    if reach.team_id is not None:
        return [("team_id", [reach.team_id])]
    if reach.centre_id is not None:
        return [("centre_id", [reach.centre_id])]
    columns = (
        ("province_code", reach.provinces),
        ("district_code", reach.districts),
        ("subdistrict_code", reach.subdistricts),
        ("area_code", reach.villages),
    )
    return [(column, codes) for column, codes in columns if codes]


def _office_q(reach: Reach, prefix: str, household: str) -> Q:
    """Households of the province that were referred to the office or fail in a dimension it leads."""
    (province,) = reach.provinces
    if household:
        seen = HouseholdScope.objects.filter(_office_q(reach, "", "")).values("pk")
        return Q(**{f"{prefix}province_code": province, f"{household}__in": seen})
    column = f"{prefix}office_ids"
    # The second half is the condition of the index.
    found = Q(**{f"{column}__contains": [reach.office_id]}) & ~Q(**{column: []})
    if reach.led:
        found |= Q(GreaterThan(F(f"{prefix}dimensions").bitand(reach.led), Value(0)))
    return found & Q(**{f"{prefix}area_code__startswith": province})


def _office_sql(reach: Reach, alias: str) -> tuple[str, list[Any]]:
    """`_office_q` for SQL written by hand."""
    condition = f"""({alias}.province_code = ANY(%s) AND ({alias}.dimensions & %s > 0
        OR ({alias}.office_ids @> ARRAY[%s]::uuid[] AND {alias}.office_ids <> '{{}}')))"""
    return condition, [list(reach.provinces), reach.led, reach.office_id]


def visible_households(actor: Actor | None) -> QuerySet[Household]:
    """Households the actor may see."""
    return Household.objects.filter(scope_q(actor, "scope__"))


def get_household_for(actor: Actor | None, pk: UUID) -> Household:
    """One visible household with its scope row; 404 when absent or out of sight, without a difference."""
    household = visible_households(actor).select_related("scope__centre").filter(pk=pk).first()
    if household is None:
        raise Http404
    return household


def merged_home(actor: Actor | None, pk: UUID) -> UUID:
    """The visible household into which this one was merged; 404 when there is none."""
    home = visible_households(actor).filter(merged=pk).values_list("pk", flat=True).first()
    if home is None:
        raise Http404
    return home


def can_write(actor: Actor, scope: HouseholdScope) -> bool:
    """Whether the actor may change a household it sees.

    Executives read; offices answer referrals and record help (`can_give_help`), nothing else; a district
    reads the households of a municipal centre in it.
    """
    if actor.is_system:
        return True
    if actor.role is Role.EXECUTIVE or actor.role in OFFICE_ROLES:
        return False
    return not (actor.role is Role.DISTRICT_OFFICER and scope.is_municipal)


def can_give_help(actor: Actor, scope: HouseholdScope) -> bool:
    """Whether the actor may record help for a household it sees: an office for its own agency, too."""
    return actor.role in OFFICE_ROLES or can_write(actor, scope)


def get_household_for_write(actor: Actor, pk: UUID, *, lock: bool = False) -> Household:
    """One household the actor may change; 404 when out of sight, NotAllowed when it is read-only.

    With `lock` the row is locked until the transaction ends.
    """
    rows = visible_households(actor).select_related("scope").filter(pk=pk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    household = rows.first()
    if household is None:
        raise Http404
    if not can_write(actor, household.scope):
        raise NotAllowed("read_only", _("บทบาทนี้ดูข้อมูลครัวเรือนนี้ได้อย่างเดียว ให้ศูนย์ที่รับผิดชอบเป็นผู้บันทึก"))
    return household


def get_household_for_help(actor: Actor, pk: UUID) -> Household:
    """One household to which the actor may record help; 404 when out of sight, NotAllowed when read-only."""
    household = get_household_for(actor, pk)
    return household if can_give_help(actor, household.scope) else get_household_for_write(actor, pk)


def is_field_worker(actor: Actor) -> bool:
    return actor.role in FIELD_ROLES


def visible_imports(actor: Actor | None) -> QuerySet[ImportBatch]:
    """Target lists on their way in: the centre's own; the province's secretary sees all of the province."""
    rows = ImportBatch.objects.all()
    if actor is None or not (actor.is_system or actor.role in OFFICER_ROLES):
        return rows.none()
    if actor.is_system:
        return rows
    assert actor.appointment is not None
    if actor.role is Role.PROVINCIAL_SECRETARY:
        return rows.filter(province_code=actor.province_code)
    return rows.filter(centre_id=actor.appointment.centre_id)


def get_import_for(actor: Actor | None, pk: UUID, *, lock: bool = False) -> ImportBatch:
    """One visible target list; 404 when absent or out of sight, without a difference."""
    rows = visible_imports(actor).select_related("kind", "user")
    if lock:
        rows = rows.select_for_update(of=("self",))
    batch = rows.filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch
