"""The map of the site. Each app brings its own routes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from povertyops.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("dimensions.urls")),
]
