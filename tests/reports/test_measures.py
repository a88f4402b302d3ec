"""The poverty measures: the worked example of the literature, what must hold always, and the pages."""

from __future__ import annotations

from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dimensions.enums import Dimension
from povertyops.areas.enums import NATION
from reports.measures import USUAL, Measure, Yardstick, measure, together
from reports.models import MeasureSetting, SurveyedPopulation
from reports.services.rollup import full_rollup
from tests.cast import MUEANG_SONGKHLA, MUEANG_VILLAGE, RANOT, SONGKHLA, VILLAGE, Cast, client_of
from tests.reports.world import YEAR, make_state

HEALTH, LIVING, EDUCATION, INCOME = (d.bit for d in (*Dimension,)[:4])
QUARTER = Fraction(1, 4)
# Four dimensions of equal weight; the fifth weighs nothing.
FOUR = {d: QUARTER if d is not Dimension.ACCESS else Fraction(0) for d in Dimension}


def example(k: int) -> Measure:
    """The example of Alkire and Foster (2011): four people, deprived in 0, 2, 4 and 1 of four dimensions.

    Achievements (13.1 14 4 1), (15.2 7 5 0), (12.5 10 1 0), (20 11 3 1) under the cut-offs (13 12 3 1).
    """
    people = {0: 1, LIVING | INCOME: 1, HEALTH | LIVING | EDUCATION | INCOME: 1, LIVING: 1}
    return measure(people, 4, Yardstick(k * QUARTER, FOUR))


def test_the_example_of_alkire_and_foster() -> None:
    two = example(2)
    assert (two.headcount, two.intensity, two.adjusted) == (Fraction(1, 2), Fraction(3, 4), Fraction(3, 8))
    assert [two.contribution(d) for d in Dimension] == [Fraction(n, 6) for n in (1, 2, 1, 2, 0)]
    assert [two.censored(d) for d in Dimension] == [Fraction(n, 4) for n in (1, 2, 1, 2, 0)]


def test_union_and_intersection_are_the_ends_of_the_cut_off() -> None:
    union, intersection = example(1), example(4)
    assert (union.headcount, union.intensity, union.adjusted) == (
        Fraction(3, 4),
        Fraction(7, 12),
        Fraction(7, 16),
    )
    assert (intersection.headcount, intersection.intensity, intersection.adjusted) == (
        QUARTER,
        Fraction(1),
        QUARTER,
    )


def test_a_dimension_more_raises_m0_where_the_headcount_stays() -> None:
    """Dimensional monotonicity: what sets M0 apart from H."""
    before = measure({HEALTH: 2}, 10)
    after = measure({HEALTH: 1, HEALTH | LIVING: 1}, 10)
    assert before.headcount == after.headcount
    assert before.adjusted is not None
    assert after.adjusted is not None
    assert after.adjusted > before.adjusted


masks = st.dictionaries(st.integers(0, 31), st.integers(0, 400), max_size=32)


@st.composite
def yardsticks(draw: st.DrawFn) -> Yardstick:
    parts = draw(st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(any))
    weights = {d: Fraction(part, sum(parts)) for d, part in zip(Dimension, parts, strict=True)}
    return Yardstick(draw(st.fractions(Fraction(1, 100), 1)), weights)


@given(st.lists(masks, min_size=1, max_size=8), st.integers(0, 5000), yardsticks())
def test_the_areas_weighted_by_their_people_give_the_whole(
    areas: list[dict[int, int]], others: int, yardstick: Yardstick
) -> None:
    each = [(sum(people.values()) + others + 1, people) for people in areas]
    parts = [measure(people, size, yardstick) for size, people in each]
    whole = measure(together(areas), sum(size for size, _ in each), yardstick)
    for name in ("headcount", "adjusted"):
        assert getattr(whole, name) == sum(
            Fraction(size, whole.population or 1) * getattr(part, name)
            for (size, _), part in zip(each, parts, strict=True)
        )
    if whole.poor and whole.score:
        assert whole.headcount is not None
        assert whole.intensity is not None
        assert whole.adjusted == whole.headcount * whole.intensity
        assert sum(whole.contribution(d) or 0 for d in Dimension) == 1
        assert whole.adjusted == sum(whole.weights[d] * (whole.censored(d) or 0) for d in Dimension)


def test_without_a_survey_only_intensity_and_contributions_are_known() -> None:
    alone = measure({HEALTH | INCOME: 3, INCOME: 1}, None)
    assert (alone.headcount, alone.adjusted) == (None, None)
    assert alone.intensity == Fraction(7, 20)
    assert alone.contribution(Dimension.INCOME) == Fraction(4, 7)
    assert measure({HEALTH: 3}, 2).headcount is None


