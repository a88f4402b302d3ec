"""`manage.py load_list_kinds`: make the kinds of list that come with the product; print what is new."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from households.services.list_kinds import load_list_kinds


class Command(BaseCommand):
    help = "Make the kinds of target list that come with the product. Can run again."

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_list_kinds()
        self.stdout.write("\n".join(made) if made else "Nothing changed.")
