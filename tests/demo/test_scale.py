"""The invented country for measuring: its read model follows from its facts."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import F
from django.utils import timezone

from casework.models import CohortState, Visit
from casework.services.cohort import refresh_cohort
from dimensions.services import load_yardstick
from dimensions.source import read_source
from households.models import Household, NationalId, Person
from povertyops.common.audit import SYSTEM
from povertyops.common.thai import fiscal_year_of
from reports.models import AreaProgress
from reports.services.verify import verify
from tests.cast import build_cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_seeded_households_are_what_every_count_says(capsys: pytest.CaptureFixture[str]) -> None:
    build_cast()
    load_yardstick(actor=SYSTEM, source=read_source())
    call_command("seed_scale", households=300, visits=1_000)
    year = fiscal_year_of(timezone.localdate())

    assert (Household.objects.count(), Visit.objects.count()) == (300, 1_000)
    assert NationalId.objects.count() == Person.objects.count()
    assert CohortState.objects.filter(list_kinds__len__gt=1, is_municipal=True).exists()
    assert AreaProgress.objects.get(code="TH", fiscal_year=year, list_kind="").households == 300
    assert verify(year) == []
    parts = CohortState.objects.filter(failing_share__gt=0, fragile__gt=0)
    assert parts.exists()
    assert parts.filter(checked_persons__gt=0, verified_persons__lt=F("persons")).exists()
    assert refresh_cohort(Household.objects.values_list("pk", flat=True)) == 0
    with pytest.raises(CommandError):
        call_command("seed_scale", households=1)
