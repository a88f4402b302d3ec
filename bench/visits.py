"""Visits stored through the API with two workers, against a bare DRF create of the same fields."""

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
TURNS = 4
TARGET = 1 / 3


def run(report: Report, ground: Ground, name: str, officer: dict, seconds: float) -> None:
    with psycopg2.connect(ground.env_of(name)["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    connection.close()
    product = ground.serve(name, workers=WORKERS)
    bare = ground.serve(name, workers=WORKERS, settings="bench.bare")
    rates: dict[str, list[float]] = {"product": [], "bare": []}
    slow: dict[str, list[float]] = {"product": [], "bare": []}
    try:
        for turn in range(TURNS + 1):
            for side, web in (("product", product), ("bare", bare)):
                taken = _load(web, officer, seconds)
                if turn:
                    rates[side].append(len(taken) / seconds)
                    slow[side].append(p95(taken))
    finally:
        product.stop()
        bare.stop()
    one, other = statistics.median(rates["product"]), statistics.median(rates["bare"])
    late, floor = statistics.median(slow["product"]), statistics.median(slow["bare"])
    report.add(
        Line(
            "visits stored by API, 2 workers, 8 clients",
            f"{one:.0f}/s",
            f"{other:.0f}/s",
            f"{one / other:.2f}",
            "at least 0.33",
            one >= TARGET * other,
        )
    )
    report.add(
        Line(
            "the same, p95 of one visit",
            ms(late),
            ms(floor),
            f"{late / floor:.2f}x",
            "at most 4x",
            late <= 4 * floor,
        )
    )


def _load(web: Web, officer: dict, seconds: float) -> list[float]:
    given = {
        "port": web.port,
        "token": officer["token"],
        "duration": seconds,
        "clients": CLIENTS,
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
