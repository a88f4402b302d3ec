"""Whose exports a person sees: their own under the appointment that asked; the secretary the province's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role

from .enums import JobState
from .models import ColumnChoice, ExportJob

UNDER_WAY = (JobState.WAITING, JobState.RUNNING)
DAY = timedelta(hours=24)


def own_exports(actor: Actor) -> QuerySet[ExportJob]:
    """What this person asked for under the appointment they act under, newest first."""
    if actor.user_id is None or actor.appointment_id is None:
        return ExportJob.objects.none()
    rows = ExportJob.objects.filter(asked_by_id=actor.user_id, appointment_id=actor.appointment_id)
    return rows.order_by("-id")


def get_export_for(actor: Actor, pk: UUID, *, lock: bool = False) -> ExportJob:
    """One of their own; 404 when absent, someone else's or asked for under another appointment."""
    rows = own_exports(actor)
    job = (rows.select_for_update() if lock else rows).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def exports_of_province(actor: Actor) -> QuerySet[ExportJob]:
    """The register of the province, for its secretary alone."""
    if actor.role is not Role.PROVINCIAL_SECRETARY or not actor.province_code:
        return ExportJob.objects.none()
    rows = ExportJob.objects.filter(province_code=actor.province_code)
    return rows.select_related("asked_by", "appointment__centre").order_by("-id")


def taken_in_a_day(user_id: int) -> tuple[int, int]:
    """(rows, exports) that an account has taken away or asked for in the last 24 hours."""
    taken = ExportJob.objects.filter(asked_by_id=user_id, asked_at__gte=timezone.now() - DAY)
    sums = taken.aggregate(rows=Sum(Coalesce(F("rows"), F("done_rows"))), exports=Count("pk"))
    return sums["rows"] or 0, sums["exports"]


def unfinished_exports() -> list[UUID]:
    """Jobs that no living worker has in hand; the longest waiting first."""
    rows = ExportJob.objects.filter(state__in=UNDER_WAY, streamed=False)
    return list(rows.exclude(leased_until__gt=timezone.now()).order_by("id").values_list("pk", flat=True))


def column_choices(user_id: int, kind: str) -> QuerySet[ColumnChoice]:
    """The column sets of a person for a kind of export; the nameless one is what they took last."""
    return ColumnChoice.objects.filter(user_id=user_id, kind=kind).order_by("name")
