"""One runner at a time in one folder. The kernel frees the lock however the runner ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.processes import CannotStart


@contextmanager
def only_runner(path: Path, describe: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(f"It runs here already ({file.read().strip()}). Stop that one first.") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {describe}")
        file.flush()
        yield
