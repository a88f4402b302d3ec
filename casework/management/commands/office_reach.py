"""Which offices see which households: compare the scope rows with the referrals, or write them anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casework.services.reach import refresh_all_office_reach, wrong_office_reach


class Command(BaseCommand):
    help = "Rebuild which offices see a household; with --verify only say what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--verify", action="store_true", help="change nothing, fail when a row is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        if not options["verify"]:
            self.stdout.write(f"{refresh_all_office_reach(today=today)} rows put right")
            return
        wrong = wrong_office_reach(today=today)
        if wrong:
            raise CommandError(f"{len(wrong)} scope rows disagree with the referrals")
        self.stdout.write("Every scope row agrees with the referrals.")
