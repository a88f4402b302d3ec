"""Recording visits: stored once however often they arrive, one by one or a hundred at a time."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.access import can_write, scope_q
from households.models import ListedPerson, Membership, Verification
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many
from povertyops.common.bulk import insert_rows
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7

from ..access import SCOPE, Workable, get_visit_for, households_to_work_on
from ..inputs import HelpInput, VisitInput
from ..models import (
    Assessment,
    AssessmentAnswer,
    DimensionFinding,
    Help,
    Visit,
    VisitConflict,
    VisitReceipt,
)
from ..rules import BATCH_LIMIT, visit_day
from ..validators import check_visit
from .after import after_write
from .helping import HelpContext, help_row, load_help_context

Status = Literal["created", "same", "conflict", "refused"]


@dataclass(frozen=True, slots=True)
class VisitOutcomeResult:
    """What became of one visit. `visit` is the stored record where the caller may see it.

    `error` says why a visit of a batch was refused: a DomainError, or Http404 for a household out of sight.
    """

    visit_id: UUID
    status: Status
    visit: Visit | None = None
    error: DomainError | Http404 | None = None


@dataclass(slots=True)
class _Work:
    """What a batch needs, loaded once for all of its visits."""

    actor: Actor
    households: Mapping[UUID, Workable]
    helps: HelpContext
    members: Mapping[UUID, set[UUID]] = field(default_factory=dict)
    amended: Mapping[UUID, Visit] = field(default_factory=dict)
    amended_already: set[UUID] = field(default_factory=set)


def record_visit(*, actor: Actor, visit: VisitInput) -> VisitOutcomeResult:
    """Store one visit with everything it found and gave; sent again it answers "same", with other content "conflict".

    Side effects: Visit, receipt, helps, verifications, assessment, findings, audit row, and all of `after_write`.
    Raises Http404 for a household out of sight, NotAllowed for one that is read-only, InvalidInput otherwise.
    """
    with transaction.atomic():
        result = _record(actor, [visit])[0]
        if result.error is not None:
            raise result.error
    return result


def record_visits(*, actor: Actor, visits: Sequence[VisitInput]) -> list[VisitOutcomeResult]:
    """Store up to a hundred visits, one result each in their order; a bad one never harms the others."""
    if len(visits) > BATCH_LIMIT:
        raise InvalidInput("too_many", _("ส่งได้ครั้งละไม่เกิน %(limit)d รายการ") % {"limit": BATCH_LIMIT})
    with transaction.atomic():
        return _record(actor, visits)


def void_visit(*, actor: Actor, visit_id: UUID, new_id: UUID, note: str) -> Visit:
    """Say that a visit never took place: a new row that amends it; its helps are void as well."""
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดบอกเหตุผลที่ยกเลิกบันทึกนี้"), field="note")
    with transaction.atomic():
        wrong = get_visit_for(actor, visit_id)
        work = _workable(actor, wrong.household_id, households_to_work_on(actor, [wrong.household_id]))
        if Visit.objects.filter(amends=wrong).exists() or wrong.is_void:
            raise Conflict("already_amended", _("บันทึกนี้ถูกแก้ไขหรือยกเลิกไปแล้ว โปรดเปิดฉบับล่าสุด"))
        row = _copy_of(wrong, pk=new_id, note=note.strip(), is_void=True, actor=actor, work=work)
        row.save(force_insert=True)
        helps = Help.objects.filter(visit=wrong, is_void=False, amendments=None)
        Help.objects.bulk_create([_void_help(actor, help_) for help_ in helps])
        audit_many(
            actor,
            "visit.void",
            object_type="visit",
            rows=[
                (
                    wrong.pk,
                    wrong.household_id,
                    wrong.province_code,
                    {"void": str(new_id), "note": note.strip()},
                )
            ],
        )
        after_write(actor=actor, household_ids=[wrong.household_id], since=wrong.visited_on)
    return row


def content_hash(visit: VisitInput) -> bytes:
    """Fingerprint of what a visit says. The clock skew is left out: it is measured anew at every sync."""
    return hashlib.sha256(json.dumps(body_of(visit), sort_keys=True, ensure_ascii=False).encode()).digest()


def body_of(visit: VisitInput) -> dict[str, Any]:
    """The visit as JSON, the same for the same content whatever the order in which parts were sent."""
    return {
        "household": str(visit.household_id),
        "visited_at": visit.visited_at.astimezone(UTC).isoformat(),
        "outcome": visit.outcome,
        "note": visit.note,
        "next_visit_on": _text(visit.next_visit_on),
        "notice_version": visit.notice_version,
        "helps": sorted((_help_body(help_) for help_ in visit.helps), key=lambda body: body["id"]),
        "verifications": sorted([str(f.person_id), str(f.status), f.note] for f in visit.verifications),
        "answers": sorted([int(number), str(value)] for number, value in visit.answers.items()),
        "survey_year": visit.survey_year,
        "self_solved": sorted(str(dimension) for dimension in visit.self_solved),
        "place": [visit.latitude, visit.longitude, visit.accuracy_m],
        "amends": _text(visit.amends),
    }


def _help_body(help_: HelpInput) -> dict[str, Any]:
    return {
        "id": str(help_.id),
        "item": str(help_.item_id),
        "given_on": help_.given_on.isoformat(),
        "agency": help_.agency_name,
        "amount": f"{help_.amount_baht:.2f}",
        "detail": help_.detail,
        "status": str(help_.status),
        "letter": help_.letter_number,
        "fulfils": _text(help_.fulfils),
    }


def _text(value: date | UUID | None) -> str | None:
    return None if value is None else str(value)


# ---------------------------------------------------------------------------------------------------- one batch


def _record(actor: Actor, visits: Sequence[VisitInput]) -> list[VisitOutcomeResult]:
    households = households_to_work_on(actor, {visit.household_id for visit in visits})
    results: dict[int, VisitOutcomeResult] = {}
    fresh = _claim(actor, visits, households, results)
    work = _load_work(actor, [visits[place] for place in fresh], households)
    good: list[VisitInput] = []
    for place in fresh:
        visit = visits[place]
        try:
            _check(work, visit)
        except DomainError as error:
            results[place] = VisitOutcomeResult(visit.id, "refused", error=error)
        else:
            good.append(visit)
    refused = [visits[place].id for place in fresh if place in results]
    if refused:
        VisitReceipt.objects.filter(visit_id__in=refused).delete()
    stored = _store(work, good)
    for place in fresh:
        if place not in results:
            results[place] = VisitOutcomeResult(visits[place].id, "created", stored[visits[place].id])
    return [results[place] for place in range(len(visits))]


def _claim(
    actor: Actor,
    visits: Sequence[VisitInput],
    households: Mapping[UUID, Workable],
    results: dict[int, VisitOutcomeResult],
) -> list[int]:
    """Insert a receipt per visit; the places of those that are new. The others get their result here.

    The unique key decides, not a look beforehand: of two requests at once the second waits for the first.
    """
    reachable = [place for place, visit in enumerate(visits) if visit.household_id in households]
    hashes = {place: content_hash(visits[place]) for place in range(len(visits))}
    won = _insert_receipts(actor, [(visits[place].id, hashes[place]) for place in reachable])
    fresh: list[int] = []
    for place in reachable:
        if visits[place].id in won:
            won.remove(visits[place].id)
            fresh.append(place)
    settled = set(fresh)
    repeated = [place for place in range(len(visits)) if place not in settled]
    if repeated:
        _answer_repeats(actor, visits, repeated, hashes, households, results)
    return fresh


def _insert_receipts(actor: Actor, rows: Sequence[tuple[UUID, bytes]]) -> set[UUID]:
    """The visit ids whose receipt did not exist before."""
    if not rows:
        return set()
    unique = sorted({visit_id: digest for visit_id, digest in reversed(rows)}.items())
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO casework_visitreceipt (visit_id, content_hash, user_id, recorded_at)
               SELECT visit_id, content_hash, %s, coalesce(%s::timestamptz, now())
               FROM unnest(%s::uuid[], %s::bytea[]) AS new (visit_id, content_hash)
               ON CONFLICT (visit_id) DO NOTHING RETURNING visit_id""",
            [actor.user_id, actor.recorded_at, [row[0] for row in unique], [row[1] for row in unique]],
        )
        return {row[0] for row in cursor.fetchall()}


