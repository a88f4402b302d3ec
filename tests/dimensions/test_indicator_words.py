"""Short name and question of an indicator are edited with it; what a family was asked before stays so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from casework.models import AssessmentAnswer
from casework.pages.assessment import indicators_piece
from casework.services.visits import record_visit
from dimensions.models import IndicatorSet
from dimensions.queries import indicators_of
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.common.audit import SYSTEM
from povertyops.common.models import AuditEntry
from tests.casework.pages.families import family, text_of, this_year, today
from tests.casework.work import a_visit
from tests.cast import Cast, client_of
from tests.dimensions.test_editing import current, fields_of, saved

pytestmark = pytest.mark.django_db
URL = "/yardstick/sets/bmn-2565/13/"
WORDS = {"name": "บ้านมั่นคง", "ask": "บ้านหลังนี้แข็งแรง อยู่ได้อีกนานไหม"}


@pytest.fixture(autouse=True)
def _yardstick(db: None) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())


def number_13() -> Any:
    return next(row for row in indicators_of(current(IndicatorSet, code="bmn-2565")) if row.number == 13)


def taken_along() -> dict[str, Any]:
    """What a phone takes along to ask number 13."""
    [found] = indicators_piece([this_year() - 1])
    return next(each for each in found["indicators"] if each["number"] == 13)


def test_edited_words_are_asked_kept_and_copied(cast: Cast) -> None:
    home = family(cast)
    browser = client_of(cast.system_admin)
    before = taken_along()
    opened = fields_of(browser.get(URL))
    assert (opened["name"], opened["ask"]) == (before["name"], before["ask"])

    preview = text_of(browser.post(URL, fields_of(browser.get(URL), **WORDS, reason="คู่มือ", preview="1")))
    assert f"ชื่อย่อ: {before['name']} → บ้านมั่นคง" in preview
    assert "เขียนไว้สำหรับข้อความเดิม" not in preview
    assert saved(browser, URL, **WORDS, reason="คู่มือ").status_code == 302

    row, first = current(IndicatorSet, code="bmn-2565"), IndicatorSet.objects.get(code="bmn-2565", version=1)
    assert (row.version, row.indicators.get(number=13).ask) == (2, WORDS["ask"])
    assert (first.indicators.get(number=13).name, first.indicators.get(number=13).ask) == ("", "")
    assert not row.indicators.exclude(number=13).exclude(name="", ask="").exists()
    after = taken_along()
    assert (after["name"], after["ask"], after["picture"]) == (*WORDS.values(), before["picture"])
    asked = text_of(client_of(cast.mentor).get(f"/households/{home.pk}/assess/?plain=1"))
    assert WORDS["ask"] in asked
    assert before["ask"] not in asked
    assert WORDS["ask"] in text_of(client_of(cast.mentor).get("/yardstick/"))
    history = text_of(client_of(cast.mentor).get("/yardstick/history/"))
    assert f"ข้อ 13 ชื่อย่อ: — → {WORDS['name']}" in history
    assert f"ข้อ 13 คำถามที่อ่านให้ครอบครัวฟัง: — → {WORDS['ask']}" in history
    assert AuditEntry.objects.filter(action="yardstick.edit", object_type="indicatorset").count() == 1

    assert "ไม่มีอะไรเปลี่ยน" in text_of(saved(browser, URL, reason="x"))
    assert saved(browser, URL, name="", ask="", reason="ใช้คำเดิม").status_code == 302
    assert taken_along() == before
    new = {"code": "bmn-2570", "like": "bmn-2565", "label": "จปฐ. 2570", "valid_from": 2570, "valid_to": 2574}
    browser.post("/yardstick/new-set/", {**new, "reason": "ชุดใหม่", "save": "1"})
    copied = current(IndicatorSet, code="bmn-2570").indicators.get(number=13)
    assert (copied.name, copied.ask) == (before["name"], before["ask"])
    for refused in (cast.secretary, cast.officer, cast.mentor):
        assert client_of(refused).post(URL, {**WORDS, "reason": "x", "save": "1"}).status_code == 403


def refusal(browser: Client, url: str = URL, **values: str) -> str:
    answer = saved(browser, url, **{**WORDS, "reason": "x", **values})
    assert answer.status_code == 422, values
    return text_of(answer)


def test_words_that_mislead_are_refused_and_old_ones_pointed_at(cast: Cast) -> None:
    browser = client_of(cast.system_admin)
    other = fields_of(browser.get("/yardstick/sets/bmn-2565/14/"))

    assert "ชื่อย่อนี้เป็นของข้อ 14 แล้ว" in refusal(browser, name=f" {other['name']} ")
    assert "คำถามนี้เป็นของข้อ 14 แล้ว" in refusal(browser, ask=other["ask"])
    assert "60" in refusal(browser, name="ก" * 61)
    assert "200" in refusal(browser, ask="ก" * 201)
    assert "ใส่ข้อความของตัวชี้วัดก่อน" in refusal(browser, text="   ")
    assert current(IndicatorSet, code="bmn-2565").version == 1

    text = {"text": "ครัวเรือนมีบ้านที่มั่นคงถาวร", "reason": "แก้คำผิด"}
    warned = browser.post(URL, fields_of(browser.get(URL), **text, preview="1"))
    assert "เขียนไว้สำหรับข้อความเดิม" in text_of(warned)
    words = {name: fields_of(browser.get(URL))[name] for name in ("name", "ask")}
    assert saved(browser, URL, **text).status_code == 302
    kept = number_13()
    assert {"name": kept.name, "ask": kept.ask} == words, "what stood on the page is what is said"


def on_day(version: int, day: date) -> None:
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 9))
    IndicatorSet.objects.filter(code="bmn-2565", version=version).update(recorded_at=moment)


def test_a_past_visit_shows_what_was_asked_then(cast: Cast) -> None:
    home = family(cast)
    old = number_13().text
    days = {ago: today() - timedelta(days=ago) for ago in (1, 5, 9)}
    visits = {}
    for ago in (1, 9):
        visit = a_visit(home, day=days[ago], answers={13: "fail"}, survey_year=this_year() - 1)
        record_visit(actor=cast.mentor, visit=visit)
        visits[ago] = f"/visits/{visit.id}/"
    answers = list(AssessmentAnswer.objects.values())

    saved(client_of(cast.system_admin), URL, text="บ้านต้องมั่นคงถาวร", reason="คู่มือ")
    on_day(1, days[9] - timedelta(days=90))
    on_day(2, days[5])

    mentor = client_of(cast.mentor)
    assert f"13. {old}" in text_of(mentor.get(visits[9]))
    assert "13. บ้านต้องมั่นคงถาวร" in text_of(mentor.get(visits[1]))
    assert list(AssessmentAnswer.objects.values()) == answers
