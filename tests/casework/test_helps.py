"""Help outside a visit: one, in bulk, corrected, taken back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.models import Agency, Help, HelpBatch
from casework.services.helps import amend_help, likely_repeats, record_help, record_help_batch
from dimensions.enums import Stage
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.test_visits import queries_of
from tests.casework.work import LIVING, MARCH, a_help, an_item, in_care, state_of
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast


def batch(cast: Cast, households: list, item, **values):
    return record_help_batch(
        **{
            "actor": cast.officer,
            "batch_id": uuid7(),
            "household_ids": [household.pk for household in households],
            "item_id": item.pk,
            "agency_name": "พมจ.สงขลา",
            "amount_baht": Decimal(3000),
            "given_on": MARCH,
            "letter_number": "สข 0004/123",
            **values,
        }
    )


def test_help_is_stored_counted_and_judged(cast: Cast) -> None:
    household = in_care(cast)

    row = record_help(actor=cast.mentor, help=a_help(an_item(), household))

    state = state_of(household)
    assert (state.helps, state.baht, state.stage) == (1, 3000, Stage.SURVIVE)
    assert (row.dimension, row.relieves, row.agency.name) == ("living", True, "พมจ.สงขลา")
    assert AuditEntry.objects.get(action="help.record").household_id == household.pk


def test_help_that_does_not_relieve_leaves_the_household_waiting(cast: Cast) -> None:
    household = in_care(cast)

    record_help(actor=cast.mentor, help=a_help(an_item(relieves=False), household))

    assert (state_of(household).helps, state_of(household).stage) == (1, Stage.WAITING)


def test_help_sent_again_is_the_same_and_other_content_a_conflict(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    sent = a_help(item, household)
    first = record_help(actor=cast.mentor, help=sent)

    assert record_help(actor=cast.mentor, help=sent).pk == first.pk
    with pytest.raises(Conflict):
        record_help(actor=cast.mentor, help=a_help(item, household, id=sent.id, amount_baht=Decimal(1)))
    assert Help.objects.count() == 1


def test_agency_is_made_once_whatever_the_spaces(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    for name in ("เหล่ากาชาด จังหวัดสงขลา", " เหล่ากาชาด  จังหวัดสงขลา "):
        record_help(actor=cast.mentor, help=a_help(item, household, agency_name=name))

    assert Agency.objects.get().name == "เหล่ากาชาด จังหวัดสงขลา"


def test_help_of_another_province_is_not_found(cast: Cast) -> None:
    far = in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    for actor in (cast.officer, cast.secretary, cast.mentor, cast.nobody):
        with pytest.raises(Http404):
            record_help(actor=actor, help=a_help(an_item(), far))


def test_executive_may_not_record_help(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        record_help(actor=cast.executive, help=a_help(an_item(), in_care(cast)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_baht": Decimal(-1)}, "bad_amount"),
        ({"amount_baht": Decimal("NaN")}, "bad_amount"),
        ({"given_on": timezone.localdate() + timedelta(days=3)}, "future_help"),
        ({"status": "given"}, "bad_help_status"),
        ({"item_id": uuid7()}, "unknown_item"),
        ({"fulfils": uuid7()}, "unknown_promise"),
        ({"household_id": None}, "household_needed"),
    ],
)
def test_impossible_help_explains_itself(cast: Cast, change: dict, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        record_help(actor=cast.mentor, help=a_help(an_item(), in_care(cast), **change))

    assert refusal.value.code == code
    assert str(refusal.value)


def test_item_of_another_province_is_unknown(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        record_help(actor=cast.mentor, help=a_help(an_item(province_code="40"), in_care(cast)))


def test_amended_help_counts_instead_of_the_wrong_one(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    wrong = record_help(actor=cast.mentor, help=a_help(item, household, amount_baht=Decimal(30_000)))

    amend_help(actor=cast.mentor, help_id=wrong.pk, replacement=a_help(item, household), reason="พิมพ์เกิน")

    assert (state_of(household).helps, state_of(household).baht) == (1, 3000)
    assert Help.objects.count() == 2
    with pytest.raises(Conflict):
        amend_help(actor=cast.mentor, help_id=wrong.pk, replacement=None, reason="อีกครั้ง")


def test_help_taken_back_takes_a_computed_stage_back(cast: Cast) -> None:
    household = in_care(cast)
    wrong = record_help(actor=cast.mentor, help=a_help(an_item(), household))

    amend_help(actor=cast.officer, help_id=wrong.pk, replacement=None, reason="บันทึกผิดบ้าน")

    state = state_of(household)
    assert (state.helps, state.baht, state.stage, state.relieved) == (0, 0, Stage.WAITING, 0)


def test_batch_reaches_every_household_under_one_letter(cast: Cast) -> None:
    households = [in_care(cast) for _ in range(3)]

    made = batch(cast, households, an_item())

    assert (made.households, made.amount_baht) == (3, 3000)
    assert Help.objects.filter(batch=made, letter_number="สข 0004/123").count() == 3
    assert [state_of(household).stage for household in households] == [Stage.SURVIVE] * 3
    assert AuditEntry.objects.filter(action="help.batch").count() == 3


@pytest.mark.parametrize("number", [1, 4])
def test_batch_takes_the_same_queries_for_any_number(cast: Cast, number: int) -> None:
    households, item = [in_care(cast) for _ in range(number)], an_item()

    with CaptureQueriesContext(connection) as captured:
        batch(cast, households, item)

    assert len(queries_of(captured)) == 16


def test_batch_warns_of_likely_repeats_and_stores_them_when_told(cast: Cast) -> None:
    households, item = [in_care(cast), in_care(cast)], an_item()
    record_help(actor=cast.mentor, help=a_help(item, households[0], given_on=MARCH - timedelta(days=20)))

    with pytest.raises(Conflict) as warning:
        batch(cast, households, item)

    assert warning.value.code == "likely_repeat"
    assert [repeat.household_id for repeat in warning.value.details["repeats"]] == [households[0].pk]
    assert HelpBatch.objects.count() == 0
    batch(cast, households, item, allow_repeat=True)
    assert Help.objects.count() == 3


def test_repeat_is_also_the_same_letter_with_another_amount(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    record_help(
        actor=cast.mentor, help=a_help(item, household, letter_number="1/2568", amount_baht=Decimal(5))
    )
    asked = {"household_ids": [household.pk], "item_id": item.pk, "amount_baht": Decimal(3000)}

    assert likely_repeats(**asked, given_on=MARCH, letter_number="1/2568")
    assert not likely_repeats(**asked, given_on=MARCH, letter_number="2/2568")
    assert not likely_repeats(**asked, given_on=MARCH)


def test_batch_sent_twice_is_stored_once(cast: Cast) -> None:
    households, item, key = [in_care(cast)], an_item(), uuid7()

    assert batch(cast, households, item, batch_id=key) == batch(cast, households, item, batch_id=key)
    assert Help.objects.count() == 1


def test_batch_with_one_household_out_of_sight_stores_nothing(cast: Cast) -> None:
    far = in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    with pytest.raises(Http404):
        batch(cast, [in_care(cast), far], an_item())
    assert Help.objects.count() == 0


def test_batch_leaves_municipal_households_to_the_municipality(cast: Cast) -> None:
    municipal = in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)

    with pytest.raises(NotAllowed):
        batch(cast, [municipal], an_item(), actor=cast.other_officer)
    assert batch(cast, [municipal], an_item(), actor=cast.municipal_officer).households == 1


def test_batch_is_refused_to_a_mentor(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        batch(cast, [in_care(cast)], an_item(), actor=cast.mentor)


def test_batch_needs_a_letter(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        batch(cast, [in_care(cast)], an_item(), letter_number=" ")


def test_carried_rows_count_what_is_given_in_their_year(cast: Cast) -> None:
    household = in_care(cast, dimensions=LIVING)

    record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=MARCH.replace(year=2026)))

    assert (state_of(household, 2569).membership, state_of(household, 2569).helps) == (3, 1)
    assert (state_of(household).helps, state_of(household).stage) == (0, Stage.WAITING)
    assert state_of(household, 2569).stage == Stage.SURVIVE
