"""The target persons as a table; national ids are masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from casework.inputs import CohortFilters
from casework.queries.lists import persons_list
from households.enums import Sex, VerificationStatus
from povertyops.accounts.actor import Actor
from povertyops.common.crypto import open_sealed
from povertyops.common.nid import mask

from .base import Row, in_chunks, safe, text_of, thai_day
from .places import Names

HEADS = (
    _("รหัสครัวเรือน"),
    _("เลขประจำตัวประชาชน"),
    _("คำนำหน้า"),
    _("ชื่อ"),
    _("นามสกุล"),
    _("เพศ"),
    _("วันเกิด"),
    _("อายุ (ปี)"),
    _("ผลการตรวจสอบ"),
    _("บ้านเลขที่"),
    _("รหัสหมู่บ้าน"),
    _("หมู่บ้าน/ชุมชน"),
    _("ตำบล"),
    _("อำเภอ"),
    _("จังหวัด"),
)
COLUMNS = (
    text_of("listing__household_id"),
    "person_id",
    "person__national_id__key_id",
    "person__national_id__sealed",
    "person__title",
    "person__first_name",
    "person__last_name",
    "person__sex",
    "person__birth_date",
    "status",
    "listing__household__house_no",
    "listing__household__area_code",
)


def rows(actor: Actor, filters: CohortFilters) -> Iterator[Row]:
    address = Names(actor, filters).address
    statuses = {status.value: str(status.label) for status in VerificationStatus}
    sexes = {sex.value: str(sex.label) for sex in Sex}
    today = actor.today()
    for found in in_chunks(persons_list(actor, filters).select_related(None).values_list(*COLUMNS)):
        household, person, key_id, sealed, title, first, last, sex, born, status, house_no, area = found
        yield (
            household, _masked(person, key_id, sealed), safe(title), safe(first), safe(last), sexes[sex],
            thai_day(born),
            _age(born, today), statuses[status], safe(house_no), area, *address[area],
        )  # fmt: skip


def _masked(person: UUID, key_id: str | None, sealed: memoryview | None) -> str:
    if key_id is None or sealed is None:
        return ""
    return mask(open_sealed(key_id, bytes(sealed), person.bytes))


def _age(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
