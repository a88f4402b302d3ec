"""Whose meetings a person sees: the province's secretariat and governor all of it, officers what was resolved
and the spot checks of their own households. Absent and forbidden give the same 404."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from households.access import scope_q
from povertyops.accounts.actor import Actor

from .meeting_rules import CHECKING_ROLES, READING_ROLES, WRITING_ROLES
from .models import AgendaItem, Meeting, MeetingStory, PackFile, Resolution, SpotCheck


def sees_whole(actor: Actor) -> bool:
    """Whether agenda, stories and the pack are for this person, too."""
    return actor.is_system or (actor.role in READING_ROLES and bool(actor.reach.provinces))


def may_write(actor: Actor) -> bool:
    return actor.is_system or actor.role in WRITING_ROLES


def visible_meetings(actor: Actor | None) -> QuerySet[Meeting]:
    """Meetings of the person's province."""
    rows = Meeting.objects.all()
    if actor is None:
        return rows.none()
    if actor.is_system:
        return rows
    if sees_whole(actor):
        return rows.filter(province_code__in=actor.reach.provinces)
    if actor.role in CHECKING_ROLES:
        return rows.filter(province_code=actor.province_code)
    return rows.none()


def whole_meetings(actor: Actor | None) -> QuerySet[Meeting]:
    """Meetings that the person reads in full."""
    return visible_meetings(actor) if actor is not None and sees_whole(actor) else Meeting.objects.none()


def get_meeting_for(actor: Actor | None, pk: UUID, *, whole: bool = False, lock: bool = False) -> Meeting:
    """One visible meeting, without the frozen payload, which is large; `lock` until the transaction ends."""
    rows = (whole_meetings(actor) if whole else visible_meetings(actor)).defer("payload").filter(pk=pk)
    meeting = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if meeting is None:
        raise Http404
    return meeting


def get_agenda_item_for(actor: Actor | None, pk: UUID) -> AgendaItem:
    item = (
        AgendaItem.objects.filter(meeting__in=whole_meetings(actor).values("pk"), pk=pk)
        .select_related("meeting")
        .defer("meeting__payload")
        .first()
    )
    if item is None:
        raise Http404
    return item


def visible_resolutions(actor: Actor | None) -> QuerySet[Resolution]:
    rows = Resolution.objects.select_related("meeting").defer("meeting__payload")
    return rows.filter(meeting__in=visible_meetings(actor).values("pk"))


def get_resolution_for(actor: Actor | None, pk: UUID) -> Resolution:
    resolution = visible_resolutions(actor).filter(pk=pk).first()
    if resolution is None:
        raise Http404
    return resolution


def get_story_for(actor: Actor | None, pk: UUID) -> MeetingStory:
    rows = MeetingStory.objects.filter(meeting__in=whole_meetings(actor).values("pk"))
    story = rows.select_related("meeting", "household").defer("meeting__payload").filter(pk=pk).first()
    if story is None:
        raise Http404
    return story


def visible_spot_checks(actor: Actor | None) -> QuerySet[SpotCheck]:
    """Spot checks of households that the person sees, as the household stands now."""
    rows = SpotCheck.objects.filter(meeting__in=visible_meetings(actor).values("pk"))
    return rows.filter(scope_q(actor, "household__scope__"))


def get_spot_check_for(actor: Actor | None, pk: UUID) -> SpotCheck:
    rows = visible_spot_checks(actor).select_related("meeting", "household__scope", "checked_by")
    check = rows.defer("meeting__payload").filter(pk=pk).first()
    if check is None:
        raise Http404
    return check


def get_pack_file_for(actor: Actor | None, pk: UUID) -> PackFile:
    rows = PackFile.objects.filter(job__meeting__in=whole_meetings(actor).values("pk"))
    file = rows.select_related("job__meeting").defer("job__meeting__payload").filter(pk=pk).first()
    if file is None:
        raise Http404
    return file
