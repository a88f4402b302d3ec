"""The project itself as an app, so that its start-up checks are registered."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class ProjectConfig(AppConfig):
    name = "povertyops"

    def ready(self) -> None:
        from . import startup

        checks.register(startup.check_keys, checks.Tags.security)
        checks.register(startup.check_accounts, checks.Tags.database)
