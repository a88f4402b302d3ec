"""Entering and changing centres, by those who look after them; what centres obey is in `areas.services`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.areas import services as areas
from povertyops.areas.enums import CentreKind, Extent
from povertyops.areas.models import Centre
from povertyops.areas.rules import PARENT_KINDS
from povertyops.areas.services import CentreChange, CentreDraft, Cover, DraftFault
from povertyops.common.csv_table import Column, RowFault, TableRow, read_table
from povertyops.common.thai import to_arabic_digits

from ..access import get_centre_in_sphere, parents_for
from ..actor import Actor

COLUMNS = (
    Column("kind", "ประเภท"),
    Column("name", "ชื่อศูนย์หรือทีม", ("ชื่อศูนย์", "ชื่อทีม", "ชื่อ")),
    Column("parent", "สังกัด", ("ศูนย์ต้นสังกัด",)),
    Column("full", "รหัสพื้นที่ทั้งพื้นที่", ("รหัสพื้นที่", "พื้นที่")),
    Column("part", "รหัสพื้นที่บางส่วน", required=False),
    Column("registrar_code", "รหัสสำนักทะเบียน", required=False),
)
HEADS: Mapping[str, str] = {column.key: column.head for column in COLUMNS}

# How people write the kinds; compared without spaces and dots.
KIND_WORDS: Mapping[str, CentreKind] = {
    "ศจพทน": CentreKind.CITY_MUNICIPALITY,
    "เทศบาลนคร": CentreKind.CITY_MUNICIPALITY,
    "ศจพทม": CentreKind.TOWN_MUNICIPALITY,
    "เทศบาลเมือง": CentreKind.TOWN_MUNICIPALITY,
    "ทีมปฏิบัติการตำบล": CentreKind.SUBDISTRICT_TEAM,
    "ทีมปฏิบัติการ": CentreKind.SUBDISTRICT_TEAM,
    "ทีมตำบล": CentreKind.SUBDISTRICT_TEAM,
}
IMPORTED_KINDS = frozenset(KIND_WORDS.values())


@dataclass(frozen=True, slots=True)
class CentreImport:
    """What a file of centres holds: drafts that can go in, with their row numbers, and what cannot."""

    drafts: list[tuple[int, CentreDraft]]
    faults: list[RowFault]
    known: int = 0
    created: int = 0


def create_centre(*, actor: Actor, draft: CentreDraft) -> Centre:
    """Enter a centre under one that the actor looks after. Raises Http404 for a parent out of sight."""
    if not parents_for(actor, draft.kind, PARENT_KINDS[draft.kind]).filter(pk=draft.parent_id).exists():
        raise Http404
    return areas.create_centre(actor=actor, draft=draft)


def change_centre(*, actor: Actor, centre_id: UUID, change: CentreChange) -> Centre:
    """Change a centre of the actor's sphere. Raises Http404 for one out of sight."""
    get_centre_in_sphere(actor, centre_id)
    return areas.change_centre(actor=actor, centre_id=centre_id, change=change)


def check_centres(*, actor: Actor, text: str) -> CentreImport:
    """Read a file of centres and say what would happen; writes nothing. A centre already there is no fault.

    Raises InvalidInput when the file cannot be read as a table.
    """
    rows = read_table(text, COLUMNS)
    parents = _parents(actor)
    existing = _existing(parents)
    drafts: list[tuple[int, CentreDraft]] = []
    faults: list[RowFault] = []
    known = 0
    for row in rows:
        read = _read_row(row, parents)
        if isinstance(read, RowFault):
            faults.append(read)
        elif (str(read.kind), read.parent_id, read.name) in existing:
            known += 1
        else:
            drafts.append((row.number, read))
    refused = areas.check_drafts([draft for _number, draft in drafts])
    for place, found in refused.items():
        number, draft = drafts[place]
        faults += [_fault(number, fault, draft) for fault in found]
    good = [pair for place, pair in enumerate(drafts) if place not in refused]
    return CentreImport(good, sorted(faults, key=lambda fault: fault.row), known)


@transaction.atomic
def import_centres(*, actor: Actor, text: str) -> CentreImport:
    """Enter the centres of a file; rows with faults stay out. The same file again changes nothing."""
    checked = check_centres(actor=actor, text=text)
    areas.create_centres(actor=actor, drafts=[draft for _number, draft in checked.drafts])
    return CentreImport([], checked.faults, checked.known, len(checked.drafts))


def _parents(actor: Actor) -> dict[str, list[Centre]]:
    """Possible parents by their plain name."""
    kinds = frozenset().union(*(PARENT_KINDS[kind] for kind in IMPORTED_KINDS))
    found: dict[str, list[Centre]] = {}
    for centre in parents_for(actor, CentreKind.SUBDISTRICT_TEAM, kinds):
        found.setdefault(_plain(centre.name), []).append(centre)
    return found


def _existing(parents: Mapping[str, Sequence[Centre]]) -> set[tuple[str, UUID | None, str]]:
    ids = [centre.pk for centres in parents.values() for centre in centres]
    return set(Centre.objects.filter(parent_id__in=ids).values_list("kind", "parent_id", "name"))


def _read_row(row: TableRow, parents: Mapping[str, Sequence[Centre]]) -> CentreDraft | RowFault:
    values = row.values
    kind = KIND_WORDS.get(_plain(values["kind"]))
    if kind is None:
        message = _("ประเภทต้องเป็น ศจพ.ทน. ศจพ.ทม. หรือ ทีมปฏิบัติการตำบล")
        return _row_fault(row, "kind", "unknown_kind", message)
    centres = [
        c for c in parents.get(_plain(values["parent"]), []) if CentreKind(c.kind) in PARENT_KINDS[kind]
    ]
    if len(centres) != 1:
        message = _("ไม่พบศูนย์ต้นสังกัดชื่อนี้ในความดูแลของท่าน เช่น ศจพ.จ.สงขลา หรือ ศจพ.อ.ระโนด")
        return _row_fault(row, "parent", "unknown_parent", message)
    coverage = (*covers_in(values["full"], Extent.FULL), *covers_in(values["part"], Extent.PART))
    return CentreDraft(kind, values["name"], centres[0].pk, coverage, values["registrar_code"][:4])


def covers_in(text: str, extent: Extent) -> list[Cover]:
    """The area codes in a text, separated by anything."""
    codes = "".join(sign if sign.isalnum() else " " for sign in to_arabic_digits(text)).split()
    return [Cover(code, extent) for code in codes]


def _fault(number: int, fault: DraftFault, draft: CentreDraft) -> RowFault:
    heads = {"coverage": HEADS["full"], "parent": HEADS["parent"], "kind": HEADS["kind"]}
    return RowFault(number, heads.get(fault.field, HEADS["name"]), fault.code, draft.name, fault.message)


def _row_fault(row: TableRow, key: str, code: str, message: object) -> RowFault:
    return RowFault(row.number, HEADS[key], code, row.values[key], str(message))


def _plain(text: str) -> str:
    return text.replace(" ", "").replace(".", "")
