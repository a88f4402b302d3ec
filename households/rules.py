"""Rules of hand corrections as plain functions: which fields there are, and when two edits disagree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

HOUSEHOLD_FACTS = ("phone", "house_no", "place")
PERSON_FACTS = ("title", "first_name", "last_name", "birth_date", "sex", "occupation")
NAME_FACTS = frozenset({"title", "first_name", "last_name"})
MEMBER_ADD, MEMBER_LEAVE = "member_add", "member_leave"

Verdict = Literal["applied", "same", "waiting"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a field stands: its value, how often it was set by hand, by whom, from which version on, when."""

    value: str
    version: int = 0
    user_id: int | None = None
    base_version: int | None = None
    made_at: datetime | None = None


def judge_edit(
    standing: Standing,
    *,
    value: str,
    base_version: int,
    user_id: int | None,
    made_at: datetime | None = None,
) -> Verdict:
    """What becomes of an edit: nothing to do, taken over, or kept beside the other until a person chooses.

    A person who edits again before having seen the own first edit come back (offline) contradicts nobody,
    unless what was typed first comes last (two phones).
    """
    if value == standing.value:
        return "same"
    if base_version == standing.version:
        return "applied"
    own = user_id is not None and user_id == standing.user_id and standing.base_version == base_version
    overtaken = made_at is not None and standing.made_at is not None and made_at < standing.made_at
    return "applied" if own and not overtaken else "waiting"


def fact_key(field: str, person_id: object | None) -> str:
    """The name of a field in a household's versions: "phone", or "<person id>.first_name"."""
    return field if person_id is None else f"{person_id}.{field}"
