"""Visits stored through the API, one by one and in batches, against a bare DRF create of the same fields."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

import psycopg2

from .bare import TABLE
from .ground import PROJECT, Ground, Web
from .measure import Line, Report, ms, p95

WORKERS = 2
CLIENTS = 8
BATCH = 100
TURNS = 4
TARGET = 1 / 3


def run(report: Report, ground: Ground, name: str, officer: dict, seconds: float) -> None:
    with psycopg2.connect(ground.env_of(name)["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    connection.close()
    webs = {
        "product": ground.serve(name, workers=WORKERS),
        "bare": ground.serve(name, workers=WORKERS, settings="bench.bare"),
    }
    try:
        rate, late = _compare(webs, officer, seconds, clients=CLIENTS, batch=1)
        batches, _late = _compare(webs, officer, seconds, clients=WORKERS, batch=BATCH)
    finally:
        for web in webs.values():
            web.stop()
    report.add(_rate("visits stored by API, 2 workers, 8 clients", rate))
    report.add(
        Line(
            "the same, p95 of one visit",
            ms(late["product"]),
            ms(late["bare"]),
            f"{late['product'] / late['bare']:.2f}x",
            "at most 4x",
            late["product"] <= 4 * late["bare"],
        )
    )
    report.add(_rate(f"visits stored in batches of {BATCH}, 2 clients", batches))


def _rate(name: str, rate: dict[str, float]) -> Line:
    ratio = rate["product"] / rate["bare"]
    figures = (f"{rate['product']:.0f}/s", f"{rate['bare']:.0f}/s", f"{ratio:.2f}")
    return Line(name, *figures, "at least 0.33", ratio >= TARGET)


def _compare(
    webs: dict[str, Web], officer: dict, seconds: float, *, clients: int, batch: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Visits a second and the p95 of a request, of each side; the first turn warms up."""
    rates: dict[str, list[float]] = {side: [] for side in webs}
    late: dict[str, list[float]] = {side: [] for side in webs}
    for turn in range(TURNS + 1):
        for side, web in webs.items():
            taken = _load(web, officer, seconds, clients, batch)
            if turn:
                rates[side].append(len(taken) * batch / seconds)
                late[side].append(p95(taken))
    medians = [{side: statistics.median(figures[side]) for side in webs} for figures in (rates, late)]
    return medians[0], medians[1]


def _load(web: Web, officer: dict, seconds: float, clients: int, batch: int) -> list[float]:
    given = {
        "port": web.port,
        "token": officer["token"],
        "duration": seconds,
        "clients": clients,
        "batch": batch,
        "households": officer["households"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=PROJECT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    taken: list[float] = json.loads(done.stdout)
    return taken
