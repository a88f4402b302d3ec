"""The agenda and the attendance of a meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import InvalidInput
from povertyops.common.languages import kept_in_thai
from povertyops.common.thai import format_thai_date

from ...enums import AgendaKind, Presence
from ...meeting_access import get_agenda_item_for
from ...meeting_queries import open_resolutions
from ...models import AgendaItem, Attendance, Meeting, Resolution
from .shared import changed, meeting_to_write, require_planned, require_text, write_down

ORDER = {kind: number for number, kind in enumerate(AgendaKind)}
APART = 100
MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class AgendaDraft:
    kind: str
    title: str
    detail: str = ""
    presenter: str = ""


@dataclass(frozen=True, slots=True)
class Attendee:
    name: str
    office: str = ""
    presence: str = Presence.PRESENT
    replaced_by: str = ""


def lay_standard_agenda(meeting: Meeting, before: Meeting | None) -> None:
    """The heads of every meeting, and each open resolution as an item to follow up."""
    with kept_in_thai():
        _append(meeting, _standard_rows(meeting, before))


def _standard_rows(meeting: Meeting, before: Meeting | None) -> list[tuple[AgendaKind, str, str]]:
    if before is not None:
        minutes = gettext("รับรองรายงานการประชุมครั้งที่ %(number)s") % {"number": before}
    else:
        minutes = gettext("ไม่มี เป็นการประชุมครั้งแรกในระบบ")
    progress = gettext("ความก้าวหน้าการขจัดความยากจนรายครัวเรือน ปีงบประมาณ %(year)s")
    return [
        (AgendaKind.INFORM, gettext("เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ"), ""),
        (AgendaKind.MINUTES, minutes, ""),
        *_follow_up_rows(open_resolutions(meeting.province_code)),
        (AgendaKind.REPORT, progress % {"year": meeting.fiscal_year}, ""),
        (AgendaKind.DECIDE, gettext("เรื่องเสนอให้ที่ประชุมพิจารณา"), ""),
        (AgendaKind.OTHER, gettext("เรื่องอื่น ๆ (ถ้ามี)"), ""),
    ]


def lay_follow_up(*, actor: Actor, meeting_id: UUID) -> int:
    """Add what was resolved since the meeting was planned to the follow-up; how many items were added."""
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        require_planned(meeting)
        there = set(meeting.agenda.filter(kind=AgendaKind.FOLLOW_UP).values_list("title", flat=True))
        still_open = open_resolutions(meeting.province_code).exclude(meeting=meeting)
        rows = [row for row in _follow_up_rows(still_open) if row[1] not in there]
        _append(meeting, rows)
        if rows:
            write_down(actor, "meeting.follow_up", meeting, changes={"added": len(rows)})
    return len(rows)


def add_agenda_item(*, actor: Actor, meeting_id: UUID, draft: AgendaDraft) -> AgendaItem:
    """One more item at the end of its head."""
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        require_planned(meeting)
        kind, title = _checked(draft)
        (item,) = _append(meeting, [(kind, title, draft.detail.strip())], draft.presenter.strip())
        write_down(actor, "meeting.agenda_add", meeting, changes={"kind": kind.value, "title": title})
    return item


def edit_agenda_item(*, actor: Actor, item_id: UUID, draft: AgendaDraft) -> AgendaItem:
    with transaction.atomic():
        item = get_agenda_item_for(actor, item_id)
        meeting = meeting_to_write(actor, item.meeting_id)
        require_planned(meeting)
        kind, title = _checked(draft)
        position = item.position if kind == item.kind else _next_position(meeting, kind)
        found = changed(
            item,
            {
                "kind": kind.value,
                "position": position,
                "title": title,
                "detail": draft.detail.strip(),
                "presenter": draft.presenter.strip(),
            },
        )
        if found:
            item.save(update_fields=list(found))
            write_down(actor, "meeting.agenda_edit", meeting, changes={"item": str(item.pk), **found})
    return item


def remove_agenda_item(*, actor: Actor, item_id: UUID) -> Meeting:
    with transaction.atomic():
        item = get_agenda_item_for(actor, item_id)
        meeting = meeting_to_write(actor, item.meeting_id)
        require_planned(meeting)
        write_down(actor, "meeting.agenda_remove", meeting, changes={"kind": item.kind, "title": item.title})
        item.delete()
    return meeting


def copy_attendance(before: Meeting, meeting: Meeting) -> None:
    """The same committee, everybody expected."""
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, position=row.position, name=row.name, office=row.office)
        for row in before.attendance.all()
    )


def save_attendance(*, actor: Actor, meeting_id: UUID, people: Sequence[Attendee]) -> list[Attendance]:
    """Who came, in the order given, in place of what stood there; possible until long after the meeting."""
    if len(people) > MOST_PEOPLE:
        raise InvalidInput("too_many", _("รายชื่อผู้เข้าประชุมยาวเกิน 300 คน"))
    for person in people:
        require_text(person.name, "name", _("โปรดใส่ชื่อผู้เข้าประชุม"))
        if person.presence == Presence.REPLACED:
            require_text(person.replaced_by, "replaced_by", _("โปรดใส่ชื่อผู้แทน"))
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        meeting.attendance.all().delete()
        rows = Attendance.objects.bulk_create(
            Attendance(
                meeting=meeting,
                position=number,
                name=person.name.strip(),
                office=person.office.strip(),
                presence=Presence(person.presence),
                replaced_by=person.replaced_by.strip() if person.presence == Presence.REPLACED else "",
            )
            for number, person in enumerate(people)
        )
        counts = {choice.value: sum(p.presence == choice for p in people) for choice in Presence}
        write_down(actor, "meeting.attendance", meeting, changes=counts)
    return rows


def follow_up_title(resolution: Resolution) -> str:
    with kept_in_thai():
        said = gettext("ติดตามมติครั้งที่ %(meeting)s: %(text)s")
    title = said % {"meeting": resolution.meeting, "text": resolution.text}
    return title if len(title) <= 300 else f"{title[:299]}…"


def _follow_up_rows(resolutions: Iterable[Resolution]) -> list[tuple[AgendaKind, str, str]]:
    with kept_in_thai():
        return [(AgendaKind.FOLLOW_UP, follow_up_title(row), _owed(row)) for row in resolutions]


def _owed(resolution: Resolution) -> str:
    said = gettext("ผู้รับผิดชอบ: %(owner)s") % {"owner": resolution.owner}
    if resolution.due_on is None:
        return said
    day = format_thai_date(resolution.due_on)
    return f"{said} · {gettext('ภายในวันที่ %(day)s') % {'day': day}}"


def _append(
    meeting: Meeting, rows: Sequence[tuple[AgendaKind, str, str]], presenter: str = ""
) -> list[AgendaItem]:
    positions = {kind: _next_position(meeting, kind) for kind in {row[0] for row in rows}}
    items = []
    for kind, title, detail in rows:
        items.append(
            AgendaItem(
                meeting=meeting,
                kind=kind,
                position=positions[kind],
                title=title,
                detail=detail,
                presenter=presenter,
            )
        )
        positions[kind] += 1
    return AgendaItem.objects.bulk_create(items)


def _next_position(meeting: Meeting, kind: AgendaKind) -> int:
    """Positions run by head, so that the six heads always stand in their order."""
    taken = meeting.agenda.filter(kind=kind).values_list("position", flat=True)
    return max(taken, default=ORDER[kind] * APART - 1) + 1


def _checked(draft: AgendaDraft) -> tuple[AgendaKind, str]:
    return AgendaKind(draft.kind), require_text(draft.title, "title", _("โปรดใส่ชื่อเรื่อง"))
