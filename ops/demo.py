"""`make demo`: from nothing to a served address, and back down in order."""

from __future__ import annotations

import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from ops import messages, postgres, servers
from ops.processes import CannotStart, Child, is_free, run_step, spawn, watch
from ops.stamps import Stamps

MANAGE = (sys.executable, str(servers.PROJECT / "manage.py"))
CELERY = (sys.executable, "-m", "celery", "--app", "povertyops", "--quiet")
STORY = ("povertyops/demo/**/*.py",)


@dataclass(frozen=True)
class Step:
    """One preparation: the command, and the files whose change asks for it again."""

    name: str
    title: str
    command: tuple[str, ...]
    inputs: tuple[str, ...]


PREPARED_FROM = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "povertyops/areas/**/*.py",
    "dimensions/**/*",
    "households/data/*",
    "casework/data/*",
)
IN_DATABASE = (
    Step("prepare", "Preparing tables, areas, yardstick and menus", ("prepare",), PREPARED_FROM),
    Step("story", "Telling the story of two provinces", ("load_story",), STORY),
)
IN_FILES = (
    Step(
        "static",
        "Collecting static files",
        ("collectstatic", "--noinput"),
        ("static/**/*", "package-lock.json", "povertyops/common/static_storage.py"),
    ),
    Step("logins", "Listing the people to sign in as", ("print_personas",), STORY),
)
REST_OF_STORY = Step("rest-of-story", "", ("load_story", "--background"), STORY)


class Demo:
    """One run of the demo on one port. What it starts stands in `children`, in the order of starting."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/"
        self.children: list[Child] = []
        self.env: dict[str, str] = {}
        self.own_database = not os.environ.get("DATABASE_URL")
        self.database_stamps = Stamps(servers.VAR / "pg" / "stamps", servers.PROJECT)
        self.file_stamps = Stamps(servers.VAR / "stamps", servers.PROJECT)

    def run(self) -> None:
        """Start everything, say where it is, and stay until asked to stop."""
        started = time.monotonic()
        if not is_free(self.port):
            raise CannotStart(
                f"Port {self.port} is taken by another program. "
                f"Choose another one: make demo PORT={self.port + 1}"
            )
        say("Starting PostgreSQL and Valkey")
        self.env = {
            **os.environ,
            **servers.start_servers(self.children),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        self._prepare()
        self._start_product()
        self._greet(time.monotonic() - started)
        self._tell_the_rest()
        watch(self.children)

    def _prepare(self) -> None:
        messages.compile_all()
        for step in IN_DATABASE:
            # Of another's database we cannot know what happened to it since; each step may run again.
            if not self.own_database or not self.database_stamps.is_current(step.name, step.inputs):
                self._run(step, self.database_stamps)
        for step in IN_FILES:
            if not self.file_stamps.is_current(step.name, step.inputs):
                self._run(step, self.file_stamps)

    def _run(self, step: Step, stamps: Stamps) -> None:
        print(step.title, end=" ... ", flush=True)
        started = time.monotonic()
        command = (*MANAGE, *step.command)
        run_step(step.title, command, self.children, servers.LOGS / f"{step.name}.log", self.env)
        say(f"{time.monotonic() - started:.0f} s")
        stamps.put(step.name, step.inputs)

    def _start_product(self) -> None:
        say("Starting web server, worker and beat")
        bind = f"127.0.0.1:{self.port}"
        web = (sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", "2", "povertyops.wsgi")
        self._serve("web", web)
        self._serve("worker", (*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO"), patience=20)
        schedule = str(servers.VAR / "beat-schedule")
        self._serve("beat", (*CELERY, "beat", "--schedule", schedule, "--pidfile", ""))
        self._wait_for_answer()

    def _serve(self, name: str, command: tuple[str, ...], patience: float = 10) -> None:
        with (servers.LOGS / f"{name}.log").open("wb") as output:
            self.children.append(
                spawn(name, command, output=output, env=self.env, cwd=servers.PROJECT, patience=patience)
            )

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for child in self.children:
                child.complain_if_ended()
            try:
                with urllib.request.urlopen(f"{self.address}healthz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise CannotStart("The web server did not answer within a minute; see var/log/web.log.")

    def _greet(self, seconds: float) -> None:
        print(f"\nReady in {seconds:.0f} s:  {self.address}\n", flush=True)
        print((servers.LOGS / "logins.log").read_text(encoding="utf-8"), flush=True)
        print("Ctrl-C stops everything; the data is kept. Logs are in var/log.\n", flush=True)

    def _tell_the_rest(self) -> None:
        stamps, step = self.database_stamps, REST_OF_STORY
        if self.own_database and stamps.is_current(step.name, step.inputs):
            return
        say("Telling the story of three more provinces in the background:")
        rest = spawn(step.name, (*MANAGE, *step.command), env=self.env, cwd=servers.PROJECT)
        rest.when_done = lambda: stamps.put(step.name, step.inputs)
        self.children.append(rest)


def port_from_environment() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CannotStart("PORT must be a number from 1 to 65535, for example: make demo PORT=8080")
    return int(text)


def say(text: str) -> None:
    print(text, flush=True)


def forget() -> None:
    """Remove the data of the demo, its secrets and its files; the next start begins with nothing."""
    postgres.remove(servers.VAR / "pg")
    shutil.rmtree(servers.VAR)
