"""The end of every write: stages follow the evidence, the read model the facts, leaves are marked dirty."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from dimensions.rules import StageResult
from households.models import HouseholdScope
from povertyops.accounts.actor import Actor
from povertyops.common.bulk import insert_rows
from povertyops.common.ids import uuid7
from povertyops.common.languages import kept_in_thai

from ..enums import CloseReason
from ..models import RemovalRequest, StageEvent
from ..queries.facts import EventFact, Facts, ScopeFact, load_facts
from ..queries.yardstick import LoadedYardstick
from .cohort import CHUNK, refresh_from_facts
from .judging import NewEvent, Settlement, Yardstick, assignment_on, listings_of, settle


class _CaseChange(NamedTuple):
    id: UUID
    stage: int
    stage_since: date
    proposed_stage: int | None


def after_write(*, actor: Actor, household_ids: Iterable[UUID], since: date) -> None:
    """Judge these households again and write down what follows; call it last, inside the write's transaction.

    Writes StageEvents that the evidence makes by itself, Case.stage and Case.proposed_stage, removal requests
    for households that fail nothing, CohortState of the fiscal years that end on or after `since`,
    HouseholdScope, and dirty marks for leaves that moved. The caller has locked the households.
    """
    ids = sorted(set(household_ids))
    with transaction.atomic(savepoint=False):
        for start in range(0, len(ids), CHUNK):
            facts = load_facts(ids[start : start + CHUNK], with_states=True)
            yardstick = LoadedYardstick(facts)
            _settle_all(actor, facts, yardstick, since)
            today = timezone.localdate()
            _write_scopes(facts, today)
            refresh_from_facts(facts, yardstick, today=today, since=since, known_on=actor.today())


# ------------------------------------------------------------------------------------------------- stages


def _settle_all(actor: Actor, facts: Sequence[Facts], yardstick: Yardstick, since: date) -> None:
    settled = [(found, settle(found, yardstick, today=actor.today(), since=since)) for found in facts]
    events: list[tuple[Facts, NewEvent]] = []
    changes: list[_CaseChange] = []
    closings: list[Facts] = []
    for found, settlement in settled:
        if settlement is None:
            continue
        events += [(found, event) for event in settlement.events]
        if change := _take_over(found, settlement):
            changes.append(change)
        if settlement.propose_closing:
            closings.append(found)
    _write_events(actor, events)
    _write_cases(changes)
    _propose_closing(actor, closings)


def _take_over(facts: Facts, settlement: Settlement) -> _CaseChange | None:
    """Put the settlement into the facts, so that the rows see it; the case's change, if it has one."""
    case = facts.open_case
    assert case is not None
    facts.events += [
        EventFact(event.case_id, event.kind, event.to_stage, event.effective_on)
        for event in settlement.events
    ]
    facts.events.sort(key=lambda event: event.on)
    now = (settlement.stage, settlement.stage_since, settlement.proposed_stage)
    if now == (case.stage, case.stage_since, case.proposed_stage):
        return None
    stage, stage_since, proposed = now
    facts.cases = [
        row._replace(stage=stage, stage_since=stage_since, proposed_stage=proposed)
        if row.id == case.id
        else row
        for row in facts.cases
    ]
    return _CaseChange(case.id, stage, stage_since, proposed)


def evidence_json(result: StageResult) -> list[dict[str, Any]]:
    """What a stage rests on, as a StageEvent keeps it."""
    return [
        {
            "code": met.code,
            "dimension": met.dimension.value if met.dimension else None,
            "evidence": [
                {"kind": ref.kind, "id": str(ref.id), "on": ref.on.isoformat()} for ref in met.evidence
            ],
        }
        for met in result.met
        if met.stage <= result.stage
    ]


def _write_events(actor: Actor, events: Sequence[tuple[Facts, NewEvent]]) -> None:
    if not events:
        return
    same: dict[str, Any] = {"minutes_number": "", "document": "", "actor_id": actor.user_id}
    if actor.recorded_at:
        same["recorded_at"] = actor.recorded_at
    rows = [
        {
            "id": uuid7(),
            "case_id": event.case_id,
            "household_id": facts.household_id,
            "province_code": facts.province_code,
            "kind": event.kind,
            "from_stage": event.from_stage,
            "to_stage": event.to_stage,
            "effective_on": event.effective_on,
            "rule_version": event.result.version,
            "evidence": evidence_json(event.result),
        }
        for facts, event in events
    ]
    insert_rows(StageEvent, list(rows[0]), rows, same=same)


def _write_cases(changes: Sequence[_CaseChange]) -> None:
    if not changes:
        return
    body = json.dumps([change._asdict() for change in changes], default=str)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE casework_case AS c
               SET stage = n.stage, stage_since = n.stage_since, proposed_stage = n.proposed_stage
               FROM json_populate_recordset(NULL::casework_case, %s) AS n WHERE c.id = n.id""",
            [body],
        )


def _propose_closing(actor: Actor, households: Sequence[Facts]) -> None:
    """Propose closing for households assessed in full that fail nothing; a second person decides."""
    if not households:
        return
    with kept_in_thai():
        note = gettext("ประเมินครบทุกตัวชี้วัดแล้วไม่พบมิติที่ตกเกณฑ์ ระบบเสนอให้ยุติการดูแล")
    RemovalRequest.objects.bulk_create(
        [
            RemovalRequest(
                case_id=facts.open_case.id,
                household_id=facts.household_id,
                province_code=facts.province_code,
                reason=CloseReason.NOT_POOR,
                note=note,
                effective_on=actor.today(),
                requested_by=actor.user,
                requested_at=actor.stamp,
            )
            for facts in households
            if facts.open_case is not None
        ],
        ignore_conflicts=True,
    )


# -------------------------------------------------------------------------------------------------- scope


def _write_scopes(facts: Sequence[Facts], today: date) -> None:
    """Team, failing dimensions and openness of the scope rows that no longer agree with the facts."""
    changed = []
    for found in facts:
        scope = _scope_of(found, today)
        if scope != found.scope:
            found.scope = scope
            changed.append({"household_id": str(found.household_id), **scope._asdict()})
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {HouseholdScope._meta.db_table} AS s
                SET team_id = n.team_id, dimensions = n.dimensions, is_open = n.is_open
                FROM json_populate_recordset(NULL::{HouseholdScope._meta.db_table}, %s) AS n
                WHERE s.household_id = n.household_id""",  # noqa: S608 - the table's own name
            [json.dumps(changed, default=str)],
        )


def _scope_of(facts: Facts, today: date) -> ScopeFact:
    assignment = assignment_on(facts.assignments, today)
    mask = 0
    for listing in listings_of(facts, max((row.fiscal_year for row in facts.listings), default=0)):
        mask |= listing.dimensions
    return facts.scope._replace(
        team_id=assignment.team_id if assignment else None,
        dimensions=mask,
        is_open=facts.open_case is not None,
    )
