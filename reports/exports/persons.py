"""The target persons as a table. National ids lie sealed in the database: they are opened here, and leave
masked unless the export was asked for with a reason."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.queries.lists import persons_list
from households.enums import Sex, VerificationStatus
from povertyops.common.crypto import open_sealed
from povertyops.common.nid import mask

from .columns import Column, Quote, Source, day, plain, typed, word
from .places import ADDRESS

_BETWEEN = ":"


def _sealed(_quote: Quote) -> str:
    return f"r.x_key_id || '{_BETWEEN}' || r.x_person_id || '{_BETWEEN}' || encode(r.x_sealed, 'hex')"


def _age(quote: Quote) -> str:
    return f"date_part('year', age({quote(timezone.localdate())}::timestamp, r.x_birth_date))::int"


def opener(*, shows_ids: bool) -> Callable[[str], str]:
    """From what PostgreSQL wrote into a sealed column to what stands in the file."""

    def opened(cell: str) -> str:
        if not cell:
            return ""
        key_id, person, sealed = cell.rsplit(_BETWEEN, 2)
        pin = open_sealed(key_id, bytes.fromhex(sealed), UUID(person).bytes)
        return pin if shows_ids else mask(pin)

    return opened


SOURCE = Source(
    _("คนเป้าหมาย"),
    persons_list,
    lambda actor, filters: persons_list(actor, filters).count(),
    {
        "household_id": "listing__household_id",
        "person_id": "person_id",
        "key_id": "person__national_id__key_id",
        "sealed": "person__national_id__sealed",
        "title": "person__title",
        "first_name": "person__first_name",
        "last_name": "person__last_name",
        "sex": "person__sex",
        "birth_date": "person__birth_date",
        "status": "status",
        "house_no": "listing__household__house_no",
        "area_code": "listing__household__area_code",
    },
    (
        plain("household", _("รหัสครัวเรือน"), reads="household_id"),
        Column(
            "national_id", _("เลขประจำตัวประชาชน"), _sealed, ("key_id", "person_id", "sealed"), sealed=True
        ),
        typed("title", _("คำนำหน้า")),
        typed("first_name", _("ชื่อ")),
        typed("last_name", _("นามสกุล")),
        word("sex", _("เพศ"), lambda: Sex.choices),
        day("birth_date", _("วันเกิด")),
        Column("age", _("อายุ (ปี)"), _age, ("birth_date",), number=True),
        word("status", _("ผลการตรวจสอบ"), lambda: VerificationStatus.choices),
        typed("house_no", _("บ้านเลขที่")),
        *ADDRESS,
    ),
)
