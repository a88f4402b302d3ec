"""Agencies whose names are offered while one is typed: those known in a province, never what others typed."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ..models import Agency, Help, Office


def agencies_of(province_code: str) -> QuerySet[Agency]:
    """Those that gave help in the province and those of its offices; without a province all of them.

    A name is whatever somebody typed, perhaps a person's, so it stays in its province.
    """
    if not province_code:
        return Agency.objects.all()
    gave = Help.objects.filter(province_code=province_code, agency=OuterRef("pk"))
    own = Office.objects.filter(centre__province_code=province_code, agency=OuterRef("pk"))
    return Agency.objects.filter(Q(Exists(gave)) | Q(Exists(own)))


def by_use(agencies: QuerySet[Agency], province_code: str) -> QuerySet[Agency]:
    """Those that gave most in the province first."""
    gave = (
        Help.objects.filter(province_code=province_code, agency=OuterRef("pk"))
        .order_by()
        .values("agency")
        .annotate(times=Count("pk"))
        .values("times")
    )
    return agencies.annotate(times=Coalesce(Subquery(gave), 0)).order_by("-times", "name")
