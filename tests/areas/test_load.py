"""Loading the areas of the country."""

import time
from io import StringIO

import pytest
from django.core.management import call_command

from povertyops.areas.enums import CentreKind, Level
from povertyops.areas.models import AbolishedArea, Area, Centre
from povertyops.areas.services import AreaSource, SourceAbolished, SourceArea, load_areas
from povertyops.common.audit import SYSTEM
from povertyops.common.models import AuditEntry

SMALL = AreaSource(
    areas=[
        SourceArea("90", "สงขลา", "Songkhla"),
        SourceArea("9007", "ระโนด", "Ranot"),
        SourceArea("900701", "ระโนด", "Ranot"),
        SourceArea("10", "กรุงเทพมหานคร", "Bangkok"),
        SourceArea("1001", "พระนคร", "Phra Nakhon"),
    ],
    abolished=[SourceAbolished("900799", "เก่า", ("900701",))],
)


def run() -> str:
    out = StringIO()
    call_command("load_areas", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_load_areas_brings_the_whole_country_and_again_changes_nothing() -> None:
    first = run()
    assert "77 new province" in first
    assert Area.objects.filter(level=Level.DISTRICT).count() == 928
    assert Area.objects.filter(level=Level.SUBDISTRICT).count() == 7_436
    assert AbolishedArea.objects.count() == 1_583
    assert sum(len(row.successors) == 1 for row in AbolishedArea.objects.all()) == 1_180
    assert Centre.objects.filter(kind=CentreKind.DISTRICT).count() == 928
    started = time.monotonic()
    assert run() == "Nothing changed.\n"
    assert time.monotonic() - started < 2


@pytest.mark.django_db
def test_load_makes_centres_that_cover_their_areas() -> None:
    load_areas(actor=SYSTEM, source=SMALL)
    district = Centre.objects.get(kind=CentreKind.DISTRICT, province_code="90")
    assert district.name == "ศจพ.อ.ระโนด"
    assert [row.area_id for row in district.coverage.all()] == ["9007"]
    assert district.parent == Centre.objects.get(name="ศจพ.จ.สงขลา")
    assert Centre.objects.filter(name="ศจพ.เขตพระนคร", parent__name="ศจพ.กรุงเทพมหานคร").exists()


@pytest.mark.django_db
def test_load_renames_area_and_its_centre_and_says_so() -> None:
    load_areas(actor=SYSTEM, source=SMALL)
    renamed = [SourceArea("9007", "ระโนดใหม่", "Ranot") if a.code == "9007" else a for a in SMALL.areas]
    report = load_areas(actor=SYSTEM, source=AreaSource(renamed, SMALL.abolished))
    assert report.renamed == [("9007", "ระโนด", "ระโนดใหม่")]
    assert Centre.objects.filter(name="ศจพ.อ.ระโนดใหม่").count() == 1
    assert AuditEntry.objects.get(action="area.renamed").object_id == "9007"


@pytest.mark.django_db
def test_load_keeps_an_area_that_left_the_source_as_no_longer_current() -> None:
    load_areas(actor=SYSTEM, source=SMALL)
    fewer = [area for area in SMALL.areas if area.code != "900701"]
    report = load_areas(actor=SYSTEM, source=AreaSource(fewer, SMALL.abolished))
    assert report.retired == [("900701", "ระโนด")]
    assert not Area.objects.get(code="900701").is_current
