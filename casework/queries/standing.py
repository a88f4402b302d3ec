"""What still stands of append-only rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone


def standing(model: type[Model]) -> Q:
    """Rows of Visit or Help that nothing corrected and nobody took back."""
    return Q(~Exists(model._default_manager.filter(amends=OuterRef("pk"))), is_void=False)


def end_of_day(day: date) -> datetime:
    """The moment before which a row was known at the end of a day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def stood_on(model: type[Model], day: date | None) -> Q:
    """The same by what had been recorded at the end of a past day; None: by now."""
    if day is None:
        return standing(model)
    moment = end_of_day(day)
    later = model._default_manager.filter(amends=OuterRef("pk"), recorded_at__lt=moment)
    return Q(~Exists(later), is_void=False, recorded_at__lt=moment)
