"""The page of households that left a list: groups with what was decided, and the households behind a
count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from households.models import ImportBatch
from povertyops.areas.queries import areas_by_code

from ..enums import LeaverAct
from ..queries.leavers import UNDECIDED, GroupLine, LeaverGroup

ACTS: Mapping[str, Promise | str] = {UNDECIDED: _("ยังไม่ตัดสินใจ"), **dict(LeaverAct.choices)}


@dataclass(frozen=True, slots=True)
class GroupCard:
    """One group: its place and stage, and its counts, each with the list behind it."""

    line: GroupLine
    district: str
    counts: list[dict[str, Any]]

    @property
    def key(self) -> str:
        return key_of(self.line.group)

    @property
    def is_undecided(self) -> bool:
        return self.line.undecided > 0


def group_cards(batch: ImportBatch, lines: Sequence[GroupLine]) -> list[GroupCard]:
    names = areas_by_code({line.group.district for line in lines})
    return [
        GroupCard(
            line,
            names[line.group.district].label if line.group.district in names else line.group.district,
            [
                {"label": label, "count": line.acts[act], "url": _url(batch, line.group, act)}
                for act, label in ACTS.items()
                if line.acts[act]
            ],
        )
        for line in lines
    ]


def key_of(group: LeaverGroup) -> str:
    """A group as a form sends it."""
    return f"{group.district}-{int(group.stage)}-{int(group.helped)}"


def group_of(key: str) -> LeaverGroup | None:
    """The group that a form named; None for anything else."""
    parts = key.split("-")
    if len(parts) != 3 or not all(part.isdigit() and len(part) <= 4 for part in parts):
        return None
    district, stage, helped = parts
    if int(stage) not in Stage.values:
        return None
    return LeaverGroup(district, Stage(int(stage)), helped == "1")


def chosen_of(query: QueryDict) -> tuple[LeaverGroup | None, str]:
    """The group and the decision whose households are asked for."""
    act = query.get("act", "")
    return group_of(query.get("group", "")), act if act in ACTS else UNDECIDED


def _url(batch: ImportBatch, group: LeaverGroup, act: str) -> str:
    query = urlencode({"group": key_of(group), "act": act})
    return f"{reverse('import_leavers', args=[batch.pk])}?{query}#households"
