"""Families that no list knows: naming, checking, deciding, appealing; and who must see nothing of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from casework.enums import NominationStatus
from casework.inputs import NominationCheck, NominationInput
from casework.models import (
    BaselineReview,
    CohortState,
    Nomination,
    NominationEvent,
    NominationPhoto,
    NominationRule,
)
from casework.pages.removals import decided_removals
from casework.queries.nominations import Waiting, waiting_in
from casework.queries.reviews import reviewed
from casework.services.merging import merge_households
from casework.services.nominations import (
    appeal,
    check_nomination,
    decide_appeal,
    decide_nomination,
    forget_contacts,
    nominate,
    withdraw,
)
from casework.services.removal import decide_removal, request_removal
from dimensions.enums import Dimension
from households.enums import FoundBy, ImportStatus
from households.models import Household, ImportBatch, Listing, ListKind, Membership
from households.services.duplicates import propose_pairs
from households.services.provenance import Source, sources_of
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AccessEntry, AuditEntry
from povertyops.common.nid import format_pin
from reports.services.rollup import full_rollup
from tests.casework.pages.families import family, text_of, this_year, today
from tests.casework.photos import jpeg
from tests.casework.work import INCOME, LIVING
from tests.cast import (
    CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    NEXT_VILLAGE,
    VILLAGE,
    Cast,
    add_person,
    client_of,
    demo_pin,
)
from tests.import_work import receive
from tests.lists import Sheet, make_households

S = NominationStatus
FOUND = NominationCheck(is_poor=True, dimensions=LIVING, note="บ้านไม่มีหลังคา")


@pytest.fixture(autouse=True)
def _survey(db: None) -> None:
    cache.clear()
    ListKind.objects.create(code="survey", name="สำรวจพบเพิ่มเติม", counts_as_found=True)


def an_input(**values: Any) -> NominationInput:
    head = {"title": "นาง", "first_name": "ปราณี", "last_name": "คงแก้ว", "birth_date": "1977-11-21",
            "sex": "f", "relation": "หัวหน้า", "is_head": True}  # fmt: skip
    return NominationInput(
        **{
            "id": uuid7(),
            "area_code": VILLAGE,
            "persons": (head, {"first_name": "เล็ก", "last_name": "คงแก้ว"}),
            "reason": "อยู่เพิงพักในสวนยาง",
            "dimensions": LIVING | INCOME,
            "house_no": "99/1",
            **values,
        }
    )


def nominated(actor: Actor, **values: Any) -> Nomination:
    return nominate(actor=actor, nomination=an_input(**values))


def checked(cast: Cast, by: str = "team_leader", **values: Any) -> Nomination:
    row = nominated(cast.team_member, **values)
    return check_nomination(actor=cast.people[by], nomination_id=row.pk, check=FOUND)


def known_family(cast: Cast, **values: Any) -> Household:
    """A household of the register that the finder of duplicates has looked at."""
    household = family(cast, **values)
    propose_pairs(household_ids=[household.pk], found_by=FoundBy.NIGHTLY)
    return household


def page_of(actor: Actor, row: Nomination) -> Any:
    return client_of(actor).get(reverse("nomination", args=[row.pk]))


# ------------------------------------------------------------------------------------- the way in


def test_accepted_household_is_found_in_care_and_told(cast: Cast) -> None:
    row = checked(cast, latitude=7.5, longitude=100.25)
    row = decide_nomination(
        actor=cast.officer, nomination_id=row.pk, decision=S.ACCEPTED, note="ตรวจแล้วยากจนจริง"
    )
    household = Household.objects.get(pk=row.household_id)
    state = CohortState.objects.get(household=household, fiscal_year=this_year())
    assert (state.get_membership_display(), state.baseline) == ("สำรวจพบเพิ่มเติม", LIVING)
    assert (household.latitude, household.house_no) == (7.5, "99/1")
    assert Membership.objects.filter(household=household).count() == 2
    told = NominationEvent.objects.filter(nomination=row).order_by("recorded_at", "pk")
    assert [event.status for event in told] == [S.RECEIVED, S.CHECKED, S.ACCEPTED]
    assert AuditEntry.objects.filter(object_type="nomination", object_id=str(row.pk)).count() == 3
    assert f"/households/{household.pk}/" in text_of(page_of(cast.team_member, row))


def test_nobody_goes_two_steps_in_a_row(cast: Cast) -> None:
    own = nominated(cast.officer)
    with pytest.raises(NotAllowed):
        check_nomination(actor=cast.officer, nomination_id=own.pk, check=FOUND)
    check_nomination(actor=cast.second_officer, nomination_id=own.pk, check=FOUND)
    for actor in (cast.officer, cast.second_officer, cast.team_leader):
        with pytest.raises(NotAllowed):
            decide_nomination(actor=actor, nomination_id=own.pk, decision=S.ACCEPTED, note="รับ")
    decide_nomination(actor=cast.secretary, nomination_id=own.pk, decision=S.ACCEPTED, note="รับ")
    with pytest.raises(NotAllowed):
        decide_nomination(actor=cast.secretary, nomination_id=own.pk, decision=S.REJECTED, note="ไม่รับ")


def test_each_role_nominates_where_it_works(cast: Cast) -> None:
    allowed = {
        "team_member": (VILLAGE, NEXT_VILLAGE),
        "mentor": (VILLAGE, NEXT_SUBDISTRICT_VILLAGE),
        "officer": (NEXT_SUBDISTRICT_VILLAGE,),
        "municipal_officer": (CITY_VILLAGE,),
        "municipal_mentor": (CITY_VILLAGE,),
        "secretary": (CITY_VILLAGE, VILLAGE),
    }
    refused = {
        "team_member": (NEXT_SUBDISTRICT_VILLAGE, FAR_VILLAGE),
        "mentor": (CITY_VILLAGE, MUEANG_VILLAGE, FAR_VILLAGE),
        "officer": (CITY_VILLAGE,),
        "municipal_officer": (VILLAGE, MUEANG_VILLAGE),
        "municipal_mentor": (VILLAGE,),
        "secretary": (FAR_VILLAGE,),
        "executive": (VILLAGE,),
        "lead_officer": (VILLAGE,),
    }
    for name, villages in allowed.items():
        for number, code in enumerate(villages):
            assert nominated(cast.people[name], area_code=code, house_no=f"{name}{number}",
                             near_said=_Everybody()).area_code == code  # fmt: skip
    for name, villages in refused.items():
        for code in villages:
            with pytest.raises(NotAllowed):
                nominated(cast.people[name], area_code=code)


class _Everybody(dict[Any, str]):
    """Says of every near match that it is another person."""

    def get(self, key: Any, default: Any = None) -> Any:
        return "other_person"


def test_bad_input_explains_itself(cast: Cast) -> None:
    wrong: list[dict[str, Any]] = [
        {"area_code": "90079901"}, {"area_code": "9007"}, {"persons": ()}, {"reason": "  "},
        {"dimensions": 99}, {"photos": (b"<svg/>",)}, {"latitude": 7.0},
    ]  # fmt: skip
    for values in wrong:
        with pytest.raises(InvalidInput):
            nominated(cast.secretary, **values)
    assert not Nomination.objects.exists()


def test_sent_twice_is_one_and_anothers_id_is_refused(cast: Cast) -> None:
    given = an_input(photos=(jpeg(),))
    first = nominate(actor=cast.team_member, nomination=given)
    assert nominate(actor=cast.team_member, nomination=given).pk == first.pk
    assert (NominationPhoto.objects.count(), NominationEvent.objects.count()) == (1, 1)
    with pytest.raises(InvalidInput):
        nominate(actor=cast.mentor, nomination=given)


def test_known_household_is_linked_and_only_one_that_the_decider_sees(cast: Cast) -> None:
    known = known_family(cast, head=("นาง", "ปราณี", "คงแก้ว"), village=NEXT_VILLAGE)
    far = family(cast, head=("นาย", "ไกล", "ตา"), village=FAR_VILLAGE, team=None)
    row = checked(cast, near_said={known.pk: "other_house"})
    decide = reverse("nomination_decide", args=[row.pk])
    client = client_of(cast.officer)
    assert known.head_name in text_of(page_of(cast.officer, row))
    body = {"decision": "known", "note": "คือครอบครัวเดียวกัน"}
    assert client.post(decide, {**body, "household": str(far.pk)}).status_code == 422
    assert client.post(decide, body).status_code == 422
    assert client.post(decide, {**body, "household": str(known.pk)}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.household_id) == (S.KNOWN, known.pk)


def test_known_family_is_looked_for_in_the_register_within_ones_own_sight(cast: Cast) -> None:
    """By name, house number, both, house code or national id, which is never said back or written down."""
    known = family(cast, head=("นาย", "สมาน", "ใจซื่อ"), village=NEXT_SUBDISTRICT_VILLAGE, house_no="7/7")
    Household.objects.filter(pk=known.pk).update(house_code="90071234567")
    child = add_person(known, ("เด็กหญิง", "กานดา", "ใจซื่อ"), position=7, national_id=False)
    near = family(cast, head=("นาย", "สมาน", "บ้านใกล้"), village=VILLAGE, house_no="7/7")
    far = family(cast, head=("นาย", "สมาน", "ใจซื่อ"), village=FAR_VILLAGE, team=None, house_no="7/7")
    row = nominated(cast.team_member, near_said=_Everybody())
    decide = reverse("nomination_decide", args=[row.pk])
    client = client_of(cast.officer)
    assert 'name="find"' in text_of(page_of(cast.officer, row))
    pin = demo_pin(known.memberships.get(is_head=True).person)
    foreign = demo_pin(far.memberships.get(is_head=True).person)

    def found(text: str, status: int = 200) -> list[str]:
        body = {"act": "find", "find": text, "note": "เขียนไว้ก่อน"}
        answer = client.post(decide, body)
        assert answer.status_code == status, text
        page = text_of(answer)
        assert "เขียนไว้ก่อน" in page, "what was typed stays"
        for secret in (pin, foreign, format_pin(pin), f"{pin[:12]}"):
            assert secret not in page, "an id is never shown again"
        assert str(far.pk) not in page
        return re.findall(r'name="household" value="([0-9a-f-]{36})"', page)

    both = [str(near.pk), str(known.pk)]
    assert found("สมาน") == both, "the nearest first"
    assert found("๗/๗") == both
    for text in ("7/7 นายสมาน ใจซื่อ", "สมานใจซื่อ", "9007-123456-7", "กานดา", pin, format_pin(pin)):
        assert found(text) == [str(known.pk)], text
    assert child.full_name in text_of(client.post(decide, {"act": "find", "find": "กานดา"}))
    assert found(foreign) == found("ไม่มีใครชื่อนี้") == found("8/8 สมาน") == []
    assert found("", 422) == found(f"{pin[:12]}0" if pin[12] != "0" else f"{pin[:12]}1", 422) == []
    assert AccessEntry.objects.filter(kind="search_id", household_id=known.pk).count() == 2
    logged = [
        *AccessEntry.objects.values_list("details", "reason"),
        *AuditEntry.objects.values_list("changes"),
    ]
    assert pin not in str(logged)

    body = {"act": "save", "decision": "known", "note": "ครอบครัวเดียวกัน", "household": str(far.pk)}
    assert client.post(decide, body).status_code == 422
    assert client.post(decide, {**body, "household": str(known.pk), "note": ""}).status_code == 422
    again = text_of(client.post(decide, {**body, "household": str(known.pk), "note": "", "find": "สมาน"}))
    assert f'value="{near.pk}"' in again, "what was found stays to be chosen from"
    assert client_of(cast.team_leader).post(decide, {"act": "find", "find": "สมาน"}).status_code == 403
    assert client.post(decide, {**body, "household": str(known.pk)}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.household_id) == (S.KNOWN, known.pk)
    late = client.post(decide, {"act": "find", "find": "สมาน"})
    assert str(near.pk) not in text_of(late), "nothing is looked for where nothing is to be decided"


def merge_of(actor: Actor, kept: Household, gone: Household) -> None:
    merge_households(actor=actor, kept_id=kept.pk, gone_id=gone.pk, reason="ครอบครัวเดียวกัน")


def until_somebody_waits_for_a_lock() -> None:
    """Another connection stands before a row that is locked."""
    waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        for _attempt in range(2_000):
            cursor.execute(waits)
            if cursor.fetchone():
                return
            cursor.execute("SELECT pg_sleep(0.005), pg_stat_clear_snapshot()")
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["merge", "decision"])
def test_known_household_never_points_to_one_that_is_merged_at_that_moment(cast: Cast, first: str) -> None:
    kept, gone = family(cast), family(cast)
    row = nominated(cast.team_member, near_said=_Everybody())

    def decide() -> None:
        decide_nomination(
            actor=cast.officer, nomination_id=row.pk, decision=S.KNOWN, note="มีแล้ว", household_id=gone.pk
        )

    def merge() -> None:
        merge_of(cast.second_officer, kept, gone)

    def closing(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    one, other = (merge, decide) if first == "merge" else (decide, merge)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            one()
            waiting = pool.submit(closing, other)
            until_somebody_waits_for_a_lock()
        if first == "merge":
            with pytest.raises(Conflict) as refused:
                waiting.result(timeout=60)
            assert refused.value.code == "merged_meanwhile"
            decide()  # chosen again: the household has gone where the merge led it
        else:
            waiting.result(timeout=60)
    row.refresh_from_db()
    assert (row.status, row.household_id) == (S.KNOWN, kept.pk)
    assert "เป็นครัวเรือนที่มีอยู่แล้ว" in text_of(page_of(cast.officer, row))


def test_head_whose_id_is_in_the_register_is_refused_at_acceptance(cast: Cast) -> None:
    known = family(cast)
    member = known.memberships.select_related("person").get(is_head=True).person
    row = checked(cast, pin=demo_pin(member), near_said=_Everybody())
    with pytest.raises(Conflict) as refused:
        decide_nomination(actor=cast.officer, nomination_id=row.pk, decision=S.ACCEPTED, note="รับ")
    assert refused.value.code == "person_known"
    row.refresh_from_db()
    assert row.status == S.CHECKED


def test_sources_call_a_nomination_what_came_by_one_and_nothing_else(cast: Cast) -> None:
    """Also after merges; and a dimension that a yearly review took in names the review."""
    said = "จากการเสนอชื่อครัวเรือนตกหล่น"

    def accepted(**values: Any) -> Household:
        row = checked(cast, near_said=_Everybody(), **values)
        done = decide_nomination(actor=cast.officer, nomination_id=row.pk, decision=S.ACCEPTED, note="รับ")
        return Household.objects.get(pk=done.household_id)

    came = accepted()
    one, other = family(cast, kind="survey"), family(cast, kind="survey")
    Listing.objects.filter(household__in=[one, other]).update(
        batch_id=uuid7(), raw={"house_no": "5/5", "head_first_name": "ก"}
    )
    client = client_of(cast.officer)

    def sources(household: Household) -> str:
        return text_of(client.get(reverse("household_sources", args=[household.pk])))

    assert said in sources(came)
    merge_of(cast.officer, one, other)
    line = Listing.objects.get(household=one, superseded_at=None)
    assert line.batch_id is None, "the merge made a line of its own out of two of files"
    assert "จากสำรวจพบเพิ่มเติม" in sources(one)
    assert said not in sources(one)
    second = accepted(house_no="88")
    merge_of(cast.officer, second, came)
    assert said in sources(second)
    batch = receive(Sheet(make_households(1)), actor=cast.secretary, kind="survey", fiscal_year=this_year())
    undone = Listing.objects.get(household=second, superseded_at=None)
    undone.pk, undone.batch_id, undone.superseded_at = uuid7(), batch.pk, timezone.now()
    undone.save(force_insert=True)
    assert said not in sources(second)
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.UNDONE)
    assert said in sources(second), "what a list said that was taken back since"

    year = this_year()
    health = Dimension.HEALTH.bit
    for fiscal_year, dimension, minutes in ((year, INCOME, "3/2569"), (year - 1, health, "เก่า/2568")):
        BaselineReview.objects.create(
            household=one, province_code="90", fiscal_year=fiscal_year, survey_year=year - 1,
            dimensions=dimension, effective_on=today(), minutes_number=minutes,
        )  # fmt: skip
    shown = sources(one)
    assert f"ทบทวนเกณฑ์ประจำปี {year} · รายงานการประชุมเลขที่ 3/2569" in shown
    assert "เก่า/2568" in shown
    told = sources_of(one, str, reviews=reviewed(one.pk))
    rests_on = {str(each.label): each.source for each in told.dimensions}
    assert list(rests_on.values()) == [Source.NOTHING, Source.LIST, Source.REVIEW], rests_on


# ------------------------------------------------------------------ rejection, appeal, withdrawal


def test_rejection_is_appealed_once_and_decided_by_another(cast: Cast) -> None:
    row = nominated(cast.mentor)
    not_poor = NominationCheck(is_poor=False, dimensions=0, note="มีรถสองคัน")
    check_nomination(actor=cast.team_member, nomination_id=row.pk, check=not_poor)
    with pytest.raises(Conflict):
        decide_nomination(actor=cast.officer, nomination_id=row.pk, decision=S.ACCEPTED, note="รับ")
    decide_nomination(actor=cast.officer, nomination_id=row.pk, decision=S.REJECTED, note="ไม่เข้าเกณฑ์")
    assert "ไม่เข้าเกณฑ์" in text_of(page_of(cast.mentor, row))
    with pytest.raises(NotAllowed):
        appeal(actor=cast.team_member, nomination_id=row.pk, note="ขอดูใหม่")
    appeal(actor=cast.mentor, nomination_id=row.pk, note="รถเป็นของเพื่อนบ้าน")
    with pytest.raises(NotAllowed):
        decide_appeal(actor=cast.second_officer, nomination_id=row.pk, decision=S.ACCEPTED, note="รับ")
    decide_appeal(actor=cast.secretary, nomination_id=row.pk, decision=S.REJECTED, note="ยืนตามเดิม")
    with pytest.raises(NotAllowed):
        appeal(actor=cast.mentor, nomination_id=row.pk, note="อีกครั้ง")


def test_appeal_is_late_after_its_days_and_never_decided_by_who_rejected(cast: Cast) -> None:
    row = checked(cast)
    decide_nomination(actor=cast.secretary, nomination_id=row.pk, decision=S.REJECTED, note="ไม่รับ")
    Nomination.objects.filter(pk=row.pk).update(decided_on=today() - timedelta(days=31))
    with pytest.raises(NotAllowed):
        appeal(actor=cast.team_member, nomination_id=row.pk, note="ช้าไป")
    Nomination.objects.filter(pk=row.pk).update(decided_on=today() - timedelta(days=30))
    appeal(actor=cast.team_member, nomination_id=row.pk, note="ทันวันสุดท้าย")
    with pytest.raises(NotAllowed):
        decide_appeal(actor=cast.secretary, nomination_id=row.pk, decision=S.ACCEPTED, note="รับ")


def test_withdrawn_by_the_nominator_only_and_before_the_decision(cast: Cast) -> None:
    row = nominated(cast.mentor)
    with pytest.raises(NotAllowed):
        withdraw(actor=cast.officer, nomination_id=row.pk)
    assert withdraw(actor=cast.mentor, nomination_id=row.pk).status == S.WITHDRAWN
    with pytest.raises(NotAllowed):
        withdraw(actor=cast.mentor, nomination_id=row.pk)


# ---------------------------------------------------------------------------------- who sees what


def test_strangers_find_nothing_and_can_do_nothing(cast: Cast) -> None:
    row = nominated(cast.mentor, photos=(jpeg(),))
    photo = NominationPhoto.objects.get()
    strangers = ("other_mentor", "second_mentor", "other_team_member", "other_officer", "municipal_officer",
                 "far_secretary", "far_officer", "far_mentor")  # fmt: skip
    for name in strangers:
        client = client_of(cast.people[name])
        assert client.get(reverse("nomination", args=[row.pk])).status_code == 404, name
        for route in ("nomination_photo", "nomination_thumb"):
            assert client.get(reverse(route, args=[row.pk, photo.pk])).status_code == 404, name
        for route in ("check", "decide", "appeal", "withdraw", "contact"):
            answer = client.post(reverse(f"nomination_{route}", args=[row.pk]), {"note": "x"})
            assert answer.status_code in (403, 404), (name, route)
        assert row.head_name not in text_of(client.get(reverse("nominations") + "?tab=check"))
    for name in ("executive", "lead_officer", "agency_officer", "national_viewer", "system_admin"):
        assert client_of(cast.people[name]).get(reverse("nominations")).status_code == 403
    row.refresh_from_db()
    assert row.status == S.RECEIVED


def test_own_people_see_it_and_a_photo_of_another_does_not_open_through_it(cast: Cast) -> None:
    mine = nominated(cast.mentor, photos=(jpeg(exif=_exif()),))
    other = nominated(cast.secretary, area_code=CITY_VILLAGE, photos=(jpeg(),), near_said=_Everybody())
    foreign = NominationPhoto.objects.get(nomination=other)
    for name in ("mentor", "team_member", "team_leader", "officer", "second_officer", "secretary"):
        assert page_of(cast.people[name], mine).status_code == 200, name
    client = client_of(cast.mentor)
    assert client.get(reverse("nomination_photo", args=[mine.pk, foreign.pk])).status_code == 404
    photo = NominationPhoto.objects.get(nomination=mine)
    answer = client.get(reverse("nomination_photo", args=[mine.pk, photo.pk]))
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert dict(Image.open(io.BytesIO(answer.content)).getexif()) == {}
    assert bytes(photo.sealed) != answer.content


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    return exif.tobytes()


def test_mentor_is_told_nothing_of_a_household_out_of_sight(cast: Cast) -> None:
    hidden = known_family(cast, head=("นาง", "ปราณี", "คงแก้ว"), team=cast.other_mentor_team, house_no="ลับ77")
    client = client_of(cast.mentor)
    answer = client.post(reverse("nomination_new"), new_body(act="search"))
    assert "ไม่พบครัวเรือนที่ใกล้เคียง" in text_of(answer)
    assert str(hidden.pk) not in text_of(answer)
    assert client.post(reverse("nomination_new"), new_body()).status_code == 302
    row = Nomination.objects.get()
    assert [(match["household"], match["shown"]) for match in row.near] == [(str(hidden.pk), False)]
    shown = text_of(page_of(cast.mentor, row))
    assert str(hidden.pk) not in shown
    assert "ลับ77" not in shown
    assert "ใกล้เคียงนอกพื้นที่" not in shown
    assert str(hidden.pk) in text_of(page_of(cast.officer, row))
    # It turned out to be that one: the nominator reads so, and still nothing of it.
    check_nomination(actor=cast.team_member, nomination_id=row.pk, check=FOUND)
    decide_nomination(
        actor=cast.officer, nomination_id=row.pk, decision=S.KNOWN, note="มีแล้ว", household_id=hidden.pk
    )
    assert str(hidden.pk) not in text_of(page_of(cast.mentor, row))


# ------------------------------------------------------------------------------------------ pages


def new_body(**values: Any) -> dict[str, Any]:
    return {
        "act": "save", "id": str(uuid7()), "subdistrict": VILLAGE[:6], "village": "๑", "house_no": "๙๙/๒",
        "first_name": "ปราณี", "last_name": "คงแก้ว", "dimensions": ["living"], "reason": "อยู่เพิงพัก",
        "m1-first_name": "เล็ก", "m1-relation": "บุตร", **values,
    }  # fmt: skip


def test_near_match_stops_or_is_said_to_be_another_family(cast: Cast) -> None:
    known = known_family(cast, head=("นาง", "ปราณี", "คงแก้ว"), house_no="4/5")
    client = client_of(cast.team_member)
    address = reverse("nomination_new")
    found = text_of(client.post(address, new_body(act="search")))
    assert "ครัวเรือนนี้มีอยู่แล้ว" in found
    assert f"/households/{known.pk}/" in found
    silent = client.post(address, new_body())
    assert silent.status_code == 422
    assert "โปรดบอกว่าเป็นคนละครอบครัวเพราะอะไร" in text_of(silent)
    assert not Nomination.objects.exists()
    photo = SimpleUploadedFile("house.jpg", jpeg(), "image/jpeg")
    said = client.post(address, new_body(**{f"near_{known.pk.hex}": "same_house", "photos": [photo]}))
    assert said.status_code == 302
    row = Nomination.objects.get()
    assert (row.area_code, row.house_no, row.near[0]["said"]) == (VILLAGE, "๙๙/๒", "same_house")
    assert [person["first_name"] for person in row.persons] == ["ปราณี", "เล็ก"]
    assert row.photos.count() == 1
    officers = text_of(page_of(cast.officer, row))
    assert "คะแนนความเหมือน" in officers
    assert "บ้านเดียวกัน แต่คนละครอบครัว" in officers


def test_faults_come_back_at_their_place(cast: Cast) -> None:
    client = client_of(cast.team_member)
    address = reverse("nomination_new")
    first = client.post(address, new_body(act="search", first_name="", pin="123", village="500"))
    assert first.status_code == 422
    for words in ("โปรดใส่ชื่อหัวหน้าครัวเรือน", "เลขประจำตัวประชาชนไม่ถูกต้อง"):
        assert words in text_of(first)
    wrong = {
        "dimensions": [],
        "reason": "",
        "m2-relation": "หลาน",
        "photos": [SimpleUploadedFile("a.jpg", b"x")],
    }
    second = client.post(address, new_body(**wrong))
    assert second.status_code == 422
    for words in ("โปรดเลือกอย่างน้อยหนึ่งเรื่อง", "โปรดเขียนว่าครอบครัวนี้ลำบากอย่างไร", "โปรดใส่ชื่อ หรือลบ"):
        assert words in text_of(second)
    photo = client.post(address, new_body(photos=[SimpleUploadedFile("a.jpg", b"<svg/>")]))
    assert "ไฟล์นี้ไม่ใช่ภาพถ่าย" in text_of(photo)
    assert client.post(address, new_body(subdistrict=FAR_VILLAGE[:6])).status_code == 422
    assert not Nomination.objects.exists()


def test_names_are_escaped_on_every_page(cast: Cast) -> None:
    evil = "<script>alert(1)</script>"
    client = client_of(cast.team_member)
    body = new_body(first_name=evil, reason=f"{evil} ลำบาก", house_no="<b>9</b>")
    assert client.post(reverse("nomination_new"), body).status_code == 302
    row = Nomination.objects.get()
    for answer in (page_of(cast.officer, row), client.get(reverse("nominations") + "?tab=check")):
        assert evil not in text_of(answer)
        assert "&lt;script&gt;" in text_of(answer)


def test_queue_is_by_age_says_what_is_overdue_and_asks_few_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    old, new = nominated(cast.mentor), nominated(cast.officer, house_no="7", near_said=_Everybody())
    day = today() - timedelta(days=20)
    Nomination.objects.filter(pk=old.pk).update(nominated_on=day, check_due_on=day + timedelta(days=15))
    nominated(cast.team_member, house_no="8", near_said=_Everybody())
    client = client_of(cast.team_leader)
    client.get(reverse("nominations"))
    with django_assert_max_num_queries(14):
        shown = text_of(client.get(reverse("nominations") + "?tab=check"))
    assert shown.index(str(old.pk)) < shown.index(str(new.pk))
    assert "เลยกำหนดลงตรวจแล้ว 1 เรื่อง" in shown
    assert "20 วัน" in shown
    only = text_of(client.get(reverse("nominations") + "?tab=check&overdue=1"))
    assert str(new.pk) not in only
    mentors = text_of(client_of(cast.mentor).get(reverse("nominations") + "?tab=check"))
    assert str(old.pk) in mentors
    assert str(new.pk) not in mentors


def test_checked_and_decided_on_the_page_with_the_village_found(cast: Cast) -> None:
    row = nominated(cast.mentor, area_code=f"{VILLAGE[:6]}00")
    team = client_of(cast.team_member)
    check = {"is_poor": "1", "dimensions": ["income"], "note": "รายได้ไม่พอ", "village": "2"}
    assert team.post(reverse("nomination_check", args=[row.pk]), {**check, "note": ""}).status_code == 422
    assert team.post(reverse("nomination_check", args=[row.pk]), check).status_code == 302
    officer = client_of(cast.officer)
    decide = reverse("nomination_decide", args=[row.pk])
    assert officer.post(decide, {"decision": "accepted", "note": ""}).status_code == 422
    assert officer.post(decide, {"decision": "accepted", "note": "รับ"}).status_code == 302
    row.refresh_from_db()
    assert row.household is not None
    assert row.household.area_code == NEXT_VILLAGE


# -------------------------------------------------------------------------------- the public door


def open_door(province: str = "90") -> None:
    NominationRule.objects.update_or_create(province_code=province, defaults={"is_public_open": True})


def public_body(client: Client, settings: Any, **values: Any) -> dict[str, Any]:
    settings.PUBLIC_NOMINATIONS = {**settings.PUBLIC_NOMINATIONS, "least_seconds": 0}
    page = text_of(client.get("/nominate/?province=90"))
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket is not None
    return {
        "ticket": ticket[1], "website": "", "subdistrict": VILLAGE[:6], "village": "", "house_no": "1",
        "first_name": "ยายแดง", "reason": "อยู่คนเดียว", "dimensions": ["health"],
        "contact_name": "ผู้แจ้งลับ", "contact_phone": "081-234-5678", **values,
    }  # fmt: skip


def test_door_is_shut_until_the_secretary_opens_it(cast: Cast) -> None:
    client = Client()
    assert "ยังไม่มีจังหวัดที่เปิดรับ" in text_of(client.get("/nominate/"))
    assert client.get("/nominate/?province=90").status_code == 404
    assert client.post("/nominate/?province=90", {}).status_code == 404
    rule = {"is_public_open": "on", "check_days": "10", "appeal_days": "20"}
    assert client_of(cast.officer).post("/nominations/rule/", rule).status_code == 403
    assert (
        client_of(cast.secretary).post("/nominations/rule/", {**rule, "check_days": "0"}).status_code == 422
    )
    assert client_of(cast.secretary).post("/nominations/rule/", rule).status_code == 302
    start = text_of(client.get("/nominate/"))
    assert "สงขลา" in start
    assert "ขอนแก่น" not in start
    assert client.get("/nominate/?province=40").status_code == 404
    shown = text_of(client.get("/nominate/?province=90"))
    assert "มาตรา 21 และ 23" in shown
    assert "บ้านรับแพรก" not in shown


def test_public_report_is_sealed_tracked_and_called_back(cast: Cast, settings: Any) -> None:
    open_door()
    known = known_family(cast, head=("นาง", "ยายแดง", ""), house_no="1")
    client = Client()
    body = public_body(client, settings)
    done = client.post("/nominate/?province=90", body)
    number = re.search(r"<b>([A-Z2-9]{5}-[A-Z2-9]{5})</b>", text_of(done))
    assert number is not None
    assert str(known.pk) not in text_of(done)
    row = Nomination.objects.get()
    assert row.contact is not None
    assert "ผู้แจ้งลับ".encode() not in bytes(row.contact)
    assert (row.nominated_by_id, row.channel, row.area_code) == (None, "public", f"{VILLAGE[:6]}00")
    again = client.post("/nominate/?province=90", body)
    assert number[1] in text_of(again)
    assert Nomination.objects.count() == 1

    track = text_of(client.post("/nominate/track/", {"number": number[1].lower()}))
    assert "รับเรื่องแล้ว รอลงพื้นที่ตรวจ" in track
    for hidden in ("ยายแดง", "ผู้แจ้งลับ", str(row.pk), "อยู่คนเดียว"):
        assert hidden not in track
    officer = client_of(cast.officer)
    assert "ผู้แจ้งลับ" not in text_of(page_of(cast.officer, row))
    told = officer.post(reverse("nomination_contact", args=[row.pk]), {"contact-note": "โทรถามทาง"})
    assert "ผู้แจ้งลับ" in text_of(told)
    assert AccessEntry.objects.filter(kind="nomination_contact", object_id=str(row.pk)).count() == 1

    for name, decision in (("known", S.KNOWN), ("rejected", S.REJECTED), ("accepted", S.ACCEPTED)):
        Nomination.objects.filter(pk=row.pk).update(status=decision, decided_on=today())
        said = text_of(client.post("/nominate/track/", {"number": number[1]}))
        assert "พิจารณาเสร็จแล้ว" in said, name
        assert "ไม่รับ" not in said, name
    Nomination.objects.update(decided_on=today() - timedelta(days=91))
    assert forget_contacts(actor=cast.secretary) == 1


def test_unknown_number_gets_one_answer_whatever_it_is(cast: Cast) -> None:
    inside = nominated(cast.mentor)
    client = Client()
    answers = {
        re.sub(
            r'(value=|X-CSRFToken": )"[^"]*"',
            "",
            text_of(client.post("/nominate/track/", {"number": number})),
        )
        for number in (inside.tracking_number, "ABCDE-23456", "zzzzz", "' OR 1=1 --", "๐๑๒๓๔๕๖๗๘๙")
    }
    assert len(answers) == 1
    assert "ไม่พบเรื่องตามเลขนี้" in answers.pop()


def test_robots_floods_and_big_photos_are_refused(cast: Cast, settings: Any) -> None:
    open_door()
    client = Client()
    body = public_body(client, settings)
    address = "/nominate/?province=90"
    assert client.post(address, {**body, "website": "http://spam"}).status_code == 422
    assert client.post(address, {**body, "ticket": "made-up"}).status_code == 422
    assert client.post(address, {**body, "subdistrict": FAR_VILLAGE[:6]}).status_code == 422
    assert client.post(address, {**body, "reason": "ก" * 601}).status_code == 422
    many = [SimpleUploadedFile(f"{n}.jpg", jpeg(), "image/jpeg") for n in range(3)]
    assert client.post(address, {**body, "photos": many}).status_code == 422
    assert not Nomination.objects.exists()
    settings.PUBLIC_NOMINATIONS = {**settings.PUBLIC_NOMINATIONS, "least_seconds": 3600}
    assert client.post(address, body).status_code == 422
    limits = {"least_seconds": 0, "per_address_hour": 2, "looks_per_address_hour": 3}
    settings.PUBLIC_NOMINATIONS = {**settings.PUBLIC_NOMINATIONS, **limits}
    statuses = [
        client.post(address, public_body(client, settings, house_no=f"{n}")).status_code for n in range(3)
    ]
    assert statuses == [200, 200, 429]
    looks = [client.post("/nominate/track/", {"number": "ABCDE23456"}).status_code for _ in range(4)]
    assert looks == [200, 200, 200, 429]
    cache.clear()
    settings.PUBLIC_NOMINATIONS = {**settings.PUBLIC_NOMINATIONS, "per_province_day": 2}
    full = client.post(address, public_body(client, settings, house_no="9"))
    assert full.status_code == 422
    assert "วันนี้รับเรื่องเต็มแล้ว" in text_of(full)
    assert Nomination.objects.count() == 2


# ---------------------------------------------------------------------------------------- boards and removals


def test_board_tells_what_waits_and_opens_it_for_those_who_may(cast: Cast) -> None:
    family(cast)
    full_rollup(this_year())
    for days, number in ((20, "1"), (3, "2"), (1, "3")):
        row = nominated(cast.mentor, house_no=number, near_said=_Everybody())
        day = today() - timedelta(days=days)
        Nomination.objects.filter(pk=row.pk).update(
            nominated_on=day,
            check_due_on=day + timedelta(days=15),
            status=S.CHECKED if days == 3 else S.RECEIVED,
        )
    nominated(cast.secretary, area_code=CITY_VILLAGE, near_said=_Everybody())
    done = nominated(cast.mentor, house_no="4", near_said=_Everybody())
    withdraw(actor=cast.mentor, nomination_id=done.pk)
    assert waiting_in(today(), area_code="9007") == Waiting(count=3, overdue=1, oldest_days=20, median_days=3)
    assert waiting_in(today()).count == 4
    assert waiting_in(today(), centre_id=cast.municipality.pk).count == 1
    assert waiting_in(today(), area_code="40") == Waiting(0, 0, None, None)

    officer = client_of(cast.officer)
    board = text_of(officer.get("/board/9007/"))
    address = "/nominations/?tab=all&amp;area=9007"
    assert address in board
    opened = text_of(officer.get(address.replace("&amp;", "&")))
    assert opened.count('<th scope="row">') == 3
    only = text_of(officer.get(f"{address}&overdue=1".replace("&amp;", "&")))
    assert only.count('<th scope="row">') == 1
    executive = text_of(client_of(cast.district_executive).get("/board/9007/"))
    assert "ตกหล่นรอพิจารณา" in executive
    assert "/nominations/" not in executive


def test_decided_removals_are_counted_by_reason_and_not_poor_opens_its_households(cast: Cast) -> None:
    gone, other = family(cast), family(cast)
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    for household, asker, decider, reason in (
        (gone, cast.mentor, cast.officer, "not_poor"),
        (other, cast.mentor, cast.officer, "moved"),
        (far, cast.far_mentor, cast.far_officer, "not_poor"),
    ):
        asked = request_removal(
            actor=asker, household_id=household.pk, reason=reason, note="มีรถ", effective_on=today()
        )
        decide_removal(actor=decider, removal_id=asked.pk, accept=True)
    client = client_of(cast.officer)
    shown = text_of(client.get("/removals/?show=decided&reason=not_poor"))
    assert gone.head_name in shown
    assert str(other.pk) not in shown
    assert str(far.pk) not in shown
    book = decided_removals(cast.officer)
    assert {line.reason: line.accepted for line in book.counts if line.accepted} == {
        "not_poor": 1,
        "moved": 1,
    }
    listed = text_of(client.get("/households/?removed_for=not_poor"))
    assert str(gone.pk) in listed
    assert str(other.pk) not in listed
