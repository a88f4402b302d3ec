"""One command prepares a database; again, it changes nothing."""

from io import StringIO

import pytest
from django.core.management import call_command

from casework.models import HelpMenuItem
from dimensions.models import IndicatorSet
from households.models import ListKind
from povertyops.areas.models import Area


@pytest.mark.django_db
def test_prepare_loads_everything_once():
    tables = (Area, IndicatorSet, ListKind, HelpMenuItem)
    call_command("prepare", stdout=StringIO())
    first = [table.objects.count() for table in tables]
    assert all(first)
    call_command("prepare", stdout=StringIO())
    assert [table.objects.count() for table in tables] == first
