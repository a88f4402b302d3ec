"""`manage.py load_yardstick`: bring in dimensions, indicators, thresholds, criteria; print what changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from dimensions.services import Change, load_yardstick
from dimensions.source import read_source
from povertyops.common.audit import SYSTEM


class Command(BaseCommand):
    help = "Load the reviewed data files of the yardstick into versioned rows. Can run again."

    def handle(self, *args: Any, **options: Any) -> None:
        changes = load_yardstick(actor=SYSTEM, source=read_source())
        if not changes:
            self.stdout.write("Nothing changed.")
        for change in changes:
            self.stdout.write(line_of(change))


def line_of(change: Change) -> str:
    what = f"{change.kind} {change.key}"
    if change.kept:
        return f"{what}: kept as corrected by hand; the file differs in {', '.join(change.changed)}"
    if change.changed:
        return f"{what}: version {change.version}, changed {', '.join(change.changed)}"
    return f"{what}: version {change.version}"
