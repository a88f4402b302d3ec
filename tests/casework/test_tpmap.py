"""What is entered into TPMAP and what is not yet: marks, corrections after a mark, and the text."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from casework.models import Help, Visit
from casework.pages.logbook import GivenFacts, LogbookFacts, MemberFacts, Result, logbook_text, without_ids
from casework.pages.tpmap import entries_of, entries_of_household, entry_of, waiting_of
from casework.queries.tpmap import TpmapFilters, count_waiting, waiting_helps, waiting_visits
from casework.services.helps import amend_help, record_help
from casework.services.tpmap import mark_in_tpmap, unmark_in_tpmap
from casework.services.visits import record_visit, void_visit
from households.models import Household, Person
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.work import a_help, a_visit, an_item, in_care
from tests.cast import CITY_VILLAGE, MUEANG_VILLAGE, Cast, demo_pin

ALL = TpmapFilters()


def visited(cast: Cast, household: Household, **values: object) -> Visit:
    result = record_visit(actor=cast.mentor, visit=a_visit(household, **values))
    assert result.visit is not None
    return result.visit


def waiting(cast: Cast, who: str = "officer", filters: TpmapFilters = ALL) -> set[object]:
    actor = cast.people[who]
    return {row.pk for row in (*waiting_visits(actor, filters), *waiting_helps(actor, filters))}


# ---------------------------------------------------------------------------------------------------- marks


def test_help_at_a_visit_goes_with_its_visit(cast: Cast) -> None:
    household = in_care(cast)
    visit = visited(cast, household, helps=(a_help(an_item()),))

    assert waiting(cast) == {visit.pk}
    done = mark_in_tpmap(actor=cast.officer, visit_ids=[visit.pk])

    assert (done.visits, done.helps) == (1, 1)
    assert waiting(cast) == set()
    visit.refresh_from_db()
    assert visit.tpmap_marked_by == cast.officer.user
    assert AuditEntry.objects.filter(action="tpmap.mark", household_id=household.pk).count() == 2


def test_mark_is_kept_and_taken_back(cast: Cast) -> None:
    given = record_help(actor=cast.mentor, help=a_help(an_item(), in_care(cast)))

    mark_in_tpmap(actor=cast.officer, help_ids=[given.pk])
    assert mark_in_tpmap(actor=cast.mentor, help_ids=[given.pk]).count == 0
    assert Help.objects.get().tpmap_marked_by == cast.officer.user
    assert unmark_in_tpmap(actor=cast.officer, help_ids=[given.pk]).count == 1

    assert waiting(cast) == {given.pk}
    assert AuditEntry.objects.filter(action="tpmap.unmark").count() == 1


def test_visit_that_never_took_place_does_not_wait(cast: Cast) -> None:
    visit = visited(cast, in_care(cast))
    void_visit(actor=cast.mentor, visit_id=visit.pk, new_id=uuid7(), note="ไม่ได้ไป")

    assert waiting(cast) == set()
    with pytest.raises(Conflict):
        mark_in_tpmap(actor=cast.officer, visit_ids=[visit.pk])


def test_correction_after_the_mark_waits_again_and_says_why(cast: Cast) -> None:
    household = in_care(cast)
    visit = visited(cast, household, helps=(a_help(an_item()),))
    mark_in_tpmap(actor=cast.officer, visit_ids=[visit.pk])

    corrected = visited(cast, household, note="แก้แล้ว", amends=visit.pk)

    assert waiting(cast) == {corrected.pk}
    entry = entry_of(cast.officer, Visit.objects.get(pk=corrected.pk))
    visit.refresh_from_db()
    assert entry.changed_since == visit.tpmap_marked_at
    assert "แก้แล้ว" in entry.text
    assert "ซ่อมบ้าน" in entry.text
    mark_in_tpmap(actor=cast.officer, visit_ids=[corrected.pk])
    assert entry_of(cast.officer, Visit.objects.get(pk=corrected.pk)).changed_since is None


def test_corrected_help_waits_by_itself_where_its_visit_is_in_tpmap(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    visit = visited(cast, household, helps=(a_help(item),))
    mark_in_tpmap(actor=cast.officer, visit_ids=[visit.pk])
    wrong = Help.objects.get()

    better = amend_help(
        actor=cast.mentor,
        help_id=wrong.pk,
        replacement=a_help(item, household, amount_baht=Decimal(300)),
        reason="พิมพ์ผิด",
    )

    assert waiting(cast) == {better.pk}
    assert entry_of(cast.officer, Help.objects.get(pk=better.pk)).changed_since is not None


# ---------------------------------------------------------------------------------------------------- scope


def test_each_sees_what_waits_in_their_own_area(cast: Cast) -> None:
    here, elsewhere = in_care(cast), in_care(cast, village=MUEANG_VILLAGE, team=None)
    record_visit(actor=cast.secretary, visit=a_visit(here))
    record_visit(actor=cast.secretary, visit=a_visit(elsewhere))

    assert len(waiting(cast)) == 1
    assert len(waiting(cast, "other_officer")) == 1
    assert waiting(cast) != waiting(cast, "other_officer")
    assert len(waiting(cast, "secretary")) == 2
    assert waiting(cast, "far_officer") == set()


def test_one_record_out_of_sight_refuses_all(cast: Cast) -> None:
    mine = visited(cast, in_care(cast))
    other = in_care(cast, village=MUEANG_VILLAGE, team=None)
    theirs = record_visit(actor=cast.secretary, visit=a_visit(other)).visit
    assert theirs

    with pytest.raises(Http404):
        mark_in_tpmap(actor=cast.officer, visit_ids=[mine.pk, theirs.pk])

    assert not Visit.objects.exclude(tpmap_marked_at=None).exists()


def test_district_reads_the_municipality_only(cast: Cast) -> None:
    household = in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    visit = record_visit(actor=cast.municipal_officer, visit=a_visit(household)).visit
    assert visit

    with pytest.raises(NotAllowed):
        mark_in_tpmap(actor=cast.other_officer, visit_ids=[visit.pk])
    assert mark_in_tpmap(actor=cast.municipal_officer, visit_ids=[visit.pk]).count == 1


@pytest.mark.parametrize("name", ["executive", "national_viewer"])
def test_reading_roles_mark_nothing(cast: Cast, name: str) -> None:
    visit = visited(cast, in_care(cast))

    with pytest.raises(NotAllowed):
        mark_in_tpmap(actor=cast.people[name], visit_ids=[visit.pk])


def test_nothing_chosen_is_said(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        mark_in_tpmap(actor=cast.officer)


# -------------------------------------------------------------------------------------------------- filters


def test_kind_agency_and_area_narrow_the_queue(cast: Cast) -> None:
    household, item = in_care(cast), an_item()
    visit = visited(cast, household, helps=(a_help(item, agency_name="ปภ."),))
    given = record_help(actor=cast.mentor, help=a_help(item, household, agency_name="กาชาด"))
    at_visit = Help.objects.get(visit=visit)

    assert waiting(cast) == {visit.pk, given.pk}
    assert waiting(cast, filters=TpmapFilters(kind="visit")) == {visit.pk}
    assert waiting(cast, filters=TpmapFilters(kind="help")) == {at_visit.pk, given.pk}
    assert waiting(cast, filters=TpmapFilters(agency=given.agency_id)) == {given.pk}
    assert waiting(cast, filters=TpmapFilters(area="900701")) == {visit.pk, given.pk}
    assert waiting(cast, filters=TpmapFilters(area="900702")) == set()
    assert count_waiting(cast.officer) == waiting_of(household.pk) == 2


def test_texts_take_the_same_queries_for_one_household_and_three(cast: Cast) -> None:
    households = [in_care(cast) for _ in range(3)]
    for household in households:
        visited(cast, household, helps=(a_help(an_item()),))

    def queries(records: list[Visit]) -> int:
        rows = list(
            Visit.objects.filter(pk__in=[row.pk for row in records]).select_related("household__scope")
        )
        with CaptureQueriesContext(connection) as found:
            entries_of(cast.officer, rows)
        return len(found)

    visits = list(Visit.objects.all())
    assert queries(visits[:1]) == queries(visits) <= 8


# ----------------------------------------------------------------------------------------------------- text


def test_text_holds_what_the_logbook_asks_for(cast: Cast) -> None:
    household = in_care(cast)
    head = Person.objects.filter(memberships__household=household, memberships__is_head=True).get()
    head.occupation = "รับจ้างทั่วไป"
    head.save(update_fields=["occupation"])
    visited(cast, household, note="บ้านรั่ว", helps=(a_help(an_item(), letter_number="สข 1/2568"),))

    text = entries_of_household(cast.officer, household.pk)[0].text

    for words in (
        "ลงพื้นที่เมื่อ 10 มีนาคม 2568 พบครัวเรือน",
        "มีสมาชิกในครัวเรือน 2 คน วัยแรงงาน 2 คน",
        "หัวหน้าครัวเรือน หญิง อายุ",
        "อาชีพ รับจ้างทั่วไป",
        "สภาพครัวเรือน: บ้านรั่ว",
        "มิติที่ตกเกณฑ์: ความเป็นอยู่",
        "4ท: ยังไม่ได้วิเคราะห์",
        "การช่วยเหลือ: ซ่อมบ้าน โดย พมจ.สงขลา เมื่อ 10 มีนาคม 2568 มูลค่า 3,000 บาท หนังสือ สข 1/2568",
        "ผล: ช่วยเหลือแล้ว",
    ):
        assert words in text
    with override("en"):
        assert entries_of_household(cast.officer, household.pk)[0].text == text


def test_text_names_nobody_and_masks_ids(cast: Cast) -> None:
    household = in_care(cast)
    head = Person.objects.filter(memberships__household=household, memberships__is_head=True).get()
    pin = demo_pin(head)
    visited(cast, household, note=f"บัตร {pin} หรือ {pin[0]}-{pin[1:5]}-{pin[5:10]}-{pin[10:12]}-{pin[12]}")

    text = entries_of_household(cast.officer, household.pk)[0].text

    assert pin not in text.replace("-", "")
    assert "xxxxx" in text
    assert head.first_name not in text


def test_thai_digits_of_an_id_are_masked_too() -> None:
    assert without_ids("๑๐๐๐๑๒๓๔๕๖๗๘๗") == "1-0001-xxxxx-78-7"
    assert without_ids("โทร 0812345678 รหัสบ้าน 90070000001") == "โทร 0812345678 รหัสบ้าน 90070000001"


def test_four_t_and_result_in_words() -> None:
    facts = LogbookFacts(
        day=date(2025, 3, 10),
        outcome="พบครัวเรือน",
        members=[MemberFacts("หัวหน้าครัวเรือน", "หญิง", 67), MemberFacts("หลาน", age=8), MemberFacts("บุตร")],
        four_t={"attitude": ["loves_work"], "way_out": ["market", "เลี้ยงแพะ"]},
        contribution="ลงแรงเอง",
        solved=8,
    )

    lines = logbook_text(facts).splitlines()

    assert lines[1] == "มีสมาชิกในครัวเรือน 3 คน ผู้สูงอายุ 1 คน เด็ก 1 คน ไม่ทราบอายุ 1 คน"
    assert "ทัศนคติ: มีใจรักในการทำงาน" in lines
    assert "ทางออก (ความต้องการ): ตลาดรองรับ, เลี้ยงแพะ" in lines
    assert lines[-1] == "ผล: สามารถแก้ไขปัญหาได้ด้วยตนเอง"


def test_promise_alone_is_under_way() -> None:
    promised = GivenFacts("ซ่อมบ้าน", date(2025, 3, 10), is_promise=True)
    facts = LogbookFacts(day=date(2025, 3, 10), helps=[promised])

    assert facts.result is Result.UNDER_WAY
    assert "รับปากไว้: ซ่อมบ้าน" in logbook_text(facts)
    given = dataclasses.replace(promised, is_promise=False)
    assert dataclasses.replace(facts, helps=[promised, given]).result is Result.HELPED
