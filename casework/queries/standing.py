"""What still stands of append-only rows."""

from __future__ import annotations

from django.db.models import Exists, Model, OuterRef, Q


def standing(model: type[Model]) -> Q:
    """Rows of Visit or Help that nothing corrected and nobody took back."""
    return Q(~Exists(model._default_manager.filter(amends=OuterRef("pk"))), is_void=False)
