"""`manage.py load_help_menu`: bring in the national items of the help menu and print what changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from casework.services.menu import load_help_menu
from povertyops.accounts.actor import system_actor


class Command(BaseCommand):
    help = "Load the national items of the help menu from the reviewed data file. Can run again."

    def handle(self, *args: Any, **options: Any) -> None:
        changes = load_help_menu(actor=system_actor())
        if not changes:
            self.stdout.write("Nothing changed.")
        for change in changes:
            self.stdout.write(f"{change.kind}: {change.code}")
