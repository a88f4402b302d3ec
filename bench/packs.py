"""The whole pack of a meeting, frozen and rendered, for a province with many districts."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from .measure import Line, Report

AREA = "30"
TARGET = 15.0


def run(report: Report, households: int) -> None:
    from django.core.management import call_command
    from django.db.models import Max
    from django.utils import timezone

    from povertyops.areas.enums import Level
    from povertyops.areas.models import Area
    from povertyops.common.thai import fiscal_year_of
    from reports.models import Meeting

    districts = Area.objects.filter(level=Level.DISTRICT, is_current=True, code__startswith=AREA).count()
    year = fiscal_year_of(timezone.localdate())
    last = Meeting.objects.filter(province_code=AREA, year=year).aggregate(Max("number"))["number__max"]
    number = f"{(last or 0) + 1}/{year}"
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        call_command("meeting_pack", area=AREA, number=number, out=Path(folder), verbosity=0)
        taken = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    report.add(
        Line(
            f"meeting pack, {districts} districts, {households:,} cases in the nation",
            f"{taken:.1f} s ({size / 1e6:.1f} MB)",
            "",
            "",
            "under 15 s",
            taken < TARGET,
        )
    )
