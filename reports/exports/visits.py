"""The visits of a fiscal year as a table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.enums import VisitOutcome
from casework.queries.lists import visits_list

from .columns import Source, clock, day, name_of, plain, typed, word
from .places import ADDRESS, TEAM

SOURCE = Source(
    _("การลงพื้นที่"),
    visits_list,
    lambda actor, filters: visits_list(actor, filters).count(),
    {
        "head_name": "household__head_name",
        "by_first": "recorded_by__first_name",
        "by_last": "recorded_by__last_name",
        **{
            name: name
            for name in (
                *("id", "household_id", "visited_on", "visited_at", "outcome", "note", "next_visit_on"),
                *("team_id", "area_code"),
            )
        },
    },
    (
        plain("visit", _("รหัสการลงพื้นที่"), reads="id"),
        plain("household", _("รหัสครัวเรือน"), reads="household_id"),
        typed("head_name", _("หัวหน้าครัวเรือน")),
        day("visited_on", _("วันที่เยี่ยม")),
        clock("time", _("เวลา"), reads="visited_at"),
        word("outcome", _("พบหรือไม่"), lambda: VisitOutcome.choices),
        typed("note", _("บันทึก")),
        day("next_visit_on", _("นัดครั้งต่อไป")),
        TEAM,
        name_of("by", _("ผู้บันทึก"), "by_first", "by_last"),
        *ADDRESS,
    ),
)
