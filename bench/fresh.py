"""How soon a visit stands on every level of the board, and how old the board gets under a steady stream."""

from __future__ import annotations

import http.client
import json
import random
import statistics
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg2

from ops.processes import Child

from .ground import Ground
from .measure import Line, Report

SINGLE_VISITS = 10
A_MINUTE = 1_000
CLIENTS = 4
TO_THE_BOARD = 2.0
OLDEST = 10.0

_SEEN = """
    SELECT coalesce(sum(p.visits), 0) FROM households_household h
    JOIN reports_areaprogress p ON p.list_kind = '' AND p.code IN (
        h.area_code, left(h.area_code, 6), left(h.area_code, 4), left(h.area_code, 2), 'TH')
    WHERE h.id = %s
"""
LEVELS = 5


def run(report: Report, ground: Ground, name: str, officer: dict, seconds: float) -> None:
    web = ground.serve(name, workers=1)
    worker = ground.work(name)
    try:
        _one_by_one(report, ground.env_of(name)["DATABASE_URL"], web.port, officer)
        _stream(report, ground.env_of(name)["DATABASE_URL"], web.port, officer, seconds, worker)
    finally:
        worker.stop()
        web.stop()


def _one_by_one(report: Report, database: str, port: int, officer: dict) -> None:
    """Seconds from the answer to the visit until all five levels count it."""
    taken = []
    with psycopg2.connect(database) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        client = _Client(port, officer["token"])
        for household in random.sample(officer["households"], SINGLE_VISITS):
            cursor.execute(_SEEN, [household])
            before = cursor.fetchone()[0]
            client.visit(household)
            stored = time.monotonic()
            while True:
                cursor.execute(_SEEN, [household])
                if cursor.fetchone()[0] >= before + LEVELS or time.monotonic() > stored + 60:
                    break
                time.sleep(0.02)
            taken.append(time.monotonic() - stored)
    typical, worst = statistics.median(taken), max(taken)
    report.add(
        Line(
            f"one visit to every level of the board, {SINGLE_VISITS} visits",
            f"median {typical:.2f} s, worst {worst:.2f} s",
            "",
            "",
            "under 2 s",
            worst < TO_THE_BOARD,
        )
    )


@dataclass
class _Watch:
    """The age of the oldest mark that is not drained, looked at four times a second."""

    database: str
    ages: list[float] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        connection = psycopg2.connect(self.database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not self.ended.wait(0.25):
                cursor.execute(
                    """SELECT coalesce(extract(epoch FROM clock_timestamp() - min(marked_at)), 0)
                       FROM common_dirtymark"""
                )
                self.ages.append(float(cursor.fetchone()[0]))
        connection.close()


def _stream(report: Report, database: str, port: int, officer: dict, seconds: float, worker: Child) -> None:
    watch = _Watch(database)
    watcher = threading.Thread(target=watch.look)
    watcher.start()
    until = time.monotonic() + seconds
    counts = [0] * CLIENTS

    def send(place: int) -> None:
        client = _Client(port, officer["token"])
        pause = 60 * CLIENTS / A_MINUTE
        due = time.monotonic() + random.random() * pause
        while due < until:
            time.sleep(max(0.0, due - time.monotonic()))
            client.visit(random.choice(officer["households"]))
            counts[place] += 1
            due += pause

    senders = [threading.Thread(target=send, args=(place,)) for place in range(CLIENTS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    rate = 60 * sum(counts) / seconds
    watch.ended.set()
    watcher.join()
    assert worker.process.poll() is None
    oldest = max(watch.ages)
    report.add(
        Line(
            f"{rate:,.0f} visits a minute for {seconds:.0f} s: the board was at most so old",
            f"{oldest:.1f} s",
            "",
            "",
            "10 s at 1,000 a minute",
            oldest < OLDEST and rate >= 0.98 * A_MINUTE,
        )
    )


class _Client:
    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def visit(self, household: str) -> None:
        body = json.dumps(
            {
                "id": str(uuid.uuid4()),
                "household": household,
                "visited_at": (datetime.now(UTC) - timedelta(minutes=random.randint(1, 300))).isoformat(),
                "note": "เยี่ยมแล้ว สบายดี",
            }
        )
        self._connection.request("POST", "/api/v1/visits/", body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == 201, (answer.status, said[:300])
