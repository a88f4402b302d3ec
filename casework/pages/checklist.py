"""Why a household stands at its stage: every condition with the evidence it rests on, or what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import AnswerValue, Stage
from dimensions.reasons import because, why
from dimensions.rules import Met, Ref, StageResult
from povertyops.accounts.models import User

from ..enums import StageEventKind, VisitOutcome
from ..models import (
    Assessment,
    ContinuingCare,
    DimensionFinding,
    Help,
    HouseholdPlan,
    PlanStep,
    StageEvent,
    Visit,
)


class Proof(models.TextChoices):
    """How a condition is known to hold."""

    COMPUTED = "computed", _("ระบบคำนวณ")
    SEEN = "seen", _("เห็นที่บ้าน")
    TOLD = "told", _("คำบอก")
    PAPER = "paper", _("เอกสาร")


ICONS = {Proof.COMPUTED: "yardstick", Proof.SEEN: "eye", Proof.TOLD: "user", Proof.PAPER: "file"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: its kind, what it says, when and by whom; `url` opens it where it has a page."""

    proof: Proof
    value: str
    on: date | None
    by: str = ""
    url: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.proof]


@dataclass(frozen=True, slots=True)
class Row:
    """A condition in words, with its evidence; a missing one says what to do."""

    text: str
    met: bool
    since: date | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """A stage with its conditions, the missing ones first."""

    stage: Stage
    rows: list[Row]
    is_reached: bool

    @property
    def missing(self) -> list[str]:
        return [row.text for row in self.rows if not row.met]


def checklists_of(household_id: UUID, result: StageResult, now: Stage) -> list[Checklist]:
    """The three stages, lowest first."""
    proofs = _Proofs(household_id, [ref for met in result.met for ref in met.evidence])
    return [
        Checklist(stage, _rows(result, stage, proofs), is_reached=stage <= now)
        for stage in Stage
        if stage != Stage.WAITING
    ]


def _rows(result: StageResult, stage: Stage, proofs: _Proofs) -> list[Row]:
    missing = [Row(str(why(lack)), met=False) for lack in result.missing if lack.stage == stage]
    met = [
        Row(str(because(has)), met=True, since=has.on, evidence=proofs.of(has))
        for has in result.met
        if has.stage == stage
    ]
    return missing + met


class _Proofs:
    """The rows behind the references of a result, loaded once per kind."""

    def __init__(self, household_id: UUID, refs: Iterable[Ref]) -> None:
        self._household = household_id
        wanted: dict[str, set[Any]] = {}
        people: set[int] = set()
        for ref in refs:
            wanted.setdefault(ref.kind, set()).add(UUID(str(ref.id)))
            if ref.recorded_by is not None:
                people.add(ref.recorded_by)
        self._rows = {kind: _LOADERS[kind](ids) for kind, ids in wanted.items()}
        self._names = {user.pk: user.display_name for user in User.objects.filter(pk__in=people)}

    def of(self, met: Met) -> tuple[Evidence, ...]:
        if met.evidence:
            return tuple(self._evidence(ref) for ref in met.evidence)
        if met.code == "sufficient_approved":
            return (self._approval(met.on),)
        return (Evidence(Proof.COMPUTED, "", met.on),)

    def _evidence(self, ref: Ref) -> Evidence:
        proof, value, url = self._rows[ref.kind].get(UUID(str(ref.id)), (Proof.COMPUTED, "", ""))
        return Evidence(proof, value, ref.on, self._names.get(ref.recorded_by or 0, ""), url)

    def _approval(self, on: date) -> Evidence:
        event = (
            StageEvent.objects.filter(
                household=self._household,
                effective_on=on,
                kind__in=[StageEventKind.APPROVED, StageEventKind.CARRIED],
            )
            .select_related("actor")
            .first()
        )
        if event is None:
            return Evidence(Proof.COMPUTED, "", on)
        minutes = event.minutes_number
        value = gettext("รายงานการประชุมที่ %(number)s") % {"number": minutes} if minutes else event.document
        return Evidence(Proof.PAPER, value, on, event.actor.display_name if event.actor else "")


_Loaded = Mapping[UUID, tuple[Proof, str, str]]


def _at(visit: Visit | None) -> tuple[Proof, str]:
    """A visit that met the family has seen it; one by telephone was told; without a visit it is paper."""
    if visit is None:
        return Proof.PAPER, ""
    proof = Proof.TOLD if visit.outcome == VisitOutcome.PHONE else Proof.SEEN
    return proof, reverse("visit", args=[visit.pk])


def _helps(ids: set[Any]) -> _Loaded:
    rows = Help.objects.filter(pk__in=ids).select_related("item", "visit")
    found = {}
    for row in rows:
        proof, url = _at(row.visit)
        if row.visit is None and not row.letter_number:
            proof = Proof.TOLD
        parts = [
            row.item.name,
            row.letter_number and gettext("หนังสือ %(number)s") % {"number": row.letter_number},
        ]
        found[row.pk] = (proof, " · ".join(part for part in parts if part), url)
    return found


def _assessments(ids: set[Any]) -> _Loaded:
    rows = Assessment.objects.filter(pk__in=ids).select_related("visit").prefetch_related("answers")
    found = {}
    for row in rows:
        proof, url = _at(row.visit)
        passed = sum(answer.value != AnswerValue.FAIL for answer in row.answers.all())
        value = gettext("ประเมิน %(all)d ข้อ ไม่ตกเกณฑ์ %(passed)d ข้อ") % {
            "all": len(row.answers.all()),
            "passed": passed,
        }
        found[row.pk] = (proof, value, url)
    return found


def _findings(ids: set[Any]) -> _Loaded:
    rows = DimensionFinding.objects.filter(pk__in=ids).select_related("visit")
    return {
        row.pk: (Proof.TOLD, row.note or gettext("ครัวเรือนแก้ปัญหาได้เอง"), _at(row.visit)[1]) for row in rows
    }


def _care(ids: set[Any]) -> _Loaded:
    rows = ContinuingCare.objects.filter(pk__in=ids)
    return {
        row.pk: (
            Proof.PAPER,
            gettext("รายงานการประชุมที่ %(number)s") % {"number": row.minutes_number}
            if row.minutes_number
            else row.reason,
            "",
        )
        for row in rows
    }


def _plans(ids: set[Any]) -> _Loaded:
    rows = HouseholdPlan.objects.filter(pk__in=ids)
    return {
        row.pk: (Proof.PAPER, gettext("แผนฉบับที่ %(version)d") % {"version": row.version}, "") for row in rows
    }


def _steps(ids: set[Any]) -> _Loaded:
    return {row.pk: (Proof.TOLD, row.text, "") for row in PlanStep.objects.filter(pk__in=ids)}


_LOADERS = {
    "help": _helps,
    "assessment": _assessments,
    "self_solved": _findings,
    "care": _care,
    "plan": _plans,
    "step": _steps,
}
