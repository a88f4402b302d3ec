"""Families that stand twice: how many pairs are found, how many of those suggested are true, and how fast."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from math import log
from typing import Any
from uuid import UUID

from .ground import PROJECT, Ground, use
from .measure import Line, Report
from .twice import HARD, PROVINCE, Province

PERSONS = 22_000
MEASURED_ON = (11, 12)
"""Seeds of the measured provinces; the points of `households.duplicates.grounds` were chosen on seed 1."""
RECALL, PRECISION = 0.95, 0.90
NATION, SECONDS, MEMORY = 1_000_000, 600, 600

Pair = tuple[UUID, UUID]


@dataclass(slots=True)
class Count:
    """Of one kind of pair: how many there are, how many were suggested and how many of those are true."""

    planted: int = 0
    found: int = 0
    suggested: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        return self.found / self.suggested if self.suggested else 1.0


@dataclass(slots=True)
class Scores:
    """Persons and households in all; recall by what was wrong with the second writing of a person."""

    persons: Count = field(default_factory=Count)
    households: Count = field(default_factory=Count)
    by_fault: dict[str, Count] = field(default_factory=dict)
    false: list[Pair] = field(default_factory=list)
    missed: list[Pair] = field(default_factory=list)


def score(province: Province, suggested: Iterable[Pair], households: Iterable[Pair]) -> Scores:
    """Judge what was suggested by what was planted; every pair has the smaller id first."""
    truth = _true_persons(province)
    given, homes, true_homes = set(suggested), set(households), _true_homes(province)
    scores = Scores(
        Count(len(truth), len(truth.keys() & given), len(given)),
        Count(len(true_homes), len(true_homes & homes), len(homes)),
    )
    for pair, faults in truth.items():
        for fault in faults:
            count = scores.by_fault.setdefault(fault, Count())
            count.planted += 1
            count.found += pair in given
    scores.false = sorted(given - truth.keys())
    scores.missed = sorted(truth.keys() - given)
    return scores


def _true_persons(province: Province) -> dict[Pair, list[str]]:
    """Pairs of the same human being, each with its kinds: the fault, the id and the house."""
    written = defaultdict(list)
    for home in province.homes:
        for one in home.people:
            written[one.who].append((one, "moved alone" if one.moved else home.fault))
    truth = {}
    for group in written.values():
        for (one, house), (other, other_house) in combinations(group, 2):
            if one.moved and other.moved and one.fault and other.fault:
                house = "moved alone"
            faults = {one.fault or "exact", other.fault or "exact"}
            names = sorted(faults - {"exact"}) or ["exact"]
            kind = names[0] if len(names) == 1 else "two faults"
            ids = _kind_of_ids(one.pin, other.pin)
            hard = ["hard in all"] if kind in HARD else []
            truth[_in_order(one.id, other.id)] = [kind, ids, house or other_house, *hard]
    return truth


def _kind_of_ids(one: str, other: str) -> str:
    if not (one and other):
        return "id missing"
    off = sum(left != right for left, right in zip(one[:12], other[:12], strict=True))
    return "id one digit off" if off == 1 else "id of somebody else"


def _true_homes(province: Province) -> set[Pair]:
    written = defaultdict(list)
    for home in province.homes:
        written[home.family].append(home.id)
    return {_in_order(*pair) for group in written.values() for pair in combinations(group, 2)}


def _in_order(one: UUID, other: UUID) -> Pair:
    return (one, other) if one < other else (other, one)


# -------------------------------------------------------------------------------------------- in the database


def load(province: Province) -> None:
    """Put the households of an invented province into the register."""
    from households.models import Household, HouseholdScope, Membership, NationalId, Person
    from povertyops.areas.enums import CentreKind
    from povertyops.areas.models import Centre
    from povertyops.common.crypto import blind_index, seal
    from povertyops.common.names import search_key, sort_key

    centre, _made = Centre.objects.get_or_create(
        kind=CentreKind.PROVINCE, name="ศจพ.จ.สงขลา", province_code=PROVINCE
    )
    homes, people = province.homes, list(province.people)
    Household.objects.bulk_create(
        (
            Household(
                id=home.id,
                province_code=PROVINCE,
                area_code=home.village,
                house_code=home.house_code,
                house_no=home.house_no,
                phone=home.phone,
                head_name=f"{home.people[0].title}{home.people[0].first} {home.people[0].last}",
                latitude=home.place and home.place[0],
                longitude=home.place and home.place[1],
            )
            for home in homes
        ),
        batch_size=2_000,
    )
    HouseholdScope.objects.bulk_create(
        (
            HouseholdScope(
                household_id=home.id,
                province_code=PROVINCE,
                district_code=home.village[:4],
                subdistrict_code=home.village[:6],
                area_code=home.village,
                centre=centre,
            )
            for home in homes
        ),
        batch_size=2_000,
    )
    Person.objects.bulk_create(
        (
            Person(
                id=one.id,
                province_code=PROVINCE,
                title=one.title,
                first_name=one.first,
                last_name=one.last,
                search_key=search_key(f"{one.first} {one.last}"),
                sort_key=sort_key(one.first, one.last),
                birth_date=one.birth,
                sex=one.sex,
            )
            for one in people
        ),
        batch_size=2_000,
    )
    Membership.objects.bulk_create(
        (
            Membership(
                household_id=home.id,
                person_id=one.id,
                is_head=not place,
                position=place,
                valid_from="2020-10-01",
            )
            for home in homes
            for place, one in enumerate(home.people)
        ),
        batch_size=2_000,
    )
    ids = [one for one in people if one.pin]
    NationalId.objects.bulk_create(
        (
            NationalId(
                person_id=one.id,
                blind_index=blind_index(one.pin),
                **dict(zip(("key_id", "sealed"), seal(one.pin, one.id.bytes), strict=True)),
            )
            for one in ids
        ),
        batch_size=2_000,
    )


def suggested_pairs() -> tuple[list[Pair], list[Pair]]:
    """Open pairs of persons and of households."""
    from households.enums import PairKind, PairState
    from households.models import DuplicatePair

    open_pairs = DuplicatePair.objects.filter(state=PairState.OPEN)
    return tuple(
        list(open_pairs.filter(kind=kind).values_list("left_id", "right_id"))
        for kind in (PairKind.PERSON, PairKind.HOUSEHOLD)
    )


# ------------------------------------------------------------------------------------------------- the bench


def run(report: Report, ground: Ground, countries: Iterable[str]) -> None:
    """Quality on provinces of two seeds the rules were not tuned on; speed on the seeded countries."""
    name = "bench_twice"
    ground.create(name)
    for seed in MEASURED_ON:
        _report_quality(report, seed, _ask(ground, name, "quality", str(seed), str(PERSONS)))
    for country in countries:
        _report_speed(report, ground, country)


def _report_quality(report: Report, seed: int, found: dict[str, Any]) -> None:
    persons, homes = found["persons"], found["households"]
    said = f"precision {persons['precision']:.1%}, recall {persons['recall']:.1%}"
    good = persons["recall"] >= RECALL and persons["precision"] >= PRECISION
    what = f"pairs of one person, {persons['planted']:,} planted among {found['people']:,} (seed {seed})"
    report.add(Line(what, said, "", "", "90 %, 95 %", good))
    said = f"precision {homes['precision']:.1%}, recall {homes['recall']:.1%}"
    report.add(Line(f"pairs of one household, {homes['planted']:,} planted", said, "", "", "", None))
    for fault, count in sorted(found["by_fault"].items(), key=lambda item: -item[1]["planted"]):
        print(f"    {fault}: {count['found']:,} of {count['planted']:,} ({count['recall']:.1%})", flush=True)


def _report_speed(report: Report, ground: Ground, country: str) -> None:
    """A province after the other up to a number of persons, keys made anew; the whole as in a first night."""
    sizes = _ask(ground, country, "sizes")
    in_all = sum(sizes.values())
    steps = [limit for limit in (50_000, 200_000, NATION) if limit < in_all] or []
    steps = [*steps, in_all] if not steps or in_all < NATION else steps
    times: list[tuple[int, float]] = []
    for limit in steps:
        _ask(ground, country, "forget")
        chosen = _provinces(sizes, limit)
        seconds, busy, memory, done = _timed(ground, country, chosen)
        times.append((done["persons_compared"], seconds))
        rate = f"{done['persons_a_second']:,} persons/s"
        said = f"{seconds:.0f} s ({busy:.0f} s of a core), {rate}, {memory:.0f} MB"
        target = SECONDS * done["persons_compared"] / NATION
        report.add(
            Line(
                f"{done['persons_compared']:,} persons compared, {done['open_pairs']:,} pairs",
                said,
                "",
                "",
                f"1,000,000 in {SECONDS} s; {MEMORY} MB",
                seconds <= max(target, 60) and memory <= MEMORY,
            )
        )
    if len(times) > 1:
        (few, short), (many, long) = times[0], times[-1]
        exponent = log(long / short) / log(many / few)
        report.add(Line("growth of the time with the persons", f"exponent {exponent:.2f}", "", "", "", None))


def _provinces(sizes: dict[str, int], limit: int) -> list[str]:
    chosen, count = [], 0
    for province, size in sizes.items():
        if count >= limit:
            break
        chosen.append(province)
        count += size
    return chosen


def _timed(ground: Ground, country: str, provinces: list[str]) -> tuple[float, float, float, dict[str, Any]]:
    """Seconds, seconds of a core (without the database's), peak memory in MB and the command's report."""
    path = ground.folder / "duplicates.json"
    command = [sys.executable, "manage.py", "find_duplicates", "--full", "--report", str(path)]
    for province in provinces:
        command += ["--province", province]
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=PROJECT, env=ground.env_of(country), stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"find_duplicates ended with {child.returncode}")
    busy = usage.ru_utime + usage.ru_stime
    return time.perf_counter() - started, busy, usage.ru_maxrss / 1024, json.loads(path.read_text())


def _ask(ground: Ground, name: str, *arguments: str) -> Any:
    """Run this module on a database, since a process knows one database only."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.matching", *arguments],
        cwd=PROJECT,
        env=ground.env_of(name),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"bench.matching {' '.join(arguments)} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def measured(seed: int, persons: int) -> Scores:
    """Fill the register with an invented province, look for duplicates, judge."""
    from households.services.duplicates import find_duplicates

    province = Province(seed, persons)
    load(province)
    find_duplicates(full=True)
    return score(province, *suggested_pairs())


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE households_household, households_person, households_duplicatepair CASCADE")


def _forget() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE households_matchkey, households_duplicatepair")


def _sizes() -> dict[str, int]:
    """Persons of each province."""
    from django.db.models import Count as CountOf

    from households.models import Membership

    rows = (
        Membership.objects.filter(valid_to=None, superseded_at=None)
        .values_list("household__province_code")
        .annotate(persons=CountOf("pk"))
        .order_by("household__province_code")
    )
    return dict(rows)


def _told(scores: Scores, people: int) -> dict[str, Any]:
    def told(count: Count) -> dict[str, Any]:
        return {
            "planted": count.planted,
            "found": count.found,
            "recall": count.recall,
            "precision": count.precision,
        }

    return {
        "people": people,
        "persons": told(scores.persons),
        "households": told(scores.households),
        "by_fault": {fault: told(count) for fault, count in scores.by_fault.items()},
    }


def main() -> None:
    use({})
    what, *numbers = sys.argv[1:]
    answer: Any = None
    if what == "quality":
        _empty()
        seed, persons = map(int, numbers)
        answer = _told(measured(seed, persons), persons)
    elif what == "sizes":
        answer = _sizes()
    elif what == "forget":
        _forget()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
