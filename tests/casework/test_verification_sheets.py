"""The field check in Excel: what goes out, what comes back, and what may not."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from casework.inputs import FindingInput
from casework.models import CohortState, SheetReturn, SheetReturnLine, VerificationSheet
from casework.services.carry_over import receive_carry_over
from casework.services.merge_work import MergeChoices
from casework.services.merging import merge_households
from casework.services.sheet_returns import apply_return, receive_return
from casework.services.verification import take_back_finding, verify_persons
from casework.services.verification_sheets import take_out_sheet
from casework.sheet_rules import Column, Kind
from casework.tasks.nightly import forget_sheets
from households.models import Household, Membership, Verification
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.models import AccessEntry, AuditEntry
from povertyops.common.thai import format_thai_date
from reports.models import ExportJob
from tests.casework.pages.families import family, text_of, this_year, today
from tests.casework.pages.test_verification import people_of
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, NEXT_SUBDISTRICT_VILLAGE, Cast, client_of
from tests.import_work import check, load_world
from tests.lists import Sheet, make_households

Edit = Callable[[Worksheet], None]
RETURNS = "/verify/returns/"


def taken_out(actor: Actor, area: str = "") -> bytes:
    return take_out_sheet(actor=actor, area=area)[1]


def edited(body: bytes, edit: Edit) -> bytes:
    book = load_workbook(io.BytesIO(body))
    edit(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cell(page: Worksheet, row: int, column: Column) -> Any:
    return page.cell(row=row, column=column + 1)


def row_of(page: Worksheet, person: Any) -> int:
    rows = range(3, page.max_row + 1)
    return next(row for row in rows if cell(page, row, Column.PERSON).value == str(person))


def answer(person: Any, status: str, note: str = "", day: Any = None) -> Edit:
    def edit(page: Worksheet) -> None:
        row = row_of(page, person)
        cell(page, row, Column.STATUS).value = status
        if note:
            cell(page, row, Column.NOTE).value = note
            cell(page, row, Column.NOTE).data_type = "s"
        cell(page, row, Column.DAY).value = day

    return edit


def together(*edits: Edit) -> Edit:
    def edit(page: Worksheet) -> None:
        for each in edits:
            each(page)

    return edit


def sent(actor: Actor, body: bytes) -> SheetReturn:
    return receive_return(actor=actor, file_name="check.xlsx", pieces=lambda: [body])


def found_of(person: Any) -> list[tuple[str, str]]:
    rows = Verification.objects.filter(person=person).order_by("recorded_at")
    return list(rows.values_list("status", "note"))


def faults(returned: SheetReturn) -> dict[int, str]:
    rows = SheetReturnLine.objects.filter(sheet_return=returned).exclude(fault="")
    return dict(rows.values_list("row", "fault"))


def test_sheet_is_protected_and_holds_what_is_needed_and_no_national_id(cast: Cast) -> None:
    household = family(cast)
    family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team, head=("นาง", "ซ่อนเร้น", "ลับ"))
    head, other = people_of(household)
    verify_persons(
        actor=cast.officer,
        household_id=household.pk,
        findings=[FindingInput(person_id=head, status="corrected", note="=HYPERLINK(1)")],
        effective_on=today(),
    )

    page = load_workbook(io.BytesIO(taken_out(cast.officer))).active

    assert page.protection.sheet
    assert page.max_row == 4
    assert [cell(page, 3, column).protection.locked for column in Column] == [
        column not in (Column.STATUS, Column.NOTE, Column.DAY) for column in Column
    ]
    assert page.column_dimensions["J"].hidden
    note = cell(page, row_of(page, head), Column.NOTE)
    assert (note.value, note.data_type) == ("=HYPERLINK(1)", "s")
    assert cell(page, row_of(page, head), Column.STATUS).value == "แก้ไขข้อมูลแล้ว"
    (offer, _hint) = page.data_validations.dataValidation
    assert "ไม่พบตัว" in offer.formula1 or "ไม่พบตัว" in str(offer.formula1)
    everything = " ".join(str(each.value) for line in page.iter_rows() for each in line)
    assert "ซ่อนเร้น" not in everything
    assert "xxxxx" not in everything
    assert page.freeze_panes == "D3"
    sheet = VerificationSheet.objects.get()
    assert (sheet.households, sheet.persons, set(sheet.stood)) == (1, 2, {str(head), str(other)})
    assert AccessEntry.objects.get(kind="verification_sheet").object_id == str(sheet.pk)


def test_round_trip_changes_what_was_filled_in_and_only_once(cast: Cast) -> None:
    household, next_door = family(cast, persons=3), family(cast, village=NEXT_SUBDISTRICT_VILLAGE)
    head, second, third = people_of(household)
    yesterday = today() - timedelta(days=1)
    body = edited(
        taken_out(cast.officer),
        together(
            answer(head, "ข้อมูลถูกต้อง"),
            answer(second, "ย้ายที่อยู่", "=1+1", format_thai_date(yesterday, "numeric")),
        ),
    )

    returned = sent(cast.officer, body)
    assert (returned.rows, returned.good, returned.unchanged, returned.faults) == (5, 2, 3, 0)
    assert not Verification.objects.exists()

    applied = apply_return(actor=cast.officer, return_id=returned.pk)
    assert (applied.status, applied.done) == ("applied", 2)
    assert found_of(head) == [("correct", "")]
    assert found_of(second) == [("moved", "=1+1")]
    assert Verification.objects.get(person=second).effective_on == yesterday
    assert not Verification.objects.filter(person__in=[third, *people_of(next_door)]).exists()
    state = CohortState.objects.get(household=household, fiscal_year=this_year())
    assert (state.checked_persons, state.verified_persons) == (2, 2)
    assert AuditEntry.objects.filter(action="verification_sheet.apply").count() == 1

    apply_return(actor=cast.officer, return_id=returned.pk)
    again = sent(cast.officer, body)
    assert (again.good, again.unchanged, again.faults) == (0, 5, 0)
    assert Verification.objects.count() == 2


def test_every_fault_is_told_at_its_row(cast: Cast) -> None:
    first, second, third = family(cast, persons=4), family(cast, persons=4), family(cast, persons=2)
    one, two, three, four = people_of(first)
    five, six, seven, eight = people_of(second)
    far = people_of(family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team))[0]
    rows: dict[str, int] = {}

    def spoil(page: Worksheet) -> None:
        for person, code in zip(
            (one, two, three, four, five, six, seven, eight),
            (
                *("bad_status", "note_needed", "bad_day", "future_day"),
                *("status_needed", "note_too_long", "id", "home"),
            ),
            strict=True,
        ):
            rows[code] = row_of(page, person)
        cell(page, rows["bad_status"], Column.STATUS).value = '=CONCATENATE("ข้อมูล","ถูกต้อง")'
        cell(page, rows["note_needed"], Column.STATUS).value = "แก้ไขข้อมูลแล้ว"
        for code, day in (("bad_day", "31/02/2568"), ("future_day", "01/01/2590")):
            cell(page, rows[code], Column.STATUS).value = "เสียชีวิต"
            cell(page, rows[code], Column.DAY).value = day
        cell(page, rows["status_needed"], Column.NOTE).value = "ไม่อยู่บ้าน"
        cell(page, rows["note_too_long"], Column.NOTE).value = "ก" * 501
        cell(page, rows["note_too_long"], Column.STATUS).value = "ไม่ยากจน"
        cell(page, rows["id"], Column.PERSON).value = str(far)
        cell(page, rows["home"], Column.HOUSEHOLD).value = str(first.pk)
        last = row_of(page, people_of(third)[1])
        rows["twice"] = page.max_row + 1
        rows["added"] = page.max_row + 2
        for column in Column:
            cell(page, rows["twice"], column).value = cell(page, last, column).value
        cell(page, rows["added"], Column.NAME).value = "คนเพิ่ม"
        cell(page, rows["added"], Column.STATUS).value = "ข้อมูลถูกต้อง"

    returned = sent(cast.officer, edited(taken_out(cast.officer), spoil))

    told = faults(returned)
    # A formula that Excel never worked out is an empty cell: nothing was chosen.
    assert rows["bad_status"] not in told or told[rows["bad_status"]] == "bad_status"
    for code in ("note_needed", "bad_day", "future_day", "status_needed", "note_too_long", "twice"):
        assert told[rows[code]] == code
    for code in ("id", "home", "added"):
        assert told[rows[code]] == "unknown_row"
    missing = SheetReturnLine.objects.filter(sheet_return=returned, fault="missing_row")
    assert {UUID(line.data["person"]) for line in missing} == {seven, eight}
    assert apply_return(actor=cast.officer, return_id=returned.pk).done == 0
    page = text_of(client_of(cast.officer).get(f"{RETURNS}{returned.pk}/"))
    assert "31/02/2568" in page
    assert "เมื่อแก้ไขข้อมูลแล้ว โปรดเขียนในหมายเหตุว่าแก้อะไร" in page


def test_unknown_words_in_the_status_are_a_fault(cast: Cast) -> None:
    head = people_of(family(cast))[0]
    body = edited(taken_out(cast.officer), answer(head, "ไม่รู้สิ"))
    with override("en"):
        returned = sent(cast.officer, body)

    (line,) = SheetReturnLine.objects.filter(sheet_return=returned)
    assert (line.fault, line.column, line.value) == ("bad_status", "ผลการตรวจสอบ", "ไม่รู้สิ")


def test_what_somebody_else_found_meanwhile_is_kept_unless_chosen(cast: Cast) -> None:
    household = family(cast)
    head, other = people_of(household)
    body = edited(taken_out(cast.officer), together(answer(head, "เสียชีวิต"), answer(other, "เสียชีวิต")))

    def meanwhile(person: Any, status: str) -> None:
        verify_persons(
            actor=cast.team_member,
            household_id=household.pk,
            findings=[FindingInput(person_id=person, status=status)],
            effective_on=today(),
        )

    meanwhile(head, "correct")
    meanwhile(other, "moved")
    returned = sent(cast.officer, body)
    clashes = {UUID(line.data["person"]): line for line in returned.lines.filter(data__kind=Kind.CLASH.value)}
    assert set(clashes) == {head, other}
    assert "มีผู้อื่นบันทึกหลังจากดาวน์โหลดแบบ" in text_of(client_of(cast.officer).get(f"{RETURNS}{returned.pk}/"))

    apply_return(actor=cast.officer, return_id=returned.pk, take={clashes[other].pk})
    assert found_of(head) == [("correct", "")]
    assert found_of(other) == [("moved", ""), ("died", "")]

    # And what changes between preview and confirmation is left out and told.
    late = sent(cast.officer, edited(taken_out(cast.officer), answer(head, "ไม่ยากจน")))
    meanwhile(head, "not_found")
    applied = apply_return(actor=cast.officer, return_id=late.pk)
    assert (applied.done, applied.faults) == (0, 1)
    assert late.lines.get().fault == "changed_since"


# ------------------------------------------------------------------------- what happened while it was outside


def test_who_moved_out_of_sight_is_told_without_what_is_known_of_them_now(cast: Cast) -> None:
    household, far = family(cast), family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    head, gone = people_of(household)
    body = taken_out(cast.officer)
    filled = edited(body, together(answer(head, "ข้อมูลถูกต้อง"), answer(gone, "ไม่พบตัว")))
    preview = sent(cast.officer, filled)

    Membership.objects.filter(person=gone).update(valid_to=today())
    Membership.objects.create(household=far, person_id=gone, position=9, valid_from=today())
    verify_persons(
        actor=cast.far_officer,
        household_id=far.pk,
        findings=[FindingInput(person_id=gone, status="died", note="ความลับที่บ้านใหม่")],
        effective_on=today(),
    )

    client = client_of(cast.officer)
    returned = sent(cast.officer, filled)
    line = returned.lines.get(fault="moved_away")
    assert (line.household_id, line.data, line.value != "") == (None, {}, True)
    assert (returned.good, returned.faults) == (1, 1)
    untouched = sent(cast.officer, edited(body, answer(head, "ข้อมูลถูกต้อง")))
    assert (untouched.good, untouched.unchanged, untouched.faults) == (1, 1, 0)
    everything = str(list(SheetReturnLine.objects.values_list("data", "value", "details")))
    for each in (preview, returned, untouched):
        for show in ("", "?show=faults"):
            everything += text_of(client.get(f"{RETURNS}{each.pk}/{show}"))
    for secret in ("ความลับที่บ้านใหม่", "เสียชีวิต", str(far.pk)):
        assert secret not in everything

    # What was shown before the person moved is asked again when it is confirmed.
    done = apply_return(actor=cast.officer, return_id=preview.pk)
    assert (done.done, done.lines.get(fault="moved_away").data["person"]) == (1, str(gone))
    assert found_of(gone) == [("died", "ความลับที่บ้านใหม่")]
    assert found_of(head) == [("correct", "")]


def test_merge_is_followed_to_the_household_and_the_person_that_were_kept(cast: Cast) -> None:
    kept, gone = family(cast), family(cast)
    one, two = people_of(kept)
    same, own = people_of(gone)
    body = edited(
        taken_out(cast.officer),
        together(answer(same, "ย้ายที่อยู่", "ไปสงขลา"), answer(own, "ข้อมูลถูกต้อง"), answer(two, "ไม่ยากจน")),
    )
    before = sent(cast.officer, body)
    merge_households(
        actor=cast.second_officer,
        kept_id=kept.pk,
        gone_id=gone.pk,
        choices=MergeChoices(same={same: one}),
        reason="ครอบครัวเดียวกัน",
    )

    returned = sent(cast.officer, body)
    told = {(line.household_id, line.data.get("person")) for line in returned.lines.filter(fault="")}
    rows = dict(returned.lines.exclude(fault="").values_list("fault", "row"))
    # Two rows of the sheet are one person now: the one that comes first is asked.
    assert set(rows) == {"twice"}
    assert {(kept.pk, str(own)), (kept.pk, str(two))} <= told

    done = apply_return(actor=cast.officer, return_id=before.pk)
    assert (done.done, done.faults) == (3, 0)
    assert found_of(one) == [("moved", "ไปสงขลา")], "the person of the sheet is the kept one now"
    assert found_of(own) == [("correct", "")]
    assert set(Verification.objects.values_list("household_id", flat=True)) == {kept.pk}

    # Merged out of the sender's sight it is what any household out of sight is.
    far = taken_out(cast.team_member)
    Household.objects.filter(pk=kept.pk).get().scope.delete()
    with pytest.raises(InvalidInput) as refusal:
        sent(cast.team_member, far)
    assert refusal.value.code == "not_our_sheet"


def test_what_is_too_old_is_refused_and_emptied_at_night(cast: Cast, settings: Any) -> None:
    household = family(cast)
    head, other = people_of(household)
    body = taken_out(cast.officer)
    note = together(answer(head, "แก้ไขข้อมูลแล้ว", "ข้อความในแบบ"), answer(other, "ข้อมูลถูกต้อง"))
    late, done, fresh = (sent(cast.officer, edited(body, note)) for _number in range(3))
    apply_return(actor=cast.officer, return_id=done.pk)
    days = timedelta(days=settings.SHEET_RETURN_DAYS)
    for returned in (late, done):
        SheetReturn.objects.filter(pk=returned.pk).update(
            recorded_at=timezone.now() - days - timedelta(hours=1)
        )
    with pytest.raises(Conflict) as refused:
        apply_return(actor=cast.officer, return_id=late.pk)
    assert refused.value.code == "expired"

    assert [forget_sheets(), forget_sheets()] == [1, 0]
    statuses = dict(SheetReturn.objects.values_list("pk", "status"))
    assert statuses == {late.pk: "expired", done.pk: "applied", fresh.pk: "ready"}
    assert (late.lines.count(), done.lines.count(), fresh.lines.count()) == (0, 2, 2)
    assert "หมดอายุ" in text_of(client_of(cast.officer).get(f"{RETURNS}{late.pk}/"))
    with pytest.raises(Conflict):
        apply_return(actor=cast.officer, return_id=late.pk)

    age = timedelta(days=settings.VERIFICATION_SHEET_DAYS, hours=1)
    VerificationSheet.objects.update(recorded_at=timezone.now() - age)
    for emptied in (False, True):
        for actor, code in (
            (cast.officer, "old_sheet"),
            (cast.second_officer, "not_our_sheet"),  # answers for these households, too
            (cast.far_officer, "not_our_sheet"),
        ):
            with pytest.raises(InvalidInput) as refusal:
                sent(actor, body)
            assert refusal.value.code == code
        if not emptied:
            assert forget_sheets() == 1
            assert VerificationSheet.objects.get().stood == {}
    assert apply_return(actor=cast.officer, return_id=fresh.pk).status == "applied"


# -------------------------------------------------------------------------------------------------- attacks


def test_sheets_count_among_what_an_account_takes_in_a_day(cast: Cast, settings: Any) -> None:
    household = family(cast, persons=2)
    settings.EXPORT_MAX_JOBS_A_DAY, settings.EXPORT_ALERT_ROWS = 2, 3
    client = client_of(cast.officer)
    url = f"/verify/sheet.xlsx?area={household.area_code}"
    assert [client.get(url).status_code for _number in range(3)] == [200, 200, 403]
    assert "ครบจำนวนที่กำหนด" in text_of(client.get(url))
    assert (
        VerificationSheet.objects.count()
        == AccessEntry.objects.filter(kind="verification_sheet").count()
        == 2
    )
    # It is the same bound for everything: exports are refused, too, and others are not.
    assert client.get("/exports/persons.csv").status_code == 403
    assert client_of(cast.second_officer).get(url).status_code == 200

    taken = ExportJob.objects.filter(asked_by=cast.officer.user).order_by("id")
    assert [(job.kind, job.rows, job.is_mass, job.state) for job in taken] == [
        ("check_sheet", 2, False, "done"),
        ("check_sheet", 2, True, "done"),
    ]
    own = text_of(client.get("/exports/"))
    assert own.count("แบบตรวจสอบข้อมูล") == 2
    assert "ทำใหม่" not in own
    register = text_of(client_of(cast.secretary).get("/exports/all/"))
    assert register.count("แบบตรวจสอบข้อมูล") == 3
    assert "เกินจำนวนแถวต่อวัน" in register


def test_files_to_mend_and_cards_count_among_what_one_takes_in_a_day(cast: Cast, settings: Any) -> None:
    """One door after the other, and then none is open any more; what is refused is not logged as taken."""
    household = family(cast, persons=2)
    load_world()
    wrong = Sheet(make_households(2, persons=2)).set(1, "วันเกิด", "31/02/2560")
    batch = check(wrong, actor=cast.officer)
    head, place = ("วันที่ให้", "รหัสประจำบ้าน", "มิติ"), ("10/3/2568", "90070000009", "health")
    old = "\n".join(",".join(line) for line in (head, place)).encode()
    carry_over = receive_carry_over(
        actor=cast.officer, kind="helps", file_name="old.csv", pieces=lambda: [old]
    )
    client = client_of(cast.officer)
    doors = (
        (f"/imports/{batch.pk}/errors.xlsx", "import_errors", 2),
        (f"/carry-over/{carry_over.pk}/errors.xlsx", "carry_over_rows", 1),
        (f"/qr/?area={household.area_code}", "qr_sheet", 1),
    )
    settings.EXPORT_MAX_JOBS_A_DAY, settings.EXPORT_ALERT_ROWS = 3, 3
    assert [client.get(url).status_code for url, _kind, _rows in doors] == [200, 200, 200]
    taken = ExportJob.objects.filter(asked_by=cast.officer.user).order_by("id")
    assert [(job.kind, job.rows) for job in taken] == [(kind, rows) for _url, kind, rows in doors]
    entries = AccessEntry.objects.count()
    answers = [client.get(url) for url, _kind, _rows in doors]
    answers.append(client.post("/qr/", {"household": [str(household.pk)]}))
    assert [answer.status_code for answer in answers] == [403] * 4
    assert all("ครบจำนวนที่กำหนด" in text_of(answer) for answer in answers)
    assert client.get("/exports/persons.csv").status_code == 403
    assert AccessEntry.objects.count() == entries
    assert client.get(f"/households/{household.pk}/qr/").status_code == 200  # no more than the page itself
    assert "บัตร QR" in text_of(client.get("/exports/"))


def test_foreign_and_forged_sheets_are_refused_alike(cast: Cast) -> None:
    household = family(cast)
    head = people_of(household)[0]
    own = edited(taken_out(cast.officer), answer(head, "เสียชีวิต"))

    def forge(page: Worksheet) -> None:
        cell(page, 1, Column.HOUSEHOLD).value = f"{uuid7()}:{'x' * 43}"

    said = set()
    for actor, body in (
        (cast.far_officer, own),
        (cast.far_secretary, own),
        (cast.other_officer, own),
        (cast.other_team_member, own),
        (cast.other_mentor, own),
        (cast.officer, edited(own, forge)),
        (cast.officer, b"name,status\nx,y\n"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            sent(actor, body)
        said.add(str(refusal.value))
    assert len(said) == 1
    assert not SheetReturn.objects.exists()
    with pytest.raises(InvalidInput):
        sent(cast.officer, b"PK\x03\x04 broken")


def test_rows_of_another_team_are_faults_that_tell_nothing(cast: Cast) -> None:
    mine, theirs = family(cast), family(cast, team=cast.other_mentor_team, head=("นาง", "ซ่อนเร้น", "ลับ"))
    own, foreign = people_of(mine)[0], people_of(theirs)[0]
    everybody = edited(
        taken_out(cast.officer), together(answer(own, "เสียชีวิต"), answer(foreign, "เสียชีวิต", "ข้อความลับ"))
    )

    returned = sent(cast.mentor, everybody)

    assert set(faults(returned).values()) == {"out_of_reach"}
    lines = returned.lines.filter(fault="out_of_reach")
    assert all((line.household_id, line.value, line.data) == (None, "", {}) for line in lines)
    page = text_of(client_of(cast.mentor).get(f"{RETURNS}{returned.pk}/?show=faults"))
    assert "ซ่อนเร้น" not in page
    assert "ข้อความลับ" not in page
    apply_return(actor=cast.mentor, return_id=returned.pk)
    assert found_of(own) == [("died", "")]
    assert found_of(foreign) == []


def test_a_return_is_its_senders_alone_and_reach_is_asked_again(cast: Cast) -> None:
    household = family(cast)
    head = people_of(household)[0]
    returned = sent(cast.mentor, edited(taken_out(cast.mentor), answer(head, "เสียชีวิต")))
    url = f"{RETURNS}{returned.pk}/"

    for name in ("second_mentor", "officer", "secretary", "far_officer", "other_mentor"):
        client = client_of(getattr(cast, name))
        assert client.get(url).status_code == 404
        assert client.post(f"{url}apply/").status_code == 404
    assert client_of(cast.executive).get(RETURNS).status_code == 403

    household.scope.team_id = cast.other_mentor_team.pk
    household.scope.save()
    applied = apply_return(actor=cast.mentor, return_id=returned.pk)
    assert (applied.done, returned.lines.get().fault) == (0, "out_of_reach")
    assert not Verification.objects.exists()


def test_pages_take_out_send_preview_and_apply(cast: Cast) -> None:
    household = family(cast)
    family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    client = client_of(cast.officer)
    out = client.get(f"/verify/sheet.xlsx?area={household.area_code}")
    assert out["Content-Type"].endswith("spreadsheetml.sheet")
    body = edited(out.content, answer(people_of(household)[0], "ข้อมูลถูกต้อง"))

    upload = SimpleUploadedFile("check.xlsx", body)
    preview = client.post(RETURNS, {"file": upload}, follow=True)
    assert "ผลที่จะเปลี่ยน" in text_of(preview)
    returned = SheetReturn.objects.get()
    done = client.post(f"{RETURNS}{returned.pk}/apply/", {"take": ["x", "999999999999"]}, follow=True)
    assert "บันทึกผลตรวจสอบแล้ว 1 คน" in text_of(done)
    assert "check.xlsx" in text_of(client.get(RETURNS))

    bad = client.post(RETURNS, {"file": SimpleUploadedFile("x.xlsx", b"\x89PNG....")})
    assert bad.status_code == 422
    for area in ("40", FAR_VILLAGE, "x", "90070199", CITY_VILLAGE):
        assert client.get(f"/verify/sheet.xlsx?area={area}").status_code == 404
    assert client_of(cast.other_officer).get("/verify/sheet.xlsx").status_code == 404


# ---------------------------------------------------------------------------------------------- in the table


def test_bulk_filter_and_taking_back_in_the_table(cast: Cast) -> None:
    first, second = family(cast, persons=3), family(cast)
    one, two, three = people_of(first)
    four, five = people_of(second)
    url = f"/verify/{first.area_code}/"
    client = client_of(cast.officer)
    day = {"effective_on": format_thai_date(today(), "numeric")}

    # The button of a household saves what was typed elsewhere, too.
    client.post(url, {**day, "whole": str(first.pk), f"{two}-status": "moved", f"{four}-status": "died"})
    assert [found_of(pk) for pk in (one, two, three, four, five)] == [
        [("correct", "")],
        [("moved", "")],
        [("correct", "")],
        [("died", "")],
        [],
    ]
    assert {line["line"].household for line in client.get(f"{url}?show=left").context["lines"]} == {second}

    known = {f"{one}-status": "correct", f"{two}-status": "moved", f"{three}-status": "correct"}
    picked = {"save": "picked", "picked-status": "not_poor", "person": [str(one), str(five)]}
    client.post(url, {**day, **known, f"{four}-status": "died", **picked})
    assert found_of(one)[-1] == found_of(five)[-1] == ("not_poor", "")
    assert client.get(f"{url}?show=left").context["lines"] == []
    odd = client.get(f"{url}?show=odd")
    assert {line["line"].household for line in odd.context["lines"]} == {first}
    assert "ก่อนหน้านี้พบว่า ข้อมูลถูกต้อง" in text_of(odd)

    latest = Verification.objects.filter(person=one).latest("recorded_at")
    back = client.post(url, {**day, "undo": str(latest.pk)}, follow=True)
    assert "ยกเลิกผลล่าสุดของ" in text_of(back)
    assert found_of(one) == [("correct", ""), ("not_poor", ""), ("correct", "")]
    assert found_of(two) == [("moved", "")]
    with pytest.raises(Conflict):
        take_back_finding(actor=cast.officer, finding_id=latest.pk)

    only = Verification.objects.get(person=two)
    assert take_back_finding(actor=cast.team_member, finding_id=only.pk).status == "not_yet"


def test_finding_of_another_area_cannot_be_taken_back(cast: Cast) -> None:
    far: Household = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    (made,) = verify_persons(
        actor=cast.far_officer,
        household_id=far.pk,
        findings=[FindingInput(person_id=people_of(far)[0], status="correct")],
        effective_on=today(),
    )
    near = family(cast)

    client_of(cast.officer).post(
        f"/verify/{near.area_code}/",
        {"undo": str(made.pk), "effective_on": format_thai_date(today(), "numeric")},
    )

    assert Verification.objects.count() == 1
