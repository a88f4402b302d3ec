"""The register of exports: who took what, when, why, how many rows; how much one account takes in a day.

Every export stands here before its first byte leaves, and in the access log as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.accounts.takings import Taking
from povertyops.common.audit import log_access
from povertyops.common.errors import InvalidInput, NotAllowed

from ..enums import JobState
from ..export_queries import DAY, taken_in_a_day
from ..models import ExportJob

# Names of persons typed into the search box do not belong into a log.
UNLOGGED = frozenset({"q"})
SHORTEST_REASON = 10
WITH_IDS = "person"


@dataclass(frozen=True)
class Asked:
    """What someone wants to take away. `query` are the filters of the list, `columns` codes in order (none:
    all), `rows` how many it will be, where that is known."""

    kind: str
    format: str
    query: Mapping[str, Sequence[str]]
    title: str
    columns: Sequence[str] = field(default_factory=tuple)
    reason: str = ""
    shows_ids: bool = False
    rows: int | None = None


def may_show_ids(actor: Actor, kind: str) -> bool:
    """Whether this person may ask for national ids in full: officers, of persons, never of numbers."""
    return kind == WITH_IDS and actor.role in OFFICER_ROLES


def begin_stream(*, actor: Actor, asked: Asked) -> ExportJob:
    """Write down an export that is answered at once. Raises NotAllowed for an account that takes too much."""
    with transaction.atomic():
        _check_allowance(actor, streamed=True)
        query = {name: values for name, values in asked.query.items() if name not in UNLOGGED}
        return _write_down(actor, asked, query=query, state=JobState.RUNNING, streamed=True)


def end_stream(*, actor: Actor, job_id: UUID, rows: int, whole: bool) -> None:
    """Write down how many rows left, and whether the reader stayed to the end."""
    with transaction.atomic():
        job = ExportJob.objects.select_for_update().get(pk=job_id)
        job.state = JobState.DONE if whole else JobState.FAILED
        job.says = "" if whole else gettext("ปิดการเชื่อมต่อก่อนได้ครบ")
        job.rows, job.done_rows, job.finished_at = rows, rows, timezone.now()
        job.save(update_fields=["state", "says", "rows", "done_rows", "finished_at"])
        _tell_if_mass(actor, job)


def write_down_taking(actor: Actor, taking: Taking) -> None:
    """Count a file that a page outside the exports answers with at once; the access log has it from there.
    Raises NotAllowed for an account that takes too much."""
    with transaction.atomic():
        _check_allowance(actor, streamed=True)
        now = timezone.now()
        job = ExportJob.objects.create(
            appointment=actor.appointment,
            asked_by=actor.user,
            province_code=actor.province_code,
            kind=taking.kind,
            format=taking.format,
            title=taking.title[:300],
            state=JobState.DONE,
            streamed=True,
            rows=taking.rows,
            done_rows=taking.rows,
            asked_at=now,
            finished_at=now,
        )
        _tell_if_mass(actor, job)


def ask_job(*, actor: Actor, asked: Asked) -> ExportJob:
    """Write down an export that a worker is to make. Raises InvalidInput and NotAllowed."""
    reason = asked.reason.strip()
    if asked.shows_ids and not may_show_ids(actor, asked.kind):
        raise NotAllowed("ids_stay_masked", _("บทบาทของท่านส่งออกเลขประจำตัวเต็มไม่ได้"))
    if asked.shows_ids and len(reason) < SHORTEST_REASON:
        message = _("บอกเหตุผลที่ต้องใช้เลขประจำตัวเต็ม อย่างน้อย %(least)d ตัวอักษร")
        raise InvalidInput("reason_needed", message % {"least": SHORTEST_REASON}, field="reason")
    with transaction.atomic():
        _check_allowance(actor, streamed=False)
        job = _write_down(actor, asked, query=asked.query, state=JobState.WAITING, streamed=False)
        _tell_if_mass(actor, job)
    return job


def _write_down(
    actor: Actor, asked: Asked, *, query: Mapping[str, Sequence[str]], state: JobState, streamed: bool
) -> ExportJob:
    details: dict[str, Any] = {name: list(values) for name, values in query.items() if name not in UNLOGGED}
    if asked.columns:
        details["columns"] = list(asked.columns)
    if asked.shows_ids:
        details["shows_ids"] = True
    log_access(
        actor,
        "export",
        object_type=asked.kind,
        object_id=asked.format,
        reason=asked.reason.strip(),
        details=details,
    )
    return ExportJob.objects.create(
        appointment=actor.appointment,
        asked_by=actor.user,
        province_code=actor.province_code,
        kind=asked.kind,
        format=asked.format,
        query={name: list(values) for name, values in query.items()},
        columns=list(asked.columns),
        title=asked.title[:300],
        reason=asked.reason.strip()[:500],
        shows_ids=asked.shows_ids,
        state=state,
        streamed=streamed,
        rows=asked.rows,
        asked_at=timezone.now(),
    )


def _check_allowance(actor: Actor, *, streamed: bool) -> None:
    """Jobs are counted; what is answered at once is counted once an account has taken very many rows."""
    if actor.user_id is None:
        return
    rows, exports = taken_in_a_day(actor.user_id)
    if exports < settings.EXPORT_MAX_JOBS_A_DAY or (streamed and rows <= settings.EXPORT_ALERT_ROWS):
        return
    message = _(
        "บัญชีนี้ส่งออกแล้ว %(exports)s ครั้ง %(rows)s แถว ใน 24 ชั่วโมง ครบจำนวนที่กำหนด "
        "พรุ่งนี้ส่งออกได้อีก ถ้าจำเป็นให้ขอฝ่ายเลขานุการ คจพ.จ."
    )
    raise NotAllowed("too_many_exports", message % {"exports": f"{exports:,}", "rows": f"{rows:,}"})


def _tell_if_mass(actor: Actor, job: ExportJob) -> None:
    """The export with which an account passes the rows of a day is marked, once a day, and logged."""
    if actor.user_id is None:
        return
    rows, exports = taken_in_a_day(actor.user_id)
    if rows <= settings.EXPORT_ALERT_ROWS:
        return
    since = timezone.now() - DAY
    if ExportJob.objects.filter(asked_by_id=actor.user_id, is_mass=True, asked_at__gte=since).exists():
        return
    job.is_mass = True
    job.save(update_fields=["is_mass"])
    log_access(
        actor,
        "export.alert",
        object_type=job.kind,
        object_id=job.pk,
        reason=job.reason,
        details={"rows": rows, "exports": exports, "hours": 24},
    )
