"""`manage.py load_areas`: bring the country's areas in, print what changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from povertyops.areas.geothai_source import read_source
from povertyops.areas.services import LoadReport, load_areas
from povertyops.common.audit import SYSTEM


class Command(BaseCommand):
    help = "Load provinces, districts and subdistricts of Thailand and their centres. Can run again."

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_areas(actor=SYSTEM, source=read_source())
        for line in lines_of(report):
            self.stdout.write(line)


def lines_of(report: LoadReport) -> list[str]:
    if not report.changed:
        return ["Nothing changed."]
    lines = [f"{number:>6} new {level.name.lower()}" for level, number in sorted(report.new.items())]
    if report.abolished_new:
        lines.append(f"{report.abolished_new:>6} new abolished codes")
    if report.centres:
        lines.append(f"{report.centres:>6} new centres")
    lines += [f"{code}  renamed: {old} -> {name}" for code, old, name in report.renamed]
    lines += [f"{code}  no longer current: {name}" for code, name in report.retired]
    return lines + [f"{code}  abolished, successors changed" for code in report.abolished_changed]
