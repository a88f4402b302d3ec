"""A filled-in sheet that came back: checked row by row, then written down as findings."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.access import can_write
from households.models import Verification
from households.services.tables import Cell, Row, Unreadable, read_small_table
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.languages import kept_in_thai

from ..access import households_to_work_on
from ..enums import SheetStatus
from ..inputs import FindingInput
from ..models import SheetReturn, SheetReturnLine, VerificationSheet
from ..queries.findings import standing_of
from ..queries.sheets import returns_of
from ..rules import VERIFYING_ROLES
from ..sheet_rules import HEADERS, TOKEN_COLUMN, Judged, Kind, Standing, Stood, judge_rows
from .guards import require_role
from .verification import persons_of, verify_households
from .verification_sheets import MOST_PERSONS, labels_in_every_language, looks_like_token, sheet_named

MOST_ROWS = MOST_PERSONS + 1_000
GOOD_FOR = timedelta(days=30)
HOUSEHOLDS_AT_ONCE = 500
_NOT_OURS = _("ไฟล์นี้ไม่ใช่แบบตรวจสอบที่ท่านดึงจากระบบ ดึงแบบจากหน้าตรวจสอบข้อมูลแล้วกรอกในไฟล์นั้น")

Pieces = Callable[[], Iterable[bytes]]


def receive_return(*, actor: Actor, file_name: str, pieces: Pieces) -> SheetReturn:
    """Read a sheet that came back and keep what each row would do; nothing is changed yet.

    The file itself is not kept. Raises InvalidInput for what is no sheet of the actor's: a sheet of
    households that are all out of reach is refused like one that was never made.
    """
    require_role(actor, VERIFYING_ROLES)
    rows = _read(pieces)
    sheet = sheet_named(_token_in(rows[:1]))
    stood = _stood_of(sheet) if sheet else {}
    reachable = _reachable(actor, {each.household_id for each in stood.values()})
    if sheet is None or not reachable:
        raise InvalidInput("not_our_sheet", _NOT_OURS, field="file")
    now = standing_of([pk for pk, each in stood.items() if each.household_id in reachable])
    judged = list(
        judge_rows(
            rows,
            stood=stood,
            now=now,
            reachable=reachable,
            statuses=labels_in_every_language(),
            today=actor.today(),
        )
    )
    return _store(actor, sheet, file_name, _hash_of(pieces), judged, stood, now)


def _read(pieces: Pieces) -> list[list[Cell]]:
    def accepts(head: Sequence[Row]) -> bool:
        return bool(_token_in(head[:1]))

    try:
        return read_small_table(pieces, accepts=accepts, most_rows=MOST_ROWS)
    except Unreadable as refusal:
        raise InvalidInput(refusal.code, refusal.message, field="file") from refusal


def _token_in(head: Sequence[Row]) -> str:
    """The signed name in the first row; "" without one."""
    for row in head:
        if len(row) > TOKEN_COLUMN and looks_like_token(row[TOKEN_COLUMN]):
            return str(row[TOKEN_COLUMN])
    return ""


def _stood_of(sheet: VerificationSheet) -> dict[UUID, Stood]:
    return {
        UUID(person): Stood(UUID(household), Standing(status, note))
        for person, (household, status, note) in sheet.stood.items()
    }


def _reachable(actor: Actor, household_ids: Collection[UUID], *, lock: bool = False) -> set[UUID]:
    """The households among these in which the actor may write down findings now."""
    targets = households_to_work_on(actor, household_ids, lock=lock) if household_ids else {}
    return {pk for pk, target in targets.items() if target.scope.is_open and can_write(actor, target.scope)}


def _hash_of(pieces: Pieces) -> bytes:
    found = hashlib.sha256()
    for piece in pieces():
        found.update(piece)
    return found.digest()


def _store(
    actor: Actor,
    sheet: VerificationSheet,
    file_name: str,
    file_hash: bytes,
    judged: Sequence[Judged],
    stood: dict[UUID, Stood],
    now: dict[UUID, Standing],
) -> SheetReturn:
    good = [each for each in judged if not each.fault]
    with transaction.atomic():
        returned = SheetReturn.objects.create(
            id=uuid7(),
            sheet=sheet,
            province_code=sheet.province_code,
            centre=actor.appointment.centre if actor.appointment else None,
            user=actor.user,
            appointment=actor.appointment,
            file_name=file_name[:200],
            file_hash=file_hash,
            rows=sum(1 for each in judged if each.row),
            good=sum(1 for each in good if each.kind is not Kind.SAME),
            unchanged=sum(1 for each in good if each.kind is Kind.SAME),
            faults=len(judged) - len(good),
            recorded_at=actor.stamp,
        )
        told = [each for each in judged if each.fault or each.kind is not Kind.SAME]
        SheetReturnLine.objects.bulk_create(
            [_line(returned, each, stood, now) for each in told], batch_size=2_000
        )
    return returned


def _line(
    returned: SheetReturn, judged: Judged, stood: dict[UUID, Stood], now: dict[UUID, Standing]
) -> SheetReturnLine:
    person = judged.person_id
    data: dict[str, object] = {}
    if person is not None:
        data["person"] = str(person)
    if person is not None and not judged.fault:
        data |= {
            "kind": judged.kind.value,
            "found": list(judged.found),
            "stood": list(stood[person].standing),
            "now": list(now.get(person, Standing())),
            "on": judged.on.isoformat() if judged.on else "",
        }
    return SheetReturnLine(
        sheet_return=returned,
        row=judged.row,
        column=_header(judged),
        household_id=judged.household_id,
        data=data,
        fault=judged.fault,
        value=judged.value,
        details=dict(judged.details),
    )


def _header(judged: Judged) -> str:
    """The column as the sheet calls it; sheets are Thai."""
    with kept_in_thai():
        return str(HEADERS[judged.column]) if judged.column is not None else ""


# ------------------------------------------------------------------------------------------------- applying


def apply_return(*, actor: Actor, return_id: UUID, take: Collection[int] = ()) -> SheetReturn:
    """Write down what the good rows found; `take` names rows that clash and are to be taken all the same.

    One transaction, in chunks of households; applying again changes nothing. Rows that changed after the
    preview, and households or persons that are no longer the actor's to check, are left out and told as
    faults. Side effects: findings with their audit rows and `after_write`, an audit row.
    """
    require_role(actor, VERIFYING_ROLES)
    with transaction.atomic():
        returned = returns_of(actor).select_for_update(of=("self",)).filter(pk=return_id).first()
        if returned is None:
            raise Http404
        if returned.status == SheetStatus.APPLIED:
            return returned
        if returned.status != SheetStatus.READY or timezone.now() - returned.recorded_at > GOOD_FOR:
            raise Conflict("expired", _("แบบนี้ส่งมาเกิน 30 วันแล้ว ดึงแบบใหม่แล้วส่งอีกครั้ง"))
        lines = [
            line
            for line in SheetReturnLine.objects.filter(sheet_return=returned, fault="").order_by("id")
            if line.data["kind"] == Kind.CHANGE or line.pk in take
        ]
        kept = _still_good(actor, lines)
        done = _write(actor, kept)
        left = [line for line in lines if line.fault]
        SheetReturnLine.objects.bulk_update(left, ["fault"], batch_size=500)
        _name_findings(kept, done)
        returned.status = SheetStatus.APPLIED
        returned.done = len(done)
        returned.faults += len(left)
        returned.applied_at = actor.now()
        returned.save(update_fields=["status", "done", "faults", "applied_at"])
        audit(
            actor,
            "verification_sheet.apply",
            object_type="sheet_return",
            object_id=returned.pk,
            province_code=returned.province_code,
            changes={"done": len(done), "left_out": len(left), "sheet": str(returned.sheet_id)},
        )
    return returned


def _still_good(actor: Actor, lines: Sequence[SheetReturnLine]) -> list[SheetReturnLine]:
    """The lines that can be written now; the others get their fault."""
    households = {line.household_id for line in lines if line.household_id}
    reachable = _reachable(actor, households, lock=True)
    living = persons_of(reachable)
    now = standing_of([UUID(line.data["person"]) for line in lines])
    kept = []
    for line in lines:
        person = UUID(line.data["person"])
        if line.household_id not in reachable:
            line.fault = "out_of_reach"
        elif person not in living.get(line.household_id, set()):
            line.fault = "moved_away"
        elif now.get(person, Standing()) != Standing(*line.data["now"]):
            line.fault = "changed_since"
        else:
            kept.append(line)
    return kept


def _write(actor: Actor, lines: Sequence[SheetReturnLine]) -> list[Verification]:
    """The findings day by day, so many households at once."""
    by_day: dict[date, dict[UUID, list[FindingInput]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        status, note = line.data["found"]
        assert line.household_id is not None
        finding = FindingInput(person_id=UUID(line.data["person"]), status=status, note=note)
        by_day[date.fromisoformat(line.data["on"])][line.household_id].append(finding)
    done: list[Verification] = []
    for day, findings in sorted(by_day.items()):
        ids = sorted(findings)
        for start in range(0, len(ids), HOUSEHOLDS_AT_ONCE):
            chunk = {pk: findings[pk] for pk in ids[start : start + HOUSEHOLDS_AT_ONCE]}
            done += verify_households(actor=actor, findings=chunk, effective_on=day)
    return done


def _name_findings(lines: Sequence[SheetReturnLine], done: Sequence[Verification]) -> None:
    made = {row.person_id: row.pk for row in done}
    for line in lines:
        line.made_id = made[UUID(line.data["person"])]
    SheetReturnLine.objects.bulk_update(lines, ["made_id"], batch_size=500)
