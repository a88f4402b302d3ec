"""`manage.py seed_scale --households N --visits M`: an invented country for measuring, written in bulk."""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from casework.queries.yardstick import LoadedYardstick
from casework.rules import FOLLOW_UP_DAYS
from casework.services.state_parts import ELDER_FROM, SMALL_CHILD_UNDER, years_before
from households.models import Household
from povertyops.areas.geothai_source import read_source
from povertyops.areas.models import Area
from povertyops.areas.services import load_areas
from povertyops.common.audit import SYSTEM
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
from reports.services.rollup import full_rollup

from ...scale.households import make_lists, prepare, write_slice
from ...scale.ids import give_national_ids
from ...scale.places import settle

SLICE = 100_000
LIST_AGE = timedelta(days=400)


class Command(BaseCommand):
    help = "Fill an empty database with invented households and visits of all subdistricts, for measuring."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--households", type=int, required=True)
        parser.add_argument("--visits", type=int, default=0)
        parser.add_argument("--no-ids", action="store_true", help="leave national ids out, to be quicker")

    def handle(self, *args: Any, households: int, visits: int, no_ids: bool, **options: Any) -> None:
        if Household.objects.exists():
            raise CommandError("There are households already; measure on a database of its own.")
        started = time.monotonic()
        today = timezone.localdate()
        year = fiscal_year_of(today)
        if not Area.objects.exists():
            load_areas(actor=SYSTEM, source=read_source())
        with transaction.atomic():
            villages = settle(households)
            make_lists(year, today - LIST_AGE)
        names = prepare(villages)
        first_day = fiscal_year_bounds(year)[0]
        each, more = divmod(visits, households)
        params = {
            "year": year,
            "today": today,
            "effective": today - LIST_AGE,
            "first_day": first_day,
            "names": names,
            "follow_up": FOLLOW_UP_DAYS,
            "elders_born": years_before(first_day, ELDER_FROM),
            "children_born": years_before(first_day, SMALL_CHILD_UNDER),
            "set_size": LoadedYardstick().set_size(year - 1, fiscal_year_bounds(year)[1]),
            "visits_each": each,
            "visits_more": more,
        }
        for first in range(0, households, SLICE):
            with transaction.atomic():
                write_slice({**params, "from": first, "to": min(first + SLICE, households)})
            self._say(started, f"{min(first + SLICE, households):,} households")
        if not no_ids:
            self._say(started, f"{give_national_ids():,} national ids")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self._say(started, f"{full_rollup(year):,} rows of figures for {year}")

    def _say(self, started: float, text: str) -> None:
        self.stdout.write(f"{time.monotonic() - started:7.1f} s  {text}")
        self.stdout.flush()
