"""Pages at two sizes of the country, in turns, on one worker each."""

from __future__ import annotations

import http.client
import statistics
import time

from .ground import Ground, Web
from .measure import Line, Report, ms, p95

TURNS = 10
EACH = 20
GROWTH_TARGET = 1.3
P95_TARGET = 0.100

PAGES = {
    "board of a province": ("provincial_secretary", "/board/90/"),
    "households of a district": ("provincial_secretary", "/households/?area={district}"),
}


def run(
    report: Report, ground: Ground, sizes: dict[str, int], people: dict[str, dict[str, dict]], district: str
) -> None:
    webs = {name: ground.serve(name, workers=1) for name in sizes}
    try:
        for page, (role, path) in PAGES.items():
            address = path.format(district=district)
            seconds = _in_turns(webs, {name: people[name][role]["session"] for name in sizes}, address)
            _lines(report, page, sizes, seconds)
    finally:
        for web in webs.values():
            web.stop()


def _in_turns(webs: dict[str, Web], sessions: dict[str, str], path: str) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in webs}
    for turn in range(TURNS + 1):
        for name, web in webs.items():
            client = http.client.HTTPConnection("127.0.0.1", web.port)
            seconds = [_get(client, path, sessions[name]) for _request in range(EACH)]
            client.close()
            if turn:
                taken[name] += seconds
    return taken


def _get(client: http.client.HTTPConnection, path: str, session: str) -> float:
    started = time.perf_counter()
    client.request("GET", path, headers={"Cookie": f"sessionid={session}"})
    answer = client.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return time.perf_counter() - started


def _lines(report: Report, page: str, sizes: dict[str, int], seconds: dict[str, list[float]]) -> None:
    (small, few), (large, many) = sizes.items()
    for name, size in sizes.items():
        typical, slow = statistics.median(seconds[name]), p95(seconds[name])
        report.add(
            Line(
                f"{page}, {size:,} cases",
                f"p50 {ms(typical)}, p95 {ms(slow)}",
                "",
                "",
                "p95 under 100 ms",
                slow < P95_TARGET,
            )
        )
    growth = statistics.median(seconds[large]) / statistics.median(seconds[small])
    report.add(
        Line(
            f"{page}, {many:,} against {few:,}",
            "",
            "",
            f"{growth:.2f}x",
            "at most 1.3x",
            growth <= GROWTH_TARGET,
        )
    )
