"""An appointment order as a CSV file."""

import pytest

from povertyops.accounts.models import Appointment, User
from povertyops.accounts.services import apply_order, check_order
from povertyops.common.errors import InvalidInput
from povertyops.common.models import AuditEntry
from tests.cast import Cast, client_of

HEAD = "ชื่อผู้ใช้,โทรศัพท์,คำนำหน้า,ชื่อ,นามสกุล,บทบาท,ศูนย์หรือทีม,ตั้งแต่วันที่,ถึงวันที่"
MALEE = "malee.s,081-999-8888,นางสาว,มาลี,สุขใจ,พี่เลี้ยง,ทีมพี่เลี้ยงรับแพรก,1/10/2568,30 ก.ย. 2570"


def order(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def test_order_makes_accounts_and_appointments_with_audit(cast: Cast) -> None:
    text = order(MALEE, "nobody,,นาย,Nobody,ทดสอบ,หัวหน้าทีมปฏิบัติการตำบล,ทีมปฏิบัติการตำบลระโนด,1/10/2568,")
    result = apply_order(actor=cast.officer, order_number="77/2568", text=text)
    assert (result.appointed, result.faults) == (2, [])
    [(user, password)] = result.passwords
    assert User.objects.get(username="malee.s").check_password(password)
    assert user.must_change_password
    row = Appointment.objects.get(user=user)
    assert (row.order_number, row.role, str(row.valid_from), str(row.valid_to)) == (
        "77/2568",
        "mentor",
        "2025-10-01",
        "2027-09-30",
    )
    assert AuditEntry.objects.filter(action="appointment.created").count() == 2
    assert password not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


def test_same_order_again_changes_nothing(cast: Cast) -> None:
    apply_order(actor=cast.officer, order_number="77/2568", text=order(MALEE))
    again = apply_order(actor=cast.officer, order_number="77/2568", text=order(MALEE))
    assert (again.appointed, again.unchanged, again.passwords, again.faults) == (0, 1, [], [])


def test_one_new_person_with_two_roles_gets_one_account(cast: Cast) -> None:
    second = MALEE.replace("พี่เลี้ยง,ทีมพี่เลี้ยงรับแพรก", "ทีมปฏิบัติการตำบล,ทีมปฏิบัติการตำบลระโนด")
    result = apply_order(actor=cast.officer, order_number="1", text=order(MALEE, second))
    assert (result.appointed, len(result.passwords)) == (2, 1)


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("malee.s", "มาลี", "ชื่อผู้ใช้", "bad_username"),
        ("malee.s", "officer", "ชื่อผู้ใช้", "username_taken"),
        ("081-999-8888", "0800000001", "โทรศัพท์", "phone_taken"),
        ("081-999-8888", "12", "โทรศัพท์", "bad_phone"),
        (",มาลี,", ",,", "ชื่อ", "missing_name"),
        (",พี่เลี้ยง,", ",หัวหน้าห้อง,", "บทบาท", "unknown_role"),
        (",พี่เลี้ยง,", ",ผู้บริหาร,", "บทบาท", "may_not_appoint"),
        (",พี่เลี้ยง,", ",ทีมปฏิบัติการตำบล,", "ศูนย์หรือทีม", "wrong_kind"),
        ("ทีมพี่เลี้ยงรับแพรก", "ทีมพี่เลี้ยงหนองแวง", "ศูนย์หรือทีม", "unknown_centre"),
        ("1/10/2568", "31/2/2568", "ตั้งแต่วันที่", "bad_date"),
        ("30 ก.ย. 2570", "30 ก.ย. 2560", "ถึงวันที่", "ends_before_start"),
    ],
)
def test_fault_names_row_column_and_what_to_do(
    cast: Cast, old: str, new: str, column: str, code: str
) -> None:
    text = order("nobody,,,Nobody,ทดสอบ,พี่เลี้ยง,ทีมพี่เลี้ยงรับแพรก,1/10/2568,", MALEE.replace(old, new))
    check = check_order(actor=cast.officer, order_number="1", text=text)
    assert [(f.row, f.column, f.code) for f in check.faults] == [(3, column, code)]
    assert check.faults[0].message
    assert len(check.lines) == 1


def test_good_rows_go_in_beside_bad_ones(cast: Cast) -> None:
    result = apply_order(actor=cast.officer, order_number="1", text=order(MALEE, MALEE.replace("มาลี", "")))
    assert (result.appointed, len(result.faults)) == (1, 1)


def test_team_name_that_two_centres_bear_asks_for_the_parent(cast: Cast) -> None:
    from povertyops.areas.enums import CentreKind
    from povertyops.areas.models import Centre

    Centre.objects.create(
        kind=CentreKind.MENTOR_TEAM,
        name="ทีมพี่เลี้ยงรับแพรก",
        province_code="90",
        parent=cast.other_district_centre,
    )
    check = check_order(actor=cast.secretary, order_number="1", text=order(MALEE))
    assert check.faults[0].code == "ambiguous_centre"
    named = order(MALEE.replace("ทีมพี่เลี้ยงรับแพรก", "ทีมพี่เลี้ยงรับแพรก/ศจพ.อ.ระโนด"))
    assert check_order(actor=cast.secretary, order_number="1", text=named).faults == []


def test_missing_column_is_named(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="บทบาท"):
        check_order(actor=cast.officer, order_number="1", text=order(MALEE).replace("บทบาท", "x"))


def test_order_takes_a_fixed_number_of_queries(cast: Cast, django_assert_max_num_queries) -> None:
    rows = [
        MALEE.replace("malee.s,081-999-8888", f"person{number},08{number:08d}") for number in range(100, 140)
    ]
    with django_assert_max_num_queries(13):
        assert apply_order(actor=cast.officer, order_number="1", text=order(*rows)).appointed == 40


class TestPages:
    def upload(self, cast: Cast, text: str, encoding: str = "utf-8-sig"):
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("order.csv", text.encode(encoding))
        return client_of(cast.officer).post(
            "/appointments/import/", {"order_number": "77/2568", "file": file}
        )

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
    def test_preview_writes_nothing_and_apply_shows_passwords(self, cast: Cast, encoding: str) -> None:
        preview = self.upload(cast, order(MALEE), encoding)
        assert len(preview.context["check"].lines) == 1
        assert not User.objects.filter(username="malee.s").exists()
        initial = preview.context["apply_form"].initial
        done = client_of(cast.officer).post("/appointments/import/", initial)
        [(user, password)] = done.context["result"].passwords
        assert password in done.text
        assert user.username in done.text

    def test_file_that_cannot_be_read_is_said_so(self, cast: Cast) -> None:
        page = self.upload(cast, "nothing\nof,use")
        assert page.status_code == 422
        assert "ไม่พบหัวคอลัมน์" in page.text

    def test_example_file_has_the_heads(self, cast: Cast) -> None:
        example = client_of(cast.officer).get("/appointments/import/example.csv")
        assert HEAD in example.content.decode("utf-8-sig")
