"""Editing the yardstick on pages: versions, what they touch, judging again, what the loader leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from casework.models import StageEvent, YardstickRound
from casework.services.after import after_write
from casework.services.judging_again import judge_again
from casework.services.visits import record_visit
from dimensions.enums import Dimension, Stage
from dimensions.models import DimensionInfo, IncomeThreshold, IndicatorSet, StageCriteria
from dimensions.queries import indicator_set_for, indicators_of
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.accounts.actor import system_actor
from povertyops.common.audit import SYSTEM
from povertyops.common.models import AuditEntry
from povertyops.common.thai import format_thai_date
from tests.casework.pages.families import family, text_of, this_year, today
from tests.casework.work import a_help, a_visit, an_item, case_of, state_of
from tests.cast import Cast, client_of


@pytest.fixture(autouse=True)
def _yardstick(db: None) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())


def current(model: Any, **key: Any) -> Any:
    return model.objects.get(superseded_at=None, **key)


def fields_of(page: Any, **values: Any) -> dict[str, Any]:
    """What a person sends who changes only `values` on the page as it stands."""
    form = page.context["form"]
    found = {name: form[name].value() for name in form.fields}
    kept = {name: value for name, value in found.items() if value not in (None, False)}
    return {**kept, **values}


def saved(browser: Client, url: str, **values: Any) -> Any:
    return browser.post(url, fields_of(browser.get(url), save="1", **values))


def test_dimension_becomes_a_new_version_and_the_loader_keeps_it(cast: Cast) -> None:
    browser = client_of(cast.system_admin)
    url = "/yardstick/dimensions/health/"

    preview = browser.post(url, fields_of(browser.get(url), label="สุขภาวะ", reason="คู่มือใหม่", preview="1"))
    assert "ชื่อ: สุขภาพ → สุขภาวะ" in text_of(preview)
    assert DimensionInfo.objects.filter(dimension="health").count() == 1
    stale = fields_of(browser.get(url), label="อื่น", reason="x", save="1")
    assert saved(browser, url, label="สุขภาวะ", label_en="Well-being", reason="คู่มือใหม่").status_code == 302

    row, old = (
        current(DimensionInfo, dimension="health"),
        DimensionInfo.objects.get(dimension="health", version=1),
    )
    assert (row.version, row.label, row.label_en, row.entered_by) == (
        2,
        "สุขภาวะ",
        "Well-being",
        cast.system_admin.user,
    )
    assert (old.label, old.superseded_at is None) == ("สุขภาพ", False)
    assert "มีผู้บันทึกฉบับใหม่ไปก่อน" in text_of(browser.post(url, stale))
    assert "ไม่มีอะไรเปลี่ยน" in text_of(saved(browser, url, reason="x"))
    assert saved(browser, url, label="y", reason="").status_code == 422
    assert [change.kept for change in load_yardstick(actor=SYSTEM, source=read_source())] == [True]
    history = text_of(client_of(cast.mentor).get("/yardstick/history/"))
    assert "ชื่อ: สุขภาพ → สุขภาวะ" in history
    assert cast.system_admin.user.display_name in history
    assert AuditEntry.objects.filter(action="yardstick.edit", object_type="dimensioninfo").count() == 1
    assert client_of(cast.secretary).get(url).status_code == 403


def test_years_thresholds_and_sets_explain_what_is_wrong(cast: Cast) -> None:
    browser = client_of(cast.system_admin)

    assert saved(browser, "/yardstick/years/income/2568/", baht=45_000, reason="ประกาศ").status_code == 302
    assert (
        current(IncomeThreshold, survey_year=2568).baht,
        current(IncomeThreshold, survey_year=2568).version,
    ) == (
        45_000,
        2,
    )
    line = {"year": 2599, "baht": 5_000, "certainty": "verified", "reason": "สศช."}
    assert browser.post("/yardstick/years/line/0/", {**line, "save": "1"}).status_code == 302
    assert "ปีสำรวจซ้อนกับชุด" in text_of(
        saved(browser, "/yardstick/sets/bmn-2565/", valid_from=2564, reason="x")
    )
    assert "ต้องไม่ก่อนปีสำรวจแรก" in text_of(
        saved(browser, "/yardstick/sets/bmn-2565/", valid_to=2560, reason="x")
    )
    number = {"number": 13, "text": "ก", "category": "health", "reason": "x", "save": "1"}
    sure = dict.fromkeys(("sure_text", "sure_unit", "sure_dimension"), "guess")
    assert "ชุดนี้มีข้อ 13 แล้ว" in text_of(browser.post("/yardstick/sets/bmn-2565/new/", {**number, **sure}))
    added = browser.post("/yardstick/sets/bmn-2565/new/", {**number, **sure, "number": 39})
    assert (added.status_code, current(IndicatorSet, code="bmn-2565").indicators.count()) == (302, 39)
    new = {"code": "bmn-2570", "like": "bmn-2565", "label": "จปฐ. 2570", "valid_from": 2570, "valid_to": 2574}
    assert browser.post("/yardstick/new-set/", {**new, "reason": "ชุดใหม่", "save": "1"}).status_code == 302
    assert current(IndicatorSet, code="bmn-2570").indicators.get(number=13).counterparts == [13]
    assert browser.get("/yardstick/sets/none/").status_code == 404


def test_mapping_says_whom_it_touches_and_has_them_judged_again(cast: Cast) -> None:
    home = family(cast)
    found = indicator_set_for(this_year() - 1).indicator_set
    living = [row.number for row in indicators_of(found) if row.dimension == Dimension.LIVING]
    answers = dict.fromkeys(living[1:], "pass") | {living[0]: "fail"}
    visit = a_visit(home, day=today() - timedelta(days=2), answers=answers, survey_year=this_year() - 1)
    record_visit(actor=cast.mentor, visit=visit)
    assert judge_again() == 0
    assert state_of(home, this_year()).recovered == 0
    events = list(StageEvent.objects.values_list("pk", "rule_version"))
    browser = client_of(cast.system_admin)
    url = f"/yardstick/sets/{found.code}/{living[0]}/"

    preview = browser.post(url, fields_of(browser.get(url), dimension="", reason="คู่มือ", preview="1"))
    assert "1 ครัวเรือนตัดสินด้วยเกณฑ์นี้" in text_of(preview)
    assert saved(browser, url, dimension="", reason="คู่มือ").status_code == 302

    assert judge_again() == 1
    assert state_of(home, this_year()).recovered == Dimension.LIVING.bit
    assert judge_again() == 0
    assert YardstickRound.objects.filter(finished_at=None).count() == 0
    assert list(StageEvent.objects.values_list("pk", "rule_version"))[: len(events)] == events
    for number in living[1:-1]:
        saved(browser, f"/yardstick/sets/{found.code}/{number}/", dimension="", reason="คู่มือ")
    last = f"/yardstick/sets/{found.code}/{living[-1]}/"
    warned = browser.post(last, fields_of(browser.get(last), dimension="", reason="x", preview="1"))
    assert "มิติความเป็นอยู่จะไม่มีตัวชี้วัดเหลือในชุดนี้" in text_of(warned)
    assert saved(browser, last, drop="on", reason="ไม่ใช้แล้ว").status_code == 302
    assert not current(IndicatorSet, code=found.code).indicators.filter(number=living[-1]).exists()


def test_criteria_of_a_province_leave_others_and_the_past_alone(cast: Cast) -> None:
    home = family(cast)
    item = an_item()
    record_visit(actor=cast.mentor, visit=a_visit(home, day=today(), helps=(a_help(item, given_on=today()),)))
    after_write(actor=system_actor(), household_ids=[home.pk], since=today())
    assert (judge_again(), case_of(home).stage) == (0, Stage.SURVIVE)
    event = StageEvent.objects.get(to_stage=Stage.SURVIVE)
    browser = client_of(cast.secretary)
    url = "/yardstick/criteria/"

    yesterday = format_thai_date(today() - timedelta(days=1), "numeric")
    refused = saved(browser, url, sufficient_days=400, effective_from=yesterday, reason="มติ คจพ.จ.")
    assert "ตั้งแต่วันนี้เป็นต้นไป" in text_of(refused)
    day = format_thai_date(today(), "numeric")
    assert saved(browser, url, sufficient_days=400, effective_from=day, reason="มติ คจพ.จ.").status_code == 302

    row = StageCriteria.objects.get(province_code="90")
    assert (row.sufficient_days, row.version, row.reason, row.entered_by) == (
        400,
        2,
        "มติ คจพ.จ.",
        cast.secretary.user,
    )
    assert StageCriteria.objects.get(province_code="").sufficient_days == 365
    assert judge_again() == 1
    event.refresh_from_db()
    assert (event.rule_version, YardstickRound.objects.latest("id").province_code) == (1, "90")
    assert "จำนวนวันในขั้นพอเพียง: 365 → 400" in text_of(browser.get("/yardstick/history/"))
    assert "365 → 400" not in text_of(client_of(cast.far_secretary).get("/yardstick/history/"))
    assert client_of(cast.officer).get(url).status_code == 403


def test_categories_and_how_sure_labels_are_become_versions(cast: Cast) -> None:
    browser = client_of(cast.system_admin)
    page = "/yardstick/sets/bmn-2565/categories/economy/"
    indicators = current(IndicatorSet, code="bmn-2565").indicators.count()

    preview = browser.post(page, fields_of(browser.get(page), label="ด้านรายได้", reason="คู่มือ", preview="1"))
    assert "ชื่อหมวด: ด้านเศรษฐกิจ/รายได้ → ด้านรายได้" in text_of(preview)
    sure = {"label": "ด้านรายได้", "certainty": "verified", "position": "1", "reason": "คู่มือกรม"}
    stale = fields_of(browser.get(page), **sure, save="1")
    assert saved(browser, page, **sure).status_code == 302
    assert "มีผู้บันทึกฉบับใหม่ไปก่อน" in text_of(browser.post(page, {**stale, "label": "x"}))
    new = {"code": "digital", "label": "ด้านดิจิทัล", "certainty": "guess", "position": 6, "reason": "ชุดใหม่"}
    add = "/yardstick/sets/bmn-2565/new-category/"
    assert browser.post(add, {**new, "save": "1"}).status_code == 302
    assert "ชุดนี้มีหมวดรหัสนี้แล้ว" in text_of(browser.post(add, {**new, "save": "1"}))
    in_use = saved(browser, page, drop="on", reason="x")
    assert (in_use.status_code, "ยังมีตัวชี้วัดในหมวดนี้" in text_of(in_use)) == (422, True)
    empty = "/yardstick/sets/bmn-2565/categories/digital/"
    assert saved(browser, empty, drop="on", reason="ไม่ใช้").status_code == 302
    assert browser.get(empty).status_code == 404

    row = current(IndicatorSet, code="bmn-2565")
    codes = ["economy", "health", "living", "education", "social_protection"]
    assert (row.version, [each["code"] for each in row.categories]) == (4, codes)
    assert row.categories[0] == {"code": "economy", "label": "ด้านรายได้", "certainty": "verified"}
    assert row.indicators.count() == indicators
    first = IndicatorSet.objects.get(code="bmn-2565", version=1)
    assert first.categories[3]["label"] == "ด้านเศรษฐกิจ/รายได้"
    assert "ด้านรายได้" in text_of(browser.get("/yardstick/"))

    doubt = {"sure_label": "inferred", "reason": "ยังไม่พบเอกสาร"}
    assert saved(browser, "/yardstick/dimensions/health/", **doubt).status_code == 302
    found = current(DimensionInfo, dimension="health").certainty
    assert found == {"label": "inferred", "lead_office": "verified"}
    history = text_of(client_of(cast.mentor).get("/yardstick/history/"))
    for said in (
        "หมวด ด้านรายได้ ชื่อ: ด้านเศรษฐกิจ/รายได้ → ด้านรายได้",
        "หมวด ด้านรายได้ ความแน่ชัด: จากความจำ ยังไม่ได้ตรวจสอบ → ตรวจสอบกับแหล่งข้อมูลแล้ว",
        "ลำดับของหมวด: ด้านรายได้, ด้านสุขภาพ",
        "เพิ่มหมวด ด้านดิจิทัล",
        "ตัดหมวด ด้านดิจิทัล",
        "อนุมานจากถ้อยคำ",
    ):
        assert said in history
    assert client_of(cast.secretary).get(page).status_code == 403
