"""Pages at two sizes of the country, in turns, on one worker each."""

from __future__ import annotations

import http.client
import statistics
import time

from .ground import Ground, Web
from .measure import Line, Report, ms, p95

TURNS = 10
EACH = 20
GROWTH_TARGET = 1.5
P95_TARGET = 0.100
BARE_TARGET = 3

BARE = "bare"

PAGES = {
    "board of a province": ("provincial_secretary", "/board/90/"),
    "households of a district": ("provincial_secretary", "/households/?area={district}"),
}


def run(
    report: Report, ground: Ground, sizes: dict[str, int], people: dict[str, dict[str, dict]], district: str
) -> None:
    webs = {name: ground.serve(name, workers=1) for name in sizes}
    large = next(reversed(sizes))
    webs[BARE] = ground.serve(large, workers=1, settings="bench.bare")
    try:
        for page, (role, path) in PAGES.items():
            address = path.format(district=district)
            sessions = {name: people[name][role]["session"] for name in sizes}
            size = len(_body(webs[large], address, sessions[large]))
            seconds = _in_turns(webs, sessions, address, f"/page/{size}/")
            _lines(report, page, sizes, seconds, size)
    finally:
        for web in webs.values():
            web.stop()


def _body(web: Web, path: str, session: str) -> bytes:
    client = http.client.HTTPConnection("127.0.0.1", web.port)
    client.request("GET", path, headers={"Cookie": f"sessionid={session}"})
    return client.getresponse().read()


def _in_turns(
    webs: dict[str, Web], sessions: dict[str, str], path: str, bare_path: str
) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in webs}
    for turn in range(TURNS + 1):
        for name, web in webs.items():
            client = http.client.HTTPConnection("127.0.0.1", web.port)
            address = bare_path if name == BARE else path
            seconds = [get(client, address, sessions.get(name, "")) for _request in range(EACH)]
            client.close()
            if turn:
                taken[name] += seconds
    return taken


def get(client: http.client.HTTPConnection, path: str, session: str) -> float:
    started = time.perf_counter()
    client.request("GET", path, headers={"Cookie": f"sessionid={session}"})
    answer = client.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return time.perf_counter() - started


def _lines(
    report: Report, page: str, sizes: dict[str, int], seconds: dict[str, list[float]], page_bytes: int
) -> None:
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
    growth = p95(seconds[large]) / p95(seconds[small])
    report.add(
        Line(
            f"{page}, {many:,} against {few:,}",
            "",
            "",
            f"{growth:.2f}x",
            "p95 at most 1.5x",
            growth <= GROWTH_TARGET,
        )
    )
    slow, bare = p95(seconds[large]), p95(seconds[BARE])
    report.add(
        Line(
            f"{page}, {many:,} cases, against a bare page of {page_bytes // 1000} KB",
            ms(slow),
            ms(bare),
            f"{slow / bare:.2f}x",
            "p95 at most 3x",
            slow <= BARE_TARGET * bare,
        )
    )
