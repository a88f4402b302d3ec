"""The columns a person wants: the ones taken last, and sets under names of their own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import InvalidInput

from ..models import ColumnChoice

MOST_SETS = 20


def keep_columns(*, actor: Actor, kind: str, columns: Sequence[str], name: str = "") -> ColumnChoice:
    """Keep columns in their order, under a name or as the ones taken last. Raises InvalidInput."""
    if not columns:
        raise InvalidInput("no_columns", _("เลือกอย่างน้อยหนึ่งคอลัมน์"))
    mine = ColumnChoice.objects.filter(user_id=actor.user_id or 0, kind=kind)
    if name and mine.exclude(name__in=("", name)).count() >= MOST_SETS:
        raise InvalidInput(
            "too_many_sets", _("เก็บได้ %(most)d ชุด ลบชุดที่ไม่ใช้ก่อน") % {"most": MOST_SETS}, field="name"
        )
    kept, _made = ColumnChoice.objects.update_or_create(
        user_id=actor.user_id or 0,
        kind=kind,
        name=name,
        defaults={"columns": list(columns), "changed_at": Now()},
    )
    return kept


def forget_columns(*, actor: Actor, choice_id: int) -> None:
    ColumnChoice.objects.filter(user_id=actor.user_id or 0, pk=choice_id).delete()
