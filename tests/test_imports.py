"""From another app only its models, enums, rules, access, queries and services are imported, never its doors."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

APPS = ("povertyops.accounts", "povertyops.areas", "dimensions", "households", "casework", "reports")
OPEN_ROOMS = frozenset({"models", "enums", "rules", "access", "queries", "services", "actor"})


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("povertyops", *(app for app in APPS if "." not in app), cache_dir=None)


def app_of(module):
    return next((app for app in APPS if module == app or module.startswith(f"{app}.")), None)


@pytest.mark.parametrize("app", APPS)
def test_app_is_entered_by_its_open_rooms_only(graph, app):
    trespassers = [
        f"{importer} -> {module}"
        for module in graph.find_descendants(app)
        if module.removeprefix(f"{app}.").split(".")[0] not in OPEN_ROOMS
        for importer in graph.find_modules_that_directly_import(module)
        if app_of(importer) not in (app, None)
    ]
    assert trespassers == []


def test_every_python_file_says_what_belongs_in_it():
    project = Path(__file__).resolve().parent.parent
    folders = ("povertyops", "dimensions", "households", "casework", "reports", "ops", "bench")
    silent = [
        str(path.relative_to(project))
        for folder in folders
        for path in (project / folder).rglob("*.py")
        if "migrations" not in path.parts
        and path.name != "__init__.py"
        and not path.read_text(encoding="utf-8").lstrip("#!/usr bin env python\n").startswith('"""')
    ]
    assert silent == []
