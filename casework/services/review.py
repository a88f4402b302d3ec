"""The yearly review: a meeting takes problems that were found later into the baseline.

A review is undone by superseding it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from dimensions.rules import Answer, StageEvidence
from households.access import can_write, scope_q
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many
from povertyops.common.errors import InvalidInput
from povertyops.common.thai import fiscal_year_of

from ..access import households_to_work_on
from ..models import BaselineReview
from ..queries.facts import Facts, load_facts
from ..queries.yardstick import LoadedYardstick
from ..rules import APPROVING_ROLES
from .after import after_write
from .guards import require_role
from .judging import evidence_of, listings_of
from .stages import judge


def take_into_baseline(
    *, actor: Actor, household_ids: Collection[UUID], minutes_number: str, effective_on: date
) -> list[BaselineReview]:
    """Take what fails beside the baseline of these households on the meeting's day into the baseline
    of that day's
    fiscal year and the years after it. Households out of sight, read-only or with nothing to take are
    left out.

    Side effects: BaselineReviews (an earlier one of the year is superseded by one with both), audit rows,
    `after_write`.
    """
    require_role(actor, APPROVING_ROLES)
    if not minutes_number.strip():
        raise InvalidInput("minutes_needed", _("โปรดใส่เลขที่รายงานการประชุม"), field="minutes_number")
    if effective_on > actor.today():
        raise InvalidInput("future_day", _("วันที่ประชุมต้องไม่อยู่ในอนาคต"), field="effective_on")
    year = fiscal_year_of(effective_on)
    with transaction.atomic():
        targets = households_to_work_on(actor, household_ids)
        mine = [pk for pk, target in targets.items() if can_write(actor, target.scope)]
        standing = BaselineReview.objects.select_for_update().filter(
            household_id__in=mine, fiscal_year=year, superseded_at=None
        )
        earlier = {review.household_id: review for review in standing}
        facts = load_facts(mine)
        yardstick = LoadedYardstick(facts)
        reviews = [
            _review(
                actor, found, yardstick, minutes_number.strip(), effective_on, earlier.get(found.household_id)
            )
            for found in facts
        ]
        made = [review for review in reviews if review is not None]
        _supersede(actor, [earlier[each.household_id].pk for each in made if each.household_id in earlier])
        BaselineReview.objects.bulk_create(made, batch_size=500)
        _audit(actor, "review.taken", made)
        if made:
            after_write(
                actor=actor, household_ids=[review.household_id for review in made], since=effective_on
            )
    return made


def undo_review(*, actor: Actor, review_id: UUID) -> BaselineReview:
    """Take a review back: what it took in counts as found later again. Side effects: audit row,
    `after_write`."""
    require_role(actor, APPROVING_ROLES)
    with transaction.atomic():
        rows = BaselineReview.objects.filter(scope_q(actor, "household__scope__"), superseded_at=None)
        review = rows.select_for_update(of=("self",)).filter(pk=review_id).first()
        target = households_to_work_on(actor, [review.household_id]) if review else {}
        if review is None or not all(can_write(actor, each.scope) for each in target.values()):
            raise Http404
        _supersede(actor, [review.pk])
        _audit(actor, "review.undone", [review])
        after_write(actor=actor, household_ids=[review.household_id], since=review.effective_on)
    return review


def _review(
    actor: Actor,
    facts: Facts,
    yardstick: LoadedYardstick,
    minutes_number: str,
    on: date,
    earlier: BaselineReview | None,
) -> BaselineReview | None:
    """The review of one household; None where nothing fails beside its baseline."""
    result = judge(facts, yardstick, on)
    year = fiscal_year_of(on)
    listings = listings_of(facts, year)
    if not result.additional_mask or facts.open_case is None or not listings:
        return None
    evidence = evidence_of(facts, year, on, yardstick, ())
    failed = failing_indicators(evidence, result.additional_mask, on)
    return BaselineReview(
        household_id=facts.household_id,
        province_code=facts.province_code,
        fiscal_year=year,
        survey_year=max(listing.survey_year for listing in listings),
        dimensions=result.additional_mask | (earlier.dimensions if earlier else 0),
        failed_indicators=sorted({*failed, *(earlier.failed_indicators if earlier else ())}),
        effective_on=min(on, earlier.effective_on) if earlier else on,
        minutes_number=minutes_number,
        decided_by=actor.user,
        recorded_at=actor.stamp,
    )


def failing_indicators(evidence: StageEvidence, mask: int, on: date) -> list[int]:
    """The indicators of these dimensions whose last answer by that day says they fail."""
    last: dict[int, Answer] = {}
    for answer in evidence.answers:
        if answer.on <= on and (answer.indicator not in last or last[answer.indicator].on <= answer.on):
            last[answer.indicator] = answer
    return sorted(
        number
        for number, answer in last.items()
        if answer.fails and number in evidence.mapping and evidence.mapping[number].bit & mask
    )


def _supersede(actor: Actor, ids: Sequence[UUID]) -> None:
    BaselineReview.objects.filter(pk__in=ids).update(superseded_at=actor.stamp)


def _audit(actor: Actor, action: str, reviews: Sequence[BaselineReview]) -> None:
    audit_many(
        actor,
        action,
        object_type="review",
        rows=[
            (
                review.pk,
                review.household_id,
                review.province_code,
                {
                    "dimensions": review.dimensions,
                    "fiscal_year": review.fiscal_year,
                    "minutes": review.minutes_number,
                },
            )
            for review in reviews
        ],
    )
