"""Stories of families in a pack: only with their consent, in the words they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.access import get_household_for
from povertyops.accounts.actor import Actor
from povertyops.common.errors import InvalidInput

from ...meeting_access import get_story_for
from ...models import Meeting, MeetingStory
from .shared import changed, meeting_to_write, require_planned, require_text, write_down


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """`consent_by` is the person of the household who agreed, `consent_on` the day on which they did."""

    household_id: UUID
    title: str
    text: str
    consent_by: str
    consent_on: date | None


def add_story(*, actor: Actor, meeting_id: UUID, draft: StoryDraft) -> MeetingStory:
    """A story of a household that the actor sees. Refused without consent: by whom and when."""
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        require_planned(meeting)
        title, text, consent_on = _checked(actor, draft)
        household = get_household_for(actor, draft.household_id)
        if household.province_code != meeting.province_code:
            raise InvalidInput("other_province", _("ครัวเรือนนี้อยู่จังหวัดอื่น"), field="household")
        last = meeting.stories.order_by("-position").values_list("position", flat=True).first()
        story = MeetingStory.objects.create(
            meeting=meeting,
            household=household,
            position=0 if last is None else last + 1,
            title=title,
            text=text,
            consent_by=draft.consent_by.strip(),
            consent_on=consent_on,
            recorded_by=actor.user,
            recorded_at=actor.stamp,
        )
        write_down(actor, "story.add", meeting, changes=_consent(story), household_id=household.pk)
    return story


def edit_story(*, actor: Actor, story_id: UUID, draft: StoryDraft) -> MeetingStory:
    with transaction.atomic():
        story, meeting = _locked(actor, story_id)
        title, text, consent_on = _checked(actor, draft)
        found = changed(
            story,
            {
                "title": title,
                "text": text,
                "consent_by": draft.consent_by.strip(),
                "consent_on": consent_on,
            },
        )
        if found:
            story.save(update_fields=list(found))
            write_down(actor, "story.edit", meeting, changes=_consent(story), household_id=story.household_id)
    return story


def remove_story(*, actor: Actor, story_id: UUID) -> Meeting:
    """Taken out, for instance when the family withdrew its consent."""
    with transaction.atomic():
        story, meeting = _locked(actor, story_id)
        write_down(actor, "story.remove", meeting, changes=_consent(story), household_id=story.household_id)
        story.delete()
    return meeting


def _locked(actor: Actor, story_id: UUID) -> tuple[MeetingStory, Meeting]:
    story = get_story_for(actor, story_id)
    meeting = meeting_to_write(actor, story.meeting_id)
    require_planned(meeting)
    get_household_for(actor, story.household_id)
    return story, meeting


def _checked(actor: Actor, draft: StoryDraft) -> tuple[str, str, date]:
    title = require_text(draft.title, "title", _("โปรดใส่หัวเรื่อง"))
    text = require_text(draft.text, "text", _("โปรดเขียนเรื่องตามถ้อยคำที่ครอบครัวยินยอม"))
    require_text(
        draft.consent_by, "consent_by", _("ลงเรื่องของครอบครัวโดยไม่มีความยินยอมไม่ได้ โปรดใส่ชื่อผู้ให้ความยินยอม")
    )
    if draft.consent_on is None:
        raise InvalidInput("consent_on_needed", _("โปรดใส่วันที่ครอบครัวให้ความยินยอม"), field="consent_on")
    if draft.consent_on > actor.today():
        raise InvalidInput("future_day", _("วันที่ให้ความยินยอมต้องไม่อยู่ในอนาคต"), field="consent_on")
    return title, text, draft.consent_on


def _consent(story: MeetingStory) -> dict[str, str]:
    return {
        "story": str(story.pk),
        "consent_by": story.consent_by,
        "consent_on": story.consent_on.isoformat(),
    }
