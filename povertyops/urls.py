"""The map of the site. Each app brings its own routes."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from povertyops.common.views_gallery import gallery
from povertyops.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("povertyops.accounts.urls")),
    path("", include("dimensions.urls")),
    path("", include("casework.api.urls")),
    path("", include("casework.urls")),
    path("", include("reports.urls")),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("gallery/", gallery, name="gallery"))
