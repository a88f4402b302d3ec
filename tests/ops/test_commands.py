"""The runner as a person at the keyboard meets it."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from ops import postgres, secrets_file
from ops.lock import only_runner
from ops.processes import CannotStart

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path):
    """A project folder with nothing but the runner; its data is its own."""
    shutil.copytree(PROJECT / "ops", tmp_path / "ops")
    (tmp_path / "locale").mkdir()
    return tmp_path


def run(folder, command, **env):
    return subprocess.run(
        [sys.executable, "-m", "ops", command],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_taken_port_is_a_clear_message(copy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(copy, "demo", PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert f"make demo PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_port_that_is_no_port_is_a_clear_message(copy, port):
    done = run(copy, "demo", PORT=port)
    assert done.returncode == 1
    assert "PORT must be a number" in done.stderr


def test_second_runner_in_one_folder_is_refused(tmp_path):
    first = only_runner(tmp_path / "lock", "http://127.0.0.1:8000/")
    second = only_runner(tmp_path / "lock", "another")
    told = rf"process {os.getpid()}, http://127.0.0.1:8000/"
    with first, pytest.raises(CannotStart, match=told), second:
        pass
    with (tmp_path / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_reset_forgets_everything(copy):
    (copy / "var" / "media").mkdir(parents=True)
    (copy / "var" / "demo.env").write_text("SECRET_KEY=x\n")
    done = run(copy, "reset")
    assert done.returncode == 0, done.stderr
    assert not (copy / "var").exists()


def test_servers_of_others_replace_the_embedded_ones(copy):
    env = {
        **os.environ,
        "DATABASE_URL": "postgresql://me@db.example/x",
        "REDIS_URL": "redis://cache.example/0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "ops", "db"], cwd=copy, env=env, stdout=subprocess.PIPE, text=True
    )
    assert "are ready" in process.stdout.readline()
    process.terminate()
    assert process.communicate(timeout=20)[0] == "Stopped.\n"
    kept = secrets_file.read(copy / "var" / "demo.env")
    assert kept["DATABASE_URL"] == "postgresql://me@db.example/x"
    assert kept["REDIS_URL"] == "redis://cache.example/0"
    assert not (copy / "var" / "pg").exists()


def test_embedded_servers_start_and_stop(copy):
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "ops", "db"], cwd=copy, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert "are ready" in process.stdout.readline()
        values = secrets_file.read(copy / "var" / "demo.env")
        psycopg2.connect(values["DATABASE_URL"]).close()
        assert redis.Redis.from_url(values["REDIS_URL"]).ping()
    finally:
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)
    assert told == "Stopping ...\nStopped.\n"
    assert process.returncode == 0
    postgres.remove(copy / "var" / "pg")


def test_unknown_command_is_told_which_exist(copy):
    done = run(copy, "dance")
    assert done.returncode == 2
    assert "demo" in done.stderr
