"""`manage.py print_personas`: whom to sign in as, for the terminal that started the demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from povertyops.demo.personas import PASSWORD, PERSONAS


class Command(BaseCommand):
    help = "Print the people of the demo with the password they share."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sign in with the password  {PASSWORD}  as")
        for persona in PERSONAS:
            self.stdout.write(f"  {persona.username:<24} {persona.post}")
