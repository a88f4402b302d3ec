"""`python -m ops COMMAND`: see `make help`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops import demo, messages, servers
from ops.lock import only_runner
from ops.processes import (
    CannotStart,
    Child,
    StopRequested,
    end_with_parent,
    ignore_signals,
    listen_for_signals,
    stop_in_order,
    watch,
)

LOCK = servers.VAR / "runner.lock"


@contextmanager
def stopping(children: list[Child]) -> Iterator[None]:
    """Whatever happens inside, the children are stopped in order."""
    try:
        yield
    finally:
        ignore_signals()
        if children:
            print("Stopping ...", flush=True)
        stop_in_order(children)


def run_demo() -> None:
    """Everything: database, broker, web, worker, beat."""
    run = demo.Demo(demo.port_from_environment())
    with only_runner(LOCK, run.address), stopping(run.children):
        run.run()


def run_servers() -> None:
    """Only the database and the broker, for work on the code."""
    children: list[Child] = []
    with only_runner(LOCK, "database and broker only"), stopping(children):
        servers.start_servers(children)
        print("PostgreSQL and Valkey are ready; manage.py finds them. Ctrl-C stops them.", flush=True)
        watch(children)


def reset() -> None:
    """Forget the demo's data."""
    with only_runner(LOCK, "forgetting the data"):
        demo.forget()
    print("The demo's data is gone. The next `make demo` starts from nothing.")


def update_messages() -> None:
    """Collect the texts and compile the catalogues."""
    messages.update_all()
    messages.compile_all()


def check_messages() -> None:
    """Name what is not translated, translated wrongly, or no longer said."""
    faults = messages.check_all()
    if faults:
        raise CannotStart("\n".join([*faults, f"{len(faults)} faults; see docs/decisions/0023."]))


def take_messages(files: Sequence[str]) -> None:
    """Merge translations from JSON files and compile the catalogues."""
    messages.take_all([Path(name) for name in files])
    messages.compile_all()


COMMANDS: dict[str, Callable[[], None]] = {
    "demo": run_demo,
    "db": run_servers,
    "reset": reset,
    "messages": update_messages,
    "compile-messages": messages.compile_all,
}


def command_of(arguments: list[str]) -> Callable[[], None] | None:
    """What the words ask for; None for words that ask for nothing."""
    match arguments:
        case ["messages", "--check"]:
            return check_messages
        case ["messages", "--take", first, *others]:
            return lambda: take_messages([first, *others])
        case [name]:
            return COMMANDS.get(name)
    return None


def main(arguments: list[str]) -> int:
    command = command_of(arguments)
    if command is None:
        print(f"usage: python -m ops {'|'.join(COMMANDS)}", file=sys.stderr)
        print("       python -m ops messages --check | --take FILE.json ...", file=sys.stderr)
        return 2
    listen_for_signals()
    if os.environ.get("END_WITH_PARENT"):
        end_with_parent()
    try:
        command()
    except StopRequested:
        print("Stopped.")
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
