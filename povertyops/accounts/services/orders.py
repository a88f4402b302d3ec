"""An appointment order as a CSV file: checked row by row, shown, then applied set-wise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from povertyops.areas.models import Centre
from povertyops.common.audit import audit_many
from povertyops.common.csv_table import Column, RowFault, TableRow, read_table
from povertyops.common.errors import Conflict, DomainError
from povertyops.common.names import clean_text, search_key
from povertyops.common.thai import BadDate, parse_thai_date

from ..access import centres_in_sphere
from ..actor import Actor
from ..enums import Role
from ..models import Appointment, User
from .appointments import AppointmentInput, facts, why_not_appoint
from .users import PersonInput, cleaned_person, one_time_password

COLUMNS = (
    Column("username", "ชื่อผู้ใช้", ("user",)),
    Column("phone", "โทรศัพท์", ("เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์"), required=False),
    Column("title", "คำนำหน้า", ("คำนำหน้าชื่อ",), required=False),
    Column("first_name", "ชื่อ", ("first",)),
    Column("last_name", "นามสกุล", ("ชื่อสกุล", "last")),
    Column("role", "บทบาท", ("ตำแหน่ง",)),
    Column("centre", "ศูนย์หรือทีม", ("ศูนย์", "ทีม", "หน่วย")),
    Column("valid_from", "ตั้งแต่วันที่", ("วันเริ่ม", "from")),
    Column("valid_to", "ถึงวันที่", ("วันสิ้นสุด", "to"), required=False),
    Column("order_number", "คำสั่งเลขที่", ("เลขที่คำสั่ง",), required=False),
)
HEADS: Mapping[str, str] = {column.key: column.head for column in COLUMNS}

# How people write the roles; compared without spaces and dots.
ROLE_WORDS: Mapping[str, Role] = {
    **{role.value.replace("_", ""): role for role in Role},
    "พี่เลี้ยง": Role.MENTOR,
    "ทีมพี่เลี้ยง": Role.MENTOR,
    "ทีมปฏิบัติการตำบล": Role.TEAM_MEMBER,
    "สมาชิกทีมปฏิบัติการตำบล": Role.TEAM_MEMBER,
    "หัวหน้าทีมปฏิบัติการตำบล": Role.TEAM_LEADER,
    "หัวหน้าทีม": Role.TEAM_LEADER,
    "เจ้าหน้าที่ศจพอ": Role.DISTRICT_OFFICER,
    "เจ้าหน้าที่ศจพเทศบาล": Role.MUNICIPAL_OFFICER,
    "ฝ่ายเลขานุการคจพจ": Role.PROVINCIAL_SECRETARY,
    "เลขานุการคจพจ": Role.PROVINCIAL_SECRETARY,
    "หน่วยงานเจ้าภาพ": Role.LEAD_OFFICE,
    "เจ้าภาพมิติ": Role.LEAD_OFFICE,
    "หน่วยงานที่รับส่งต่อ": Role.AGENCY,
    "หน่วยงาน": Role.AGENCY,
    "ผู้บริหาร": Role.EXECUTIVE,
    "ผู้ติดตามระดับประเทศ": Role.NATIONAL_VIEWER,
    "ผู้ดูแลระบบ": Role.SYSTEM_ADMIN,
}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A row that can be applied. `user` is None for a person without an account."""

    row: int
    person: PersonInput
    appointment: AppointmentInput
    centre_name: str
    user: User | None = None


@dataclass
class OrderCheck:
    """What a file would do. `unchanged` counts rows whose appointment stands already."""

    lines: list[OrderLine] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    unchanged: int = 0

    @property
    def new_people(self) -> int:
        return len({line.person.username for line in self.lines if line.user is None})


@dataclass(frozen=True, slots=True)
class OrderResult:
    """What a file did. `passwords` are (account, one-time password) of the accounts made; shown once."""

    appointed: int
    unchanged: int
    passwords: list[tuple[User, str]]
    faults: list[RowFault]


class _Refused(Exception):
    """A row cannot go in: the column, a code, and why."""

    def __init__(self, key: str, code: str, message: object) -> None:
        super().__init__(code)
        self.key, self.code, self.message = key, code, str(message)


