"""Children stop in order and never outlive the one who started them."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ops.processes import CannotStart, free_port, is_free, run_step, spawn, stop_in_order

PROJECT = Path(__file__).resolve().parents[2]
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
# Writes its name into a file when asked to stop.
TELLER = """
import signal, sys, time
def leave(*args):
    open(sys.argv[2], "a").write(sys.argv[1] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
time.sleep(600)
"""


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def start(name, code, tmp_path, *arguments, **options):
    log = tmp_path / f"{name}.log"
    with log.open("wb") as output:
        child = spawn(name, [sys.executable, "-c", code, *arguments], output=output, **options)
    wait_until(lambda: "up" in log.read_text())
    return child


def test_last_started_stops_first(tmp_path):
    told = tmp_path / "told"
    children = [start(name, TELLER, tmp_path, name, str(told)) for name in ("database", "web", "worker")]
    stop_in_order(children)
    assert told.read_text().split() == ["worker", "web", "database"]
    assert [child.process.returncode for child in children] == [0, 0, 0]


def test_child_that_will_not_stop_is_killed(tmp_path):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER
    child = start("deaf", deaf, tmp_path, patience=0.3)
    child.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_no_orphan_when_the_runner_is_killed(tmp_path):
    runner = textwrap.dedent(f"""
        import sys, time
        from ops.processes import spawn
        pids = [spawn("c", [sys.executable, "-c", {SLEEPER!r}], output=-3).process.pid for _ in range(3)]
        print(*pids, flush=True)
        time.sleep(600)
    """)
    process = subprocess.Popen([sys.executable, "-c", runner], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 3
    assert all(is_alive(pid) for pid in pids)
    process.kill()
    process.communicate()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_children_do_not_hear_the_terminal(tmp_path):
    child = start("quiet", SLEEPER, tmp_path)
    assert os.getsid(child.process.pid) == child.process.pid
    child.stop()


def test_server_that_ends_by_itself_is_told(tmp_path):
    child = spawn("web", [sys.executable, "-c", "raise SystemExit(3)"])
    child.process.wait()
    with pytest.raises(CannotStart, match=r"web ended by itself \(code 3\)"):
        child.complain_if_ended()


def test_failed_step_shows_the_end_of_its_log(tmp_path):
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(1)"]
    children = []
    with pytest.raises(CannotStart, match="the reason"):
        run_step("Loading areas", command, children, tmp_path / "areas.log", dict(os.environ))
    assert children == []


def test_port_in_use_is_not_free():
    import socket

    port = free_port()
    assert is_free(port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not is_free(port)
