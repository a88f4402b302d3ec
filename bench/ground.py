"""What a run stands on: a PostgreSQL and a Valkey of its own, databases, and web servers on them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from ops.postgres import TUNING, Postgres
from ops.processes import Child, free_port, spawn, stop_in_order
from ops.secrets_file import fresh_key, write_secret
from ops.valkey import Valkey

PROJECT = Path(__file__).resolve().parent.parent
BUFFERS = "shared_buffers=1GB"


class Ground:
    """Servers in a folder that goes away with them; `keep` names one that stays, with its countries."""

    def __init__(self, keep: Path | None = None) -> None:
        self.is_kept = keep is not None
        self.folder = keep or Path(tempfile.mkdtemp(prefix="povertyops-bench-", dir="/tmp"))
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        self.children: list[Child] = []
        self.env = {
            **os.environ,
            "MODE": "demo",
            **self._secrets(),
            "STATIC_ROOT": str(self.folder / "static"),
            "MEDIA_ROOT": str(self.folder / "media"),
            "LOG_LEVEL": "WARNING",
            "ALLOWED_HOSTS": "127.0.0.1",
        }

    def _secrets(self) -> dict[str, str]:
        """New ones, or those that a kept folder was made with."""
        place = self.folder / "keys.json"
        if not place.exists():
            made = {
                "SECRET_KEY": secrets.token_urlsafe(48),
                "NID_KEYS": f"bench:{fresh_key()}",
                "NID_INDEX_KEY": fresh_key(),
                "SEAL_KEYS": f"bench:{fresh_key()}",
                "BENCH_PASSWORD": secrets.token_urlsafe(16),
            }
            write_secret(place, json.dumps(made))
        found: dict[str, str] = json.loads(place.read_text())
        return found

    def __enter__(self) -> Ground:
        password = self.env["BENCH_PASSWORD"]
        postgres = Postgres(self.folder / "pg", free_port(), password, "postgres", _tuning())
        self.children.append(postgres.start(self.folder / "postgres.log"))
        valkey = Valkey(self.folder / "valkey", free_port(), secrets.token_urlsafe(16))
        self.children.append(valkey.start(self.folder / "valkey.log"))
        self._server = postgres.url.rsplit("/", 1)[0]
        self.env["REDIS_URL"] = valkey.url
        return self

    def __exit__(self, problem: type[BaseException] | None, *_more: object) -> None:
        stop_in_order(self.children)
        if problem is not None:
            for log in sorted(self.folder.glob("web-*.log")):
                print(log.name, log.read_text(errors="replace")[-3000:], sep="\n")
        if not self.is_kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str) -> None:
        """An empty, migrated database; one of that name in a kept folder goes."""
        connection = psycopg2.connect(f"{self._server}/postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        self.manage(name, "migrate", "-v0")

    def env_of(self, name: str) -> dict[str, str]:
        return {
            **self.env,
            "DATABASE_URL": f"{self._server}/{name}",
            "DJANGO_SETTINGS_MODULE": "povertyops.settings",
        }

    def work(self, name: str) -> Child:
        """A Celery worker with its own beat on a database."""
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "povertyops",
            "worker",
            "-B",
            "-c",
            "1",
            "-l",
            "WARNING",
        ]
        command += ["--schedule", str(self.folder / f"beat-{name}"), "--without-gossip", "--without-mingle"]
        log = (self.folder / f"web-worker-{name}.log").open("wb")
        child = spawn("worker", command, output=log, env=self.env_of(name), cwd=PROJECT)
        log.close()
        self.children.insert(0, child)
        return child

    def manage(self, name: str, *arguments: str, quiet: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.env_of(name),
            text=True,
            stdout=subprocess.PIPE if quiet else None,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"manage.py {' '.join(arguments)} ended with {done.returncode}")
        return done.stdout or ""

    def serve(self, name: str, *, workers: int, settings: str = "povertyops.settings") -> Web:
        """A web server on a database; `settings` may name bare ones."""
        port = free_port()
        env = {**self.env_of(name), "DJANGO_SETTINGS_MODULE": settings}
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
        command += ["--max-requests", "0"]
        log = (self.folder / f"web-{port}.log").open("wb")
        child = spawn("web", [*command, "povertyops.wsgi"], output=log, env=env, cwd=PROJECT)
        log.close()
        self.children.insert(0, child)
        _wait_for(port, child)
        return Web(port, child)


class Web:
    def __init__(self, port: int, child: Child) -> None:
        self.port = port
        self.child = child

    def stop(self) -> None:
        self.child.stop()


def _tuning() -> tuple[str, ...]:
    return (*(setting for setting in TUNING if not setting.startswith("shared_buffers")), BUFFERS)


def _wait_for(port: int, child: Child) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and child.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("A web server of the bench did not start.")


def use(env: Mapping[str, str]) -> None:
    """Set Django up in this very process, once."""
    import django

    os.environ.update(env)
    django.setup()
