"""Fixtures for every test: the servers, a real Celery worker and a real browser for those who ask."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

from ops.processes import Child, spawn
from tests import ground
from tests.browser import find_chromium, prepare_node

PROJECT = Path(__file__).resolve().parent.parent

# Before any other conftest may import a model.
ground.lay()
django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """A worker must not read the settings before it has joined the ground."""
    os.environ.pop("DJANGO_SETTINGS_MODULE")


# What takes longest, the longest first: begun last, a long file would leave the other core idle.
LONGEST = (
    "tests/demo/test_story.py",
    "tests/test_routes.py",
    "tests/journeys/test_accessibility.py",
    "tests/journeys/",
    "tests/reports/",
    "tests/casework/test_imports_killed.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several share the work they take whole files, in this order."""
    if ground.WORKER:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    starts = [place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)]
    return starts[0] if starts else len(LONGEST)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it again and again for garbage took a sixth of
    the time. What the tests leave behind is still collected."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """At the end the database goes, whoever still holds a connection: a browser's last request, a worker."""
    yield
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _thai() -> Iterator[None]:
    """Each test starts in Thai, whatever the one before switched to."""
    from django.utils import translation

    with translation.override("th"):
        yield


@pytest.fixture(autouse=True)
def _built_in_names() -> None:
    """Each test starts with the dimensions called as built in, whatever the one before called them."""
    from povertyops.common.naming import spread

    spread(())


@pytest.fixture
def worker_environment(transactional_db: None) -> dict[str, str]:
    """The environment in which another process works on this test's own database and broker."""
    from django.db import connection

    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    return {**os.environ, "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}"}


@pytest.fixture
def celery_process(worker_environment: dict[str, str], tmp_path: Path) -> Iterator[Child]:
    """A real Celery worker in a process of its own; it works off what this test queues."""
    from povertyops.celery import app

    app.control.purge()
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "povertyops", "worker", "--concurrency", "1"]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    with log.open("wb") as output:
        child = spawn("worker", command, output=output, env=worker_environment, cwd=PROJECT)
    try:
        _wait_for_worker(child, log)
        yield child
    finally:
        child.stop()


def _wait_for_worker(child: Child, log: Path) -> None:
    from povertyops.celery import app

    deadline = time.monotonic() + 60
    while not app.control.ping(timeout=0.5):
        if child.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the Celery worker did not start:\n{log.read_text()}", pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "th-TH", "timezone_id": "Asia/Bangkok"}


prepare_node()

from hypothesis import HealthCheck, settings  # noqa: E402
from playwright.sync_api import expect  # noqa: E402

# A busy machine may be slow to draw; what never appears still fails.
expect.set_options(timeout=15_000)

# How fast examples are drawn and run says something about the machine, nothing about the product. Those that
# write take their examples back themselves.
settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("steady")

from tests import emptying  # noqa: E402

emptying.install()

from tests.cast import cast  # noqa: E402, F401
