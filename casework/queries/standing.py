"""What still stands of append-only rows."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, Model, OuterRef, Q


def standing(model: type[Model]) -> Q:
    """Rows of Visit or Help that nothing corrected and nobody took back."""
    return Q(~Exists(model._default_manager.filter(amends=OuterRef("pk"))), is_void=False)


def stood_before(model: type[Model], moment: datetime) -> Q:
    """The same by what had been recorded before a moment."""
    later = model._default_manager.filter(amends=OuterRef("pk"), recorded_at__lt=moment)
    return Q(~Exists(later), is_void=False, recorded_at__lt=moment)
