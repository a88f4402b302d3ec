"""The story of the demo against the published figures, counted from base tables with literal numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pypdfium2
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from households.enums import PairKind, PairState
from households.models import DuplicatePair, NationalId
from households.services.national_ids import masked_ids
from povertyops.accounts.models import User
from povertyops.demo.chapters.other_lists import AGAIN_AT_HOME, AGAIN_ELSEWHERE
from reports.models import AreaProgress, Meeting
from reports.pages.columns import TABLES
from reports.services.days import close_day
from reports.services.verify import verify
from tests.demo.opening import Opened, counted_in, opened_from, said_by
from tests.reports.test_numbers_and_lists import KIND_OF_PAGE, numbers_of, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The whole story, told once for all tests of this file."""
    with django_db_blocker.unblock():
        for command in ("load_areas", "load_yardstick", "load_list_kinds", "load_help_menu"):
            call_command(command, verbosity=0)
        call_command("load_story", verbosity=0)
        call_command("load_story", "--background", verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), "povertyops.accounts.backends.NameOrPhoneBackend")
    return client


def count(sql: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


LISTED = """SELECT count(DISTINCT household_id) FROM households_listing
            WHERE superseded_at IS NULL AND province_code = %s AND fiscal_year = %s AND kind_code = ANY(%s)"""
HELPED = """SELECT count(DISTINCT h.household_id) FROM casework_help h
            JOIN households_listing l ON l.household_id = h.household_id AND l.fiscal_year = %s
            WHERE h.province_code = %s AND h.status = 'delivered' AND NOT h.is_void
              AND h.given_on BETWEEN %s AND %s
              AND NOT EXISTS (SELECT FROM casework_help o WHERE o.amends_id = h.id)"""
STAGE = """SELECT count(*) FROM (
               SELECT DISTINCT ON (e.household_id) e.to_stage FROM casework_stageevent e
               JOIN households_listing l ON l.household_id = e.household_id AND l.fiscal_year = %s
               WHERE e.province_code = %s AND e.effective_on <= %s
               ORDER BY e.household_id, e.effective_on DESC, e.recorded_at DESC, e.id DESC
           ) AS last WHERE to_stage >= 1"""


@pytest.mark.parametrize(
    ("province", "year", "kinds", "households"),
    [
        *(("90", 2568, [kind], number) for kind, number in (("csr", 312), ("bmn-29", 118), ("bmn-13", 40))),
        *(("90", 2568, [kind], number) for kind, number in (("vulnerable", 2_196), ("rehabilitation", 905))),
        ("40", 2565, ["tpmap"], 3_569),
        ("33", 2565, ["tpmap", "survey"], 17_119),
        ("24", 2565, ["tpmap"], 6_461),
    ],
)
def test_households_are_the_published_ones(
    province: str, year: int, kinds: list[str], households: int
) -> None:
    assert count(LISTED, province, year, kinds) == households
    shown = kinds[0] if province == "90" else ""
    row = AreaProgress.objects.get(fiscal_year=year, code=province, list_kind=shown)
    assert row.households == households


def test_songkhlas_lists_overlap_and_add_up() -> None:
    sql = "SELECT count(*) FROM casework_cohortstate WHERE fiscal_year = 2568 AND province_code = '90'"
    page = signed_in("songkhla.province").get("/lists/?fiscal_year=2568").context["page"]
    assert page.households == count(f"{sql} AND membership <> 3") < 312 + 118 + 40 + 2_196 + 905
    assert {row.kind.pk: row.households for row in page.lists} == {
        "csr": 312, "bmn-29": 118, "bmn-13": 40, "vulnerable": 2_196, "rehabilitation": 905,
    }  # fmt: skip
    csr = next(row for row in page.lists if row.kind.pk == "csr")
    assert csr.shared > csr.alone


@pytest.mark.parametrize(
    ("bit", "name", "households"),
    [(1, "health", 0), (2, "living", 148), (4, "education", 18), (8, "income", 165), (16, "access", 4)],
)
def test_songkhla_fails_as_published(bit: int, name: str, households: int) -> None:
    sql = """SELECT count(*) FROM households_listing WHERE superseded_at IS NULL AND province_code = '90'
             AND fiscal_year = 2568 AND kind_code = 'csr' AND dimensions & %s <> 0"""
    assert count(sql, bit) == households
    row = AreaProgress.objects.get(fiscal_year=2568, code="90", list_kind="csr")
    assert getattr(row, f"failing_{name}") == households


def test_songkhla_helped_112_in_16_districts() -> None:
    assert count(HELPED, 2568, "90", date(2024, 10, 1), date(2025, 9, 30)) == 112
    assert AreaProgress.objects.get(fiscal_year=2568, code="90", list_kind="csr").helped_households == 112
    assert _districts("90", 2568) == 16


def test_songkhlas_meeting_is_about_the_csr_list(tmp_path: Path) -> None:
    call_command("meeting_pack", area="90", number="1/2568", out=tmp_path, verbosity=0)
    payload = Meeting.objects.get(province_code="90", year=2568, number=1).payload
    figures = dict(zip(payload["columns"], payload["places"][0]["figures"], strict=True))
    failing = [figures[f"failing_{name}"] for name in ("health", "living", "education", "income", "access")]
    assert (payload["meeting"]["list_kind"], figures["households"]) == ("csr", 312)
    assert (failing, figures["helped_households"]) == ([0, 148, 18, 165, 4], 112)
    pack = pypdfium2.PdfDocument(next(tmp_path.glob("*-pack.pdf")))
    text = "".join(pack[number].get_textpage().get_text_range() for number in range(len(pack)))
    text = re.sub(r"\s+", "", text)
    assert "เฉพาะบัญชี1องค์กร1CSR1ครัวเรือน1ปี" in text
    assert "ครัวเรือนที่ได้รับความช่วยเหลือ112ครัวเรือน" in text


def test_khonkaen_persons_centres_and_teams() -> None:
    persons = """SELECT count(DISTINCT p.person_id) FROM households_listedperson p
                 JOIN households_listing l ON l.id = p.listing_id
                 WHERE l.superseded_at IS NULL AND l.province_code = '40' AND l.fiscal_year = 2565"""
    centres = "SELECT count(*) FROM areas_centre WHERE province_code = '40' AND kind = %s"
    assert count(persons) == 9_090
    assert AreaProgress.objects.get(fiscal_year=2565, code="40", list_kind="").persons == 9_090
    assert [
        count(centres, kind)
        for kind in ("district", "city_municipality", "town_municipality", "subdistrict_team")
    ] == [26, 1, 6, 211]


def test_khonkaen_aid_went_to_360_families() -> None:
    sql = """SELECT count(DISTINCT household_id)::text || ' ' || sum(amount_baht)::int FROM casework_help
             WHERE province_code = '40' AND given_on = '2022-01-27' AND batch_id IS NOT NULL"""
    assert count(sql) == "360 1080000"


def test_sisaket_is_all_at_survive_old_and_found() -> None:
    assert count(STAGE, 2565, "33", date(2022, 7, 11)) == 17_119
    row = AreaProgress.objects.get(fiscal_year=2565, code="33", list_kind="")
    assert (row.waiting, row.survive) == (0, 17_119)
    assert row.found == count(LISTED, "33", 2565, ["survey"])
    assert _districts("33", 2565) == 22


def test_chachoengsao_is_listed_in_11_districts() -> None:
    assert _districts("24", 2565) == 11


def test_samutsongkhram_reaches_the_national_goal() -> None:
    survive = count(STAGE, 2565, "75", date(2022, 9, 30))
    assert survive >= 0.9 * count(LISTED, "75", 2565, ["tpmap"])
    row = AreaProgress.objects.get(fiscal_year=2565, code="75", list_kind="")
    assert row.survive + row.sufficient + row.sustainable == survive


@pytest.mark.parametrize("year", [2565, 2568])
def test_verify_finds_nothing(year: int) -> None:
    assert verify(year) == []


@pytest.mark.parametrize(
    ("username", "board"),
    [
        ("songkhla.province", "/board/90/?fiscal_year=2568&list=csr"),
        ("khonkaen.province", "/board/40/?fiscal_year=2565"),
        ("sisaket.province", "/board/33/?fiscal_year=2565"),
        ("chachoengsao.province", "/board/24/?fiscal_year=2565"),
        ("samutsongkhram.province", "/board/75/?fiscal_year=2565"),
    ],
)
def test_every_headline_opens_its_list(username: str, board: str) -> None:
    client = signed_in(username)
    numbers = dict(list(numbers_of(client, board))[:24])
    assert len(numbers) > 8
    for address, number in numbers.items():
        rows = rows_of(client, address)
        baht = sum(Decimal(row["มูลค่า (บาท)"]) for row in rows) if address.startswith("/helps/") else None
        assert number in (len(rows), baht), address


def of_songkhla(client: Client, **asked: str) -> set[Opened]:
    """Every link of the board of 2568 to a list, whichever of its tables is in sight."""
    boards = (f"/board/90/?{urlencode({'fiscal_year': 2568, 'table': table, **asked})}" for table in TABLES)
    return {found for board in boards for found in opened_from(client, board)}


def wrong_of(found: set[Opened], client: Client, count: Callable[[Client, str], set[Decimal]]) -> list[Any]:
    """Opens each list once; the links whose number is not what the list counts."""
    counted = {address: count(client, address) for address in {one.address for one in found}}
    return [
        (one, counted[one.address])
        for one in found
        if one.number is not None and one.number not in counted[one.address]
    ]


def test_every_number_of_the_songkhla_board_opens_its_list() -> None:
    """Of all lists together as the list says itself, of the one list by the rows it gives away."""
    client = signed_in("songkhla.province")
    found, of_csr = of_songkhla(client), of_songkhla(client, list="csr")
    asked = [parse_qs(urlsplit(one.address).query) for one in found]
    assert len(found) > 400
    assert {urlsplit(one.address).path for one in found} == KIND_OF_PAGE.keys()
    named = set().union(*asked)
    assert {"step", "agency", "nature", "stage", "passing", "failing", "relieved", "recovered"} <= named
    assert wrong_of(found, client, said_by) == []
    assert wrong_of(of_csr - found, client, counted_in) == []


def test_every_number_of_a_past_day_of_the_songkhla_board_opens_its_list() -> None:
    """Closed at night, the day is also a point of today's trend."""
    client = signed_in("songkhla.province")
    day = "2025-06-29"
    before = of_songkhla(client, as_of=day)
    close_day(date.fromisoformat(day))
    trend = {one for one in of_songkhla(client) if f"as_of={day}" in one.address}
    assert len(trend) > 1
    found = of_songkhla(client, as_of=day) | trend
    assert before <= found
    assert len([one for one in found if f"as_of={day}" in one.address]) > 200
    of_province = (
        f"/households/?{urlencode({'area': 90, 'fiscal_year': 2568, 'as_of': day, 'stage': 'survive'})}"
    )
    (survive,) = {one.number for one in found if one.address == of_province and one.number is not None}
    assert survive not in (0, AreaProgress.objects.get(fiscal_year=2568, code="90", list_kind="").survive)
    assert wrong_of(found, client, counted_in) == []


def test_queues_of_the_current_year_are_alive() -> None:
    page = signed_in("songkhla.mentor").get(reverse("today")).content.decode()
    assert "รับปากไว้" in page
    assert "เกิน" in page


def test_first_day_has_families_to_compare_and_nominations_to_look_at() -> None:
    """Found by the product itself: each planted couple is told, and they are not lost in a crowd."""
    pairs = DuplicatePair.objects.filter(province_code="90", state=PairState.OPEN, kind=PairKind.HOUSEHOLD)
    assert AGAIN_AT_HOME + AGAIN_ELSEWHERE <= pairs.count() <= 30
    assert pairs.filter(score__gte=800).count() >= AGAIN_AT_HOME + AGAIN_ELSEWHERE
    for username in ("songkhla.province", "songkhla.district"):
        client = signed_in(username)
        assert client.get(reverse("duplicates")).context["count"] >= AGAIN_AT_HOME
        tabs = client.get(reverse("nominations")).context["tabs"]
        assert sum(tab["count"] or 0 for tab in tabs) >= 3


def test_every_id_of_the_story_belongs_to_nobody() -> None:
    persons = list(NationalId.objects.order_by("blind_index").values_list("person_id", flat=True)[:500])
    assert {shown[2:4] for shown in masked_ids(persons).values()} == {"00"}


def _districts(province: str, year: int) -> int:
    return AreaProgress.objects.filter(
        fiscal_year=year, parent_code=province, level=2, list_kind="", households__gt=0
    ).count()