def _answer_repeats(
    actor: Actor,
    visits: Sequence[VisitInput],
    places: Sequence[int],
    hashes: Mapping[int, bytes],
    households: Mapping[UUID, Workable],
    results: dict[int, VisitOutcomeResult],
) -> None:
    """Results of visits whose UUID was known already, or whose household the caller cannot see."""
    ids = [visits[place].id for place in places]
    receipts = VisitReceipt.objects.in_bulk(ids)
    stored = Visit.objects.in_bulk(ids)
    seen = set(Visit.objects.filter(scope_q(actor, SCOPE), pk__in=ids).values_list("pk", flat=True))
    conflicts: list[VisitConflict] = []
    for place in places:
        visit = visits[place]
        receipt = receipts.get(visit.id)
        mine = receipt is not None and receipt.user_id is not None and receipt.user_id == actor.user_id
        equal = receipt is not None and bytes(receipt.content_hash) == hashes[place]
        if equal and (mine or visit.id in seen):
            results[place] = VisitOutcomeResult(
                visit.id, "same", stored.get(visit.id) if mine or visit.id in seen else None
            )
        elif receipt is None or visit.household_id not in households:
            results[place] = VisitOutcomeResult(visit.id, "refused", error=Http404())
        else:
            conflicts.append(_conflict(actor, visit, hashes[place], stored.get(visit.id)))
            results[place] = VisitOutcomeResult(
                visit.id, "conflict", stored.get(visit.id) if visit.id in seen else None
            )
    VisitConflict.objects.bulk_create(conflicts, ignore_conflicts=True)


