"""Taking a merge apart again by its manifest; what was recorded since stays where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.models import Household, HouseholdScope, Membership
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ..access import households_to_work_on
from ..models import HouseholdMerge, PersonMerge
from .after import after_write
from .cohort import refresh_cohort
from .guards import require_role, require_writable
from .merge_rows import Hindrance, Manifest, hindrances, put_back
from .neighbours import audit_reached, lock_with_neighbours
from .reach import refresh_office_reach

# A row recorded since that corrects or belongs to one that goes back, goes along: child, its column, parent.
_WITH_ITS_PARENT = (
    ("casework_visit", "amends_id", "casework_visit"),
    ("casework_help", "amends_id", "casework_help"),
    ("casework_help", "fulfils_id", "casework_help"),
    ("casework_help", "visit_id", "casework_visit"),
    ("casework_assessment", "visit_id", "casework_visit"),
    ("casework_dimensionfinding", "visit_id", "casework_visit"),
    ("casework_familypriority", "visit_id", "casework_visit"),
    ("casework_photo", "owner_id", "casework_visit"),
    ("households_verification", "visit_id", "casework_visit"),
    ("casework_referral", "resends_id", "casework_referral"),
)


def unmerge(*, actor: Actor, merge_id: UUID, reason: str) -> HouseholdMerge:
    """Two households again, as they were; what was recorded on the kept one since stays there.

    Side effects: rows by the manifest, audit rows on both and on others whose people move, read model, marks.
    Raises Http404 out of sight, NotAllowed, InvalidInput without a reason, Conflict with an account of what
    stands in the way.
    """
    require_role(actor, OFFICER_ROLES)
    _check_reason(reason)
    with transaction.atomic():
        merge = HouseholdMerge.objects.filter(pk=merge_id).first()
        if merge is None:
            raise Http404
        _lock(actor, merge)
        if merge.undone_at is not None:
            raise Conflict("already_undone", _("รายการนี้ยกเลิกการรวมไปแล้ว"))
        if later := _later(merge.kept_id, merge.gone_id, merge.recorded_at, merge.pk):
            raise _account([later])
        reached = homes_in(merge.manifest)
        _put_back(merge.manifest)
        _bring_along(merge.gone_id, merge.kept_id)
        refresh_office_reach([merge.kept_id, merge.gone_id], today=actor.today())
        homes = sorted({merge.kept_id, merge.gone_id, *reached, *homes_in(merge.manifest)})
        _follow_up(actor, homes)
        _close(actor, merge, reason)
        _audit(actor, "household.unmerge", "household_merge", merge, homes, reason)
    return merge


def unmerge_persons(*, actor: Actor, merge_id: UUID, reason: str) -> PersonMerge:
    """Two persons again, as they were. Raises as `unmerge`."""
    require_role(actor, OFFICER_ROLES)
    _check_reason(reason)
    with transaction.atomic():
        merge = PersonMerge.objects.filter(pk=merge_id).first()
        if merge is None:
            raise Http404
        homes = _homes_in(merge)
        if len(households_to_work_on(actor, homes, lock=False)) == len(homes):
            lock_with_neighbours(homes, [merge.kept_id, merge.gone_id])
        targets = households_to_work_on(actor, homes)
        if len(targets) < len(homes):
            raise Http404 if merge.household_id not in targets else _account([_LATER])
        for target in targets.values():
            require_writable(actor, target)
        merge = PersonMerge.objects.select_for_update().get(pk=merge_id)
        if merge.undone_at is not None:
            raise Conflict("already_undone", _("รายการนี้ยกเลิกการรวมไปแล้ว"))
        if later := _later_of(homes, merge.recorded_at, merge.pk):
            raise _account([later])
        _put_back(merge.manifest)
        _follow_up(actor, homes)
        _close(actor, merge, reason)
        _audit(actor, "person.unmerge", "person_merge", merge, homes, reason)
    return merge


def why_not_undo(merge: HouseholdMerge | PersonMerge) -> list[str]:
    """Every sentence that says what stands in the way now; empty when the merge can be undone."""
    if merge.undone_at is not None:
        return [gettext("รายการนี้ยกเลิกการรวมไปแล้ว")]
    homes = _homes_in(merge) if isinstance(merge, PersonMerge) else [merge.kept_id, merge.gone_id]
    later = _later_of(homes, merge.recorded_at, merge.pk)
    found = [later] if later else hindrances(merge.manifest)
    return [_sentence(hindrance) for hindrance in found]


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่ยกเลิกการรวม"), field="reason")


def _lock(actor: Actor, merge: HouseholdMerge) -> None:
    """Both, and those whose people may follow, locked in the order of their ids; the actor must see the kept
    one and answer for both."""
    if merge.kept_id in households_to_work_on(actor, [merge.kept_id], lock=False):
        lock_with_neighbours([merge.kept_id, merge.gone_id, *homes_in(merge.manifest)])
    merge.refresh_from_db()
    target = households_to_work_on(actor, [merge.kept_id]).get(merge.kept_id)
    if target is None:
        now = Household.objects.values_list("merged_into", flat=True).get(pk=merge.kept_id)
        if now is not None and now in households_to_work_on(actor, [now]):
            raise _account([_LATER])
        raise Http404
    require_writable(actor, target)
    was = _scope_then(merge)
    elsewhere = was is not None and was["centre_id"] != str(target.scope.centre_id)
    if elsewhere and not (actor.is_system or actor.role is Role.PROVINCIAL_SECRETARY):
        raise NotAllowed("province_decides", _("สองครัวเรือนนี้อยู่คนละศูนย์ ให้ฝ่ายเลขานุการจังหวัดเป็นผู้ยกเลิกการรวม"))


def _scope_then(merge: HouseholdMerge) -> dict[str, Any] | None:
    rows = merge.manifest["taken"].get(HouseholdScope._meta.db_table, [])
    return next((row for row in rows if row["household_id"] == str(merge.gone_id)), None)


def _homes_in(merge: PersonMerge) -> list[UUID]:
    """The households of both persons at the time of the merge."""
    return sorted({merge.household_id, *homes_in(merge.manifest)})


def homes_in(manifest: Manifest) -> set[UUID]:
    """The households in which somebody's days began, ended or changed by a merge."""
    rows = manifest["changed"].get(Membership._meta.db_table, {})
    found = Membership.objects.filter(pk__in=list(rows)).values_list("household_id", flat=True)
    made = manifest["made"].get(Membership._meta.db_table, ())
    return {*found, *(UUID(row["household_id"]) for row in made)}


