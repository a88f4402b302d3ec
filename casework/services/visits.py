"""Recording visits: stored once however often they arrive, one by one or a hundred at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import Person
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many
from povertyops.common.errors import Conflict, DomainError, InvalidInput

from ..access import Workable, get_visit_for, households_to_work_on
from ..inputs import VisitInput
from ..models import Help, Visit, VisitConflict
from ..rules import BATCH_LIMIT, true_time
from ..validators import check_visit
from .after import after_write
from .guards import require_workable, require_writable
from .held import Claim, Held, held_then, households_beyond_sight
from .helping import load_help_context, void_row
from .plain_visits import is_plain, note_plain_visits
from .receipts import (
    VisitOutcomeResult,
    answer_repeats,
    claim_receipts,
    conflict_row,
    content_hash,
    give_back,
)
from .verification import persons_of, require_person
from .visit_rows import (
    VisitWork,
    insert_visits,
    store_assessments,
    store_findings,
    store_helps,
    store_priorities,
    visit_row,
)

__all__ = ["VisitOutcomeResult", "content_hash", "record_visit", "record_visits", "void_visit"]


def record_visit(*, actor: Actor, visit: VisitInput) -> VisitOutcomeResult:
    """Store one visit with all it found and gave; sent again it is the "same", other content a "conflict".

    A household that left the sender's hands is taken for what was made while it was in them, and marked.
    Side effects: Visit, receipt, helps, verifications, assessment, findings, audit row, `after_write`.
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
        target = require_workable(actor, wrong.household_id)
        if Visit.objects.filter(amends=wrong).exists() or wrong.is_void:
            raise Conflict("already_amended", _("บันทึกนี้ถูกแก้ไขหรือยกเลิกไปแล้ว โปรดเปิดฉบับล่าสุด"))
        row = _void_row(actor, wrong, target, new_id, note.strip())
        row.save(force_insert=True)
        helps = list(Help.objects.filter(visit=wrong, is_void=False, amendments=None))
        Help.objects.bulk_create([void_row(actor, help_) for help_ in helps])
        facts = {"void": str(new_id), "note": note.strip()}
        audit_many(
            actor,
            "visit.void",
            object_type="visit",
            rows=[(wrong.pk, wrong.household_id, wrong.province_code, facts)],
        )
        since = min([wrong.visited_on, *(help_.given_on for help_ in helps)])
        after_write(actor=actor, household_ids=[wrong.household_id], since=since)
    return row


def _void_row(actor: Actor, wrong: Visit, target: Workable, pk: UUID, note: str) -> Visit:
    return Visit(
        id=pk,
        household_id=wrong.household_id,
        province_code=wrong.province_code,
        area_code=target.scope.area_code,
        team_id=target.scope.team_id,
        visited_at=wrong.visited_at,
        visited_on=wrong.visited_on,
        outcome=wrong.outcome,
        note=note,
        amends=wrong,
        is_void=True,
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )


# --------------------------------------------------------------------------------------------- one batch


def _record(actor: Actor, visits: Sequence[VisitInput]) -> list[VisitOutcomeResult]:
    prints = [content_hash(visit) for visit in visits]  # before the locks, which others wait for
    households = households_to_work_on(actor, {visit.household_id for visit in visits}, follow_merged=True)
    seen = set(households)
    held = held_then(actor, (_claim(visit) for visit in visits if visit.household_id not in seen))
    households |= households_beyond_sight(claim.household_id for claim in held)
    in_reach = [
        (visit, print_)
        for visit, print_ in zip(visits, prints, strict=True)
        if visit.household_id in seen or _claim(visit) in held
    ]
    won = claim_receipts(actor, [(visit.id, print_) for visit, print_ in in_reach])
    first = {visit.id: visit for visit, _print in reversed(in_reach) if visit.id in won}
    late = {pk: held[_claim(visit)] for pk, visit in first.items() if visit.household_id not in seen}
    stored = _store_good(actor, at_home(list(first.values()), households), households, late)
    others = [visit for visit in visits if visit.id not in first]
    answers = iter(answer_repeats(actor, others, set(households)))
    results = []
    for visit in visits:
        if visit.id not in first:
            results.append(next(answers))
        elif visit is first[visit.id]:
            results.append(stored[visit.id])
        else:
            results.append(_answer_twin(actor, visit, first[visit.id], stored[visit.id]))
    return results


def at_home(visits: Sequence[VisitInput], households: Mapping[UUID, Workable]) -> list[VisitInput]:
    """Visits of a household that was merged into another one, as visits of that one.

    Receipts keep the fingerprint of what was sent: sent again it is still the same.
    """
    moved = {
        visit.id for visit in visits if households[visit.household_id].household.pk != visit.household_id
    }
    if not moved:
        return list(visits)
    named = {finding.person_id for visit in visits if visit.id in moved for finding in visit.verifications}
    persons = dict(Person.objects.filter(pk__in=named).values_list("pk", "merged_into"))
    return [
        dataclasses.replace(
            visit,
            household_id=households[visit.household_id].household.pk,
            verifications=tuple(
                dataclasses.replace(found, person_id=persons.get(found.person_id) or found.person_id)
                for found in visit.verifications
            ),
        )
        if visit.id in moved
        else visit
        for visit in visits
    ]


def _claim(visit: VisitInput) -> Claim:
    return Claim(visit.household_id, true_time(visit.visited_at, visit.clock_skew_s))