def _conflict(actor: Actor, visit: VisitInput, digest: bytes, stored: Visit | None) -> VisitConflict:
    return VisitConflict(
        visit_id=visit.id,
        household_id=stored.household_id if stored else visit.household_id,
        province_code=stored.province_code if stored else "",
        body=body_of(visit),
        body_hash=digest,
        user=actor.user,
        recorded_at=actor.stamp,
    )


def _workable(actor: Actor, household_id: UUID, households: Mapping[UUID, Workable]) -> Workable:
    work = households.get(household_id)
    if work is None:
        raise Http404
    if not can_write(actor, work.scope):
        raise NotAllowed("read_only", _("บทบาทนี้ดูข้อมูลครัวเรือนนี้ได้อย่างเดียว ให้ศูนย์ที่รับผิดชอบเป็นผู้บันทึก"))
    return work


def _load_work(actor: Actor, visits: Sequence[VisitInput], households: Mapping[UUID, Workable]) -> _Work:
    """Everything the checks need, each table asked only when a visit of the batch refers to it."""
    work = _Work(
        actor=actor,
        households=households,
        helps=load_help_context([help_ for visit in visits for help_ in visit.helps]),
    )
    checked = [visit.household_id for visit in visits if visit.verifications]
    if checked:
        work.members = _members_of(checked)
    amended = [visit.amends for visit in visits if visit.amends is not None]
    if amended:
        work.amended = Visit.objects.in_bulk(amended)
        work.amended_already = {
            pk
            for pk in Visit.objects.filter(amends__in=amended).values_list("amends", flat=True)
            if pk is not None
        }
    return work


