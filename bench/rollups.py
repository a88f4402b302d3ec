"""The full pass against one bare statement that writes the same rows and columns to a table."""

from __future__ import annotations

import resource
import statistics
from typing import Any

from .measure import Line, Report, in_turns, seconds

TURNS = 5
DIMENSIONS = ("health", "living", "education", "income", "access")


def _floor_statement() -> str:
    """Written by hand and in one piece: households per village and list, then up the tree."""
    counts = {
        "households": "cohort",
        "found": "membership = 2",
        "verified_households": "cohort AND NOT is_removed",
        "checked_households": "cohort AND persons > 0 AND checked >= persons",
        "waiting": "cohort AND stage = 0",
        "survive": "cohort AND stage = 1",
        "sufficient": "cohort AND stage = 2",
        "sustainable": "cohort AND stage = 3",
        "proposed": "cohort AND proposed_stage IS NOT NULL",
        "visited_90": "cohort AND is_open AND last_visit_on >= %(day)s::date - 90",
        "overdue": "cohort AND is_open AND NOT is_removed AND due_on < %(day)s::date",
        "without_team": "cohort AND is_open AND NOT is_removed AND team_id IS NULL",
        "helped_households": "cohort AND helps > 0",
        "carried": "NOT cohort AND is_open",
    }
    for group, mask in (
        ("failing", "mask"),
        ("relieved", "mask & relieved"),
        ("recovered", "mask & recovered"),
    ):
        counts |= {
            f"{group}_{name}": f"cohort AND {mask} & {1 << bit} <> 0" for bit, name in enumerate(DIMENSIONS)
        }
    sums = {
        "persons": "sum(persons) FILTER (WHERE cohort)",
        "verified_persons": "sum(verified) FILTER (WHERE cohort AND NOT is_removed)",
        "visits": "sum(visits)",
        "helps": "sum(helps)",
        "baht": "sum(baht)",
    }
    columns = [f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in counts.items()]
    columns += [f"{expression} AS {name}" for name, expression in sums.items()]
    totals = ", ".join(f"sum({name}) AS {name}" for name in (*counts, *sums))

    def above(child: str, code: str, level: int) -> str:
        return f"SELECT list_kind, {code} AS code, {level} AS level, {totals} FROM {child} GROUP BY 1, 2"

    return f"""
    CREATE TABLE bench_floor AS
    WITH seen AS (
        SELECT '' AS list_kind, area_code, CASE WHEN is_municipal THEN centre_id END AS centre,
               membership, membership <> 3 AS cohort, is_removed, is_open, stage, proposed_stage, team_id,
               baseline AS mask, relieved, recovered, persons, verified_persons AS verified,
               checked_persons AS checked, last_visit_on, due_on, visits, helps, baht
        FROM casework_cohortstate WHERE fiscal_year = %(year)s
        UNION ALL
        SELECT l.kind, area_code, CASE WHEN is_municipal THEN centre_id END, membership, true, is_removed,
               is_open, stage, proposed_stage, team_id, l.mask, relieved, recovered, l.persons, l.verified,
               l.checked, last_visit_on, due_on, visits, helps, baht
        FROM casework_cohortstate,
             unnest(list_kinds, list_dimensions, list_persons, list_verified_persons, list_checked_persons)
                 AS l(kind, mask, persons, verified, checked)
        WHERE fiscal_year = %(year)s AND membership <> 3
    ),
    leaf AS (SELECT list_kind, area_code AS code, centre, {", ".join(columns)} FROM seen GROUP BY 1, 2, 3),
    village AS ({above("leaf", "code", 4)}),
    subdistrict AS ({above("village", "left(code, 6)", 3)}),
    district AS ({above("subdistrict", "left(code, 4)", 2)}),
    province AS ({above("district", "left(code, 2)", 1)})
    SELECT * FROM village UNION ALL SELECT * FROM subdistrict UNION ALL SELECT * FROM district
    UNION ALL SELECT * FROM province UNION ALL {above("province", "'TH'", 0)}
    UNION ALL SELECT list_kind, centre::text, 9, {totals} FROM leaf WHERE centre IS NOT NULL GROUP BY 1, 2
    """


def run(report: Report, households: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from povertyops.common.thai import fiscal_year_of
    from reports.models import AreaProgress
    from reports.services.rollup import full_rollup

    year = fiscal_year_of(timezone.localdate())
    given: dict[str, Any] = {"year": year, "day": timezone.localdate()}
    statement = _floor_statement()

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_floor")
            cursor.execute(statement, given)

    def from_nothing() -> None:
        full_rollup(year)

    def empty() -> None:
        AreaProgress.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM reports_areaprogress")

    floor()
    first, second = [], []
    for _turn in range(TURNS + 1):
        empty()
        first.append(seconds(from_nothing))
        second.append(seconds(floor))
    _line(report, f"full roll-up, {households:,} cases, all rows new", first[1:], second[1:])
    again, bare = in_turns(from_nothing, floor, TURNS)
    _line(report, f"full roll-up, {households:,} cases, figures there already", again, bare)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.add(
        Line(
            "memory of the process that rolls up", f"{memory:.0f} MB", "", "", "at most 300 MB", memory <= 300
        )
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_floor")
        assert cursor.fetchone()[0] == AreaProgress.objects.filter(fiscal_year=year).count()
        cursor.execute("DROP TABLE bench_floor")


def _line(report: Report, what: str, product: list[float], floor: list[float]) -> None:
    one, other = statistics.median(product), statistics.median(floor)
    report.add(
        Line(what, f"{one:.2f} s", f"{other:.2f} s", f"{one / other:.2f}x", "at most 2x", one <= 2 * other)
    )
