"""A few households with a visit and a help each, for what is exported of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.models import Help, HelpMenuItem, Visit
from casework.services.cohort import refresh_cohort
from households.models import Household
from povertyops.common.ids import uuid7
from povertyops.common.thai import fiscal_year_of
from tests.cast import VILLAGE, Cast, make_case, make_household, make_listing


def year() -> int:
    return fiscal_year_of(timezone.localdate())


def a_household(cast: Cast, *, village: str = VILLAGE, note: str = "พบแล้ว", **values: Any) -> Household:
    household = make_household(cast, village=village, **values)
    make_listing(household, fiscal_year=year(), dimensions=2)
    make_case(household)
    placed = {"household": household, "province_code": village[:2], "area_code": village}
    Visit.objects.create(
        id=uuid7(), **placed, visited_at=timezone.now(), visited_on=timezone.localdate(), note=note
    )
    item, _made = HelpMenuItem.objects.get_or_create(
        code="roof", defaults={"dimension": "living", "name": "ซ่อมบ้าน", "nature": "relief"}
    )
    Help.objects.create(
        id=uuid7(), **placed, item=item, dimension="living", nature="relief", relieves=True,
        given_on=timezone.localdate(), amount_baht=3000, detail=note,
    )  # fmt: skip
    refresh_cohort([household.pk])
    return household


def csv_rows(pieces: Iterable[bytes]) -> list[list[str]]:
    """What a program reads, line breaks inside cells as they are."""
    body = b"".join(pieces)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read_csv(client: Client, name: str = "export", kind: str = "household", **query: str) -> list[list[str]]:
    args = [kind, "csv"] if name == "export" else ["csv"]
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return csv_rows(response.streaming_content)
