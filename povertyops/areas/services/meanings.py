"""Choosing once, for every list to come, what a subdistrict code means that is no current area."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.audit import Acting, audit
from povertyops.common.errors import Conflict, InvalidInput

from ..enums import Level
from ..models import Area, Centre, CodeMeaning


@transaction.atomic
def choose_code_meaning(
    *, actor: Acting, code: str, area_code: str, centre_id: UUID | None = None
) -> CodeMeaning:
    """Remember that a code stands for a current subdistrict and, for a municipal unit, for its centre.

    A changed mind is a new row, the old one is superseded; saying the same again changes nothing. Audits.
    Raises InvalidInput for a code that is a current subdistrict itself, one of another province, or a centre
    that is no municipal one there, Conflict where somebody chose otherwise at the same moment. Whether this
    person may choose is asked above, where roles are known.
    """
    _check(code, area_code, centre_id)
    current = CodeMeaning.objects.select_for_update().filter(code=code, superseded_at=None)
    before = current.first()
    if before is not None and before.says(area_code, centre_id):
        return before
    try:
        meaning = _replace(before, code, area_code, centre_id, actor)
    except IntegrityError:  # somebody else was a moment faster
        chosen = current.first()
        if chosen is not None and chosen.says(area_code, centre_id):
            return chosen
        message = _("มีผู้เลือกความหมายอื่นของรหัสนี้ไปก่อนแล้ว เปิดหน้านี้ใหม่เพื่อดูแล้วเลือกอีกครั้ง")
        raise Conflict("chosen_meanwhile", message) from None
    audit(
        actor,
        "code.chosen",
        object_type="code",
        object_id=code,
        province_code=code[:2],
        changes={
            "area": [before.area_id if before else None, area_code],
            "centre": [_shown(before.centre_id) if before else None, _shown(centre_id)],
        },
    )
    return meaning


@transaction.atomic
def _replace(
    before: CodeMeaning | None, code: str, area_code: str, centre_id: UUID | None, actor: Acting
) -> CodeMeaning:
    if before is not None:
        CodeMeaning.objects.filter(pk=before.pk).update(superseded_at=Now())
    return CodeMeaning.objects.create(
        code=code,
        province_code=code[:2],
        area_id=area_code,
        centre_id=centre_id,
        chosen_by_id=actor.user_id,
    )


def _shown(centre_id: UUID | None) -> str | None:
    return str(centre_id) if centre_id else None


def _check(code: str, area_code: str, centre_id: UUID | None) -> None:
    if not (len(code) == 6 and code.isascii() and code.isdecimal()):
        raise InvalidInput("bad_code", _("รหัสตำบลต้องมี 6 หลัก"), field="code")
    current = Area.objects.filter(level=Level.SUBDISTRICT, is_current=True)
    if current.filter(pk=code).exists():
        raise InvalidInput("current_code", _("รหัสนี้เป็นตำบลที่ใช้อยู่ ไม่ต้องเลือกความหมาย"), field="code")
    if area_code[:2] != code[:2] or not current.filter(pk=area_code).exists():
        raise InvalidInput("bad_area", _("เลือกตำบลที่ใช้อยู่ในจังหวัดเดียวกัน"), field="area_code")
    if centre_id is None:
        return
    centre = Centre.objects.filter(pk=centre_id, province_code=code[:2], is_active=True).first()
    if centre is None or not centre.is_municipal:
        raise InvalidInput("bad_centre", _("เลือกศูนย์ของเทศบาลในจังหวัดเดียวกัน"), field="centre_id")
