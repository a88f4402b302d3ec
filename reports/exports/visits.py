"""The visits of a fiscal year as a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.enums import VisitOutcome
from casework.inputs import CohortFilters
from casework.queries.lists import visits_list
from povertyops.accounts.actor import Actor

from .base import Row, in_chunks, safe, text_of, thai_day
from .places import Names

HEADS = (
    _("รหัสการลงพื้นที่"),
    _("รหัสครัวเรือน"),
    _("หัวหน้าครัวเรือน"),
    _("วันที่เยี่ยม"),
    _("เวลา"),
    _("พบหรือไม่"),
    _("บันทึก"),
    _("นัดครั้งต่อไป"),
    _("ทีมพี่เลี้ยง"),
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
    "visited_on",
    "visited_at",
    "outcome",
    "note",
    "next_visit_on",
    text_of("team_id"),
    "recorded_by__first_name",
    "recorded_by__last_name",
    "area_code",
)


def rows(actor: Actor, filters: CohortFilters) -> Iterator[Row]:
    names = Names(actor, filters)
    address, team_names = names.address, names.team
    outcomes = {outcome.value: str(outcome.label) for outcome in VisitOutcome}
    for found in in_chunks(visits_list(actor, filters).select_related(None).values_list(*COLUMNS)):
        pk, household, head, day, moment, outcome, note, then, team, *by, area = found
        yield (
            pk, household, safe(head), thai_day(day), f"{timezone.localtime(moment):%H:%M}",
            outcomes[outcome], safe(note), thai_day(then), team_names[team],
            safe(" ".join(part for part in by if part)), area, *address[area],
        )  # fmt: skip
