"""Accounts: made with a one-time password, changed, closed, opened. Passwords are never logged."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from knox.models import get_token_model

from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.names import clean_text

from ..access import get_user_for, looks_after
from ..actor import Actor
from ..duties import Leaving, require_free_to_go
from ..enums import Role
from ..models import User
from ..rules import is_phone, is_username, normal_phone, normal_username
from .appointments import AppointmentInput, appoint

# No letters or digits that are read wrongly from paper or over the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


@dataclass(frozen=True, slots=True)
class PersonInput:
    """An account's own values; `phone` may be empty."""

    username: str
    first_name: str
    last_name: str
    title: str = ""
    phone: str = ""


def one_time_password() -> str:
    """Sixteen characters in four groups, about 66 bits: kxbm-4729-thqw-dpea."""
    groups = (_LETTERS, _DIGITS, _LETTERS, _LETTERS)
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for alphabet in groups)


@transaction.atomic
def create_user(
    *, actor: Actor, person: PersonInput, appointment: AppointmentInput | None = None
) -> tuple[User, str]:
    """Make an account, with its first appointment, and return it with its one-time password.

    Only the administrator may leave the appointment out: an account of no centre is seen by nobody else.
    Raises InvalidInput or Conflict naming the field; writes an audit row.
    """
    if appointment is None and not (actor.is_system or actor.role is Role.SYSTEM_ADMIN):
        raise InvalidInput("appointment_required", _("ใส่คำสั่งแต่งตั้งของผู้ใช้ใหม่ด้วย"))
    clean = cleaned_person(person)
    password = one_time_password()
    user = User(**_columns(clean), must_change_password=True)
    user.set_password(password)
    _store(user)
    audit(actor, "user.created", object_type="user", object_id=user.pk, changes=asdict(clean))
    if appointment is not None:
        appoint(actor=actor, user=user, appointment=appointment)
    return user, password


@transaction.atomic
def change_user(*, actor: Actor, user_id: int, person: PersonInput) -> User:
    """Change name, phone and user name of an account one looks after; audits old and new."""
    user = _looked_after(actor, user_id)
    clean = _columns(cleaned_person(person))
    changes = {name: [getattr(user, name), new] for name, new in clean.items() if getattr(user, name) != new}
    if changes:
        for name in changes:
            setattr(user, name, clean[name])
        _store(user, list(changes))
        audit(actor, "user.changed", object_type="user", object_id=user.pk, changes=changes)
    return user


@transaction.atomic
def reset_password(*, actor: Actor, user_id: int) -> tuple[User, str]:
    """Give an account one looks after a one-time password. Its sessions and tokens end."""
    user = _looked_after(actor, user_id)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    get_token_model().objects.filter(user=user).delete()
    audit(actor, "user.password_reset", object_type="user", object_id=user.pk)
    return user, password


@transaction.atomic
def change_own_password(*, actor: Actor, old: str, new: str) -> User:
    """Replace the acting person's own password. Raises InvalidInput naming the field."""
    if actor.user is None:
        raise NotAllowed("no_account", _("ไม่มีบัญชีผู้ใช้"))
    user = User.objects.select_for_update().get(pk=actor.user.pk)
    if not user.check_password(old):
        raise InvalidInput("wrong_password", _("รหัสผ่านเดิมไม่ถูกต้อง"), field="old")
    if old == new:
        raise InvalidInput("same_password", _("รหัสผ่านใหม่ต้องไม่เหมือนเดิม"), field="new")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidInput("weak_password", " ".join(error.messages), field="new") from error
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit(actor, "user.password_changed", object_type="user", object_id=user.pk)
    return user


@transaction.atomic
def choose_language(*, actor: Actor, language: str) -> None:
    """Remember in which language the acting person reads. Raises NotAllowed without an account."""
    if actor.user is None:
        raise NotAllowed("no_account", _("ไม่มีบัญชีผู้ใช้"))
    user = User.objects.select_for_update().get(pk=actor.user.pk)
    if user.language != language:
        before, user.language = user.language, language
        user.save(update_fields=["language"])
        audit(
            actor,
            "user.language_chosen",
            object_type="user",
            object_id=user.pk,
            changes={"language": [before, language]},
        )


@transaction.atomic
def set_active(*, actor: Actor, user_id: int, is_active: bool) -> User:
    """Close an account one looks after, or open it again. Closing ends its sessions at the next request.

    Raises Conflict while the person still owns work (`accounts.duties`).
    """
    user = _looked_after(actor, user_id)
    if actor.user_id == user.pk:
        raise NotAllowed("self", _("ปิดบัญชีของตนเองไม่ได้"))
    if user.is_active != is_active:
        if not is_active:
            require_free_to_go(actor, user, Leaving(user.pk, actor.today()))
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        audit(
            actor,
            "user.opened" if is_active else "user.closed",
            object_type="user",
            object_id=user.pk,
            changes={"is_active": [not is_active, is_active]},
        )
    return user


def cleaned_person(person: PersonInput) -> PersonInput:
    """The person in normal form. Raises InvalidInput naming the field."""
    clean = PersonInput(
        username=normal_username(person.username),
        phone=normal_phone(person.phone),
        title=clean_text(person.title),
        first_name=clean_text(person.first_name),
        last_name=clean_text(person.last_name),
    )
    for fault in _faults(clean):
        raise fault
    return clean


def _faults(person: PersonInput) -> list[DomainError]:
    faults: list[DomainError] = []
    if not is_username(person.username):
        message = _("ชื่อผู้ใช้ใช้อักษรอังกฤษ ตัวเลข จุด ขีด ขึ้นต้นด้วยอักษร ยาว 3 ถึง 60 ตัว เช่น somchai.j")
        faults.append(InvalidInput("bad_username", message, field="username"))
    if person.phone and not is_phone(person.phone):
        message = _("หมายเลขโทรศัพท์ต้องมี 9 หรือ 10 หลัก ขึ้นต้นด้วย 0")
        faults.append(InvalidInput("bad_phone", message, field="phone"))
    if not person.first_name:
        faults.append(InvalidInput("missing_name", _("ใส่ชื่อ"), field="first_name"))
    if max(map(len, (person.first_name, person.last_name))) > 120 or len(person.title) > 40:
        faults.append(InvalidInput("name_too_long", _("ชื่อยาวเกินไป"), field="first_name"))
    return faults


def _columns(person: PersonInput) -> dict[str, str | None]:
    return {**asdict(person), "phone": person.phone or None}


def _looked_after(actor: Actor, user_id: int) -> User:
    get_user_for(actor, user_id)
    user = User.objects.select_for_update().get(pk=user_id)
    if not looks_after(actor, user):
        raise NotAllowed(
            "held_elsewhere",
            _("ผู้ใช้นี้มีคำสั่งแต่งตั้งนอกความดูแลของท่าน ให้ฝ่ายเลขานุการ คจพ.จ. หรือผู้ดูแลระบบเป็นผู้แก้ไข"),
        )
    return user


def _store(user: User, fields: list[str] | None = None) -> None:
    """Save, telling a taken user name from a taken phone number."""
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError as error:
        others = User.objects.exclude(pk=user.pk)
        if user.phone and others.filter(phone=user.phone).exists():
            message = _("หมายเลขโทรศัพท์นี้เป็นของบัญชีอื่นแล้ว")
            raise Conflict("phone_taken", message, field="phone") from error
        raise Conflict("username_taken", _("ชื่อผู้ใช้นี้มีผู้ใช้แล้ว"), field="username") from error
