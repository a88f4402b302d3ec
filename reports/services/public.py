"""The public page of a province: its switch, and the monthly release of what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import Level
from povertyops.areas.models import Area, Boundary
from povertyops.areas.queries import areas_by_code
from povertyops.common.audit import SYSTEM, Acting, audit
from povertyops.common.errors import NotAllowed
from povertyops.common.languages import kept_in_thai
from povertyops.common.thai import fiscal_year_of

from ..models import Figures, PublicPage, PublicRelease
from ..outlines import drawn
from ..public_rules import DISTRICT_FIGURES, PROVINCE_FIGURES, Release, build_release, release_day
from .asof import figures_on


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that is not put down yet. `release` is None where nothing may be shown."""

    province: Area
    day: date
    release: Release | None

    @property
    def fiscal_year(self) -> int:
        return fiscal_year_of(self.day)


def newest_public_release(province_code: str) -> PublicRelease | None:
    """What everyone may see of a province; None while its page is off. One query."""
    on = PublicPage.objects.filter(province_code=OuterRef("province_code"), is_on=True)
    rows = PublicRelease.objects.filter(Exists(on), province_code=province_code)
    return rows.defer("kept").order_by("-day").first()


def switch_public_page(*, actor: Actor, on: bool) -> PublicPage:
    """Show the actor's province to everyone, or no longer.

    Side effects: with `on` the release of the last month, if it may be made; an audit row.
    """
    if actor.role is not Role.PROVINCIAL_SECRETARY:
        raise NotAllowed("not_secretary", _("เฉพาะฝ่ายเลขานุการ คจพ.จ. เปิดหรือปิดหน้าสาธารณะได้"))
    code = actor.province_code
    with transaction.atomic():
        page = _locked(code)
        before = page.is_on
        page.is_on, page.switched_by, page.switched_at = on, actor.user, actor.now()
        page.save(update_fields=["is_on", "switched_by", "switched_at"])
        audit(
            actor,
            "public_page_switched",
            object_type="public_page",
            object_id=code,
            province_code=code,
            changes={"is_on": [before, on]},
        )
        if on:
            _release(actor, code, release_day(actor.today()))
    return page


def publish_releases(today: date) -> int:
    """Make the release of the last month for every province whose page is on; how many were made.

    May run every day and twice: a release is made once and stays.
    """
    made = 0
    for code in PublicPage.objects.filter(is_on=True).values_list("province_code", flat=True):
        with transaction.atomic():
            if _locked(code).is_on:
                made += _release(SYSTEM, code, release_day(today))
    return made


def draft_release(province_code: str, day: date) -> Draft:
    """What a release of this day would show; the one already made for it shows the same."""
    province = Area.objects.get(code=province_code)
    year = fiscal_year_of(day)
    whole, below = figures_on(day, year, province_code)
    rows = PublicRelease.objects.filter(province_code=province_code, fiscal_year=year, day__lt=day)
    before = rows.order_by("-day").values_list("kept", flat=True).first()
    parts = {row.code: _numbers(row, DISTRICT_FIGURES) for row in below if row.level == Level.DISTRICT}
    release = build_release(day, _numbers(whole, PROVINCE_FIGURES), parts, before) if whole else None
    if release is not None:
        with kept_in_thai():
            _name(release.shown, province, day)
    return Draft(province, day, release)


def _locked(code: str) -> PublicPage:
    PublicPage.objects.get_or_create(province_code=code)
    return PublicPage.objects.select_for_update().get(province_code=code)


def _release(actor: Acting, code: str, day: date) -> bool:
    """Put the release of a day down once; whether that was now. The page must be locked."""
    if PublicRelease.objects.filter(province_code=code, day__gte=day).exists():
        return False
    draft = draft_release(code, day)
    if draft.release is None:
        return False
    made = PublicRelease.objects.create(
        province_code=code,
        fiscal_year=draft.fiscal_year,
        day=day,
        shown=draft.release.shown,
        kept=draft.release.kept,
    )
    audit(
        actor,
        "public_release_made",
        object_type="public_release",
        object_id=made.pk,
        province_code=code,
        changes={"day": day.isoformat()},
    )
    return True


def _numbers(row: Figures, codes: Iterable[str]) -> dict[str, int]:
    return {code: int(getattr(row, code)) for code in codes}


def _name(shown: dict[str, Any], province: Area, day: date) -> None:
    """Add what the figures are of: names of areas, year and day."""
    codes = [code for district in shown["districts"] for code in district["codes"]]
    areas = areas_by_code(codes)
    for district in shown["districts"]:
        district["names"] = [areas[code].label if code in areas else code for code in district["codes"]]
    shown["districts"].sort(key=lambda one: (len(one["codes"]) > 1, one["names"]))
    outlines = Boundary.objects.filter(area_id__in=codes, area__is_current=True)
    paths, height = drawn(dict(outlines.values_list("area_id", "geometry")))
    shown |= {
        "sheet": {"paths": paths, "height": height},
        "area": province.code,
        "name": province.label,
        "fiscal_year": fiscal_year_of(day),
        "as_of": day.isoformat(),
    }
