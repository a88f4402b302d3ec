"""Subdistrict codes of lists that are no current area: which wait for a meaning, and who may choose one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import Extent
from povertyops.areas.models import AbolishedArea, CentreCoverage, CodeMeaning
from povertyops.areas.rules import is_municipal_code
from povertyops.areas.services.meanings import choose_code_meaning
from povertyops.common.errors import NotAllowed

from ..models import ImportBatch, ImportFault

WAITING_FAULTS = ("municipal_code", "abolished_subdistrict_ambiguous", "abolished_subdistrict")
CHOOSING_ROLES = frozenset({Role.PROVINCIAL_SECRETARY, Role.DISTRICT_OFFICER})


@dataclass(frozen=True, slots=True)
class WaitingCode:
    """A code of a list that holds households back until somebody says once what it means."""

    code: str
    households: int
    is_municipal: bool
    name: str = ""
    is_chosen: bool = False
    may_choose: bool = False


def may_choose(actor: Actor, code: str) -> bool:
    """The secretary for the province, a district officer for codes of the own district."""
    if actor.is_system:
        return True
    if actor.role not in CHOOSING_ROLES:
        return False
    return any(code.startswith(place) for place in actor.reach.provinces + actor.reach.districts)


def waiting_codes(actor: Actor, batch: ImportBatch) -> Iterator[WaitingCode]:
    """The codes for which households of a batch wait, the heaviest first; those chosen meanwhile too, until
    the file is read again."""
    found = (
        ImportFault.objects.filter(batch=batch, is_notice=False, code__in=WAITING_FAULTS)
        .annotate(meant=KeyTextTransform("code", "details"))
        .values_list("meant")
        .annotate(households=Count("number", distinct=True))
        .order_by("-households", "meant")
    )
    rows = [(code, households) for code, households in found if code]
    codes = [code for code, _households in rows]
    names = dict(AbolishedArea.objects.filter(code__in=codes).values_list("code", "name"))
    chosen = set(visible_meanings(actor).filter(code__in=codes).values_list("code", flat=True))
    for code, households in rows:
        is_municipal = is_municipal_code(code) and code not in names
        yield WaitingCode(
            code, households, is_municipal, names.get(code, ""), code in chosen, may_choose(actor, code)
        )


def visible_meanings(actor: Actor) -> QuerySet[CodeMeaning]:
    """What codes of the own province mean; read by everybody who brings in lists."""
    current = CodeMeaning.objects.filter(superseded_at=None).select_related("area", "centre", "chosen_by")
    return current if actor.is_system else current.filter(province_code=actor.province_code or "-")


def get_code_for(actor: Actor, code: str) -> str:
    """The code, where this actor may choose what it means; else the same 404 as for no code at all."""
    if not (len(code) == 6 and code.isascii() and code.isdecimal() and may_choose(actor, code)):
        raise Http404
    return code


def choose_code(
    *, actor: Actor, code: str, area_code: str = "", centre_id: UUID | None = None
) -> CodeMeaning:
    """Choose what a code means. For a municipal centre the home subdistrict may be left out: the first it
    covers is taken.

    Side effects: a new version of the meaning, an audit row. Raises NotAllowed, InvalidInput.
    """
    if not may_choose(actor, code):
        raise NotAllowed("role", _("เลือกความหมายของรหัสได้เฉพาะเลขานุการจังหวัด และอำเภอสำหรับรหัสในอำเภอของตน"))
    if centre_id and not area_code:
        area_code = home_of(centre_id, code)
    if actor.role is Role.DISTRICT_OFFICER and not _is_within(actor, area_code, centre_id):
        raise NotAllowed("outside", _("อำเภอเลือกได้เฉพาะตำบลในอำเภอของตน"))
    return choose_code_meaning(actor=actor, code=code, area_code=area_code, centre_id=centre_id)


def _is_within(actor: Actor, area_code: str, centre_id: UUID | None) -> bool:
    """Whether a subdistrict, and a place for which the centre answers, lie in the actor's area."""
    if area_code and not actor.reach.covers(area_code):
        return False
    if centre_id is None:
        return True
    covered = CentreCoverage.objects.filter(centre_id=centre_id).values_list("area_id", flat=True)
    return any(actor.reach.covers(area) for area in covered)


def home_of(centre_id: UUID, code: str) -> str:
    """The subdistrict a municipal centre is at home in: one it covers whole before one it covers in part,
    one of the code's own district before others."""
    covered = CentreCoverage.objects.filter(centre_id=centre_id).values_list("area_id", "extent")
    ranked = sorted((area[:4] != code[:4], extent != Extent.FULL, area) for area, extent in covered)
    return ranked[0][2][:6] if ranked else ""