CSV = f'รหัสพื้นที่,ปีสำรวจ,ครัวเรือน,คน,ที่มา\n{SONGKHLA},2567,100,400,จปฐ. 2567\n{RANOT},๒๕๖๗,"50",200,จปฐ. 2567\n'


@pytest.mark.django_db
def test_pages_settings_and_population(cast: Cast, django_assert_num_queries: Any, tmp_path: Path) -> None:
    for mask in (HEALTH | INCOME, INCOME, INCOME):
        make_state(cast, village=VILLAGE, lists={"tpmap": mask}, persons=2)
    make_state(cast, village=MUEANG_VILLAGE, lists={"tpmap": LIVING}, persons=4)
    full_rollup(YEAR)
    secretary = client_of(cast.secretary)
    page = f"{reverse('measures', args=[SONGKHLA])}?fiscal_year={YEAR}"
    assert "ยังไม่มีประชากรที่สำรวจของพื้นที่นี้" in secretary.get(page).content.decode()

    upload = reverse("measures_population")
    bad = CSV.replace("400", "40").replace(RANOT, "4001")
    told = secretary.post(upload, {"file": SimpleUploadedFile("p.csv", bad.encode())}).content.decode()
    assert "จำนวนคนน้อยกว่าจำนวนครัวเรือน" in told
    assert "พื้นที่นี้อยู่นอกจังหวัดของท่าน" in told
    assert secretary.post(upload, {"text": bad, "step": "apply"}).status_code == 200
    assert not SurveyedPopulation.objects.exists()
    assert secretary.post(upload, {"text": "a,b\n1,2\n"}).status_code == 422
    assert (
        "อ่านได้ครบ 2 แถว"
        in secretary.post(
            upload, {"file": SimpleUploadedFile("p.csv", CSV.encode("utf-8-sig"))}
        ).content.decode()
    )
    assert secretary.post(upload, {"text": CSV, "step": "apply"}).status_code == 302
    file = tmp_path / "population.csv"
    file.write_text(CSV.replace("200", "160") + f"{NATION},2567,9000,90000,จปฐ. 2567\n")
    call_command("load_population", str(file), stdout=StringIO())
    assert SurveyedPopulation.objects.count() == 4
    assert SurveyedPopulation.objects.filter(replaced_at=None).count() == 3
    file.write_text(bad.replace("4001", "9999"))
    with pytest.raises(CommandError, match="9999"):
        call_command("load_population", str(file))
    assert secretary.get(reverse("measures_template")).content.decode().count(RANOT) == 1

    # 10 poor of 400; shares 2 x 2/5 + 8 x 1/5 = 12/5 over 10 people: A = 24 %, M0 = 0.006.
    shown = secretary.get(page).content.decode()
    assert "2.50%" in shown
    assert "24.0%" in shown
    assert "0.0060" in shown
    assert "3.75%" in shown  # Ranot: 6 of 160
    assert client_of(cast.officer).get(reverse("measures", args=[MUEANG_SONGKHLA])).status_code == 404
    assert client_of(cast.officer).get(reverse("measures", args=[RANOT])).status_code == 200
    viewer = client_of(cast.national_viewer)
    hidden = viewer.get(page).content.decode()
    assert "พื้นที่นี้มีครัวเรือนน้อยเกินกว่าจะแสดง" in hidden
    assert "24.0%" not in hidden
    assert viewer.get(f"{reverse('measures', args=[NATION])}?fiscal_year={YEAR}").status_code == 200

    settings = reverse("measures_settings")
    form = {"from_year": str(YEAR), "cutoff": "0.4", "note": "ตามมติ 1/2568"}
    form |= {d.value: "0.2" for d in Dimension}
    assert secretary.post(settings, {**form, "health": "0.3", "step": "apply"}).status_code == 422
    secretary.post(settings, {**form, "step": "preview"})
    assert not MeasureSetting.objects.exists()
    assert secretary.post(settings, {**form, "step": "apply"}).status_code == 302
    shown = secretary.get(page).content.decode()
    assert "0.50%" in shown  # two people fail in two of five
    assert "ตกเกณฑ์อย่างน้อย 2 ใน 5 มิติ" in shown
    secretary.post(settings, {**form, "cutoff": "0.2", "step": "apply"})
    assert list(MeasureSetting.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    with django_assert_num_queries(9):
        secretary.get(page)


def test_the_usual_yardstick_is_one_of_five() -> None:
    assert USUAL.is_poor(HEALTH)
    assert not USUAL.is_poor(0)
