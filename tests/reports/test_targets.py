"""Targets: shares that add up, versions that stay, the line of each district, and who may do what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from reports.models import Target
from reports.rules import expected, owed, re_share, share_out
from reports.services.rollup import full_rollup
from reports.services.targets import TargetInput, correct_share, current_target, set_target, share_again
from tests.cast import (
    CITY_VILLAGE,
    MUEANG_SONGKHLA,
    MUEANG_VILLAGE,
    RANOT,
    SONGKHLA,
    VILLAGE,
    Cast,
    client_of,
)
from tests.reports.world import YEAR, make_state

DUE = date(2025, 9, 30)
weights = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 500), max_size=30)


@given(st.integers(0, 5000), weights)
def test_shares_add_up_and_lie_within_one_of_their_weight(whole: int, by: dict[str, int]) -> None:
    shares = share_out(whole, by)
    total = sum(by.values())
    assert sum(shares.values()) == (whole if total else 0)
    for code, share in shares.items():
        assert not total or abs(share - whole * by[code] / total) < 1


@given(st.floats(0.01, 1), weights, st.data())
def test_nobody_owes_more_than_there_are_and_corrections_stay(
    part: float, has: dict[str, int], data: Any
) -> None:
    whole = round(part * sum(has.values()))
    by_hand = (
        {
            code: data.draw(st.integers(0, has[code]))
            for code in data.draw(st.sets(st.sampled_from([*has])))
            if has
        }
        if has
        else {}
    )
    equal = {code: 1 if count else 0 for code, count in has.items()}
    shares = re_share(whole, equal, has, by_hand)
    assert all(shares[code] <= has[code] for code in has)
    assert all(shares[code] == count for code, count in by_hand.items())
    rest = sum(count for code, count in has.items() if code not in by_hand)
    wanted = max(0, whole - sum(by_hand.values()))
    assert sum(shares.values()) - sum(by_hand.values()) == min(wanted, rest)


def test_the_largest_remainder_rounds_up() -> None:
    # 10 seats over 53, 24 and 23 of 100: 5.3, 2.4 and 2.3; the seat left over goes to .4.
    assert share_out(10, {"a": 53, "b": 24, "c": 23}) == {"a": 5, "b": 3, "c": 2}


def test_a_percentage_is_reached_by_whole_households_and_a_line_is_straight() -> None:
    assert owed(Decimal("90"), 11) == 10
    assert owed(Decimal("33.33"), 300) == 100
    start = date(2024, 10, 1)
    assert expected(100, start, DUE, start) == 0
    assert expected(100, start, DUE, date(2025, 4, 1)) == 50
    assert expected(100, start, DUE, date(2025, 12, 1)) == 100


def wanted(percent: str = "90", key: str = "cases") -> TargetInput:
    return TargetInput(
        fiscal_year=YEAR, figure="survive", percent=Decimal(percent), due_on=DUE, share_key=key
    )


def shares_of(target: Target) -> dict[str, tuple[int, bool]]:
    return {row.district_code: (row.households, row.is_manual) for row in target.shares.all()}


@pytest.mark.django_db
def test_a_target_from_setting_to_sharing_again(cast: Cast, django_assert_num_queries: Any) -> None:
    for village, stages in ((VILLAGE, [1, 1, 0, 0, 2]), (MUEANG_VILLAGE, [0, 1]), (CITY_VILLAGE, [1, 0, 0])):
        for stage in stages:
            make_state(cast, village=village, stage=stage)
    full_rollup(YEAR)
    secretary = client_of(cast.secretary)
    home = f"{reverse('targets_home')}?fiscal_year={YEAR}"
    form = {"figure": "survive", "percent": "90", "due_on": "30/9/2568", "share_key": "cases"}

    setting = f"{reverse('target_set')}?fiscal_year={YEAR}"
    assert secretary.post(setting, {**form, "percent": "190"}).status_code == 422
    assert secretary.post(setting, {**form, "due_on": "1/10/2568"}).status_code == 422
    assert client_of(cast.officer).post(setting, form).status_code == 403
    assert secretary.post(setting, form).status_code == 302
    first = current_target(SONGKHLA, YEAR, "survive")
    assert first is not None
    assert shares_of(first) == {MUEANG_SONGKHLA: (5, False), RANOT: (4, False)}  # 9 of 10 over 5 and 5

    corrected = correct_share(
        actor=cast.secretary, target_id=first.pk, district_code=RANOT, households=2, note="น้ำท่วม"
    )
    assert shares_of(corrected) == {MUEANG_SONGKHLA: (5, False), RANOT: (2, True)}
    page = secretary.get(home).content.decode()
    assert "ต่างจากเป้าหมายจังหวัด 9 อยู่ -2" in page
    assert "น้ำท่วม" in page
    again = share_again(actor=cast.secretary, target_id=corrected.pk)
    assert shares_of(again) == {MUEANG_SONGKHLA: (5, False), RANOT: (2, True)}  # no more than it has
    raised = set_target(actor=cast.secretary, target=wanted("60"))
    assert shares_of(raised) == {MUEANG_SONGKHLA: (4, False), RANOT: (2, True)}
    back = correct_share(
        actor=cast.secretary, target_id=raised.pk, district_code=RANOT, households=None, note=""
    )
    assert shares_of(back) == {MUEANG_SONGKHLA: (4, False), RANOT: (3, False)}

    with pytest.raises(Conflict):
        share_again(actor=cast.secretary, target_id=first.pk)
    with pytest.raises(InvalidInput):
        correct_share(actor=cast.secretary, target_id=back.pk, district_code=RANOT, households=1, note=" ")
    with pytest.raises(InvalidInput):
        correct_share(actor=cast.secretary, target_id=back.pk, district_code=RANOT, households=6, note="x")
    with pytest.raises(NotAllowed):
        set_target(actor=cast.executive, target=wanted())
    assert Target.objects.filter(replaced_at=None).count() == 1
    assert Target.objects.count() == AuditEntry.objects.filter(action="target_set").count() == 5

    share = reverse("target_share", args=[back.pk, RANOT])
    assert secretary.post(share, {"households": "1", "note": ""}).status_code == 422
    assert client_of(cast.far_secretary).post(share, {"households": "1", "note": "x"}).status_code == 404
    assert "อ.เมืองสงขลา" not in client_of(cast.officer).get(home).content.decode()
    board = secretary.get(f"{reverse('board', args=[RANOT])}?fiscal_year={YEAR}").content.decode()
    assert "ถึงเป้าหมายแล้ว" in board
    board = secretary.get(f"{reverse('board', args=[MUEANG_SONGKHLA])}?fiscal_year={YEAR}").content.decode()
    assert "ช้ากว่าเส้นเป้าหมาย 2 ครัวเรือน" in board
    secretary.get(home)
    with django_assert_num_queries(10):
        secretary.get(home)