def _answer_twin(
    actor: Actor, visit: VisitInput, first: VisitInput, result: VisitOutcomeResult
) -> VisitOutcomeResult:
    """What to say of a visit whose id came earlier in the same batch."""
    if result.status == "refused":
        return result
    if content_hash(visit) == content_hash(first):
        return VisitOutcomeResult(visit.id, "same", result.visit)
    conflict = conflict_row(actor, visit, result.visit)
    VisitConflict.objects.bulk_create([conflict], ignore_conflicts=True)
    return VisitOutcomeResult(visit.id, "conflict", result.visit)


def _store_good(
    actor: Actor,
    visits: Sequence[VisitInput],
    households: Mapping[UUID, Workable],
    held: Mapping[UUID, Held],
) -> dict[UUID, VisitOutcomeResult]:
    """Store the visits that pass every check; the others are refused and give their receipts back."""
    work = _load_work(actor, visits, households)
    work.held = held
    results: dict[UUID, VisitOutcomeResult] = {}
    good = []
    for visit in visits:
        try:
            _check(work, visit)
        except DomainError as error:
            results[visit.id] = VisitOutcomeResult(visit.id, "refused", error=error)
        else:
            good.append(visit)
    give_back(list(results))
    for row in _store(work, good):
        results[row.pk] = VisitOutcomeResult(row.pk, "created", row)
    return results


def _load_work(actor: Actor, visits: Sequence[VisitInput], households: Mapping[UUID, Workable]) -> VisitWork:
    """Everything the checks need, each table asked only when a visit of the batch refers to it."""
    helps = load_help_context([help_ for visit in visits for help_ in visit.helps])
    work = VisitWork(actor=actor, households=households, helps=helps)
    checked = {visit.household_id for visit in visits if visit.verifications}
    if checked:
        work.members = persons_of(checked)
    amended = [visit.amends for visit in visits if visit.amends is not None]
    if amended:
        work.amended = Visit.objects.in_bulk(amended)
        corrected = Visit.objects.filter(amends__in=amended).values_list("amends", flat=True)
        work.amended_already = {pk for pk in corrected if pk is not None}
    return work


def _check(work: VisitWork, visit: VisitInput) -> None:
    """Raises DomainError for a visit that cannot be stored; only a good one uses up what it refers to."""
    target = work.households[visit.household_id]
    require_writable(work.actor, target)
    check_visit(visit, now=work.actor.now(), listed_from=target.listed_from)
    for finding in visit.verifications:
        require_person(finding.person_id, work.members.get(visit.household_id, set()))
    _check_amended(work, visit)
    work.helps.check(visit.helps, visit.household_id, target.household.province_code)
    if visit.amends is not None:
        work.amended_already.add(visit.amends)


def _check_amended(work: VisitWork, visit: VisitInput) -> None:
    if visit.amends is None:
        return
    wrong = work.amended.get(visit.amends)
    own = wrong is not None and wrong.recorded_by_id == work.actor.user_id
    if wrong is None or wrong.household_id != visit.household_id or (visit.id in work.held and not own):
        raise InvalidInput("unknown_visit", _("ไม่พบบันทึกที่จะแก้ไขในครัวเรือนนี้"), field="amends")
    if wrong.pk in work.amended_already or wrong.is_void:
        raise Conflict("already_amended", _("บันทึกนี้ถูกแก้ไขหรือยกเลิกไปแล้ว โปรดเปิดฉบับล่าสุด"))


def _store(work: VisitWork, visits: Sequence[VisitInput]) -> list[Visit]:
    if not visits:
        return []
    rows = insert_visits(work.actor, [visit_row(work, visit) for visit in visits])
    store_helps(work, visits)
    store_findings(work, visits)
    store_assessments(work, visits)
    store_priorities(work, visits)
    audit_many(
        work.actor,
        "visit.record",
        object_type="visit",
        rows=[
            (row.pk, row.household_id, row.province_code, _audited(visit, row))
            for row, visit in zip(rows, visits, strict=True)
        ],
    )
    _follow_up(work, visits, rows)
    return rows


def _follow_up(work: VisitWork, visits: Sequence[VisitInput], rows: Sequence[Visit]) -> None:
    """Stages and read model follow: judged anew where a visit brought evidence, the short way elsewhere."""
    pairs = list(zip(rows, visits, strict=True))
    judged = {row.household_id for row, visit in pairs if not is_plain(visit)}
    plain = [row for row in rows if row.household_id not in judged]
    judged |= note_plain_visits(plain, known_on=work.actor.today())
    if not judged:
        return
    days = [row.visited_on for row in rows if row.household_id in judged]
    days += [work.amended[visit.amends].visited_on for visit in visits if visit.amends is not None]
    days += [help_.given_on for visit in visits for help_ in visit.helps]
    after_write(actor=work.actor, household_ids=judged, since=min(days))


def _audited(visit: VisitInput, row: Visit) -> dict[str, Any]:
    facts = {
        "outcome": str(visit.outcome),
        "helps": len(visit.helps),
        "verifications": len(visit.verifications),
        "answers": len(visit.answers),
        "amends": str(visit.amends or ""),
        "time_doubt": str(visit.time_doubt),
        "after_assignment": row.after_assignment,
    }
    return {name: value for name, value in facts.items() if value}
