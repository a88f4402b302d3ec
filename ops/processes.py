"""Child processes that never outlive this one, however it ends, and that stop in order."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class CannotStart(Exception):
    """Something that the person at the keyboard can mend; the text says how."""


class StopRequested(Exception):
    """Ctrl-C, or a polite request to end."""


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def listen_for_signals() -> None:
    """Turn the signals that ask for an end into `StopRequested`."""

    def ask_to_stop(number: int, frame: object) -> None:
        raise StopRequested

    for number in STOP_SIGNALS:
        # Who started us with nohup wants us to stay when the terminal goes.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, ask_to_stop)


def ignore_signals() -> None:
    """Stopping in order is not to be hurried by a second Ctrl-C."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@dataclass
class Child:
    """A running process, the signal that ends it in peace and how long that may take."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    patience: float
    when_done: Callable[[], None] | None = None  # set for work that ends by itself

    def complain_if_ended(self) -> None:
        code = self.process.poll()
        if code is not None and self.when_done is None:
            raise CannotStart(f"{self.name} ended by itself (code {code}); see var/log.")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def ends_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What a child does before its program starts: ask the kernel for a signal when its parent dies.

    Works from the main thread only, since the kernel means the thread that forked.
    """
    parent = os.getpid()

    def ask() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def end_with_parent() -> None:
    """Ask the kernel to end this very process in peace when its parent dies."""
    LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    output: int | IO[bytes] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    patience: float = 10,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    identity: Mapping[str, Any] | None = None,
) -> Child:
    """Start a process in a session of its own, so that Ctrl-C reaches only the one who stops it in order."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=ends_with_parent(stop_signal),
        **(identity or {}),
    )
    return Child(name, process, stop_signal, patience)


def stop_in_order(children: Sequence[Child]) -> None:
    """Stop the last one started first: those who use a server before the server."""
    for child in reversed(children):
        child.stop()


def run_step(
    title: str, command: Sequence[str], children: list[Child], log: Path, env: Mapping[str, str]
) -> None:
    """Run a command to its end; while it runs it is one of the children, so that it stops with them."""
    with log.open("wb") as output:
        children.append(spawn(title, command, output=output, env=env))
    code = children[-1].process.wait()
    children.pop()
    if code != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        raise CannotStart("\n".join([f"{title} failed. The end of {log}:", *lines]))


def watch(children: list[Child]) -> None:
    """Wait until asked to stop; a server that ends by itself is a problem to tell."""
    while True:
        for child in list(children):
            child.complain_if_ended()
            if child.when_done is not None and child.process.poll() is not None:
                _finish(child, child.when_done)
                children.remove(child)
        time.sleep(0.5)


def _finish(child: Child, when_done: Callable[[], None]) -> None:
    """Work beside the servers: its failure is told and does not end them."""
    if child.process.returncode == 0:
        when_done()
    else:
        print(f"{child.name} failed (code {child.process.returncode}).", file=sys.stderr, flush=True)


def unprivileged() -> dict[str, Any]:
    """Whom to be for programs that refuse root; empty for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
