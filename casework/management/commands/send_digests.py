"""`manage.py send_digests`: send today's digests now, one after the other, or only show what would go out."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from casework.pages.digest import text_of
from casework.services.digests import appointments_due
from casework.tasks.digests import compose, deliver


class Command(BaseCommand):
    help = "Send today's digests to whoever has not had theirs. Can run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="print the digests, send and record nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = timezone.localdate()
        states: Counter[str] = Counter()
        for appointment in appointments_due(day):
            if options["dry_run"]:
                digest = compose(appointment)
                states["quiet" if digest.is_quiet else "would send"] += 1
                if not digest.is_quiet:
                    self.stdout.write(f"{digest.subject}\n\n{text_of(digest)}\n{'-' * 40}")
            else:
                states[deliver(appointment, day)] += 1
        told = ", ".join(f"{state}: {count}" for state, count in sorted(states.items()))
        self.stdout.write(told or "Nobody is due.")
