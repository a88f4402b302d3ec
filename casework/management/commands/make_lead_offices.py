"""Make the lead office of each dimension in a province, where there is none."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casework.services.offices import make_lead_offices
from povertyops.accounts.actor import system_actor


class Command(BaseCommand):
    help = "Make the five lead offices of provinces; those that are there are left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("province", nargs="+", help="code of a province, two digits")

    def handle(self, *args: Any, **options: Any) -> None:
        for province in options["province"]:
            made = make_lead_offices(actor=system_actor(), province_code=province)
            self.stdout.write(f"{province}: {len(made)} made")
            for office in made:
                self.stdout.write(f"  {office.centre.name}")
