"""A referral from one hand to the other: who may take which step, the clock, what offices see of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import Http404
from django.utils import timezone

from casework.access import visible_referrals
from casework.enums import ReferralStatus
from casework.inputs import CohortFilters
from casework.models import Help, HelpBatch, Referral, ReferralEvent
from casework.queries.cohort import cohort_count, household_ids
from casework.queries.referrals import referral_queue, referrals_of
from casework.referral_rules import MOVES, why_not_move
from casework.services.helps import amend_help, record_help, record_help_batch
from casework.services.reach import refresh_all_office_reach, wrong_office_reach
from casework.services.referrals import (
    ReferralInput,
    accept_referral,
    escalate_missed,
    finish_referral,
    return_referral,
    send_referral,
    withdraw_referral,
)
from casework.services.visits import record_visit
from dimensions.enums import Dimension
from households.access import get_household_for, get_household_for_write, visible_households
from households.models import Household, HouseholdScope
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.work import INCOME, LIVING, YEAR, a_help, a_visit, an_item, in_care
from tests.cast import FAR_VILLAGE, Cast

pytestmark = pytest.mark.django_db


@contextmanager
def refused(kind: type[DomainError], code: str) -> Iterator[None]:
    """The block is refused with this code."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code


def a_referral(cast: Cast, household: Household, **values: Any) -> ReferralInput:
    return ReferralInput(
        **{
            "id": uuid7(),
            "household_id": household.pk,
            "office_id": cast.fund_office.pk,
            "dimension": Dimension.LIVING,
            "subject": "ซ่อมหลังคา",
            **values,
        }
    )


def sent(cast: Cast, household: Household, actor: Actor | None = None, **values: Any) -> Referral:
    return send_referral(actor=actor or cast.mentor, referral=a_referral(cast, household, **values))


def today() -> date:
    return timezone.localdate()


def seen_by(actor: Actor) -> set[Any]:
    return set(visible_households(actor).values_list("pk", flat=True))


