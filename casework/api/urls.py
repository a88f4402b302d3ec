"""Routes of the API of the work."""

from __future__ import annotations

from django.urls import path

from .facts import FactsView
from .households import HouseholdsView, HouseholdView
from .visits import VisitsView

urlpatterns = [
    path("api/v1/visits/", VisitsView.as_view(), name="api_visits"),
    path("api/v1/facts/", FactsView.as_view(), name="api_facts"),
    path("api/v1/households/", HouseholdsView.as_view(), name="api_households"),
    path("api/v1/households/<uuid:pk>/", HouseholdView.as_view(), name="api_household"),
]
