"""Saying that a visit or a help was entered into TPMAP, and taking that back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES, OFFICER_ROLES
from povertyops.common.audit import audit_many
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ..access import visible_helps, visible_visits
from ..models import Help, Visit
from .cohort import refresh_cohort
from .guards import require_role

MARKING_ROLES = FIELD_ROLES | OFFICER_ROLES
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Marked:
    """How many records changed; those that stood so already are left as they were."""

    visits: int
    helps: int

    @property
    def count(self) -> int:
        return self.visits + self.helps


def mark_in_tpmap(
    *, actor: Actor, visit_ids: Collection[UUID] = (), help_ids: Collection[UUID] = ()
) -> Marked:
    """These were entered into TPMAP now, by the actor; the help given at a visit goes with its visit.

    One record out of sight refuses all (Http404), so does one that was corrected meanwhile (Conflict).
    """
    with transaction.atomic():
        visits, helps = _records(actor, visit_ids, help_ids)
        _refuse_corrected(visits, helps)
        seen = {row.pk for row in helps}
        helps += [row for row in _helps_of(visits) if row.pk not in seen]
        return _set_all(actor, visits, helps, is_marked=True)


def unmark_in_tpmap(
    *, actor: Actor, visit_ids: Collection[UUID] = (), help_ids: Collection[UUID] = ()
) -> Marked:
    """These are not in TPMAP after all; the help given at a visit goes with its visit."""
    with transaction.atomic():
        visits, helps = _records(actor, visit_ids, help_ids)
        seen = {row.pk for row in helps}
        helps += [row for row in _helps_of(visits) if row.pk not in seen]
        return _set_all(actor, visits, helps, is_marked=False)


def _set_all(actor: Actor, visits: list[Visit], helps: list[Help], *, is_marked: bool) -> Marked:
    done = Marked(
        _set(actor, visits, is_marked=is_marked),
        _set(actor, helps, is_marked=is_marked),
    )
    if done.count:
        refresh_cohort({row.household_id for rows in (visits, helps) for row in rows}, known_on=actor.today())
    return done


def _records(
    actor: Actor, visit_ids: Collection[UUID], help_ids: Collection[UUID]
) -> tuple[list[Visit], list[Help]]:
    require_role(actor, MARKING_ROLES)
    wanted = len(set(visit_ids)) + len(set(help_ids))
    if not wanted:
        raise InvalidInput("nothing_chosen", _("ยังไม่ได้เลือกรายการ"))
    if wanted > MOST_AT_ONCE:
        raise InvalidInput("too_many", _("ทำได้ครั้งละไม่เกิน %(limit)d รายการ") % {"limit": MOST_AT_ONCE})
    visits = _locked(visible_visits(actor), visit_ids)
    helps = _locked(visible_helps(actor), help_ids)
    if len(visits) + len(helps) != wanted:
        raise Http404
    if any(not can_write(actor, row.household.scope) for row in (*visits, *helps)):
        raise NotAllowed("read_only", _("บางรายการอยู่ในความรับผิดชอบของเทศบาล ศูนย์นี้ดูได้อย่างเดียว"))
    return visits, helps


def _locked(rows: QuerySet[Any], ids: Collection[UUID]) -> list[Any]:
    """Locked in one order, so that two people at one queue never wait for each other in a circle."""
    if not ids:
        return []
    found = rows.filter(pk__in=set(ids)).select_related("household__scope").order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _refuse_corrected(visits: Collection[Visit], helps: Collection[Help]) -> None:
    void = any(visit.is_void for visit in visits) or any(help_.is_void for help_ in helps)
    again = Visit.objects.filter(amends__in=visits).exists() or Help.objects.filter(amends__in=helps).exists()
    if void or again:
        raise Conflict("already_amended", _("มีรายการที่ถูกแก้ไขหรือยกเลิกไปแล้ว โปรดโหลดหน้านี้ใหม่"))


def _helps_of(visits: Collection[Visit]) -> list[Help]:
    """Standing help given at these visits, also under a record that one of them corrects."""
    if not visits:
        return []
    records = {row.pk for row in visits} | {pk for row in visits for pk in earlier_records(row)}
    helps = Help.objects.filter(visit__in=records, is_void=False, amendments=None)
    return list(helps.select_related("household").order_by("pk").select_for_update(of=("self",)))


def earlier_records(visit: Visit) -> list[UUID]:
    """The records that a visit corrects, the nearest first."""
    found: list[UUID] = []
    earlier = visit.amends_id
    while earlier is not None and earlier not in found:
        found.append(earlier)
        earlier = Visit.objects.filter(pk=earlier).values_list("amends", flat=True).first()
    return found


def _set(actor: Actor, rows: Collection[Visit | Help], *, is_marked: bool) -> int:
    """Mark the rows that are not, or the other way round; each with an audit row."""
    changing = [row for row in rows if (row.tpmap_marked_at is not None) != is_marked]
    if not changing:
        return 0
    model = type(changing[0])
    values: dict[str, Any] = {"tpmap_marked_at": None, "tpmap_marked_by": None}
    if is_marked:
        values = {"tpmap_marked_at": actor.recorded_at or timezone.now(), "tpmap_marked_by": actor.user}
    model._default_manager.filter(pk__in=[row.pk for row in changing]).update(**values)
    kind = "visit" if model is Visit else "help"
    audit_many(
        actor,
        "tpmap.mark" if is_marked else "tpmap.unmark",
        object_type=kind,
        rows=[(row.pk, row.household_id, row.province_code, {}) for row in changing],
    )
    return len(changing)
