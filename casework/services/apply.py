"""Applying a target list: the register takes it in, cases open, the read model follows; range by range.

Each range of households is one transaction with its audit rows, dirty marks and progress, fenced by the lease
of the batch. A worker that is killed leaves whole ranges only, and the next run goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from households.access import get_import_for
from households.enums import ImportStatus
from households.models import ImportBatch, ImportHousehold
from households.services.target_lists import (
    LEASE_SECONDS,
    Range,
    actor_of,
    finish_range,
    lease_key,
    merge_range,
    prepare_lists,
    rematch,
    tell_planner,
    unapplied_ranges,
)
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.areas.services import VillageSeen, learn_villages
from povertyops.common.bulk import commit_without_waiting
from povertyops.common.errors import Conflict, NotAllowed
from povertyops.common.leases import release_lease, renew_lease, take_lease
from povertyops.common.presence import are_people_at_work

from .after import after_write
from .import_approval import needs_second_person
from .import_log import audit_import
from .opening import audit_range, open_cases, write_new_cohort

HOUSEHOLDS_AT_ONCE = 1_000
FIND_DUPLICATES = "households.find_duplicates_of_import"
SIDE_BY_SIDE = 2
"""Ranges applied at the same time, each on a connection of its own, while nobody is at work on the site."""
LOOK_AGAIN_SECONDS = 1


class Busy(Conflict):
    """Another list is going into the same province right now."""

    def __init__(self) -> None:
        super().__init__("import_busy", _("กำลังนำเข้าบัญชีอื่นของจังหวัดนี้อยู่ จะทำต่อเองเมื่อเสร็จ"))


def request_apply(*, actor: Actor, batch_id: UUID) -> ImportBatch:
    """Say that a list that was read may be applied; the work itself is done by a worker. Audits.

    Where the province wants a second person for so many households, the batch waits for one (AWAITING).
    Raises Http404 out of sight, Conflict when there is nothing to apply or it was applied already.
    """
    if not actor.is_system and actor.role not in OFFICER_ROLES:
        raise NotAllowed("role", _("บทบาทของท่านนำเข้าบัญชีเป้าหมายไม่ได้"))
    with transaction.atomic():
        batch = get_import_for(actor, batch_id, lock=True)
        if batch.status != ImportStatus.READY:
            raise Conflict("not_ready", _("บัญชีนี้นำเข้าแล้ว หรือยังตรวจไม่เสร็จ"))
        if not batch.can_apply:
            raise Conflict("nothing_to_apply", _("ไม่มีครัวเรือนที่นำเข้าได้ แก้ไฟล์ก่อนแล้วส่งใหม่"))
        waits = needs_second_person(actor, batch)
        batch.status = ImportStatus.AWAITING if waits else ImportStatus.REQUESTED
        batch.requested_at, batch.asked_by = actor.now(), actor.user
        batch.attempts, batch.problem = 0, ""
        batch.save(update_fields=["status", "requested_at", "asked_by", "attempts", "problem"])
        audit_import(actor, "import.awaiting" if waits else "import.requested", batch)
    return batch


def apply_batch(*, batch_id: UUID, holder: UUID, side_by_side: int = SIDE_BY_SIDE) -> ImportBatch:
    """Apply what a person asked for; the caller holds the batch's lease. Safe to run again at any point.

    Writes register, listings, cases, events, read model, audit rows and dirty marks. Raises Busy while
    another list goes into one of its provinces.
    """
    batch = ImportBatch.objects.select_related("kind", "user", "appointment__centre").get(pk=batch_id)
    if batch.status not in ImportStatus.of_applying():
        return batch
    with alone_in_provinces(batch, holder):
        _begin(batch)
        run = _Run(batch, holder)
        ranges = unapplied_ranges(batch, HOUSEHOLDS_AT_ONCE)
        if side_by_side > 1 and len(ranges) > 1 and not connection.in_atomic_block:
            run.side_by_side(ranges, side_by_side)
        else:
            run.one_by_one(ranges)
        _finish(batch, holder)
    return batch


def _begin(batch: ImportBatch) -> None:
    """Everything that ranges lean on: villages, the list itself, and a fresh look into the register."""
    actor = actor_of(batch)
    waiting = ImportHousehold.objects.filter(batch=batch, is_applied=False)
    with transaction.atomic():
        batch.status, batch.done = ImportStatus.APPLYING, batch.households - waiting.count()
        batch.save(update_fields=["status", "done"])
        villages = (
            waiting.filter(is_held=False).order_by("area_code").values_list("area_code", "village_name")
        )
        seen = [VillageSeen(code, "" if code.endswith("00") else name) for code, name in villages.distinct()]
        learn_villages(actor=actor, villages=seen)
        prepare_lists(actor, batch)
    rematch(batch)
    if batch.households > HOUSEHOLDS_AT_ONCE:
        tell_planner()


def _finish(batch: ImportBatch, holder: UUID) -> None:
    actor = actor_of(batch)
    with transaction.atomic():
        renew_lease(lease_key(batch.pk), holder, LEASE_SECONDS)
        batch.status, batch.applied_at, batch.done = ImportStatus.APPLIED, actor.now(), batch.households
        batch.save(update_fields=["status", "applied_at", "done"])
        audit_import(actor, "import.applied", batch)
        transaction.on_commit(lambda: _look_for_duplicates(batch.pk), robust=True)


def _look_for_duplicates(batch_id: UUID) -> None:
    """Ask a worker for pairs that may be the same; without a broker the night finds them."""
    if FIND_DUPLICATES in current_app.tasks:
        try:
            current_app.send_task(FIND_DUPLICATES, [str(batch_id)])
        except OperationalError:
            return


class _Run:
    """The ranges of one batch, one after the other or side by side."""

    def __init__(self, batch: ImportBatch, holder: UUID) -> None:
        self._batch = batch
        self._holder = holder
        self._actor = actor_of(batch)
        self._turn = Lock()
        self._over = Event()

    def one_by_one(self, ranges: Sequence[tuple[int, int]]) -> None:
        for first, last in ranges:
            self._apply(first, last)

    def side_by_side(self, ranges: Sequence[tuple[int, int]], count: int) -> None:
        """Every worker takes the next range as soon as it is free; the first failure ends all.

        While people are at work all but the first stand aside: with two at a time their pages took twice as
        long, and one alone leaves a processor to them.
        """
        waiting = iter(ranges)
        with ThreadPoolExecutor(count) as pool:
            works = [pool.submit(self._work_off, waiting, stands_aside=number > 0) for number in range(count)]
            for work in works:
                work.result()

    def _work_off(self, waiting: Iterator[tuple[int, int]], *, stands_aside: bool) -> None:
        try:
            while (part := self._next(waiting, stands_aside=stands_aside)) is not None:
                self._apply(*part)
        finally:
            self._over.set()
            connection.close()

    def _next(self, waiting: Iterator[tuple[int, int]], *, stands_aside: bool) -> tuple[int, int] | None:
        """The next range; None when there is none, or another worker has failed."""
        while stands_aside and are_people_at_work() and not self._over.wait(LOOK_AGAIN_SECONDS):
            pass
        with self._turn:
            return None if self._over.is_set() else next(waiting, None)

    def _apply(self, first: int, last: int) -> None:
        """One range, whole or not at all. The lease comes last: who has lost it must not commit."""
        part = Range(self._batch, first, last, self._actor)
        with transaction.atomic():
            commit_without_waiting()
            known = merge_range(part)
            open_cases(part)
            write_new_cohort(part)
            if known:
                after_write(actor=self._actor, household_ids=known, since=part.since)
                follow_names(known)
            audit_range(part)
            done = finish_range(part)
            ImportBatch.objects.filter(pk=self._batch.pk).update(done=F("done") + done)
            for key in (lease_key(self._batch.pk), *map(province_key, self._batch.provinces)):
                renew_lease(key, self._holder, LEASE_SECONDS)


def follow_names(household_ids: Sequence[UUID]) -> None:
    """Bring the order of lists up to the households' names in years that nothing else of a list reaches."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE casework_cohortstate s SET sort_key = h.sort_key FROM households_household h
            WHERE s.household_id = h.id AND h.id = ANY(%s) AND s.sort_key <> h.sort_key
            """,
            [list(household_ids)],
        )


@contextmanager
def alone_in_provinces(batch: ImportBatch, holder: UUID) -> Iterator[None]:
    """Two lists never go into one province at once, so that both cannot make the same household."""
    taken: list[str] = []
    try:
        for key in map(province_key, sorted(batch.provinces)):
            if not take_lease(key, holder, LEASE_SECONDS):
                raise Busy
            taken.append(key)
        yield
    finally:
        for key in taken:
            release_lease(key, holder)


def province_key(province: str) -> str:
    return f"import-into:{province}"
