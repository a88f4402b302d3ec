"""Rules of meetings as plain functions: which state follows which, how many households are spot-checked."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from povertyops.accounts.enums import Role

from .enums import CheckResult, MeetingState, ResolutionState

WRITING_ROLES = frozenset({Role.PROVINCIAL_SECRETARY})
READING_ROLES = WRITING_ROLES | {Role.EXECUTIVE}
CHECKING_ROLES = frozenset({Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER, Role.PROVINCIAL_SECRETARY})
MEETING_ROLES = READING_ROLES | CHECKING_ROLES

# Nothing leads out of frozen but the meeting itself; one held without figures has none to freeze later.
MEETING_TRANSITIONS: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset({MeetingState.FROZEN, MeetingState.HELD}),
    MeetingState.FROZEN: frozenset({MeetingState.HELD}),
    MeetingState.HELD: frozenset(),
}
RESOLUTION_TRANSITIONS: Mapping[ResolutionState, frozenset[ResolutionState]] = {
    ResolutionState.OPEN: frozenset(ResolutionState),
    ResolutionState.DONE: frozenset({ResolutionState.OPEN}),
    ResolutionState.DROPPED: frozenset({ResolutionState.OPEN}),
}
EXPLAINED_RESULTS = frozenset({CheckResult.DIFFERS, CheckResult.NOT_FOUND})


def may_become(now: str, then: MeetingState) -> bool:
    return then in MEETING_TRANSITIONS[MeetingState(now)]


def may_follow(now: str, then: str) -> bool:
    """Whether a resolution in one state may be reported as in the other; done and dropped can be reopened."""
    return ResolutionState(then) in RESOLUTION_TRANSITIONS[ResolutionState(now)]


def sample_size(households: int, *, share: float, least: int, most: int) -> int:
    """How many of a district's *survive* households are checked: a share, within bounds, never more than all.

    The share is taken exactly: 5 % of 60 is 3, whatever floating point makes of it.
    """
    wanted = ceil(households * Fraction(str(share)))
    return min(households, max(least, min(most, wanted)))
