"""Whoever has the public page, its JSON and its CSV, of two months, cannot work back what is hidden."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from povertyops.areas.enums import NATION
from povertyops.areas.models import Area
from povertyops.common.models import AuditEntry
from povertyops.common.thai import fiscal_year_of
from reports.models import DayProgress, PublicPage, PublicRelease
from reports.pages.public import DISTRICT_COLUMNS, public_view, said_of
from reports.public_rules import DISTRICT_FIGURES, PROVINCE_FIGURES, build_release, release_day
from reports.services.public import publish_releases
from reports.suppression import ALIKE_BELOW, LEAST_SHOWN, PROTECTION, SMALL
from tests.cast import SONGKHLA, Cast, client_of
from tests.reports.attacker import DIMENSIONS, HALVES, STAGES, attack

FIRST, SECOND = date(2025, 4, 30), date(2025, 5, 31)
Figures = dict[str, int]


def some_household(rng: Random, ease: float) -> Figures:
    """One household as it adds to the figures: what it fails in, what was relieved, how far it came."""
    failing = [d for d in DIMENSIONS if rng.random() < 0.3] or (
        [rng.choice(DIMENSIONS)] if rng.random() < 0.9 else []
    )
    relieved = [d for d in failing if rng.random() < ease]
    recovered = [d for d in relieved if rng.random() < ease / 2]
    stage = (
        0
        if not failing or relieved != failing
        else rng.choice([1, 1, 1, 2, 3])
        if recovered == failing
        else 1
    )
    told = dict.fromkeys(PROVINCE_FIGURES, 0) | {
        "households": 1,
        "persons": rng.randint(1, 6),
        STAGES[stage]: 1,
    }
    for group, found in (("failing", failing), ("relieved", relieved), ("recovered", recovered)):
        told |= {f"{group}_{d}": 1 for d in found}
    told["verified_households"] = int(rng.random() < 0.95)
    told["found"], told["helped_households"] = int(rng.random() < 0.1), int(rng.random() < ease)
    told["passing"], told["visited_90"] = int(bool(failing) and recovered == failing), int(rng.random() < 0.7)
    told["visits"] = told["helps"] = told["helped_households"]
    told["baht"] = 3000 * told["helps"]
    return told


def added(rows: Any) -> Figures:
    rows = list(rows)
    return {code: sum(row[code] for row in rows) for code in PROVINCE_FIGURES}


def some_province(rng: Random, sizes: list[int]) -> dict[str, Figures]:
    ease = rng.choice([0.5, 0.8, 0.95])
    return {
        f"90{number:02}": added(some_household(rng, ease) for _ in range(size))
        for number, size in enumerate(sizes, start=1)
    }


def moved_on(rng: Random, districts: Mapping[str, Figures]) -> dict[str, Figures]:
    """A month later: some districts changed, others stand exactly where they stood."""
    later = {}
    for code, row in districts.items():
        more = added(some_household(rng, 0.8) for _ in range(rng.choice([0, 0, 1, 3, 8, 15])))
        later[code] = {name: row[name] + more[name] for name in row}
    return later


def as_told(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"figures": shown["figures"], "districts": shown["districts"], "older_tables": shown["older"]}


def pinned(
    bounds: Mapping[Any, tuple[float, float]], worlds: list[Mapping[str, Figures]]
) -> list[tuple[Any, float, float]]:
    """Hidden numbers of which more is known than was promised; nobody at all may always be known."""
    found = []
    for (number, line, code), (low, high) in bounds.items():
        whole = sum(row[code] for row in worlds[number].values())
        everyone = sum(row["households"] for row in worlds[number].values())
        truth = sum(worlds[number][one][code] for one in line.split("+")) if line else whole
        assert low - 1e-4 <= truth <= high + 1e-4, "the attacker reasons wrongly"
        if high - low < PROTECTION - 1e-4 and whole not in (0, everyone):
            found.append(((number, line, code), low, high))
    return found


@pytest.mark.parametrize("seed", range(14))
def test_one_release_gives_no_small_number_away(seed: int) -> None:
    rng = Random(seed)
    sizes = [rng.choice([0, 3, 7, 12, 18, 25, 40, 90]) for _ in range(rng.randint(2, 6))]
    districts = some_province(rng, sizes)
    release = build_release(FIRST, added(districts.values()), districts, None)
    assert release is not None or sum(sizes) < 20
    if release is None:
        return
    told = as_told(release.shown)

    assert pinned(attack([told]), [districts]) == []
    for district in told["districts"]:
        figures = district["figures"]
        assert figures["households"] >= LEAST_SHOWN
        for code in (*STAGES, *HALVES):
            assert figures[code] is None or figures[code] == 0 or figures[code] >= SMALL
            if (
                code in HALVES
                and figures[code] is not None
                and 0 < told["figures"][code] < told["figures"]["households"]
            ):
                assert figures["households"] - figures[code] not in range(1, SMALL)
                if figures["households"] < ALIKE_BELOW:
                    assert 0 < figures[code] < figures["households"]


@pytest.mark.parametrize("seed", range(14))
def test_two_months_held_together_give_no_small_number_away(seed: int) -> None:
    rng = Random(100 + seed)
    before = some_province(rng, [rng.choice([8, 14, 22, 40, 70]) for _ in range(rng.randint(3, 5))])
    after = moved_on(rng, before)
    one = build_release(FIRST, added(before.values()), before, None)
    assert one is not None
    two = build_release(SECOND, added(after.values()), after, one.kept)
    if two is None:
        return  # stays where it was: nothing new to hold against it
    # A table that stayed behind is the old one again.
    lines = {"+".join(each["codes"]) for each in two.shown["districts"]}
    still = set()
    for table in ("stage", *HALVES):
        codes = STAGES if table == "stage" else (table, "households")
        for line in lines & {"+".join(each["codes"]) for each in one.shown["districts"]}:
            same = all(
                sum(before[c][code] for c in line.split("+")) == sum(after[c][code] for c in line.split("+"))
                for code in codes
            )
            if same and table not in two.shown["older"]:
                still.add((table, line))
    behind = set(two.shown["older"])
    told = [as_told(one.shown), as_told(two.shown)]
    for table in behind:
        codes = STAGES if table == "stage" else (table,)
        for code in codes:
            assert two.shown["figures"][code] == one.shown["figures"][code]
    worlds: list[Mapping[str, Figures]] = [before, _with_old(before, after, behind)]

    assert pinned(attack(told, frozenset(still)), worlds) == []


def _with_old(
    before: Mapping[str, Figures], after: Mapping[str, Figures], behind: set[str]
) -> dict[str, Figures]:
    """The world that the second release speaks of: tables that stayed behind are those of the first month."""
    old = {code for table in behind for code in (STAGES if table == "stage" else (table,))}
    return {
        line: {code: before[line][code] if code in old else value for code, value in row.items()}
        for line, row in after.items()
    }


def test_the_attacker_works_back_what_is_only_left_out() -> None:
    """Small numbers hidden without their complements: the attack finds them and can be trusted."""
    caught = 0
    for seed in range(6):
        districts = some_province(Random(seed), [40, 30, 50, 22])
        release = build_release(FIRST, added(districts.values()), districts, None)
        assert release is not None
        told = as_told(release.shown)
        for each in told["districts"]:
            figures = districts[each["codes"][0]]
            each["figures"] = {
                code: None if 0 < figures[code] < SMALL else figures[code] for code in each["figures"]
            }
        caught += bool(pinned(attack([told]), [districts]))
    assert caught == 6


# ------------------------------------------------------------------------------------------- as it is served


def keep(districts: Mapping[str, Figures], day: date) -> None:
    """The figures of a closed day."""
    rows = {NATION: (0, "", added(districts.values())), SONGKHLA: (1, "TH", added(districts.values()))}
    rows |= {code: (2, SONGKHLA, row) for code, row in districts.items()}
    year = fiscal_year_of(day)
    DayProgress.objects.bulk_create(
        DayProgress(
            fiscal_year=year, list_kind="", code=code, level=level, parent_code=parent, day=day, **row
        )
        for code, (level, parent, row) in rows.items()
    )


def of_html(html: str) -> list[list[int | None]]:
    table = html[html.index('<table class="table table--pinned">') :].split("</table>", 1)[0]
    body = table.split("<tbody>", 1)[1]
    read = []
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        cells = [
            re.sub(r"<[^>]+>|[\s,]", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        ]
        read.append([None if cell == "*" else int(cell) for cell in cells])
    return read


def of_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def told_by(client: Client) -> dict[str, Any]:
    """The JSON, after making sure that page and CSV say the same and not more."""
    told: dict[str, Any] = json.loads(client.get(reverse("public_json", args=[SONGKHLA])).content)
    rows = of_csv(client.get(reverse("public_csv", args=[SONGKHLA])).content.decode())
    for row, figures, codes in [
        (rows[0], told["figures"], PROVINCE_FIGURES),
        *(
            (row, each["figures"], DISTRICT_FIGURES)
            for row, each in zip(rows[1:], told["districts"], strict=True)
        ),
    ]:
        assert {code: row[code] for code in codes} == {
            code: "*" if figures[code] is None else str(figures[code]) for code in codes
        }
        assert all(row[code] == "" for code in PROVINCE_FIGURES if code not in codes)
    html = client.get(reverse("public_page", args=[SONGKHLA])).content.decode()
    assert of_html(html) == [
        [each["figures"][code] for code in DISTRICT_COLUMNS] for each in told["districts"]
    ]
    return told


def test_a_table_of_an_earlier_month_is_no_share_of_the_households_of_this_one() -> None:
    districts = some_province(Random(3), [300, 340, 900])
    release = build_release(FIRST, added(districts.values()), districts, None)
    assert release is not None
    about = {"sheet": {"paths": {}, "height": 0}, "area": "90", "name": "สงขลา", "fiscal_year": 2568}
    shown = {**release.shown, **about, "as_of": FIRST.isoformat()}
    for district in shown["districts"]:
        district["names"] = district["codes"]
    fresh = public_view(shown)
    assert said_of(fresh)
    assert all(cell.share is not None for _stage, cell in fresh.stages if cell.value is not None)

    stuck = public_view({**shown, "older": {"stage": "2025-03-31", "failing_income": "2025-03-31"}})

    assert said_of(stuck) == ""
    assert all(cell.share is None for _stage, cell in stuck.stages)
    income = next(line for line in stuck.dimensions if line.dimension == "income")
    assert all(cell.share is None for cell in income.cells)


@pytest.mark.django_db
def test_the_served_page_its_files_and_two_months_of_them_stand(cast: Cast) -> None:
    rng = Random(7)
    first = some_province(rng, [60, 34, 25, 12, 4, 90])
    second = moved_on(rng, first)
    for code in first:
        Area.objects.get_or_create(
            code=code, defaults={"level": 2, "name": f"อำเภอ{code}", "parent_id": SONGKHLA}
        )
    PublicPage.objects.create(province_code=SONGKHLA, is_on=True)
    keep(first, FIRST)
    keep(second, SECOND)
    assert publish_releases(date(2025, 5, 3)) == 1
    assert publish_releases(date(2025, 5, 9)) == 0
    before = told_by(Client())
    assert publish_releases(date(2025, 6, 1)) == 1
    after = told_by(Client())

    assert (before["as_of"], after["as_of"]) == ("2025-04-30", "2025-05-31")
    hidden = attack([before, after])
    assert hidden
    assert pinned(hidden, [first, _with_old(first, second, set(after["older_tables"]))]) == []


@pytest.mark.django_db
def test_a_page_is_off_until_the_secretary_who_saw_it_switches_it_on(cast: Cast) -> None:
    day = release_day(timezone.localdate())
    keep(some_province(Random(3), [60, 34, 25]), day)
    pages = [reverse(name, args=[SONGKHLA]) for name in ("public_page", "public_json", "public_csv")]
    settings = reverse("public_settings")
    assert [Client().get(page).status_code for page in pages] == [404, 404, 404]
    assert client_of(cast.executive).post(settings, {"on": "1"}).status_code == 403
    secretary = client_of(cast.secretary)
    preview = secretary.get(settings).content.decode()
    assert "ปิดอยู่" in preview
    assert not PublicRelease.objects.exists()

    assert secretary.post(settings, {"on": "1"}).status_code == 302

    assert [Client().get(page).status_code for page in pages] == [200, 200, 200]
    assert of_html(preview) == of_html(Client().get(pages[0]).content.decode())
    assert Client().get(reverse("public_page", args=["40"])).status_code == 404


@pytest.mark.django_db
def test_a_switched_page_is_kept_by_caches_and_knows_nobody(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    keep(some_province(Random(3), [60, 34, 25]), FIRST)
    PublicPage.objects.create(province_code=SONGKHLA, is_on=True)
    publish_releases(date(2025, 5, 3))
    for client in (Client(), client_of(cast.secretary)):
        for name in ("public_page", "public_json", "public_csv"):
            page = reverse(name, args=[SONGKHLA])
            with django_assert_num_queries(1):
                response = client.get(page)
            assert response.status_code == 200
            assert not response.cookies
            assert response.headers["Cache-Control"] == "public, max-age=300, must-revalidate"
            assert "Cookie" not in response.headers.get("Vary", "")
            assert cast.secretary.user.display_name not in response.content.decode()
            asked = {"HTTP_IF_NONE_MATCH": response.headers["ETag"]}
            with django_assert_num_queries(1):
                assert client.get(page, **asked).status_code == 304
            assert (
                client.get(page, HTTP_IF_MODIFIED_SINCE=response.headers["Last-Modified"]).status_code == 304
            )

    client_of(cast.secretary).post(reverse("public_settings"), {"on": "0"})
    assert Client().get(page, **asked).status_code == 404
    assert client_of(cast.secretary).post(reverse("public_settings"), {"on": "1"}).status_code == 302
    assert list(
        AuditEntry.objects.filter(action="public_page_switched")
        .order_by("pk")
        .values_list("changes", flat=True)
    ) == [
        {"is_on": [True, False]},
        {"is_on": [False, True]},
    ]


@pytest.mark.django_db
def test_the_page_speaks_the_language_of_its_address(cast: Cast) -> None:
    """Caches hold it, so no cookie may decide; what a release keeps is Thai, whoever made it."""
    keep(some_province(Random(3), [60, 34, 25]), release_day(timezone.localdate()))
    Area.objects.filter(code=SONGKHLA).update(name_en="Songkhla")
    secretary = client_of(cast.secretary)
    secretary.cookies["django_language"] = "en"
    secretary.post(reverse("public_settings"), {"on": "1"})
    page = reverse("public_page", args=[SONGKHLA])
    thai, english = secretary.get(page), Client().get(f"{page}?language=en")
    assert thai.content == Client().get(page).content
    assert ('<html lang="th">' in thai.content.decode(), "จ.สงขลา" in thai.content.decode()) == (True, True)
    assert '<html lang="en">' in english.content.decode()
    assert "Songkhla province" in english.content.decode()
    assert f'href="{page}" lang="th"' in english.content.decode()
    assert english.headers["Cache-Control"] == thai.headers["Cache-Control"]
    assert english.headers["ETag"] != thai.headers["ETag"]
