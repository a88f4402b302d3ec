"""Kinds of list as data: those that come with the product, and those that people add or change."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, NotAllowed

from ..models import ListKind, TargetList

SOURCE = Path(__file__).resolve().parent.parent / "data" / "list_kinds.json"
SETTLED = frozenset({"carries_dimensions", "counts_as_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KindDraft:
    """What a kind of list is, apart from its code."""

    name: str
    name_en: str = ""
    owner_office: str = ""
    carries_dimensions: bool = True
    counts_as_found: bool = False
    rank: int = 100
    is_active: bool = True


@transaction.atomic
def load_list_kinds() -> list[str]:
    """Make the kinds that are not there yet and return their codes; kinds a person has changed stay as they
    are."""
    kinds = [ListKind(**facts) for facts in json.loads(SOURCE.read_text(encoding="utf-8"))]
    known = set(ListKind.objects.values_list("code", flat=True))
    missing = [kind for kind in kinds if kind.code not in known]
    ListKind.objects.bulk_create(missing, ignore_conflicts=True)
    return [kind.code for kind in missing]


def add_list_kind(*, actor: Actor, code: str, draft: KindDraft) -> ListKind:
    """A new kind of list, ready for imports. Raises NotAllowed, Conflict where the code is taken. Audits."""
    _require_keeper(actor)
    with transaction.atomic():
        kind, is_new = ListKind.objects.get_or_create(pk=code, defaults=asdict(draft))
        if not is_new:
            raise Conflict("code_taken", _("มีบัญชีรหัสนี้แล้ว เลือกรหัสอื่น"), field="code")
        _audit(actor, "list_kind.add", kind, asdict(draft))
    return kind


def change_list_kind(*, actor: Actor, code: str, draft: KindDraft) -> frozenset[str]:
    """Say anew what a kind of list is; returns the names of what changed. Audits.

    What its households count as is settled with the first list that comes in: past figures rest on it. After
    a change of `rank` the households whose lists disagree must be derived again, see
    `casework.services.rederive`.
    """
    _require_keeper(actor)
    with transaction.atomic():
        kind = ListKind.objects.select_for_update().filter(pk=code).first()
        if kind is None:
            raise Http404
        changes = {
            name: [getattr(kind, name), value]
            for name, value in asdict(draft).items()
            if getattr(kind, name) != value
        }
        if changes.keys() & SETTLED and TargetList.objects.filter(kind=kind).exists():
            message = _("มีครัวเรือนเข้ามาจากบัญชีชนิดนี้แล้ว เปลี่ยนวิธีนับไม่ได้ เพิ่มชนิดบัญชีใหม่แทน")
            raise Conflict("kind_in_use", message, field=min(changes.keys() & SETTLED))
        for name, (_before, value) in changes.items():
            setattr(kind, name, value)
        if changes:
            kind.save(update_fields=list(changes))
            _audit(actor, "list_kind.change", kind, changes)
    return frozenset(changes)


def _require_keeper(actor: Actor) -> None:
    if not actor.is_system and actor.role is not Role.SYSTEM_ADMIN:
        raise NotAllowed("role", _("ชนิดบัญชีใช้ร่วมกันทั้งประเทศ แก้ได้เฉพาะผู้ดูแลระบบ"))


def _audit(actor: Actor, action: str, kind: ListKind, changes: dict[str, Any]) -> None:
    audit(actor, action, object_type="list_kind", object_id=kind.pk, province_code="", changes=changes)