class TestSending:
    def test_office_sees_the_household_from_then_on(self, cast: Cast) -> None:
        household = in_care(cast)
        assert seen_by(cast.agency_officer) == set()
        row = sent(cast, household)
        assert seen_by(cast.agency_officer) == {household.pk}
        assert row.answer_due_on == today() + timedelta(days=7)
        assert [event.status for event in row.events.all()] == ["sent"]
        assert AuditEntry.objects.filter(action="referral.send", object_id=str(row.pk)).count() == 1

    def test_again_is_one_row_and_other_content_a_conflict(self, cast: Cast) -> None:
        household = in_care(cast)
        wanted = a_referral(cast, household)
        first = send_referral(actor=cast.mentor, referral=wanted)
        assert send_referral(actor=cast.mentor, referral=wanted) == first
        assert ReferralEvent.objects.count() == 1
        other = a_referral(cast, household, id=wanted.id, subject="เรื่องอื่น")
        with refused(Conflict, "referral_exists"):
            send_referral(actor=cast.mentor, referral=other)

    def test_same_need_is_with_an_office_once(self, cast: Cast) -> None:
        household = in_care(cast)
        sent(cast, household)
        with refused(Conflict, "already_referred"):
            sent(cast, household, subject="หลังคารั่ว")
        sent(cast, household, dimension=Dimension.HEALTH)

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"subject": "  "}, "subject_needed"),
            ({"detail": "ก" * 2001}, "too_long"),
            ({"office_id": uuid7()}, "unknown_office"),
            ({"item_id": uuid7()}, "unknown_item"),
            ({"resends": uuid7()}, "not_returned"),
        ],
    )
    def test_bad_input_explains_itself(self, cast: Cast, values: dict[str, Any], code: str) -> None:
        with refused(InvalidInput, code):
            sent(cast, in_care(cast), **values)

    def test_item_of_another_dimension_is_refused(self, cast: Cast) -> None:
        with refused(InvalidInput, "unknown_item"):
            sent(cast, in_care(cast), item_id=an_item("income").pk)

    def test_office_of_another_province_is_refused(self, cast: Cast) -> None:
        with refused(InvalidInput, "unknown_office"):
            sent(cast, in_care(cast), office_id=cast.far_living_office.pk)

    @pytest.mark.parametrize("name", ["executive", "lead_officer", "national_viewer"])
    def test_these_roles_do_not_send(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            sent(cast, in_care(cast), cast.people[name])

    def test_household_out_of_sight_is_absent(self, cast: Cast) -> None:
        with pytest.raises(Http404):
            sent(cast, in_care(cast), cast.other_mentor)

    def test_returned_is_sent_elsewhere_once(self, cast: Cast) -> None:
        household = in_care(cast)
        first = sent(cast, household)
        return_referral(actor=cast.agency_officer, referral_id=first.pk, note="ไม่ใช่ภารกิจ")
        assert seen_by(cast.agency_officer) == set()
        again = {"office_id": cast.living_office.pk, "resends": first.pk}
        second = sent(cast, household, **again)
        assert second.resends_id == first.pk
        with refused(Conflict, "sent_again"):
            sent(cast, household, **{**again, "office_id": cast.income_office.pk})


class TestSteps:
    def test_accept_starts_the_second_clock(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        accept_referral(actor=cast.agency_officer, referral_id=row.pk)
        row.refresh_from_db()
        assert (row.status, row.answered_on) == ("accepted", today())
        assert row.finish_due_on == today() + timedelta(days=30)

    def test_same_step_twice_is_one_event(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        for _turn in range(2):
            accept_referral(actor=cast.agency_officer, referral_id=row.pk)
        assert row.events.count() == 2

    def test_return_needs_a_reason(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        with refused(InvalidInput, "note_needed"):
            return_referral(actor=cast.agency_officer, referral_id=row.pk, note=" ")

    def test_done_records_the_help_in_the_name_of_the_office(self, cast: Cast) -> None:
        household = in_care(cast)
        row = sent(cast, household)
        given = a_help(an_item(), household, agency_name="ชื่ออื่น", given_on=today())
        for _turn in range(2):
            finish_referral(actor=cast.agency_officer, referral_id=row.pk, note="มุงหลังคาแล้ว", help=given)
        help_ = Help.objects.get()
        assert (help_.referral_id, help_.agency.name) == (row.pk, cast.fund_office.name)
        assert row.events.count() == 2
        assert seen_by(cast.agency_officer) == {household.pk}

    def test_help_that_is_refused_leaves_the_referral_open(self, cast: Cast) -> None:
        household = in_care(cast)
        row = sent(cast, household)
        wrong = a_help(an_item(is_active=False), household, given_on=today())
        with refused(InvalidInput, "unknown_item"):
            finish_referral(actor=cast.agency_officer, referral_id=row.pk, note="แล้ว", help=wrong)
        row.refresh_from_db()
        assert row.status == ReferralStatus.SENT

    @pytest.mark.parametrize("name", ["lead_officer", "mentor", "secretary"])
    def test_only_the_office_answers(self, cast: Cast, name: str) -> None:
        row = sent(cast, in_care(cast))
        with refused(NotAllowed, "not_yours"):
            accept_referral(actor=cast.people[name], referral_id=row.pk)

    @pytest.mark.parametrize(
        "name", ["idle_agency_officer", "income_lead", "far_lead_officer", "other_mentor"]
    )
    def test_for_strangers_it_is_absent(self, cast: Cast, name: str) -> None:
        row = sent(cast, in_care(cast))
        with pytest.raises(Http404):
            accept_referral(actor=cast.people[name], referral_id=row.pk)

    @pytest.mark.parametrize("name", ["mentor", "second_mentor", "officer", "secretary"])
    def test_sender_colleague_and_officer_withdraw(self, cast: Cast, name: str) -> None:
        row = sent(cast, in_care(cast))
        withdraw_referral(actor=cast.people[name], referral_id=row.pk, note="ญาติช่วยแล้ว")
        assert seen_by(cast.agency_officer) == set()

    def test_office_does_not_withdraw(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        with pytest.raises(NotAllowed):
            withdraw_referral(actor=cast.agency_officer, referral_id=row.pk, note="x")

    def test_what_is_done_stays_done(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        finish_referral(actor=cast.agency_officer, referral_id=row.pk, note="แล้ว")
        with refused(Conflict, "wrong_step"):
            withdraw_referral(actor=cast.mentor, referral_id=row.pk, note="x")

    def test_no_step_leads_out_of_an_end(self) -> None:
        ends = {ReferralStatus.DONE, ReferralStatus.WITHDRAWN}
        assert not [before for before, _to in MOVES if before in ends]
        assert why_not_move("done", ReferralStatus.ACCEPTED, "x") is not None


class TestSight:
    def test_lead_office_sees_what_fails_in_its_dimension(self, cast: Cast) -> None:
        living, income = in_care(cast), in_care(cast, dimensions=INCOME)
        both = in_care(cast, dimensions=LIVING | INCOME)
        in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
        assert seen_by(cast.lead_officer) == {living.pk, both.pk}
        assert seen_by(cast.income_lead) == {income.pk, both.pk}
        assert seen_by(cast.agency_officer) == set()

    def test_lists_and_counts_follow(self, cast: Cast) -> None:
        living = in_care(cast)
        in_care(cast, dimensions=INCOME)
        filters = CohortFilters(fiscal_year=YEAR)
        assert household_ids(cast.lead_officer, filters) == [living.pk]
        assert cohort_count(cast.lead_officer, filters) == 1
        assert cohort_count(cast.agency_officer, filters) == 0

    def test_lead_office_oversees_its_dimension(self, cast: Cast) -> None:
        household = in_care(cast, dimensions=INCOME)
        row = sent(cast, household, dimension=Dimension.LIVING)
        assert seen_by(cast.lead_officer) == {household.pk}
        assert list(visible_referrals(cast.lead_officer)) == [row]
        assert list(visible_referrals(cast.income_lead)) == []
        assert list(referral_queue(cast.lead_officer, "open", today=today(), whose="mine")) == []
        assert list(referral_queue(cast.lead_officer, "open", today=today(), whose="overseen")) == [row]

    def test_office_keeps_what_it_finished_for_two_years(self, cast: Cast) -> None:
        household = in_care(cast)
        row = sent(cast, household)
        finish_referral(actor=cast.agency_officer, referral_id=row.pk, note="แล้ว")
        assert refresh_all_office_reach(today=today()) == 0
        assert refresh_all_office_reach(today=today() + timedelta(days=366 * 2)) == 1
        assert seen_by(cast.agency_officer) == set()

    def test_verify_finds_a_row_that_disagrees(self, cast: Cast) -> None:
        household = in_care(cast)
        sent(cast, household)
        call_command("office_reach", "--verify", verbosity=0)
        HouseholdScope.objects.filter(pk=household.pk).update(office_ids=[cast.idle_office.pk])
        assert wrong_office_reach(today=today()) == [household.pk]
        with pytest.raises(CommandError):
            call_command("office_reach", "--verify", verbosity=0)
        call_command("office_reach", verbosity=0)
        assert wrong_office_reach(today=today()) == []

    def test_office_changes_nothing_else(self, cast: Cast) -> None:
        household = in_care(cast)
        assert get_household_for(cast.lead_officer, household.pk) == household
        with pytest.raises(NotAllowed):
            get_household_for_write(cast.lead_officer, household.pk)
        with pytest.raises(NotAllowed):
            record_visit(actor=cast.lead_officer, visit=a_visit(household))


class TestHelpOfAnOffice:
    def test_is_in_its_own_name(self, cast: Cast) -> None:
        household = in_care(cast)
        row = record_help(actor=cast.lead_officer, help=a_help(an_item(), household, agency_name="ผู้อื่น"))
        assert row.agency.name == cast.living_office.name

    def test_for_many_under_one_letter(self, cast: Cast) -> None:
        households = [in_care(cast), in_care(cast)]
        batch = record_help_batch(
            actor=cast.lead_officer,
            batch_id=uuid7(),
            household_ids=[one.pk for one in households],
            item_id=an_item().pk,
            agency_name="ผู้อื่น",
            amount_baht=Decimal(2000),
            given_on=today(),
            letter_number="สข 1/2569",
        )
        assert HelpBatch.objects.get() == batch
        assert {help_.agency.name for help_ in Help.objects.all()} == {cast.living_office.name}

    def test_for_a_household_out_of_sight_is_absent(self, cast: Cast) -> None:
        household = in_care(cast, dimensions=INCOME)
        for name in ("lead_officer", "agency_officer", "far_lead_officer"):
            with pytest.raises(Http404):
                record_help(actor=cast.people[name], help=a_help(an_item(), household))

    def test_of_others_is_not_its_to_correct(self, cast: Cast) -> None:
        household = in_care(cast)
        theirs = record_help(actor=cast.mentor, help=a_help(an_item(), household))
        with refused(NotAllowed, "not_yours"):
            amend_help(actor=cast.lead_officer, help_id=theirs.pk, replacement=None, reason="x")
        own = record_help(actor=cast.lead_officer, help=a_help(an_item(), household))
        amend_help(actor=cast.lead_officer, help_id=own.pk, replacement=None, reason="บันทึกผิด")
        assert Help.objects.filter(amends=own, is_void=True).exists()


class TestEscalation:
    def test_each_missed_deadline_once(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        assert escalate_missed(today=row.answer_due_on) == 0
        late = row.answer_due_on + timedelta(days=1)
        assert [escalate_missed(today=late) for _turn in range(2)] == [1, 0]
        accept_referral(actor=cast.agency_officer, referral_id=row.pk)
        row.refresh_from_db()
        assert row.finish_due_on is not None
        assert escalate_missed(today=row.finish_due_on + timedelta(days=1)) == 1
        assert row.events.filter(is_escalation=True).count() == 2

    def test_what_is_over_is_not_escalated(self, cast: Cast) -> None:
        row = sent(cast, in_care(cast))
        withdraw_referral(actor=cast.mentor, referral_id=row.pk, note="x")
        assert escalate_missed(today=row.answer_due_on + timedelta(days=99)) == 0


def test_most_pressing_status_comes_first(cast: Cast, django_assert_num_queries: Any) -> None:
    household = in_care(cast)
    calm = sent(cast, household)
    late = sent(cast, household, office_id=cast.idle_office.pk)
    Referral.objects.filter(pk=late.pk).update(answer_due_on=today() - timedelta(days=1))
    back = sent(cast, household, office_id=cast.income_office.pk)
    Referral.objects.filter(pk=back.pk).update(status="returned", finished_on=today())
    with django_assert_num_queries(1):
        found = referrals_of([household.pk])
    assert [line.id for line in found[household.pk]] == [late.pk, back.pk, calm.pk]
