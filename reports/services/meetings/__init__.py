"""Meetings of the provincial committee: planning, agenda, resolutions, stories, freezing."""

from .agenda import (
    AgendaDraft,
    Attendee,
    add_agenda_item,
    edit_agenda_item,
    lay_follow_up,
    remove_agenda_item,
    save_attendance,
)
from .freezing import WhatFreezes, freeze_meeting, what_would_freeze
from .planning import MeetingDraft, edit_meeting, hold_meeting, plan_meeting
from .resolutions import ResolutionDraft, add_resolution, edit_resolution, note_resolution
from .stories import StoryDraft, add_story, edit_story, remove_story

__all__ = [
    "AgendaDraft",
    "Attendee",
    "MeetingDraft",
    "ResolutionDraft",
    "StoryDraft",
    "WhatFreezes",
    "add_agenda_item",
    "add_resolution",
    "add_story",
    "edit_agenda_item",
    "edit_meeting",
    "edit_resolution",
    "edit_story",
    "freeze_meeting",
    "hold_meeting",
    "lay_follow_up",
    "note_resolution",
    "plan_meeting",
    "remove_agenda_item",
    "remove_story",
    "save_attendance",
    "what_would_freeze",
]
