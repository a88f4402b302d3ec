"""The project itself as an app, so that its start-up checks are registered."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "povertyops"
