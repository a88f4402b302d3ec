"""How the story is told: the product's own services, acting as its people, at the times of the story."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from casework.inputs import FindingInput, HelpInput, VisitInput
from casework.models import HelpMenuItem
from casework.services.apply import apply_batch, request_apply
from casework.services.importing import holding
from casework.services.visits import VisitOutcomeResult, record_visits
from dimensions.enums import Dimension
from households.models import Listing, Membership
from households.services.target_lists import Draft, read_batch, receive_list
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import Appointment
from povertyops.common.ids import uuid7

from .models import Chapter
from .people import InventedHousehold
from .sheets import as_csv

BANGKOK = ZoneInfo("Asia/Bangkok")
VISITS_A_CALL = 100
WORTH_ANOTHER_LOOK = 1_000


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=BANGKOK)


def acting(appointment: Appointment, day: date, hour: int = 17) -> Actor:
    """Someone of the cast at a time of the story."""
    return Actor(user=appointment.user, appointment=appointment, recorded_at=at(day, hour))


@contextmanager
def rarely_tidied() -> Iterator[None]:
    """A story makes millions of rows, none in circles: looking for circles took a third of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(frozen=True, slots=True)
class Known:
    """A household of the register as the story needs it."""

    id: UUID
    house_code: str
    area_code: str
    dimensions: int
    indicators: tuple[int, ...]
    centre_id: UUID
    persons: tuple[UUID, ...]

    @property
    def failing(self) -> list[Dimension]:
        return Dimension.from_mask(self.dimensions)


