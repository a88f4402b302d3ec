"""Prints whom to sign in as, for the terminal in which the demo was started."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from povertyops.demo.personas import PASSWORD, PERSONAS


class Command(BaseCommand):
    help = "Print the people of the demo and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sign in as one of these; the password of all is {PASSWORD}")
        width = max(len(persona.username) for persona in PERSONAS)
        for persona in PERSONAS:
            self.stdout.write(f"  {persona.username:<{width}}  {persona.post}")
