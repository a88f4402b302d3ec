"""Clean values that forms and the API hand to the services of the register. No ORM in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEdit:
    """One value set by hand. The client makes `id`; `base_version` is the version of the field it saw.

    `field` is one of `rules.HOUSEHOLD_FACTS`, or with a person one of `rules.PERSON_FACTS` or `member_leave`;
    `member_add` makes a person whose id is that of the edit. Values are text: days as 1960-05-01, a place as
    "7.19,100.59", a new member as JSON. `made_at` is when it was typed, by the server's clock.
    """

    id: UUID
    household_id: UUID
    field: str
    value: str
    person_id: UUID | None = None
    base_version: int = 0
    made_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A member of a household that comes into the register; `pin` is a valid national id or empty.

    `person_id` names a person whom the register has already and who lives nowhere from that day on; the
    values then only say what the list prints.
    """

    first_name: str
    last_name: str = ""
    title: str = ""
    birth_date: date | None = None
    sex: str = ""
    relation: str = ""
    is_head: bool = False
    pin: str = ""
    person_id: UUID | None = None

    @property
    def full_name(self) -> str:
        return f"{self.title}{self.first_name} {self.last_name}".strip()
