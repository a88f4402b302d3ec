"""What yearly reviews took into the baseline of a household."""

from __future__ import annotations

from uuid import UUID

from households.services.provenance import Reviewed

from ..models import BaselineReview


def reviewed(household_id: UUID) -> list[Reviewed]:
    """The reviews of a household that stand, the newest year first."""
    rows = BaselineReview.objects.filter(household=household_id, superseded_at=None).order_by("-fiscal_year")
    return [Reviewed(row.dimensions, row.fiscal_year, row.minutes_number) for row in rows]
