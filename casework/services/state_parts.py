"""Parts of a household's state counted out of its lists: persons checked and fragile, indicators failing.

Pure; `judging` puts them into the row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from dimensions.rules import Answer
from households.enums import STILL_TARGET, VerificationStatus

from ..queries.facts import Facts, ListingFact, ReviewFact

ELDER_FROM = 60
SMALL_CHILD_UNDER = 6
NOT_THERE = frozenset({VerificationStatus.NOT_FOUND, VerificationStatus.MOVED, VerificationStatus.DIED})
BEFORE_THE_ANSWERS_OF_THE_DAY = -1.0


def failing_share(
    failing_mask: int,
    sources: Iterable[ListingFact | ReviewFact],
    answers: Sequence[Answer],
    set_size: int,
    on: date,
) -> int:
    """Thousandths of a set's indicators that fail now, at least one for each failing dimension.

    `sources` are lists and reviews, `answers` those of the set's own indicators. A pass in the official
    survey is only shown beside, so it takes nothing back.
    """
    if not failing_mask or not set_size:
        return 0
    failing: dict[int, tuple[date, float]] = {}
    for source in sources:
        moment = (source.effective_on, BEFORE_THE_ANSWERS_OF_THE_DAY)
        for number in source.failed_indicators:
            failing[number] = max(failing.get(number, moment), moment)
    for answer in sorted(answers, key=lambda each: (each.on, each.order)):
        moment = (answer.on, answer.order)
        if answer.on > on or moment < failing.get(answer.indicator, moment):
            continue
        if answer.fails:
            failing[answer.indicator] = moment
        elif not answer.official:
            failing.pop(answer.indicator, None)
    count = max(len(failing), failing_mask.bit_count())
    return min(1000, (1000 * count + set_size // 2) // set_size)


class ListedPersons:
    """The latest finding about each person by a day."""

    def __init__(self, facts: Facts, on: date) -> None:
        begun = [found for found in facts.verifications if found.on <= on]
        self.latest: Mapping[str, str] = {found.person_id: found.status for found in begun}
        self._found_on: Mapping[str, date] = {found.person_id: found.on for found in begun}

    def verified(self, persons: Iterable[str]) -> int:
        """How many still are targets: not found otherwise by the field check."""
        return sum(
            1 for pk in set(persons) if self.latest.get(pk, VerificationStatus.NOT_YET) in STILL_TARGET
        )

    def fragile(self, listings: Iterable[ListingFact], first_day: date) -> int:
        """Small children and elders on 1 October, without those who are gone."""
        births = {pk: born for listing in listings for pk, born in listing.births.items()}
        return sum(
            born is not None
            and self.latest.get(pk) not in NOT_THERE
            and (
                years_before(first_day, ELDER_FROM) >= born
                or years_before(first_day, SMALL_CHILD_UNDER) < born
            )
            for pk, born in births.items()
        )

    def all_checked_on(self, persons: Collection[str]) -> date | None:
        """The day of the last finding that was missing; None while somebody has not been checked."""
        if not persons or self.checked(persons) < len(persons):
            return None
        return max(self._found_on[pk] for pk in persons)

    def checked(self, persons: Iterable[str]) -> int:
        not_yet = VerificationStatus.NOT_YET
        return sum(1 for pk in set(persons) if self.latest.get(pk, not_yet) != not_yet)


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; for 1 October, which every year has."""
    return day.replace(year=day.year - years)