@dataclass
class Teller:
    """Tells one chapter and writes down how far it is."""

    chapter: Chapter
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.chapter.key)
        self._ticker = connection.copy()

    def step(self, text: str, done: int, total: int) -> None:
        """Say where the chapter is. On a connection of its own: the chapter itself is one transaction."""
        with self._ticker.cursor() as cursor:
            cursor.execute(
                "UPDATE demo_chapter SET step = %s, done = %s, total = %s WHERE key = %s",
                [text, done, max(total, 1), self.chapter.key],
            )

    def close(self) -> None:
        self._ticker.close()

    def import_list(
        self, actor: Actor, households: Sequence[InventedHousehold], kind: str, fiscal_year: int
    ) -> list[Known]:
        """Bring a list in through the product's import, as a file, and return its households."""
        self.bring_in(actor, households, kind, fiscal_year)
        return known_households(households[0].subdistrict[:2], kind, fiscal_year)

    def bring_in(
        self,
        actor: Actor,
        households: Sequence[InventedHousehold],
        kind: str,
        fiscal_year: int,
        *,
        dimensions: bool = True,
    ) -> None:
        """Bring a list in through the product's import, as a file."""
        holder = uuid7()
        batch = receive_list(
            actor=actor,
            draft=Draft(kind, fiscal_year),
            file_name=f"{kind}-{fiscal_year}.csv",
            pieces=[as_csv(households, dimensions=dimensions)],
            holder=holder,
        )
        with holding(batch.pk, holder):
            batch = read_batch(batch_id=batch.pk, holder=holder)
            if batch.faults:
                raise ValueError(f"{batch.file_name}: {batch.faults} rows of the story are wrong")
            request_apply(actor=actor, batch_id=batch.pk)
            apply_batch(batch_id=batch.pk, holder=holder)
        self.look_again()

    def look_again(self) -> None:
        """Let the planner see the rows of this chapter: nothing else analyses them before it is committed.

        A small sample says how many there are; the story ends with a whole look.
        """
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 10; ANALYZE")
            cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")

    def between(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both possible."""
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))


def known_households(province: str, kind: str, fiscal_year: int) -> list[Known]:
    """The households on a list, in the order of their house codes."""
    listings = list(
        Listing.objects.filter(
            kind_code=kind, fiscal_year=fiscal_year, province_code=province, superseded_at=None
        )
        .order_by("household__house_code")
        .values_list(
            "household_id",
            "household__house_code",
            "household__area_code",
            "dimensions",
            "failed_indicators",
            "household__scope__centre_id",
        )
    )
    members: dict[UUID, list[UUID]] = defaultdict(list)
    rows = Membership.objects.filter(
        household__province_code=province, valid_to=None, superseded_at=None
    ).order_by("position")
    for household, person in rows.values_list("household_id", "person_id"):
        members[household].append(person)
    return [
        Known(pk, house_code, area, mask, tuple(failed), centre, tuple(members[pk]))
        for pk, house_code, area, mask, failed, centre in listings
    ]


Given = tuple[HelpMenuItem, str, int, str]
"""A help of the story: item, agency, baht, delivered or promised."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A visit of the story before it has an id."""

    household: Known
    by: Appointment
    on: date
    note: str = ""
    outcome: str = "met"
    helps: tuple[Given, ...] = ()
    findings: tuple[tuple[UUID, str], ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)
    survey_year: int | None = None
    next_visit_on: date | None = None
    self_solved: tuple[Dimension, ...] = ()


class Diary:
    """Collects deeds and writes them in the order of their days, in calls of a hundred."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._deeds: list[Deed] = []

    def add(self, deed: Deed) -> None:
        self._deeds.append(deed)

    def write(self, text: str, *, latest: date | None = None) -> None:
        """Record every deed: each worker syncs at the end of the week the deeds fall in."""
        groups: dict[tuple[date, UUID], list[Deed]] = defaultdict(list)
        for deed in self._deeds:
            synced = deed.on + timedelta(days=(4 - deed.on.weekday()) % 7)
            groups[(min(synced, latest) if latest else synced, deed.by.pk)].append(deed)
        done = 0
        for (synced, _), deeds in sorted(groups.items(), key=lambda item: item[0][0]):
            actor = acting(deeds[0].by, synced, 20)
            for chunk in _chunks(sorted(deeds, key=lambda deed: deed.on), VISITS_A_CALL):
                _expect_stored(record_visits(actor=actor, visits=[self._visit(deed) for deed in chunk]))
            done += len(deeds)
            self._teller.step(text, done, len(self._deeds))
        if len(self._deeds) > WORTH_ANOTHER_LOOK:
            self._teller.look_again()
        self._deeds = []

    def _visit(self, deed: Deed) -> VisitInput:
        random = self._teller.random
        return VisitInput(
            id=_uuid(random),
            household_id=deed.household.id,
            visited_at=at(deed.on, random.randint(8, 16), random.randint(0, 59)),
            outcome=deed.outcome,
            note=deed.note,
            next_visit_on=deed.next_visit_on,
            notice_version="1",
            helps=tuple(
                HelpInput(
                    id=_uuid(random),
                    item_id=item.pk,
                    given_on=deed.on,
                    agency_name=agency,
                    amount_baht=Decimal(baht),
                    status=status,
                )
                for item, agency, baht, status in deed.helps
            ),
            verifications=tuple(FindingInput(person_id=pk, status=status) for pk, status in deed.findings),
            answers=deed.answers,
            survey_year=deed.survey_year,
            self_solved=deed.self_solved,
        )


class Menu:
    """The national help menu by dimension."""

    def __init__(self) -> None:
        self._items: dict[Dimension, list[HelpMenuItem]] = defaultdict(list)
        for item in HelpMenuItem.objects.filter(province_code="", is_active=True).order_by(
            "position", "code"
        ):
            self._items[Dimension(item.dimension)].append(item)

    def relieving(self, dimension: Dimension, random: Random) -> HelpMenuItem:
        return random.choice([item for item in self._items[dimension] if item.relieves])

    def first_relieving(self, dimension: Dimension) -> HelpMenuItem:
        return next(item for item in self._items[dimension] if item.relieves)


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def _chunks(rows: Sequence[Deed], size: int) -> Iterator[Sequence[Deed]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _expect_stored(results: Sequence[VisitOutcomeResult]) -> None:
    """A visit of the story that is refused is a mistake in the story."""
    for result in results:
        if result.status != "created":
            raise ValueError(f"a visit of the story was {result.status}: {result.error}")
