"""A complete export against a bare COPY of the same columns."""

from __future__ import annotations

import io
import resource
import statistics
import time

from .measure import Line, Report, ms


def run(report: Report, households: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from casework.inputs import CohortFilters
    from povertyops.accounts.actor import system_actor
    from povertyops.common.thai import fiscal_year_of
    from reports.exports import LISTS
    from reports.exports.base import Sheet, csv_stream

    year = fiscal_year_of(timezone.localdate())
    export = LISTS["household"]

    def product() -> tuple[float, float]:
        started = time.perf_counter()
        sheet = Sheet(
            "household", export.heads, lambda: export.rows(system_actor(), CohortFilters(fiscal_year=year))
        )
        first = 0.0
        for _chunk in csv_stream(sheet):
            first = first or time.perf_counter() - started
        return time.perf_counter() - started, first

    def floor() -> float:
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"""COPY (
                    SELECT s.household_id, h.house_code, h.house_no, h.head_name, s.area_code, s.membership,
                           s.list_kinds, s.persons, s.verified_persons, s.baseline, s.relieved, s.recovered,
                           s.stage, s.team_id, s.last_visit_on, s.due_on, s.visits, s.helps, s.baht,
                           s.is_removed
                    FROM casework_cohortstate s JOIN households_household h ON h.id = s.household_id
                    WHERE s.fiscal_year = {year} ORDER BY s.sort_key, s.household_id
                ) TO STDOUT (FORMAT csv)""",
                _Nowhere(),
            )
        return time.perf_counter() - started

    product()
    floor()
    taken = [(product(), floor()) for _turn in range(5)]
    one = statistics.median(whole for (whole, _first), _floor in taken)
    first = statistics.median(first for (_whole, first), _floor in taken)
    other = statistics.median(bare for _product, bare in taken)
    report.add(
        Line(
            f"export of {households:,} households, csv",
            f"{one:.2f} s",
            f"COPY {other:.2f} s",
            f"{one / other:.2f}x",
            "at most 3x",
            one <= 3 * other,
        )
    )
    report.add(Line("its first bytes", ms(first), "", "", "within 500 ms", first <= 0.5))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.add(
        Line(
            "memory of the process that exports", f"{memory:.0f} MB", "", "", "at most 200 MB", memory <= 200
        )
    )


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
