"""The servers under the tests: a PostgreSQL and a Valkey of their own, unless the environment names others.

The settings need them before Django is set up. Workers of pytest-xdist inherit the environment and share the
servers, each in databases of its own.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from ops.messages import compile_all
from ops.postgres import FORGETFUL, Postgres
from ops.processes import Child, free_port, stop_in_order
from ops.secrets_file import fresh_key
from ops.valkey import Valkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def lay() -> None:
    """Start the servers of this session, or join those of the session that started this worker."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "povertyops.settings"
    if WORKER:
        server, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{1 + int(WORKER.removeprefix('gw'))}"
        return
    compile_all()  # before Django reads its first text
    # Postgres runs as another user when we are root, so the folder must be one that others can enter.
    folder = Path(tempfile.mkdtemp(prefix="povertyops-test-", dir="/tmp"))
    folder.chmod(0o755)
    children: list[Child] = []
    atexit.register(_clear, children, folder)
    (folder / "static").mkdir()
    os.environ.update(_settings(folder))
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(folder / "pg", free_port(), secrets.token_urlsafe(16), "postgres", FORGETFUL)
        children.append(postgres.start(folder / "postgres.log"))
        os.environ["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folder / "valkey", free_port(), secrets.token_urlsafe(16))
        children.append(valkey.start(folder / "valkey.log"))
        os.environ["REDIS_URL"] = valkey.url


def _settings(folder: Path) -> dict[str, str]:
    return {
        "MODE": "test",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the thread of the test
        "TEST_DB_SUFFIX": os.environ.get("TEST_DB_SUFFIX", str(os.getpid())),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "NID_KEYS": f"test:{fresh_key()}",
        "NID_INDEX_KEY": fresh_key(),
        "SEAL_KEYS": f"test:{fresh_key()}",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
    }


def _clear(children: list[Child], folder: Path) -> None:
    stop_in_order(children)
    shutil.rmtree(folder, ignore_errors=True)