@dataclass
class _Register:
    """What rows are checked against: three queries for any number of rows."""

    centres: dict[str, list[Centre]]
    users: dict[str, User]
    phones: dict[str, str]
    held: dict[int, list[Appointment]]
    people: dict[str, PersonInput] = field(default_factory=dict)
    given: list[tuple[str, AppointmentInput]] = field(default_factory=list)


def check_order(*, actor: Actor, order_number: str, text: str) -> OrderCheck:
    """Read an order and say what it would do; writes nothing.

    `order_number` holds for rows that name none. Raises InvalidInput when the file is no such table.
    """
    rows = read_table(text, COLUMNS)
    register = _register(actor, rows)
    check = OrderCheck()
    for row in rows:
        try:
            line = _read_row(actor, row, order_number, register)
        except _Refused as no:
            check.faults.append(RowFault(row.number, HEADS[no.key], no.code, row.values[no.key], no.message))
            continue
        if line is None:
            check.unchanged += 1
        else:
            check.lines.append(line)
    return check


def apply_order(*, actor: Actor, order_number: str, text: str) -> OrderResult:
    """Make the accounts and appointments of an order; rows with faults stay out. Again: no change.

    Raises Conflict when somebody took a user name or phone number in between.
    """
    check = check_order(actor=actor, order_number=order_number, text=text)
    people = {line.person.username: line.person for line in check.lines if line.user is None}
    # Hashing is slow on purpose: it is done before the transaction begins.
    passwords = {username: one_time_password() for username in people}
    users = [
        User(
            username=person.username,
            phone=person.phone or None,
            title=person.title,
            first_name=person.first_name,
            last_name=person.last_name,
            password=make_password(passwords[username]),
            must_change_password=True,
        )
        for username, person in people.items()
    ]
    _store(actor, users, check.lines)
    made = [(user, passwords[user.username]) for user in users]
    return OrderResult(len(check.lines), check.unchanged, made, check.faults)


@transaction.atomic
def _store(actor: Actor, users: list[User], lines: Sequence[OrderLine]) -> None:
    try:
        with transaction.atomic():
            User.objects.bulk_create(users)
    except IntegrityError as error:
        message = _("มีผู้อื่นเพิ่มบัญชีเดียวกันไปแล้ว ตรวจไฟล์อีกครั้ง")
        raise Conflict("username_taken", message) from error
    made = {user.username: user for user in users}
    appointments = [
        Appointment(
            user=line.user or made[line.person.username],
            role=line.appointment.role,
            centre_id=line.appointment.centre_id,
            order_number=line.appointment.order_number,
            valid_from=line.appointment.valid_from,
            valid_to=line.appointment.valid_to,
        )
        for line in lines
    ]
    Appointment.objects.bulk_create(appointments)
    audit_many(
        actor,
        "user.created",
        object_type="user",
        rows=[(user.pk, None, "", {"username": user.username}) for user in users],
    )
    audit_many(
        actor,
        "appointment.created",
        object_type="appointment",
        rows=[(row.pk, None, actor.province_code, dict(facts(row))) for row in appointments],
    )


def _register(actor: Actor, rows: Sequence[TableRow]) -> _Register:
    people = []
    for row in rows:
        try:
            people.append(cleaned_person(_person(row)))
        except DomainError:
            continue  # told again, with its row, when the row is read
    centres: dict[str, list[Centre]] = {}
    for centre in centres_in_sphere(actor).filter(is_active=True).select_related("parent"):
        centres.setdefault(_plain(centre.name), []).append(centre)
        if centre.parent:
            centres.setdefault(_plain(f"{centre.name}/{centre.parent.name}"), []).append(centre)
    names = Q(username__in=[p.username for p in people])
    phones = Q(phone__in=[p.phone for p in people if p.phone])
    users = list(User.objects.filter(names | phones))
    held: dict[int, list[Appointment]] = {}
    for appointment in Appointment.objects.filter(user__in=users, revoked_at=None):
        held.setdefault(appointment.user_id, []).append(appointment)
    return _Register(
        centres=centres,
        users={user.username: user for user in users},
        phones={user.phone: user.username for user in users if user.phone},
        held=held,
    )


def _person(row: TableRow) -> PersonInput:
    keys = ("username", "first_name", "last_name", "title", "phone")
    return PersonInput(**{key: row.values[key] for key in keys})