# ----------------------------------------------------------------------------------------- what hinders

_LATER = Hindrance("casework_householdmerge", "later", 1)


def _later(kept_id: UUID, gone_id: UUID, since: Any, pk: UUID) -> Hindrance | None:
    return _later_of([kept_id, gone_id], since, pk)


def _later_of(homes: Sequence[UUID], since: Any, pk: UUID) -> Hindrance | None:
    """A merge made after this one and not undone, of one of its households: that one has to go first."""
    of_homes = Q(kept__in=homes) | Q(gone__in=homes)
    households = HouseholdMerge.objects.filter(of_homes, undone_at=None, recorded_at__gte=since)
    persons = PersonMerge.objects.filter(household__in=homes, undone_at=None, recorded_at__gte=since)
    count = households.exclude(pk=pk).count() + persons.exclude(pk=pk).count()
    return Hindrance("casework_householdmerge", "later", count) if count else None


def _put_back(manifest: Manifest) -> None:
    if found := hindrances(manifest):
        raise _account(found)
    try:
        with transaction.atomic():
            put_back(manifest)
    except IntegrityError as error:
        raise _account([Hindrance(_table_of(error), "in_its_place", 1)]) from None


def _table_of(error: IntegrityError) -> str:
    diag = getattr(error.__cause__, "diag", None)
    return str(getattr(diag, "table_name", "") or "")


def _account(found: Iterable[Hindrance]) -> Conflict:
    rows = list(found)
    message = gettext("ยกเลิกการรวมไม่ได้: %(account)s") % {"account": " · ".join(map(_sentence, rows))}
    return Conflict(
        "cannot_unmerge",
        message,
        account=[{"table": row.table, "code": row.code, "count": row.count} for row in rows],
    )


def _sentence(found: Hindrance) -> str:
    values = {"what": _label(found.table), "count": found.count}
    match found.code:
        case "later":
            return gettext("มีการรวมครั้งหลังที่ยังไม่ได้ยกเลิก %(count)d รายการ ให้ยกเลิกรายการนั้นก่อน") % values
        case "missing":
            return gettext("%(what)s %(count)d รายการถูกลบไปแล้ว เช่นเลิกการนำเข้าบัญชี") % values
        case "elsewhere":
            return gettext("%(what)s %(count)d รายการย้ายไปที่อื่นแล้วหลังการรวม") % values
        case "built_on":
            return gettext("%(what)s %(count)d รายการเปลี่ยนไปแล้วหลังการรวม เช่นนำเข้าบัญชีใหม่") % values
        case _:
            return gettext("มี%(what)sใหม่อยู่แทนที่ของเดิมแล้ว") % values


def _label(table: str) -> str:
    model: type[models.Model] | None = next(
        (model for model in apps.get_models() if model._meta.db_table == table), None
    )
    return str(model._meta.verbose_name) if model else gettext("ข้อมูล")


# --------------------------------------------------------------------------------------------- putting back


def _bring_along(gone_id: UUID, kept_id: UUID) -> None:
    """Corrections of records that went back, and what belongs to them, however often corrected."""
    moved = True
    with connection.cursor() as cursor:
        while moved:
            moved = False
            for child, column, parent in _WITH_ITS_PARENT:
                cursor.execute(
                    f"""UPDATE {child} AS c SET household_id = %s FROM {parent} p
                        WHERE c.{column} = p.id AND p.household_id = %s AND c.household_id = %s""",  # noqa: S608
                    [gone_id, gone_id, kept_id],
                )
                moved = moved or cursor.rowcount > 0


def _follow_up(actor: Actor, homes: Sequence[UUID]) -> None:
    """Stages by the evidence that each has now, and every row of the read model."""
    after_write(actor=actor, household_ids=homes, since=actor.today())
    refresh_cohort(homes, since=date.min, known_on=actor.today())


def _close(actor: Actor, merge: HouseholdMerge | PersonMerge, reason: str) -> None:
    merge.undone_by = actor.user
    merge.undone_at = actor.recorded_at or timezone.now()
    merge.undo_reason = reason.strip()[:500]
    merge.save(update_fields=["undone_by", "undone_at", "undo_reason"])


def _audit(
    actor: Actor,
    action: str,
    kind: str,
    merge: HouseholdMerge | PersonMerge,
    homes: Sequence[UUID],
    reason: str,
) -> None:
    audit_reached(
        actor,
        action,
        object_type=kind,
        object_id=merge.pk,
        household_ids=homes,
        changes={"kept": str(merge.kept_id), "gone": str(merge.gone_id), "reason": reason.strip()},
    )
