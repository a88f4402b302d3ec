"""Entering and changing centres that do not come with an area: municipal ones, subdistrict and mentor teams.

These acts check what any centre must obey. Whether this person may do it here is asked above, where roles are
known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.common.audit import Acting, audit, audit_many
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.names import clean_text

from ..enums import CODE_LENGTH, CentreKind, Extent, Level
from ..models import Area, Centre, CentreCoverage
from ..rules import COVERED_LEVELS, ENTERED_KINDS, MUNICIPAL_KINDS, may_be_under


@dataclass(frozen=True, slots=True)
class Cover:
    """An area covered, whole or in part."""

    area_code: str
    extent: Extent = Extent.FULL


@dataclass(frozen=True, slots=True)
class CentreDraft:
    """A centre to be entered, or the values a centre is to have."""

    kind: CentreKind
    name: str
    parent_id: UUID
    coverage: tuple[Cover, ...] = ()
    registrar_code: str = ""


@dataclass(frozen=True, slots=True)
class CentreChange:
    """New values of a centre; kind and parent stay."""

    name: str
    coverage: tuple[Cover, ...] = ()
    registrar_code: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class DraftFault:
    """Why a draft cannot be entered: the field, a code and a Thai sentence."""

    field: str
    code: str
    message: str | Promise


@dataclass
class _Context:
    """What drafts are checked against, read in four queries for any number of them."""

    parents: dict[UUID, Centre]
    parent_areas: dict[UUID, tuple[str, ...]]
    areas: dict[str, Area]
    names: set[tuple[str, UUID | None, str]]
    municipal: dict[str, UUID] = field(default_factory=dict)


def create_centre(*, actor: Acting, draft: CentreDraft) -> Centre:
    """Enter one centre with its coverage. Raises InvalidInput (with the field) or Conflict; writes audit."""
    return create_centres(actor=actor, drafts=[draft])[0]


@transaction.atomic
def create_centres(*, actor: Acting, drafts: Sequence[CentreDraft]) -> list[Centre]:
    """Enter many centres set-wise, in the order given; all or none. Audits each."""
    clean = [_cleaned(draft) for draft in drafts]
    faults = check_drafts(clean)
    if faults:
        _refuse(next(iter(faults.values()))[0])
    parents = Centre.objects.in_bulk({draft.parent_id for draft in clean})
    centres = [
        Centre(
            kind=draft.kind,
            name=draft.name,
            parent=parents[draft.parent_id],
            province_code=parents[draft.parent_id].province_code,
            registrar_code=draft.registrar_code,
        )
        for draft in clean
    ]
    try:
        with transaction.atomic():
            Centre.objects.bulk_create(centres)
    except IntegrityError as error:
        raise Conflict("centre_exists", _("มีศูนย์หรือทีมชื่อนี้อยู่แล้ว")) from error
    pairs = list(zip(centres, clean, strict=True))
    CentreCoverage.objects.bulk_create(
        CentreCoverage(centre=centre, area_id=cover.area_code, extent=cover.extent)
        for centre, draft in pairs
        for cover in draft.coverage
    )
    audit_many(
        actor,
        "centre.created",
        object_type="centre",
        rows=[(centre.pk, None, centre.province_code, _facts(draft)) for centre, draft in pairs],
    )
    return centres


@transaction.atomic
def change_centre(*, actor: Acting, centre_id: UUID, change: CentreChange) -> Centre:
    """Give a centre new values and coverage. Households already in care stay where they are.

    Raises InvalidInput (with the field) or Conflict; audits what changed, and nothing when nothing did.
    """
    centre = Centre.objects.select_for_update().get(pk=centre_id)
    if centre.parent_id is None or CentreKind(centre.kind) not in ENTERED_KINDS:
        raise InvalidInput("comes_with_area", _("ศูนย์นี้มากับพื้นที่ แก้ไขไม่ได้"))
    draft = _cleaned(
        CentreDraft(
            CentreKind(centre.kind), change.name, centre.parent_id, change.coverage, change.registrar_code
        )
    )
    faults = check_drafts([draft], of_centre=centre)
    if faults:
        _refuse(faults[0][0])
    old = list(centre.coverage.all())
    before = {
        "name": centre.name,
        "registrar_code": centre.registrar_code,
        "coverage": _words(Cover(row.area_id, Extent(row.extent)) for row in old),
        "is_active": centre.is_active,
    }
    after = {**_facts(draft), "is_active": change.is_active}
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changes:
        return centre
    centre.name, centre.registrar_code, centre.is_active = draft.name, draft.registrar_code, change.is_active
    centre.save(update_fields=["name", "registrar_code", "is_active"])
    if "coverage" in changes:
        centre.coverage.all().delete()
        CentreCoverage.objects.bulk_create(
            CentreCoverage(centre=centre, area_id=cover.area_code, extent=cover.extent)
            for cover in draft.coverage
        )
    audit(
        actor,
        "centre.changed",
        object_type="centre",
        object_id=centre.pk,
        province_code=centre.province_code,
        changes=changes,
    )
    return centre


@transaction.atomic
def set_leads(*, actor: Acting, centre_id: UUID, leads: int) -> Centre:
    """Say which dimensions (a mask) an office leads in its province; at most one office leads each.

    Raises Conflict "already_led" with the other office's name in its words. Audits a change.
    """
    centre = Centre.objects.select_related("parent").get(pk=centre_id)
    assert centre.parent_id is not None  # an office is always under its province
    # Two offices at once for one dimension: the second waits for the province's centre.
    Centre.objects.select_for_update().get(pk=centre.parent_id)
    others = Centre.objects.filter(
        province_code=centre.province_code, kind=CentreKind.OFFICE, is_active=True
    ).exclude(pk=centre_id)
    other = next((one for one in others if one.leads & leads), None)
    if other is not None and centre.is_active:
        message = _("%(office)s เป็นเจ้าภาพมิตินี้อยู่แล้ว แก้ที่หน่วยงานนั้นก่อน") % {"office": other.name}
        raise Conflict("already_led", message, field="leads")
    if centre.leads != leads:
        before, centre.leads = centre.leads, leads
        centre.save(update_fields=["leads"])
        audit(
            actor,
            "centre.leads",
            object_type="centre",
            object_id=centre.pk,
            province_code=centre.province_code,
            changes={"leads": [before, leads]},
        )
    return centre


def check_drafts(
    drafts: Sequence[CentreDraft], *, of_centre: Centre | None = None
) -> dict[int, list[DraftFault]]:
    """What is wrong with each draft, by its position; also between the drafts themselves.

    With `of_centre` the one draft stands for the new values of that centre.
    """
    context = _context_of(drafts, of_centre)
    faults: dict[int, list[DraftFault]] = {}
    for number, draft in enumerate(drafts):
        found = [*_faults_of_draft(draft, context), *_faults_of_coverage(draft, context)]
        if found:
            faults[number] = found
    return faults


def _context_of(drafts: Sequence[CentreDraft], of_centre: Centre | None) -> _Context:
    parent_ids = {draft.parent_id for draft in drafts}
    parents = Centre.objects.in_bulk(parent_ids)
    codes = {cover.area_code for draft in drafts for cover in draft.coverage}
    provinces = {parent.province_code for parent in parents.values()}
    names = Centre.objects.filter(parent_id__in=parent_ids)
    covers = CentreCoverage.objects.filter(centre__province_code__in=provinces)
    if of_centre:
        names, covers = names.exclude(pk=of_centre.pk), covers.exclude(centre=of_centre)
    municipal = covers.filter(centre__kind__in=MUNICIPAL_KINDS, extent=Extent.FULL, centre__is_active=True)
    of_parents: dict[UUID, list[str]] = defaultdict(list)
    for centre_id, code in covers.filter(centre_id__in=parent_ids).values_list("centre_id", "area_id"):
        of_parents[centre_id].append(code)
    return _Context(
        parents=parents,
        parent_areas={centre_id: tuple(found) for centre_id, found in of_parents.items()},
        areas=Area.objects.in_bulk(codes),
        names=set(names.values_list("kind", "parent_id", "name")),
        municipal=dict(municipal.values_list("area_id", "centre_id")),
    )


def _faults_of_draft(draft: CentreDraft, context: _Context) -> Iterable[DraftFault]:
    if draft.kind not in ENTERED_KINDS:
        yield DraftFault("kind", "comes_with_area", _("ศูนย์ประเภทนี้มากับพื้นที่ ไม่ต้องเพิ่มเอง"))
        return
    if not draft.name:
        yield DraftFault("name", "missing_name", _("ใส่ชื่อศูนย์หรือทีม"))
    parent = context.parents.get(draft.parent_id)
    if parent is None or not may_be_under(draft.kind, CentreKind(parent.kind)):
        yield DraftFault("parent", "bad_parent", _("เลือกศูนย์ต้นสังกัดที่ศูนย์หรือทีมประเภทนี้ขึ้นกับได้"))
    key = (str(draft.kind), draft.parent_id, draft.name)
    if key in context.names:
        yield DraftFault("name", "centre_exists", _("มีศูนย์หรือทีมชื่อนี้อยู่แล้ว"))
    context.names.add(key)


def _faults_of_coverage(draft: CentreDraft, context: _Context) -> Iterable[DraftFault]:
    levels = COVERED_LEVELS.get(draft.kind, frozenset())
    codes = [cover.area_code for cover in draft.coverage]
    if len(set(codes)) < len(codes):
        yield DraftFault("coverage", "area_twice", _("ใส่พื้นที่เดียวกันซ้ำกัน"))
    if levels and not codes:
        yield DraftFault("coverage", "no_area", _("ใส่พื้นที่รับผิดชอบอย่างน้อยหนึ่งแห่ง"))
    for cover in draft.coverage:
        area = context.areas.get(cover.area_code)
        if area is None or not area.is_current or Level(area.level) not in levels:
            message = _("ไม่มีพื้นที่รหัส %(code)s ที่ศูนย์หรือทีมนี้รับผิดชอบได้") % {"code": cover.area_code}
            yield DraftFault("coverage", "unknown_area", message)
        elif not _inside(draft, cover, context):
            message = _("พื้นที่รหัส %(code)s อยู่นอกเขตของศูนย์ต้นสังกัด") % {"code": cover.area_code}
            yield DraftFault("coverage", "outside_parent", message)
        elif _taken(draft, cover, context):
            message = _("พื้นที่รหัส %(code)s มีศูนย์เทศบาลอื่นรับผิดชอบทั้งพื้นที่แล้ว") % {"code": cover.area_code}
            yield DraftFault("coverage", "area_taken", message)
        elif draft.kind in MUNICIPAL_KINDS and cover.extent == Extent.FULL:
            context.municipal[cover.area_code] = draft.parent_id


def _inside(draft: CentreDraft, cover: Cover, context: _Context) -> bool:
    """Whether the area lies where the parent works; of a municipality only the province is asked."""
    parent = context.parents.get(draft.parent_id)
    if parent is None:
        return True
    if parent.kind != CentreKind.DISTRICT:
        return cover.area_code.startswith(parent.province_code)
    return cover.area_code.startswith(context.parent_areas.get(parent.pk, ()))


def _taken(draft: CentreDraft, cover: Cover, context: _Context) -> bool:
    """Whether another municipal centre answers for the area; one place has one responsible centre."""
    if draft.kind not in MUNICIPAL_KINDS or cover.extent != Extent.FULL:
        return False
    subdistrict = cover.area_code[: CODE_LENGTH[Level.SUBDISTRICT]]
    if cover.area_code in context.municipal or subdistrict in context.municipal:
        return True
    return any(code.startswith(cover.area_code) for code in context.municipal)


def _cleaned(draft: CentreDraft) -> CentreDraft:
    coverage = tuple(sorted(draft.coverage, key=lambda cover: cover.area_code))
    return replace(draft, name=clean_text(draft.name), coverage=coverage)


def _facts(draft: CentreDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "registrar_code": draft.registrar_code,
        "coverage": _words(draft.coverage),
    }


def _words(coverage: Iterable[Cover]) -> list[str]:
    return sorted(f"{cover.area_code} {cover.extent.value}" for cover in coverage)


def _refuse(fault: DraftFault) -> None:
    kind = Conflict if fault.code in ("centre_exists", "area_taken") else InvalidInput
    raise kind(fault.code, fault.message, field=fault.field)
