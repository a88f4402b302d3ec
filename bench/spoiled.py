"""Thousands of spoiled target lists, read one after the other in a process: `python -m bench.spoiled`.

Prints one JSON line: how they ended, the slowest, the most memory this process and any that opened a workbook
held, and what came out as an error.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyops.settings")
django.setup()

from casework.services.importing import holding  # noqa: E402
from households.models import Household, ImportBatch, ImportRow  # noqa: E402
from households.services.target_lists import Draft, Unreadable, read_batch, receive_list  # noqa: E402
from povertyops.accounts.actor import system_actor  # noqa: E402
from povertyops.common.ids import uuid7  # noqa: E402
from tests.fuzzing import Spoiled, spoiled  # noqa: E402


def main(seed: int, count: int) -> None:
    ended: Counter[str] = Counter()
    errors: list[str] = []
    slowest = (0.0, "")
    for file in spoiled(seed, count):
        started = time.perf_counter()
        try:
            ended[_outcome(file)] += 1
        except Exception as error:  # noqa: BLE001 - what must never happen is counted, with its file
            errors.append(f"{file.name} ({file.how}): {type(error).__name__} {error}"[:300])
        slowest = max(slowest, (time.perf_counter() - started, file.how))
    half_done = ImportRow.objects.exclude(batch__status="ready").count() + Household.objects.count()
    print(
        json.dumps(
            {
                "ended": ended,
                "errors": errors,
                "slowest_s": round(slowest[0], 2),
                "slowest": slowest[1],
                "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "workbook_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
                "half_done": half_done,
            },
            ensure_ascii=False,
        )
    )


def _outcome(file: Spoiled) -> str:
    draft = Draft("tpmap", 2568)
    try:
        batch = receive_list(actor=system_actor(), draft=draft, file_name=file.name, pieces=[file.data])
    except Unreadable:
        return "refused"
    holder = uuid7()
    with holding(batch.pk, holder):
        read_batch(batch_id=batch.pk, holder=holder)
    return ImportBatch.objects.values_list("status", flat=True).get(pk=batch.pk)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
