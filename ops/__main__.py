"""`python -m ops COMMAND`: see `make help`."""

from __future__ import annotations

import sys

from ops.processes import (
    CannotStart,
    Child,
    StopRequested,
    ignore_signals,
    listen_for_signals,
    stop_in_order,
    watch,
)
from ops.servers import start_servers


def run_servers_only() -> None:
    """Only the database and the broker, for work on the code; `manage.py` finds them by itself."""
    children: list[Child] = []
    try:
        start_servers(children)
        print("PostgreSQL and Valkey are ready; manage.py finds them. Ctrl-C stops them.", flush=True)
        watch(children)
    finally:
        ignore_signals()
        stop_in_order(children)


COMMANDS = {"db": run_servers_only}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: python -m ops {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    listen_for_signals()
    try:
        COMMANDS[arguments[0]]()
    except StopRequested:
        print("Stopped.")
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