def _read_row(actor: Actor, row: TableRow, order_number: str, register: _Register) -> OrderLine | None:
    """A line to apply, or None when it stands already. Raises _Refused."""
    person = _read_person(row, register)
    centre = _read_centre(row, register)
    appointment = AppointmentInput(
        role=_read_role(row),
        centre_id=centre.pk,
        order_number=clean_text(row.values["order_number"] or order_number),
        valid_from=_read_date(row, "valid_from"),
        valid_to=_read_date(row, "valid_to") if row.values["valid_to"] else None,
    )
    user = register.users.get(person.username)
    fault = why_not_appoint(actor, user, appointment, centre)
    if fault:
        raise _Refused(str(fault.details.get("field", "role")), fault.code, fault.message)
    if user and any(_same(held, appointment) for held in register.held.get(user.pk, ())):
        return None
    clash = user and any(_clash(held, appointment) for held in register.held.get(user.pk, ()))
    if clash or (person.username, appointment) in register.given:
        message = _("ผู้ใช้นี้มีคำสั่งในบทบาทและหน่วยนี้ในช่วงวันดังกล่าวแล้ว")
        raise _Refused("valid_from", "already_appointed", message)
    register.given.append((person.username, appointment))
    return OrderLine(row.number, person, appointment, centre.name, user)


def _read_person(row: TableRow, register: _Register) -> PersonInput:
    try:
        person = cleaned_person(_person(row))
    except DomainError as error:
        raise _Refused(str(error.details["field"]), error.code, error.message) from error
    known = register.users.get(person.username) or register.people.get(person.username)
    if known and _name(known) != _name(person):
        message = _("ชื่อผู้ใช้นี้เป็นของบุคคลอื่น ใช้ชื่อผู้ใช้อื่น")
        raise _Refused("username", "username_taken", message)
    owner = register.phones.get(person.phone) if person.phone else None
    if owner not in (None, person.username):
        raise _Refused("phone", "phone_taken", _("หมายเลขโทรศัพท์นี้เป็นของบัญชีอื่นแล้ว"))
    register.people.setdefault(person.username, person)
    if person.phone:
        register.phones[person.phone] = person.username
    return person


def _read_role(row: TableRow) -> Role:
    role = ROLE_WORDS.get(_plain(row.values["role"]).replace("_", "").lower())
    if role is None:
        message = _("ไม่รู้จักบทบาทนี้ ใช้ เช่น พี่เลี้ยง ทีมปฏิบัติการตำบล หัวหน้าทีมปฏิบัติการตำบล เจ้าหน้าที่ ศจพ.อ.")
        raise _Refused("role", "unknown_role", message)
    return role


def _read_centre(row: TableRow, register: _Register) -> Centre:
    found = register.centres.get(_plain(row.values["centre"]), [])
    if not found:
        message = _("ไม่พบศูนย์หรือทีมชื่อนี้ในความดูแลของท่าน ตรวจตัวสะกดให้ตรงกับหน้าศูนย์และทีม")
        raise _Refused("centre", "unknown_centre", message)
    if len(found) > 1:
        message = _("มีศูนย์หรือทีมชื่อนี้หลายแห่ง เขียนเป็น ชื่อทีม/สังกัด เช่น ทีมหนึ่ง/ศจพ.อ.ระโนด")
        raise _Refused("centre", "ambiguous_centre", message)
    return found[0]


def _read_date(row: TableRow, key: str) -> date:
    try:
        return parse_thai_date(row.values[key])
    except BadDate as error:
        message = _("วันที่ไม่ถูกต้อง ใช้ เช่น 1/10/2568 หรือ 1 ต.ค. 2568")
        raise _Refused(key, "bad_date", message) from error


def _same(held: Appointment, wanted: AppointmentInput) -> bool:
    return (held.role, held.centre_id, held.order_number, held.valid_from, held.valid_to) == (
        wanted.role,
        wanted.centre_id,
        wanted.order_number,
        wanted.valid_from,
        wanted.valid_to,
    )


def _clash(held: Appointment, wanted: AppointmentInput) -> bool:
    """Same role at the same centre on a common day."""
    if (held.role, held.centre_id) != (wanted.role, wanted.centre_id):
        return False
    starts_in_time = held.valid_to is None or held.valid_to >= wanted.valid_from
    return starts_in_time and (wanted.valid_to is None or held.valid_from <= wanted.valid_to)


def _name(person: User | PersonInput) -> str:
    return search_key(f"{person.first_name} {person.last_name}")


def _plain(text: str) -> str:
    return text.replace(" ", "").replace(".", "")
