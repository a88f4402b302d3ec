"""The delivered help of a fiscal year as a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from casework.enums import HelpNature
from casework.inputs import CohortFilters
from casework.queries.lists import helps_list
from dimensions.enums import Dimension
from povertyops.accounts.actor import Actor

from .base import Row, in_chunks, safe, text_of, thai_day
from .places import Names

HEADS = (
    _("รหัสความช่วยเหลือ"),
    _("รหัสครัวเรือน"),
    _("หัวหน้าครัวเรือน"),
    _("วันที่ให้"),
    _("มิติ"),
    _("รายการ"),
    _("ลักษณะ"),
    _("หน่วยงาน"),
    _("มูลค่า (บาท)"),
    _("รายละเอียด"),
    _("หนังสือเลขที่"),
    _("ผู้บันทึก"),
    _("รหัสหมู่บ้าน"),
    _("หมู่บ้าน/ชุมชน"),
    _("ตำบล"),
    _("อำเภอ"),
    _("จังหวัด"),
)
COLUMNS = (
    text_of("id"),
    text_of("household_id"),
    "household__head_name",
    "given_on",
    "dimension",
    "item__name",
    "nature",
    "agency__name",
    "amount_baht",
    "detail",
    "letter_number",
    "recorded_by__first_name",
    "recorded_by__last_name",
    "area_code",
)


def rows(actor: Actor, filters: CohortFilters) -> Iterator[Row]:
    address = Names(actor, filters).address
    dimensions = {dimension.value: str(dimension.label) for dimension in Dimension}
    natures = {nature.value: str(nature.label) for nature in HelpNature}
    for found in in_chunks(helps_list(actor, filters).select_related(None).values_list(*COLUMNS)):
        (pk, household, head, day, dimension, item, nature, agency, baht, detail, letter, *by, area) = found
        yield (
            pk, household, safe(head), thai_day(day), dimensions[dimension], safe(item), natures[nature],
            safe(agency or ""), baht, safe(detail), safe(letter),
            safe(" ".join(part for part in by if part)), area, *address[area],
        )  # fmt: skip
