"""Stages are called as an administrator calls them: versions, every page, files; what is past stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from casework.carry_rules import FAULTS
from casework.field.shells import shell_of
from casework.models import StageEvent
from dimensions.enums import Stage
from dimensions.models import StageInfo
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.common.audit import SYSTEM
from povertyops.common.models import AuditEntry
from reports.services.rollup import full_rollup
from tests.casework.pages.families import family, text_of, this_year
from tests.casework.test_carry_over import STAGE_HEAD, coded, faults, received, table
from tests.cast import Cast, client_of
from tests.dimensions.test_editing import fields_of, saved

pytestmark = pytest.mark.django_db
URL = "/yardstick/stages/survive/"
WORDS = {"label": "ตั้งหลักได้", "label_en": "On its feet", "reason": "มติ คจพ.ชาติ"}


@pytest.fixture(autouse=True)
def _yardstick(db: None) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())


def in_english(browser: Client) -> Client:
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return browser


def rename(cast: Cast, capture: Any, url: str = URL, **values: str) -> None:
    with capture(execute=True):
        answer = saved(client_of(cast.system_admin), url, **{**WORDS, **values})
    assert answer.status_code == 302, text_of(answer)


def test_a_renamed_stage_is_a_version_and_nobody_else_may(cast: Cast) -> None:
    browser = client_of(cast.system_admin)
    assert 'href="/yardstick/stages/survive/"' in text_of(browser.get("/yardstick/"))
    assert 'href="/yardstick/stages/' not in text_of(client_of(cast.secretary).get("/yardstick/"))

    assert fields_of(browser.get(URL))["label_en"] == ""
    preview = text_of(browser.post(URL, fields_of(browser.get(URL), **WORDS, preview="1")))
    assert "ชื่อ: อยู่รอด → ตั้งหลักได้" in preview
    assert "ชื่อขั้น ยังไม่ถึงขั้นอยู่รอด ยังมีคำว่า อยู่รอด" in preview
    english = in_english(client_of(cast.system_admin))
    warned = text_of(english.post(URL, fields_of(english.get(URL), **WORDS, preview="1")))
    assert "The stage Waiting still says อยู่รอด" in warned
    assert not StageInfo.objects.exists()
    stale = fields_of(browser.get(URL), **WORDS, save="1")
    assert saved(browser, URL, **WORDS).status_code == 302

    rows = StageInfo.objects.filter(stage="survive").order_by("version")
    assert list(rows.values_list("version", "label", "label_en", "entered_by")) == [
        (1, "อยู่รอด", "", None),
        (2, "ตั้งหลักได้", "On its feet", cast.system_admin.user.pk),
    ]
    assert [row.superseded_at is None for row in rows] == [False, True]
    assert "มีผู้บันทึกฉบับใหม่ไปก่อน" in text_of(browser.post(URL, stale))
    entry = AuditEntry.objects.get(action="yardstick.edit", object_type="stageinfo", object_id="survive")
    assert entry.changes == {"version": 2, "changed": ["label", "label_en"], "reason": "มติ คจพ.ชาติ"}
    history = text_of(client_of(cast.mentor).get("/yardstick/history/"))
    for said in ("ขั้นตั้งหลักได้", "ขั้นอยู่รอด", "ชื่อ: อยู่รอด → ตั้งหลักได้", "มติ คจพ.ชาติ"):
        assert said in history
    for refused in (cast.secretary, cast.officer, cast.mentor, cast.executive):
        assert client_of(refused).get(URL).status_code == 403
        assert client_of(refused).post(URL, {**WORDS, "save": "1"}).status_code == 403
    assert browser.get("/yardstick/stages/none/").status_code == 404


def test_names_that_mislead_are_refused_with_what_to_do(cast: Cast) -> None:
    browser = client_of(cast.system_admin)

    for values, said in (
        ({"label": "  "}, "กรุณากรอกช่องนี้"),
        ({"label": "ก" * 61}, "60"),
        ({"label": "ได้ 100%"}, "ใช้เครื่องหมาย % { } &lt; &gt; ไม่ได้"),
        ({"label": "ขั้นดี"}, "ตัดคำว่า ขั้น ข้างหน้าออก"),
        ({"label": "พอ เพียง"}, "เป็นของอีกรายการหนึ่งแล้ว"),
        ({"label": "ดี", "label_en": "sustainable"}, "เป็นของอีกรายการหนึ่งแล้ว"),
        ({"label": "อยู่รอด", "label_en": ""}, "ไม่มีอะไรเปลี่ยน"),
        ({"reason": ""}, "กรุณากรอกช่องนี้"),
    ):
        answer = saved(browser, URL, **{**WORDS, **values})
        assert answer.status_code in (409, 422), values
        assert said in text_of(answer), values
    assert not StageInfo.objects.exclude(version=1).exists()
    taken = saved(browser, "/yardstick/dimensions/health/", label="รายได้", reason="x")
    assert "เป็นของอีกรายการหนึ่งแล้ว" in text_of(taken)


def test_the_new_name_is_heard_everywhere_in_both_languages_and_the_past_stands(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    home = family(cast)
    year = this_year()
    full_rollup(year)
    board = f"/board/{home.area_code[:4]}/?fiscal_year={year}"
    pages = {
        cast.mentor: (f"/households/{home.pk}/",),
        cast.officer: (board, f"/households/?fiscal_year={year}"),
        cast.secretary: ("/yardstick/", "/yardstick/criteria/"),
    }
    events = list(StageEvent.objects.values())
    assert "อยู่รอด" in text_of(client_of(cast.officer).get(board))

    rename(cast, django_capture_on_commit_callbacks)
    waiting = {"label": "ยังไม่ตั้งหลัก", "label_en": "Not yet"}
    rename(cast, django_capture_on_commit_callbacks, "/yardstick/stages/waiting/", **waiting)
    top = {"label": "พออยู่พอกิน", "label_en": "Enough"}
    rename(cast, django_capture_on_commit_callbacks, "/yardstick/stages/sufficient/", **top)

    for actor, urls in pages.items():
        for url in urls:
            page = text_of(client_of(actor).get(url, follow=True))
            assert "พออยู่พอกิน" in page or "ตั้งหลัก" in page, url
            for old in ("อยู่รอด", "พอเพียง<", "ขั้นพอเพียง"):
                assert old not in page, (url, old)
            english = text_of(in_english(client_of(actor)).get(url, follow=True))
            assert any(name in english for name in ("On its feet", "Not yet", "Enough")), url
            for old in ("Survive", "Sufficient"):
                assert f">{old}<" not in english, (url, old)
    assert "ตั้งหลักได้" in shell_of("household").plain.decode()
    assert "On its feet" in shell_of("household", "en").plain.decode()
    assert "พออยู่พอกิน" in str(FAULTS["bad_stage"])
    assert list(StageEvent.objects.values()) == events
    assert text_of(client_of(cast.officer).get(f"{board}&as_of=")).count("อยู่รอด") == 0


def test_files_that_name_a_stage_may_say_the_old_word_or_the_new(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    home = coded(cast, "90070000001")
    rename(cast, django_capture_on_commit_callbacks)
    said = ("ตั้งหลักได้", "ขั้นตั้งหลักได้", "อยู่รอด", "ขั้นอยู่รอด", "survive", "ยังไม่ถึงขั้นอยู่รอด", "ดี")

    body = table(STAGE_HEAD, *((home.house_code, word, "1/3/2568") for word in said))
    row = received(cast.officer, body, "stages", document="มติ คจพ.จ. 5/2567", signed_by="ผวจ.สงขลา")

    found = faults(row)
    assert found.get(2) is None
    assert {number for number, fault in found.items() if fault == "bad_stage"} == {7, 8}
    assert row.lines.order_by("row")[0].data["stage"] == Stage.SURVIVE