def _members_of(household_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    ids = set(household_ids)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    living = Membership.objects.filter(household__in=ids, superseded_at=None)
    listed = ListedPerson.objects.filter(listing__household__in=ids, listing__superseded_at=None)
    for household_id, person_id in living.values_list("household_id", "person_id").union(
        listed.values_list("listing__household_id", "person_id")
    ):
        found[household_id].add(person_id)
    return found


def _check(work: _Work, visit: VisitInput) -> None:
    target = _workable(work.actor, visit.household_id, work.households)
    check_visit(visit, now=work.actor.now(), listed_from=target.listed_from)
    for finding in visit.verifications:
        if finding.person_id not in work.members.get(visit.household_id, set()):
            raise InvalidInput(
                "person_elsewhere",
                _("บุคคลนี้ไม่ได้อยู่ในครัวเรือนนี้ โปรดเปิดครัวเรือนใหม่แล้วเลือกอีกครั้ง"),
                field="verifications",
            )
    for help_ in visit.helps:
        work.helps.check(help_, household_id=visit.household_id, province_code=target.household.province_code)
    _check_amended(work, visit)


def _check_amended(work: _Work, visit: VisitInput) -> None:
    if visit.amends is None:
        return
    wrong = work.amended.get(visit.amends)
    if wrong is None or wrong.household_id != visit.household_id:
        raise InvalidInput("unknown_visit", _("ไม่พบบันทึกที่จะแก้ไขในครัวเรือนนี้"), field="amends")
    if wrong.pk in work.amended_already or wrong.is_void:
        raise Conflict("already_amended", _("บันทึกนี้ถูกแก้ไขหรือยกเลิกไปแล้ว โปรดเปิดฉบับล่าสุด"))
    work.amended_already.add(wrong.pk)


# ---------------------------------------------------------------------------------------------------- storing


def _store(work: _Work, visits: Sequence[VisitInput]) -> dict[UUID, Visit]:
    if not visits:
        return {}
    rows = [_visit_row(work, visit) for visit in visits]
    _insert(work.actor, rows)
    _store_helps(work, visits)
    _store_findings(work, visits)
    _store_assessments(work, visits)
    audit_many(
        work.actor,
        "visit.record",
        object_type="visit",
        rows=[
            (row.pk, row.household_id, row.province_code, _audited(visit))
            for row, visit in zip(rows, visits, strict=True)
        ],
    )
    since = min(row.visited_on for row in rows)
    amended = [work.amended[visit.amends].visited_on for visit in visits if visit.amends is not None]
    given = [help_.given_on for visit in visits for help_ in visit.helps]
    after_write(
        actor=work.actor,
        household_ids=[row.household_id for row in rows],
        since=min([since, *amended, *given]),
    )
    return {row.pk: row for row in rows}


# Every column but `recorded_at`, which is the database's.
_COLUMNS = [field.column for field in Visit._meta.concrete_fields if field.name != "recorded_at"]


def _insert(actor: Actor, rows: Sequence[Visit]) -> None:
    """Store visits and put the recorded time on them."""
    columns, values = _COLUMNS, [{name: vars(row)[name] for name in _COLUMNS} for row in rows]
    if actor.recorded_at:
        columns = [*_COLUMNS, "recorded_at"]
        values = [{**row, "recorded_at": actor.recorded_at} for row in values]
    recorded = dict(insert_rows(Visit, columns, values, returning=("id", "recorded_at")))
    for row in rows:
        row.recorded_at = recorded[row.pk]
        row._state.adding = False


def _audited(visit: VisitInput) -> dict[str, Any]:
    facts = {
        "outcome": str(visit.outcome),
        "helps": len(visit.helps),
        "verifications": len(visit.verifications),
        "answers": len(visit.answers),
        "amends": _text(visit.amends),
    }
    return {name: value for name, value in facts.items() if value}


def _visit_row(work: _Work, visit: VisitInput) -> Visit:
    target = work.households[visit.household_id]
    return Visit(
        id=visit.id,
        household_id=visit.household_id,
        province_code=target.household.province_code,
        area_code=target.scope.area_code,
        team_id=target.scope.team_id,
        visited_at=visit.visited_at,
        visited_on=visit_day(visit.visited_at, visit.clock_skew_s),
        outcome=visit.outcome,
        note=visit.note,
        next_visit_on=visit.next_visit_on,
        notice_version=visit.notice_version,
        latitude=visit.latitude,
        longitude=visit.longitude,
        accuracy_m=visit.accuracy_m,
        clock_skew_s=visit.clock_skew_s,
        amends_id=visit.amends,
        recorded_by=work.actor.user,
    )


def _store_helps(work: _Work, visits: Sequence[VisitInput]) -> None:
    agencies = work.helps.agencies_of(help_ for visit in visits for help_ in visit.helps)
    rows = [
        help_row(
            work.actor,
            help_,
            item=work.helps.items[help_.item_id],
            agency_id=agencies.get(help_.agency_name),
            household_id=visit.household_id,
            province_code=work.households[visit.household_id].household.province_code,
            area_code=work.households[visit.household_id].scope.area_code,
            visit_id=visit.id,
        )
        for visit in visits
        for help_ in visit.helps
    ]
    if rows:
        Help.objects.bulk_create(rows)


def _store_findings(work: _Work, visits: Sequence[VisitInput]) -> None:
    checked = [
        Verification(
            household_id=visit.household_id,
            person_id=finding.person_id,
            status=finding.status,
            note=finding.note,
            visit_id=visit.id,
            effective_on=visit_day(visit.visited_at, visit.clock_skew_s),
            recorded_by=work.actor.user,
            recorded_at=work.actor.stamp,
        )
        for visit in visits
        for finding in visit.verifications
    ]
    if checked:
        Verification.objects.bulk_create(checked)
    solved = [
        DimensionFinding(
            household_id=visit.household_id,
            province_code=work.households[visit.household_id].household.province_code,
            visit_id=visit.id,
            dimension=dimension,
            found_on=visit_day(visit.visited_at, visit.clock_skew_s),
            recorded_by=work.actor.user,
            recorded_at=work.actor.stamp,
        )
        for visit in visits
        for dimension in _solved(visit)
    ]
    if solved:
        DimensionFinding.objects.bulk_create(solved)


def _solved(visit: VisitInput) -> list[Dimension]:
    if visit.self_solved or visit.amends is None:
        return sorted(set(visit.self_solved))
    kept = DimensionFinding.objects.filter(visit=visit.amends).values_list("dimension", flat=True)
    return [Dimension(dimension) for dimension in kept]


def _store_assessments(work: _Work, visits: Sequence[VisitInput]) -> None:
    rows: list[tuple[Assessment, Mapping[int, str]]] = []
    for visit in visits:
        for survey_year, answers in _answers(visit):
            assessment = Assessment(
                id=uuid7(),
                household_id=visit.household_id,
                province_code=work.households[visit.household_id].household.province_code,
                visit_id=visit.id,
                survey_year=survey_year,
                assessed_on=visit_day(visit.visited_at, visit.clock_skew_s),
                recorded_by=work.actor.user,
                recorded_at=work.actor.stamp,
            )
            rows.append((assessment, answers))
    if not rows:
        return
    Assessment.objects.bulk_create([assessment for assessment, _answers_ in rows])
    AssessmentAnswer.objects.bulk_create(
        [
            AssessmentAnswer(assessment=assessment, indicator=number, value=value)
            for assessment, answers in rows
            for number, value in answers.items()
        ]
    )


def _answers(visit: VisitInput) -> list[tuple[int, Mapping[int, str]]]:
    """The assessments of a visit; a correction without answers keeps those of the visit it corrects."""
    if visit.answers and visit.survey_year is not None:
        return [(visit.survey_year, visit.answers)]
    if visit.amends is None:
        return []
    kept = Assessment.objects.filter(visit=visit.amends).prefetch_related("answers")
    return [
        (row.survey_year, {answer.indicator: answer.value for answer in row.answers.all()}) for row in kept
    ]


def _copy_of(wrong: Visit, *, pk: UUID, note: str, is_void: bool, actor: Actor, work: Workable) -> Visit:
    return Visit(
        id=pk,
        household_id=wrong.household_id,
        province_code=wrong.province_code,
        area_code=work.scope.area_code,
        team_id=work.scope.team_id,
        visited_at=wrong.visited_at,
        visited_on=wrong.visited_on,
        outcome=wrong.outcome,
        note=note,
        amends=wrong,
        is_void=is_void,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )


def _void_help(actor: Actor, help_: Help) -> Help:
    from .helping import void_row

    return void_row(actor, help_)


_Step = Callable[[_Work, Sequence[VisitInput]], None]
