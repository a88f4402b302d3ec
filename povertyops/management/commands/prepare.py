"""`manage.py prepare`: all that a database needs before the product uses it; after every upgrade again."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS = ("load_areas", "load_yardstick", "load_list_kinds", "load_help_menu")


class Command(BaseCommand):
    help = "Bring the tables up to date and load areas, yardstick, kinds of lists and the help menu."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        for name in STEPS:
            self.stdout.write(f"{name}:")
            call_command(name, stdout=self.stdout)
