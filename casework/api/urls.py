"""Routes of the API of the work."""

from __future__ import annotations

from django.urls import path

from .facts import FactsView
from .households import HouseholdsView, HouseholdView
from .kit import KitView
from .photos import VisitPhotosView, VisitPhotoView
from .sealed import SealedOpenView
from .sync import SyncView
from .visits import VisitsView

urlpatterns = [
    path("api/v1/visits/", VisitsView.as_view(), name="api_visits"),
    path("api/v1/visits/<uuid:visit>/photos/", VisitPhotosView.as_view(), name="api_visit_photos"),
    path("api/v1/visits/<uuid:visit>/photos/<uuid:pk>/", VisitPhotoView.as_view(), name="api_visit_photo"),
    path("api/v1/field/sync/", SyncView.as_view(), name="api_field_sync"),
    path("api/v1/sealed/open/", SealedOpenView.as_view(), name="api_sealed_open"),
    path("api/v1/facts/", FactsView.as_view(), name="api_facts"),
    path("api/v1/field/kit/", KitView.as_view(), name="api_field_kit"),
    path("api/v1/households/", HouseholdsView.as_view(), name="api_households"),
    path("api/v1/households/<uuid:pk>/", HouseholdView.as_view(), name="api_household"),
]
