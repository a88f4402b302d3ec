"""The full pass against bare statements that write the same rows to tables; boards of past days."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from .measure import Line, Report, in_turns, seconds

TURNS = 5
DIMENSIONS = ("health", "living", "education", "income", "access")
STEPS = ("listed", "checked", "assigned", "visited", "survive", "sufficient", "sustainable")
PAST_PROVINCE, PAST_NATION = 1.0, 5.0


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
        "passing": "cohort AND recovered <> 0 AND recovered = mask",
        "with_team": "cohort AND is_open AND NOT is_removed AND team_id IS NOT NULL",
        "slipped": "cohort AND slips > 0",
        "additional": "cohort AND additional <> 0",
        "care_households": "cohort AND in_care <> 0",
        "not_in_tpmap": "cohort AND not_in_tpmap > 0",
    }
    counts |= {f"step_{name}": f"cohort AND is_open AND step = {at + 1}" for at, name in enumerate(STEPS)}
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
        "development_helps": "sum(development_helps)",
        "development_baht": "sum(development_baht)",
    }
    sums |= {
        f"since_{name}": "sum(step_since - date '2000-01-01') "
        f"FILTER (WHERE cohort AND is_open AND step = {at + 1})"
        for at, name in enumerate(STEPS[:-1])
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
               checked_persons AS checked, last_visit_on, due_on, visits, helps, baht, development_helps,
               development_baht, slips, additional, in_care, not_in_tpmap, step, step_since
        FROM casework_cohortstate WHERE fiscal_year = %(year)s
        UNION ALL
        SELECT l.kind, area_code, CASE WHEN is_municipal THEN centre_id END, membership, true, is_removed,
               is_open, stage, proposed_stage, team_id, l.mask, relieved & l.mask, recovered & l.mask,
               l.persons, l.verified, l.checked, last_visit_on, due_on, visits, helps, baht,
               development_helps, development_baht, slips, additional, in_care & l.mask, not_in_tpmap,
               step, step_since
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


def _agency_floor() -> str:
    """Help by agency in one piece: helps per village and agency, then up the tree."""
    names = ("households", "helps", "baht", "d_helps", "d_baht")
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)

    def above(child: str, code: str, level: int) -> str:
        return f"SELECT {code} AS code, agency_id, {level} AS level, {sums} FROM {child} GROUP BY 1, 2"

    return f"""
    CREATE TABLE bench_floor_agencies AS
    WITH given AS (
        SELECT area_code, CASE WHEN is_municipal THEN centre_id END AS centre, s.household_id, agency_id,
               count(*) AS helps, sum(amount_baht) AS baht,
               count(*) FILTER (WHERE nature = 'development') AS d_helps,
               sum(amount_baht) FILTER (WHERE nature = 'development') AS d_baht
        FROM casework_cohortstate s
        JOIN (SELECT household_id, agency_id, amount_baht, nature FROM casework_help h
              WHERE given_on BETWEEN %(first)s AND %(day)s AND status = 'delivered' AND NOT is_void
                AND NOT EXISTS (SELECT FROM casework_help l WHERE l.amends_id = h.id)) AS h
              USING (household_id)
        WHERE s.fiscal_year = %(year)s GROUP BY 1, 2, 3, 4
    ),
    leaf AS (
        SELECT area_code AS code, centre, agency_id, count(*) AS households, sum(helps) AS helps,
               sum(baht) AS baht, sum(d_helps) AS d_helps, sum(d_baht) AS d_baht
        FROM given GROUP BY 1, 2, 3
    ),
    village AS ({above("leaf", "code", 4)}),
    subdistrict AS ({above("village", "left(code, 6)", 3)}),
    district AS ({above("subdistrict", "left(code, 4)", 2)}),
    province AS ({above("district", "left(code, 2)", 1)})
    SELECT * FROM village UNION ALL SELECT * FROM subdistrict UNION ALL SELECT * FROM district
    UNION ALL SELECT * FROM province UNION ALL {above("province", "'TH'", 0)}
    UNION ALL SELECT centre::text, agency_id, 9, {sums} FROM leaf WHERE centre IS NOT NULL GROUP BY 1, 2
    """


def run(report: Report, households: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
    from reports.models import AgencyProgress, AreaProgress
    from reports.services.rollup import full_rollup

    year = fiscal_year_of(timezone.localdate())
    given: dict[str, Any] = {"year": year, "day": timezone.localdate(), "first": fiscal_year_bounds(year)[0]}
    statements = (_floor_statement(), _agency_floor())

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_floor, bench_floor_agencies")
            for statement in statements:
                cursor.execute(statement, given)

    def from_nothing() -> None:
        full_rollup(year)

    def empty() -> None:
        AreaProgress.objects.all().delete()
        AgencyProgress.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM reports_areaprogress, reports_agencyprogress")

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
        for table, model in (("bench_floor", AreaProgress), ("bench_floor_agencies", AgencyProgress)):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == model.objects.filter(fiscal_year=year).count()
        cursor.execute("DROP TABLE bench_floor, bench_floor_agencies")
    _past_days(report, year, households)


def _past_days(report: Report, year: int, households: int) -> None:
    """Boards of yesterday from the states of households, then once the day was closed."""
    from django.db import connection
    from django.utils import timezone

    from reports.models import AreaProgress, DayProgress
    from reports.services.asof import figures_on
    from reports.services.days import close_day

    day = timezone.localdate() - timedelta(days=1)
    DayProgress.objects.filter(day=day).delete()
    _give_history(connection, year, day)
    largest = (
        AreaProgress.objects.filter(fiscal_year=year, level=1, list_kind="")
        .order_by("-households")
        .values_list("code", flat=True)
    )
    _past(
        report,
        f"largest province on a past day, {households:,} cases",
        PAST_PROVINCE,
        lambda: figures_on(day, year, largest[0]),
    )
    _past(
        report,
        f"nation on a past day, {households:,} cases",
        PAST_NATION,
        lambda: figures_on(day, year, "TH"),
    )
    closing = seconds(lambda: close_day(day))
    report.add(Line("closing a day, all lists", f"{closing:.2f} s", "", "", "", None))
    _past(report, "nation on a day that was closed", PAST_NATION, lambda: figures_on(day, year, "TH"))


def _give_history(connection: Any, year: int, day: date) -> None:
    """States known since a month ago, a third of them changed three times since, by the trigger's own way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM casework_cohorthistory WHERE fiscal_year = %s)", [year])
        if cursor.fetchone()[0]:
            return
        cursor.execute("ALTER TABLE casework_cohortstate DISABLE TRIGGER casework_keep_state")
        cursor.execute(
            "UPDATE casework_cohortstate SET since = %s WHERE fiscal_year = %s", [day - timedelta(30), year]
        )
        cursor.execute("ALTER TABLE casework_cohortstate ENABLE TRIGGER casework_keep_state")
        for ago in (20, 10, 0):
            cursor.execute(
                "UPDATE casework_cohortstate SET since = %s WHERE fiscal_year = %s AND id %% 3 = %s",
                [day - timedelta(ago), year, ago % 3],
            )
        cursor.execute("VACUUM ANALYZE casework_cohortstate, casework_cohorthistory")


def _past(report: Report, what: str, limit: float, act: Callable[[], object]) -> None:
    act()
    taken = statistics.median(seconds(act) for _turn in range(TURNS))
    report.add(Line(what, f"{taken:.2f} s", "", "", f"under {limit:.0f} s", taken < limit))


def _line(report: Report, what: str, product: list[float], floor: list[float]) -> None:
    one, other = statistics.median(product), statistics.median(floor)
    report.add(
        Line(
            what, f"{one:.2f} s", f"{other:.2f} s", f"{one / other:.2f}x", "at most 1.5x", one <= 1.5 * other
        )
    )
