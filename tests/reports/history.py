"""A small world lived through the product's own services, for tests that compare every count of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from casework.inputs import FindingInput, HelpInput, VisitInput
from casework.models import BaselineReview, Case, HelpMenuItem, RemovalRequest, Visit
from casework.services.after import after_write
from casework.services.assignment import assign_households, end_assignments
from casework.services.helps import record_help, record_help_batch
from casework.services.removal import decide_removal, request_removal
from casework.services.stages import carry_over_stage
from casework.services.verification import verify_persons
from casework.services.visits import record_visit, void_visit
from dimensions.enums import Dimension, Stage
from households.enums import VerificationStatus
from households.models import Household, Listing, ListKind, Membership, TargetList
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.errors import DomainError
from povertyops.common.ids import uuid7
from povertyops.common.thai import fiscal_year_of
from tests.cast import (
    CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    NEXT_VILLAGE,
    VILLAGE,
    Cast,
    make_case,
    make_household,
    make_listing,
)

VILLAGES = (VILLAGE, NEXT_VILLAGE, NEXT_SUBDISTRICT_VILLAGE, CITY_VILLAGE, MUEANG_VILLAGE, FAR_VILLAGE)
STATUSES = tuple(VerificationStatus)
ACTS = (
    *("visit", "help", "check", "assign", "unassign", "remove", "relist", "void", "batch", "drain"),
    *("review", "carry"),
)


class World:
    """Households of all villages on one list or two, and acts on them; a number picks who and what."""

    def __init__(self, cast: Cast, households: int = 8) -> None:
        self.cast = cast
        self.today = timezone.localdate()
        self.year = fiscal_year_of(self.today)
        self.opened_on = self.today - timedelta(days=100)
        self.items = {
            dimension: HelpMenuItem.objects.get_or_create(
                province_code="",
                code=f"world-{dimension.value}",
                defaults={"dimension": dimension, "name": dimension.label, "nature": "relief"},
            )[0]
            for dimension in Dimension
        }
        self._make_lists()
        self.households = [self._household(number) for number in range(households)]
        self._after(self.households, self.opened_on - timedelta(days=700))

    def _make_lists(self) -> None:
        """Lists that count from before the first visit, whatever the day of the test."""
        for kind in ("tpmap", "csr"):
            ListKind.objects.get_or_create(code=kind, defaults={"name": kind.upper()})
        TargetList.objects.bulk_create(
            TargetList(
                kind_id=kind,
                province_code=province,
                fiscal_year=year,
                survey_year=year - 1,
                effective_on=min(self.opened_on, date(year - 544, 10, 1)),
            )
            for kind in ("tpmap", "csr")
            for province in ("90", "40")
            for year in (self.year - 1, self.year)
        )

    def _household(self, number: int) -> Household:
        village = VILLAGES[number % len(VILLAGES)]
        household = make_household(
            self.cast, village=village, persons=1 + number % 3, national_ids=False, since=self.opened_on
        )
        carried = number % 5 == 4
        year = self.year - 1 if carried else self.year
        make_listing(household, fiscal_year=year, kind="tpmap", dimensions=1 + number * 7 % 31)
        if number % 3 == 0:
            make_listing(household, fiscal_year=year, kind="csr", dimensions=1 << number % 5)
        make_case(household, opened_on=date(self.year - 545, 10, 1) if carried else self.opened_on)
        return household

    def officer_of(self, household: Household) -> Actor:
        if household.area_code == CITY_VILLAGE:
            return self.cast.municipal_officer
        return {
            "9007": self.cast.officer,
            "9001": self.cast.other_officer,
            "4001": self.cast.far_officer,
        }[household.area_code[:4]]

    def _after(self, households: list[Household], since: date) -> None:
        after_write(actor=system_actor(), household_ids=[h.pk for h in households], since=since)

    def _pick(self, number: int) -> Household:
        return self.households[number % len(self.households)]

    def act(self, what: str, number: int) -> None:
        """Do one thing; what the rules refuse is left undone."""
        household = self._pick(number)
        with suppress(DomainError), transaction.atomic():
            getattr(self, f"_{what}")(household, number)

    def _visit(self, household: Household, number: int) -> None:
        when = timezone.now() - timedelta(days=number % 99, minutes=1)
        dimension = list(Dimension)[number % 5]
        helps = (self._help_input(dimension, when.date(), number),) if number % 2 else ()
        record_visit(
            actor=self.officer_of(household),
            visit=VisitInput(
                id=uuid7(),
                household_id=household.pk,
                visited_at=when,
                helps=helps,
                next_visit_on=self.today + timedelta(days=number % 9 - 3) if number % 3 == 0 else None,
                self_solved=(dimension,) if number % 7 == 0 else (),
            ),
        )

    def _help_input(self, dimension: Dimension, day: date, number: int) -> HelpInput:
        return HelpInput(
            id=uuid7(), item_id=self.items[dimension].pk, given_on=day, amount_baht=Decimal(number % 5000)
        )

    def _help(self, household: Household, number: int) -> None:
        given = self._help_input(
            list(Dimension)[number % 5], self.today - timedelta(days=number % 99), number
        )
        help_ = HelpInput(
            id=given.id, household_id=household.pk, item_id=given.item_id, given_on=given.given_on,
            amount_baht=given.amount_baht, status="promised" if number % 4 == 0 else "delivered",
        )  # fmt: skip
        record_help(actor=self.officer_of(household), help=help_)

    def _batch(self, household: Household, number: int) -> None:
        record_help_batch(
            actor=self.officer_of(household),
            batch_id=uuid7(),
            household_ids=[household.pk],
            item_id=self.items[Dimension.INCOME].pk,
            agency_name="พมจ.",
            amount_baht=Decimal(3000),
            given_on=self.today - timedelta(days=number % 20),
            letter_number=f"{number}/2569",
            allow_repeat=True,
        )

    def _check(self, household: Household, number: int) -> None:
        members = list(Membership.objects.filter(household=household).order_by("position"))
        verify_persons(
            actor=self.officer_of(household),
            household_id=household.pk,
            findings=[
                FindingInput(person_id=member.person_id, status=STATUSES[(number + place) % len(STATUSES)])
                for place, member in enumerate(members)
            ],
            effective_on=self.today - timedelta(days=number % 60),
        )

    def _assign(self, household: Household, number: int) -> None:
        if household.area_code.startswith("9007"):
            team = (self.cast.mentor_team, self.cast.other_mentor_team)[number % 2]
            assign_households(actor=self.officer_of(household), household_ids=[household.pk], team_id=team.pk)

    def _unassign(self, household: Household, number: int) -> None:
        end_assignments(actor=self.officer_of(household), household_ids=[household.pk])

    def _remove(self, household: Household, number: int) -> None:
        if number % 3 or RemovalRequest.objects.filter(household=household, decision="pending").exists():
            return
        removal = request_removal(
            actor=self.officer_of(household),
            household_id=household.pk,
            reason="not_poor",
            note="มีรายได้พอแล้ว",
            effective_on=self.today - timedelta(days=number % 30),
        )
        decider = self.cast.far_secretary if household.province_code == "40" else self.cast.secretary
        decide_removal(actor=decider, removal_id=removal.pk, accept=number % 2 == 0, note="x")

    def _relist(self, household: Household, number: int) -> None:
        """The list was printed again with other dimensions: the old line is superseded."""
        old = Listing.objects.filter(household=household, kind_code="tpmap", superseded_at=None).get()
        Listing.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
        make_listing(household, fiscal_year=old.fiscal_year, kind="tpmap", dimensions=1 + number % 31)
        self._after([household], self.opened_on - timedelta(days=700))

    def _review(self, household: Household, number: int) -> None:
        """A yearly review takes a dimension into the baseline."""
        BaselineReview.objects.get_or_create(
            household=household,
            fiscal_year=self.year,
            superseded_at=None,
            defaults={
                "province_code": household.province_code,
                "survey_year": self.year - 1,
                "dimensions": 1 << number % 5,
                "effective_on": self.today,
                "minutes_number": "1/2569",
            },
        )
        self._after([household], self.today)

    def _carry(self, household: Household, number: int) -> None:
        case = Case.objects.filter(household=household, closed_on=None).first()
        if case is None:
            return
        carry_over_stage(
            actor=system_actor(), case_id=case.pk, stage=Stage(1 + number % 3), document="ที่ 1",
            signed_by="นายอำเภอ", effective_on=self.today - timedelta(days=number % 20),
        )  # fmt: skip

    def _void(self, household: Household, number: int) -> None:
        standing = Visit.objects.filter(household=household, is_void=False, amendments=None).first()
        if standing is not None:
            void_visit(
                actor=self.officer_of(household), visit_id=standing.pk, new_id=uuid7(), note="บันทึกผิดบ้าน"
            )
