"""A frozen payload, read with names instead of columns. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from povertyops.areas.enums import Level
from povertyops.common.naming import Names

from ..models import FrozenProgress
from ..models.progress import CENTRE_LEVEL, Figures

READ_FORMATS = frozenset({1})


class UnknownFormat(ValueError):
    """The payload was written by a later version of the program."""


@dataclass(frozen=True)
class Spot:
    """A place of the payload with its figures, now and at the meeting before (None: not there then)."""

    code: str
    name: str
    level: int
    parent: str
    figures: Figures
    before: Figures | None

    @property
    def is_municipal(self) -> bool:
        return self.level == CENTRE_LEVEL

    def get(self, code: str) -> int:
        return int(getattr(self.figures, code))

    def change(self, code: str) -> int | None:
        """Since the meeting before."""
        return None if self.before is None else self.get(code) - int(getattr(self.before, code))

    @property
    def reached(self) -> float:
        """Percent of households at survive or higher."""
        return reached_of(self.figures)


def reached_of(figures: Figures) -> float:
    total = figures.households
    return 100 * (total - figures.waiting) / total if total else 0.0


@dataclass(frozen=True)
class Snapshot:
    """Reading a payload. Raises UnknownFormat for one that this program cannot read."""

    payload: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.payload.get("format") not in READ_FORMATS:
            raise UnknownFormat(str(self.payload.get("format")))

    @property
    def id(self) -> str:
        return str(self.payload["snapshot_id"])

    @cached_property
    def as_of(self) -> date:
        return date.fromisoformat(self.payload["as_of"])

    @cached_property
    def frozen_at(self) -> datetime:
        return datetime.fromisoformat(self.payload["frozen_at"])

    @property
    def meeting(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.payload["meeting"]
        return found

    @property
    def list_name(self) -> str:
        """The one list that the meeting is about, empty for all; older payloads do not say."""
        return str(self.meeting.get("list_name", ""))

    @property
    def only_list(self) -> str:
        return _("เฉพาะบัญชี %(list)s") % {"list": self.list_name} if self.list_name else ""

    @property
    def previous(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.payload["previous"]
        return found

    @property
    def is_same_year(self) -> bool:
        """Whether the meeting before counted the same year, so that a change says something."""
        return bool(self.previous and self.previous["fiscal_year"] == self.meeting["fiscal_year"])

    @cached_property
    def spots(self) -> list[Spot]:
        before = self.previous["figures"] if self.previous and self.is_same_year else {}
        return [
            Spot(
                place["code"],
                place["name"],
                place["level"],
                place["parent"],
                self.figures(place["figures"]),
                self.figures(before[place["code"]]) if place["code"] in before else None,
            )
            for place in self.payload["places"]
        ]

    @property
    def names(self) -> Names:
        """What dimensions and stages were called when it was frozen; older payloads do not say the stages."""
        said = (*self.payload["dimensions"], *self.payload.get("stages", ()))
        return tuple((one["code"], one["label"], "") for one in said)

    def figures(self, values: list[int]) -> Figures:
        """A row of figures that belongs to no table any more."""
        return FrozenProgress(**dict(zip(self.payload["columns"], values, strict=True)))

    @cached_property
    def province(self) -> Spot:
        return next(spot for spot in self.spots if spot.level == Level.PROVINCE)

    @cached_property
    def districts(self) -> list[Spot]:
        return [spot for spot in self.spots if spot.level == Level.DISTRICT]

    @cached_property
    def rows(self) -> list[Spot]:
        """Districts, each followed by its municipal centres, which are of which."""
        centres = [spot for spot in self.spots if spot.is_municipal]
        return [
            spot
            for district in self.districts
            for spot in (district, *(centre for centre in centres if centre.parent == district.code))
        ]

    @cached_property
    def subdistricts(self) -> list[Spot]:
        return [spot for spot in self.spots if spot.level == Level.SUBDISTRICT]
