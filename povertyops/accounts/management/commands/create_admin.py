"""`manage.py create_admin USERNAME`: the first system administrator of an installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from povertyops.accounts.actor import system_actor
from povertyops.accounts.enums import Role
from povertyops.accounts.services import AppointmentInput, PersonInput, create_user
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.common.errors import DomainError


class Command(BaseCommand):
    help = "Make an account with the role of system administrator and print its one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--first-name", default="ผู้ดูแลระบบ")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--order", default="-", help="number of the order that appoints this person")

    def handle(self, *args: Any, **options: Any) -> None:
        centre = Centre.objects.filter(kind=CentreKind.NATIONAL).first()
        if centre is None:
            raise CommandError("There is no national centre yet. Run `manage.py load_areas` first.")
        actor = system_actor()
        person = PersonInput(options["username"], options["first_name"], options["last_name"])
        post = AppointmentInput(Role.SYSTEM_ADMIN, centre.pk, options["order"], actor.today())
        try:
            _user, password = create_user(actor=actor, person=person, appointment=post)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(password)
