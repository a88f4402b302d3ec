"""A filled-in sheet that came back: checked row by row, then written down as findings."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
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
from ..queries.findings import became, lives_elsewhere, standing_for
from ..queries.sheets import returns_of
from ..rules import VERIFYING_ROLES
from ..sheet_rules import HEADERS, TOKEN_COLUMN, Judged, Kind, Standing, Stood, Whereabouts, judge_rows
from .guards import require_role
from .verification import persons_of, verify_households
from .verification_sheets import (
    MOST_PERSONS,
    is_too_old,
    labels_in_every_language,
    looks_like_token,
    sheet_named,
)

MOST_ROWS = MOST_PERSONS + 1_000
HOUSEHOLDS_AT_ONCE = 500
_NOT_OURS = _("ไฟล์นี้ไม่ใช่แบบตรวจสอบที่ท่านดึงจากระบบ ดึงแบบจากหน้าตรวจสอบข้อมูลแล้วกรอกในไฟล์นั้น")

Pieces = Callable[[], Iterable[bytes]]


def receive_return(*, actor: Actor, file_name: str, pieces: Pieces) -> SheetReturn:
    """Read a sheet that came back and keep what each row would do; nothing is changed yet.

    The file itself is not kept. Households and persons that were merged since are followed. Raises
    InvalidInput for what is no sheet of the actor's: a sheet of households that are all out of reach is
    refused like one that was never made.
    """
    require_role(actor, VERIFYING_ROLES)
    rows = _read(pieces)
    sheet = sheet_named(_token_in(rows[:1]))
    if sheet is not None and sheet.user_id is not None and sheet.user_id == actor.user_id:
        _check_age(sheet)
    stood = _stood_of(sheet) if sheet and not is_too_old(sheet) else {}
    where = _where(actor, {person: each.household_id for person, each in stood.items()})
    if sheet is None or not where.homes:
        raise InvalidInput("not_our_sheet", _NOT_OURS, field="file")
    reached = [pk for pk, each in stood.items() if each.household_id in where.homes]
    now = standing_for(actor, {where.person(pk) for pk in reached} - where.moved)
    judged = list(
        judge_rows(
            rows,
            stood=stood,
            now=now,
            where=where,
            statuses=labels_in_every_language(),
            today=actor.today(),
        )
    )
    return _store(actor, sheet, file_name, _hash_of(pieces), judged, now)


def _check_age(sheet: VerificationSheet) -> None:
    """Told to whoever took it out; to anybody else an old sheet is none."""
    if is_too_old(sheet):
        message = _("แบบนี้ดึงออกไปเกิน %(days)d วันแล้ว ดึงแบบใหม่แล้วกรอกอีกครั้ง")
        days = settings.VERIFICATION_SHEET_DAYS
        raise InvalidInput("old_sheet", message % {"days": days}, field="file")


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


def _where(actor: Actor, named: Mapping[UUID, UUID], *, lock: bool = False) -> Whereabouts:
    """Where persons and their households, as a sheet names them, are now; of households those in which the
    actor may write down findings."""
    targets = (
        households_to_work_on(actor, set(named.values()), lock=lock, follow_merged=True) if named else {}
    )
    homes = {
        pk: target.household.pk
        for pk, target in targets.items()
        if target.scope.is_open and can_write(actor, target.scope)
    }
    persons = became(named)
    living = {persons.get(pk, pk): homes[home] for pk, home in named.items() if home in homes}
    return Whereabouts(homes, persons, lives_elsewhere(living))


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
    now: Mapping[UUID, Standing],
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
        SheetReturnLine.objects.bulk_create([_line(returned, each, now) for each in told], batch_size=2_000)
    return returned


def _line(returned: SheetReturn, judged: Judged, now: Mapping[UUID, Standing]) -> SheetReturnLine:
    person = judged.person_id
    data: dict[str, object] = {}
    if person is not None:
        data["person"] = str(person)
    if person is not None and not judged.fault:
        data |= {
            "kind": judged.kind.value,
            "found": list(judged.found),
            "stood": list(judged.stood),
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
        good_for = timedelta(days=settings.SHEET_RETURN_DAYS)
        if returned.status != SheetStatus.READY or timezone.now() - returned.recorded_at > good_for:
            message = _("แบบนี้ส่งมาเกิน %(days)d วันแล้ว ดึงแบบใหม่แล้วส่งอีกครั้ง")
            raise Conflict("expired", message % {"days": good_for.days})
        lines = [
            line
            for line in SheetReturnLine.objects.filter(sheet_return=returned, fault="").order_by("id")
            if line.data["kind"] == Kind.CHANGE or line.pk in take
        ]
        kept = _still_good(actor, lines)
        done = _write(actor, kept)
        left = [line for line in lines if line.fault]
        SheetReturnLine.objects.bulk_update(left, ["fault", "details"], batch_size=500)
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
    """The lines that can be written now, at the household and the person that theirs are now; the others get
    their fault."""
    named = {UUID(line.data["person"]): line.household_id for line in lines if line.household_id}
    where = _where(actor, named, lock=True)
    members = persons_of(set(where.homes.values()))
    now = standing_for(actor, {where.person(pk) for pk in named} - where.moved)
    first: dict[UUID, int] = {}
    for line in lines:
        person = where.person(UUID(line.data["person"]))
        home = where.homes.get(line.household_id) if line.household_id else None
        if home is None:
            line.fault = "out_of_reach"
        elif person in where.moved or person not in members.get(home, set()):
            line.fault = "moved_away"
        elif person in first:
            line.fault, line.details = "twice", {"other_row": first[person]}
        elif now.get(person, Standing()) != Standing(*line.data["now"]):
            line.fault = "changed_since"
        else:
            first[person] = line.row
            line.household_id = home
            line.data = {**line.data, "person": str(person)}
    return [line for line in lines if not line.fault]


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
    SheetReturnLine.objects.bulk_update(lines, ["household", "data", "made_id"], batch_size=500)


# ------------------------------------------------------------------------------------------------- forgetting


def forget_old_sheets(*, actor: Actor) -> int:
    """What nobody can use any more goes: what stood when a sheet was taken out, and the lines of a return
    that was never confirmed; how many went. The rows themselves stay, without content. May run twice."""
    old = actor.now() - timedelta(days=settings.VERIFICATION_SHEET_DAYS)
    sheets = VerificationSheet.objects.filter(recorded_at__lt=old).exclude(stood={}).update(stood={})
    late = SheetReturn.objects.filter(
        status=SheetStatus.READY, recorded_at__lt=actor.now() - timedelta(days=settings.SHEET_RETURN_DAYS)
    )
    with transaction.atomic():
        ids = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True))
        SheetReturnLine.objects.filter(sheet_return__in=ids).delete()
        SheetReturn.objects.filter(pk__in=ids).update(status=SheetStatus.EXPIRED)
    return sheets + len(ids)
