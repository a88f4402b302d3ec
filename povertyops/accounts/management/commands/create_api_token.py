"""`manage.py create_api_token USERNAME`: print a new token, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from povertyops.accounts.actor import system_actor
from povertyops.accounts.queries import find_person, valid_appointments
from povertyops.accounts.rules import normal_sign_in_name
from povertyops.accounts.services import create_api_token


class Command(BaseCommand):
    help = "Print a token for `Authorization: Token ...`. Only its hash is kept, so it is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="user name or phone number")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_person(normal_sign_in_name(options["username"]))
        if user is None or not user.is_active:
            raise CommandError(f"There is no open account {options['username']}.")
        if not valid_appointments(user):
            self.stderr.write("Note: this person has no valid appointment, so the token may do nothing yet.")
        self.stdout.write(create_api_token(actor=system_actor(), user=user))
