"""Clients that store visits as fast as they are answered; prints seconds per request as JSON."""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta


def main(port: int, token: str, duration: float, clients: int, batch: int, households: list[str]) -> None:
    until = time.monotonic() + duration
    taken: list[list[float]] = [[] for _client in range(clients)]
    threads = [
        threading.Thread(target=_client, args=(port, token, until, batch, households, seconds))
        for seconds in taken
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps([second for seconds in taken for second in seconds]))


def _client(
    port: int, token: str, until: float, batch: int, households: list[str], taken: list[float]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    while time.monotonic() < until:
        visits = [_visit(households) for _turn in range(batch)]
        body = json.dumps(visits if batch > 1 else visits[0])
        started = time.perf_counter()
        connection.request("POST", "/api/v1/visits/", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == (200 if batch > 1 else 201), (answer.status, said[:300])
        taken.append(time.perf_counter() - started)
        assert b"refused" not in said, said[:300]


def _visit(households: list[str]) -> dict[str, str]:
    return {
        "id": str(uuid.uuid4()),
        "household": random.choice(households),
        "visited_at": (datetime.now(UTC) - timedelta(minutes=random.randint(1, 600))).isoformat(),
        "note": "เยี่ยมแล้ว สบายดี",
    }


if __name__ == "__main__":
    given = json.load(sys.stdin)
    main(**given)
