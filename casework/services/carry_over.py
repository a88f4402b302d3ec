"""Opening balances: a file of past helps or stages is checked, confirmed, written, and may be taken back.

What was asked for stands on the row and is done in transactions of some hundred lines, so that a killed
worker only delays it; a line that was written names what it became. After thirty days the rows of a file go.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.services.tables import Cell, Row, Unreadable, header_key, read_small_table
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit
from povertyops.common.crypto import seal_blob
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.languages import kept_in_thai

from ..access import households_to_work_on
from ..carry_rules import Field, Wrong, find_header, missing_columns, read_rows, text_of
from ..enums import CarryKind, SheetStatus
from ..models import CarryOver, CarryOverLine
from ..queries.built_on import Obstacle
from ..queries.carry_over import BUILT_ON, OUT_OF_REACH, carry_overs_of, obstacles_to_undo
from ..rules import APPROVING_ROLES
from .carry_over_reading import NEW, SAME, Judged, judge
from .carry_over_writing import LINES_AT_ONCE, take_stages_back, void_helps, write_helps, write_stages
from .guards import require_role
from .undoing import told

CARRYING_ROLES = APPROVING_ROLES
MOST_ROWS = 20_000
GOOD_FOR = timedelta(days=30)

Pieces = Callable[[], Iterable[bytes]]


# ------------------------------------------------------------------------------------------------ receiving


def receive_carry_over(
    *, actor: Actor, kind: str, file_name: str, pieces: Pieces, document: str = "", signed_by: str = ""
) -> CarryOver:
    """Read a file and keep what each row would do; nothing is written to any household yet.

    Raises InvalidInput for what is no such table. Stages need the document and the signer they rest on. The
    file is not kept; the rows to mend are sealed, so that the file to mend can give them back.
    """
    require_role(actor, CARRYING_ROLES)
    document, signed_by = document.strip(), signed_by.strip()
    if kind == CarryKind.STAGES and not (document and signed_by):
        raise InvalidInput("document_needed", _("โปรดระบุเอกสารและผู้ลงนาม"), field="document")
    rows = _read(pieces, kind)
    place, columns = find_header(rows, header_key)
    said, judged = [], []
    for number, each, wrong in read_rows(rows, place + 1, columns, kind=kind, today=actor.today()):
        if each is None:
            judged.append(Judged(number, wrong=wrong))
        else:
            said.append(each)
    if not said and not judged:
        raise InvalidInput("no_rows", _("ไม่มีข้อมูลใต้หัวตาราง ตรวจสอบว่าเลือกไฟล์ถูกแล้วส่งใหม่"), field="file")
    with kept_in_thai():
        judged += judge(actor, kind, said)
    carry_over = CarryOver(
        id=uuid7(),
        kind=kind,
        document=document[:200],
        signed_by=signed_by[:160],
        province_code=actor.province_code or _province_of(judged),
        centre=actor.appointment.centre if actor.appointment else None,
        user=actor.user,
        appointment=actor.appointment,
        file_name=file_name[:200],
        file_hash=_hash_of(pieces),
        headers=[text_of(cell)[:200] for cell in rows[place]],
        rows=len(judged),
        good=sum(1 for each in judged if each.kind == NEW),
        unchanged=sum(1 for each in judged if each.kind == SAME),
        faults=sum(1 for each in judged if each.wrong),
    )
    with transaction.atomic():
        carry_over.save(force_insert=True)
        lines = [
            line for each in sorted(judged, key=_row) for line in _lines(carry_over, each, rows, columns)
        ]
        CarryOverLine.objects.bulk_create(lines, batch_size=2_000)
        audit(
            actor,
            "carry_over.receive",
            object_type="carry_over",
            object_id=carry_over.pk,
            province_code=carry_over.province_code,
            changes={"kind": kind, "rows": carry_over.rows, "good": carry_over.good},
        )
    carry_over.refresh_from_db()
    return carry_over


def _province_of(judged: Sequence[Judged]) -> str:
    """What the system sends belongs to the province of its first household."""
    known = [each.household_id for each in judged if each.household_id][:1]
    return Household.objects.filter(pk__in=known).values_list("province_code", flat=True).first() or ""


def _row(judged: Judged) -> int:
    return judged.row


def _read(pieces: Pieces, kind: str) -> list[list[Cell]]:
    def accepts(head: Sequence[Row]) -> bool:
        return not missing_columns(find_header(head, header_key)[1], kind)

    try:
        rows = read_small_table(pieces, accepts=accepts, most_rows=MOST_ROWS + 20)
    except Unreadable as refusal:
        if refusal.code != "no_header":
            raise InvalidInput(refusal.code, refusal.message, field="file") from refusal
        raise _no_columns(missing_columns({}, kind)) from refusal
    missing = missing_columns(find_header(rows, header_key)[1], kind)
    if missing:
        raise _no_columns(missing)
    return rows


def _no_columns(missing: Sequence[str]) -> InvalidInput:
    message = _("หัวตารางขาดคอลัมน์ %(columns)s เพิ่มคอลัมน์แล้วส่งใหม่")
    return InvalidInput("missing_columns", message % {"columns": ", ".join(missing)}, field="file")


def _hash_of(pieces: Pieces) -> bytes:
    found = hashlib.sha256()
    for piece in pieces():
        found.update(piece)
    return found.digest()


def _lines(
    carry_over: CarryOver, judged: Judged, rows: Sequence[Row], columns: dict[Field, int]
) -> list[CarryOverLine]:
    if not judged.wrong:
        data = {"kind": judged.kind, **judged.data}
        line = CarryOverLine(
            carry_over=carry_over, row=judged.row, household_id=judged.household_id, data=data
        )
        return [line]
    kept = _to_mend(carry_over, rows[judged.row - 1])
    return [
        CarryOverLine(
            carry_over=carry_over,
            row=judged.row,
            household_id=judged.household_id,
            column=_header(carry_over, columns, wrong)[:120],
            fault=wrong.code,
            value=wrong.value[:200],
            details=dict(wrong.details),
            data=kept if not place else {},
        )
        for place, wrong in enumerate(judged.wrong)
    ]


def _header(carry_over: CarryOver, columns: dict[Field, int], wrong: Wrong) -> str:
    """The column as the file calls it."""
    place = columns.get(wrong.field) if wrong.field else None
    return str(carry_over.headers[place]) if place is not None else ""


def _to_mend(carry_over: CarryOver, row: Row) -> dict[str, Any]:
    """The cells of a row for the file to mend, sealed: id numbers stand in columns that nobody knows, too."""
    cells = [text_of(cell)[:500].replace("\x00", "") for cell in row[: len(carry_over.headers)]]
    sealed = seal_blob(json.dumps(cells, ensure_ascii=False).encode(), carry_over.pk.bytes)
    return {"sealed": base64.b64encode(sealed).decode()}


# ------------------------------------------------------------------------------------------------ confirming


def request_apply(*, actor: Actor, carry_over_id: UUID) -> CarryOver:
    """Confirm what the preview showed; `continue_carry_over` then writes it. Asked again it changes nothing.

    Stages are confirmed by somebody else than who sent them; the system may do both.
    """
    require_role(actor, CARRYING_ROLES)
    with transaction.atomic():
        row = _locked(actor, carry_over_id)
        if row.status in (SheetStatus.APPLYING, SheetStatus.APPLIED):
            return row
        if row.status != SheetStatus.READY or timezone.now() - row.recorded_at > GOOD_FOR:
            raise Conflict("expired", _("ไฟล์นี้ส่งมาเกิน 30 วันหรือเลิกไปแล้ว ส่งไฟล์ใหม่"))
        if not row.good:
            raise Conflict("nothing_good", _("ไม่มีแถวที่บันทึกได้ แก้ไฟล์แล้วส่งใหม่"))
        if not may_confirm(actor, row):
            raise NotAllowed("second_person", _("ขั้นที่ยกมาต้องให้ผู้อื่นที่ไม่ใช่ผู้ส่งไฟล์เป็นผู้ยืนยัน"))
        row.status, row.acting, row.applied_by = SheetStatus.APPLYING, actor.appointment, actor.user
        row.save(update_fields=["status", "acting", "applied_by"])
        _audit(actor, "carry_over.confirm", row)
    return row


def forget_old_balances(*, actor: Actor) -> int:
    """Rows of files go after GOOD_FOR; of how many balances.

    Of a balance that nobody confirmed all go, and it expires; of another one those to mend. Counts, faults
    and what was written stay. Audits; may run twice.
    """
    old = CarryOver.objects.filter(recorded_at__lt=actor.now() - GOOD_FOR).exclude(
        status__in=(SheetStatus.APPLYING, SheetStatus.UNDOING)
    )
    sealed = CarryOverLine.objects.filter(carry_over__in=old, data__has_key="sealed")
    wanted = old.filter(Q(status=SheetStatus.READY) | Q(pk__in=sealed.values("carry_over")))
    with transaction.atomic():
        rows = list(wanted.select_for_update(skip_locked=True))
        for row in rows:
            if row.status == SheetStatus.READY:
                row.lines.all().delete()
                row.status = SheetStatus.EXPIRED
                row.save(update_fields=["status"])
            else:
                row.lines.filter(data__has_key="sealed").update(data={})
            _audit(actor, "carry_over.emptied", row)
    return len(rows)


def may_confirm(actor: Actor, row: CarryOver) -> bool:
    return row.kind == CarryKind.HELPS or actor.is_system or row.user_id != actor.user_id


def request_undo(*, actor: Actor, carry_over_id: UUID, reason: str) -> CarryOver:
    """Take a whole opening balance back; the rows stay as history.

    Raises Conflict with an account of what stands in the way: what was built on it, and households that are
    not the actor's any more. Of one that moved within the province the secretary takes it back.
    """
    require_role(actor, CARRYING_ROLES)
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่เลิก"), field="reason")
    with transaction.atomic():
        row = _locked(actor, carry_over_id)
        if row.status in (SheetStatus.UNDOING, SheetStatus.UNDONE):
            return row
        if row.status != SheetStatus.APPLIED:
            raise Conflict("not_applied", _("ยอดยกมานี้ยังไม่ได้บันทึก จึงไม่มีอะไรให้เลิก"))
        if obstacles := obstacles_to_undo(actor, row):
            raise _why_not_undone(actor, obstacles)
        row.status, row.acting, row.undone_by = SheetStatus.UNDOING, actor.appointment, actor.user
        row.undo_reason = reason.strip()[:300]
        row.save(update_fields=["status", "acting", "undone_by", "undo_reason"])
        _audit(actor, "carry_over.undo", row, reason=row.undo_reason)
    return row


def _why_not_undone(actor: Actor, obstacles: Sequence[Obstacle]) -> Conflict:
    """Everything that stands in the way, and who goes on from there."""
    codes = [each.code for each in obstacles]
    ways = []
    if BUILT_ON in codes:
        ways.append(gettext("รายการที่มีการแก้หรือบันทึกต่อแล้วให้แก้ทีละรายการ"))
    if OUT_OF_REACH in codes and actor.role is not Role.PROVINCIAL_SECRETARY:
        ways.append(gettext("ครัวเรือนที่ย้ายไปศูนย์อื่นแล้วให้ฝ่ายเลขานุการจังหวัดเป็นผู้เลิกยอดยกมานี้"))
    elif OUT_OF_REACH in codes:
        ways.append(gettext("ครัวเรือนที่ย้ายไปจังหวัดอื่นแล้วให้แก้ทีละรายการร่วมกับศูนย์ที่ดูแลอยู่"))
    message = gettext("เลิกยอดยกมานี้ไม่ได้ เพราะมี %(what)s") % {"what": told(list(obstacles))}
    return Conflict(codes[0], " ".join([message, *ways]))


def _locked(actor: Actor, pk: UUID) -> CarryOver:
    row = carry_overs_of(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _audit(actor: Actor, action: str, row: CarryOver, **facts: Any) -> None:
    audit(
        actor,
        action,
        object_type="carry_over",
        object_id=row.pk,
        province_code=row.province_code,
        changes={"kind": row.kind, **facts},
    )


# --------------------------------------------------------------------------------------------------- working


def unfinished_carry_overs() -> list[UUID]:
    """What was confirmed or is to be taken back, the oldest first."""
    rows = CarryOver.objects.filter(status__in=[SheetStatus.APPLYING, SheetStatus.UNDOING])
    return list(rows.order_by("id").values_list("pk", flat=True))


def continue_carry_over(carry_over_id: UUID) -> bool:
    """Do what was asked for, to its end; False while another worker is at it. May run twice."""
    while True:
        with transaction.atomic():
            rows = CarryOver.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.filter(pk=carry_over_id).first()
            if row is None:
                return False
            if row.status == SheetStatus.APPLYING:
                _apply_some(_acting(row), row)
            elif row.status == SheetStatus.UNDOING:
                _undo_some(_acting(row), row)
            else:
                return True


def _acting(row: CarryOver) -> Actor:
    appointment = row.acting
    return Actor(user=appointment.user if appointment else None, appointment=appointment)


def _apply_some(actor: Actor, row: CarryOver) -> None:
    """The next lines; without any the balance is written."""
    waiting = CarryOverLine.objects.filter(carry_over=row, fault="", made_id=None, data__kind=NEW)
    # By household, so that each is judged in as few chunks as can be.
    lines = list(waiting.order_by("household_id", "id")[:LINES_AT_ONCE])
    if not lines:
        row.done = CarryOverLine.objects.filter(carry_over=row, made_id__isnull=False).count()
        row.status, row.applied_at = SheetStatus.APPLIED, timezone.now()
        row.save(update_fields=["done", "status", "applied_at"])
        _audit(actor, "carry_over.apply", row, done=row.done)
        return
    targets = households_to_work_on(actor, {line.household_id for line in lines if line.household_id})
    if row.kind == CarryKind.STAGES:
        write_stages(actor, row, lines, targets)
    else:
        write_helps(actor, row, lines, targets)
    CarryOverLine.objects.bulk_update(lines, ["made_id", "fault", "details", "data"], batch_size=500)
    left = sum(1 for line in lines if line.fault)
    same = sum(1 for line in lines if line.data.get("kind") == SAME)
    if left or same:
        row.faults, row.unchanged, row.good = row.faults + left, row.unchanged + same, row.good - left - same
        row.save(update_fields=["faults", "unchanged", "good"])


# ---------------------------------------------------------------------------------------------------- undoing


def _undo_some(actor: Actor, row: CarryOver) -> None:
    take_back = void_helps if row.kind == CarryKind.HELPS else take_stages_back
    if take_back(actor, row):
        return
    row.status, row.undone_at = SheetStatus.UNDONE, timezone.now()
    row.save(update_fields=["status", "undone_at"])
    _audit(actor, "carry_over.undone", row)
