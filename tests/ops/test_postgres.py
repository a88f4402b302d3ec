"""The embedded database keeps its data and lets nobody in without the password."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import psycopg2
import pytest

from ops.postgres import FORGETFUL, Postgres, others_can_enter, wait_for_predecessor
from ops.processes import CannotStart, free_port


@pytest.fixture
def folder():
    path = Path(tempfile.mkdtemp(prefix="povertyops-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def ask(server, sql):
    connection = psycopg2.connect(server.url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_data_survives_a_stop_and_a_kill(folder):
    server = Postgres(folder / "pg", free_port(), "ความลับ:/@", options=FORGETFUL)
    child = server.start(folder / "log")
    ask(server, "CREATE TABLE visit AS SELECT 1 AS n")
    child.stop()
    assert child.process.returncode == 0
    child = server.start(folder / "log")
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
    child = server.start(folder / "log")
    try:
        assert ask(server, "SELECT n FROM visit") == [(1,)]
    finally:
        child.stop()


def test_password_is_asked_and_thai_is_read(folder):
    server = Postgres(folder / "pg", free_port(), "right", options=FORGETFUL)
    child = server.start(folder / "log")
    try:
        wrong = Postgres(folder / "pg", server.port, "wrong")
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            ask(wrong, "SELECT 1")
        ask(server, "CREATE EXTENSION pg_trgm")
        assert ask(server, "SELECT similarity('ทองดี', 'ทองดี')") == [(1.0,)]
    finally:
        child.stop()


def test_second_server_on_the_same_data_is_refused(folder):
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")
    with pytest.raises(CannotStart, match=rf"process {os.getpid()}"):
        wait_for_predecessor(folder, patience=0)
    (folder / "postmaster.pid").write_text("999999999\n")
    wait_for_predecessor(folder, patience=0)


def test_folder_closed_to_others_is_noticed(folder):
    assert others_can_enter(folder)
    (folder / "inner").mkdir()
    folder.chmod(0o700)
    assert not others_can_enter(folder / "inner")
