"""The household list as a table, one row per household."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.enums import Membership
from casework.inputs import CohortFilters
from casework.queries.cohort import cohort_list
from dimensions.enums import Dimension, Stage
from povertyops.accounts.actor import Actor

from .base import Row, in_chunks, safe, text_of, thai_day
from .places import Names

HEADS = (
    _("รหัสครัวเรือน"),
    _("รหัสประจำบ้าน"),
    _("บ้านเลขที่"),
    _("หัวหน้าครัวเรือน"),
    _("รหัสหมู่บ้าน"),
    _("หมู่บ้าน/ชุมชน"),
    _("ตำบล"),
    _("อำเภอ"),
    _("จังหวัด"),
    _("กลุ่ม"),
    _("บัญชี"),
    _("คน"),
    _("คนหลังตรวจสอบ"),
    *(dimension.label for dimension in Dimension),
    _("ขั้น"),
    _("ทีมพี่เลี้ยง"),
    _("เยี่ยมล่าสุด"),
    _("กำหนดเยี่ยม"),
    _("ลงพื้นที่ (ครั้ง)"),
    _("ความช่วยเหลือ (รายการ)"),
    _("มูลค่า (บาท)"),
    _("นำออกแล้ว"),
)
COLUMNS = (
    text_of("household_id"),
    "household__house_code",
    "household__house_no",
    "household__head_name",
    "area_code",
    "membership",
    "list_kinds",
    "persons",
    "verified_persons",
    "baseline",
    "relieved",
    "recovered",
    "stage",
    text_of("team_id"),
    "last_visit_on",
    "due_on",
    "visits",
    "helps",
    "baht",
    "is_removed",
)


def rows(actor: Actor, filters: CohortFilters) -> Iterator[Row]:
    names = Names(actor, filters)
    address, team_names = names.address, names.team
    groups = {member.value: str(member.label) for member in Membership}
    stages = {stage.value: str(stage.label) for stage in Stage}
    lights = _lights()
    yes = str(_("ใช่"))
    for found in in_chunks(cohort_list(actor, filters).select_related(None).values_list(*COLUMNS)):
        (pk, house_code, house_no, head, area, membership, kinds, persons, verified, *masks_and_rest) = found
        baseline, relieved, recovered, stage, team, last, due, visits, helps, baht, removed = masks_and_rest
        yield (
            pk, house_code, safe(house_no), safe(head), area, *address[area], groups[membership],
            " ".join(kinds), persons, verified, *lights[baseline, relieved, recovered], stages[stage],
            team_names[team], thai_day(last), thai_day(due), visits, helps, baht, yes if removed else "",
        )  # fmt: skip


def _lights() -> Any:
    """(baseline, relieved, recovered) -> what each of the five dimensions says; made when first met."""
    words = (str(_("ตกเกณฑ์")), str(_("ได้รับความช่วยเหลือแล้ว")), str(_("ผ่านเกณฑ์แล้ว")))
    return _Lights(words)


class _Lights(dict[tuple[int, int, int], Sequence[str]]):
    def __init__(self, words: tuple[str, str, str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, masks: tuple[int, int, int]) -> Sequence[str]:
        made = self[masks] = tuple(self._say(dimension.bit, *masks) for dimension in Dimension)
        return made

    def _say(self, bit: int, baseline: int, relieved: int, recovered: int) -> str:
        failing, helped, passing = self._words
        if not baseline & bit:
            return ""
        return passing if recovered & bit else helped if relieved & bit else failing
