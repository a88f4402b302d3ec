"""Another app is entered by its models, enums, rules, access, queries and services, never by its doors."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

APPS = ("povertyops.accounts", "povertyops.areas", "dimensions", "households", "casework", "reports")
OPEN_ROOMS = frozenset({"models", "enums", "rules", "access", "queries", "services"})
# What these rooms speak in: who acts, why a rule said so, what a service takes, how a list's address is read,
# what keeps a person from leaving, how an indicator is asked, whom a change of the yardstick touches, what
# somebody takes away.
WORDS = frozenset({"actor", "reasons", "inputs", "filters", "duties", "asking", "touching", "takings"})


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
        if module.removeprefix(f"{app}.").split(".")[0] not in OPEN_ROOMS | WORDS
        for importer in graph.find_modules_that_directly_import(module)
        if app_of(importer) not in (app, None)
    ]
    assert trespassers == []


def test_every_python_file_says_what_belongs_in_it():
    project = Path(__file__).resolve().parent.parent
    folders = ("povertyops", "dimensions", "households", "casework", "reports", "ops")
    paths = [path for folder in folders for path in (project / folder).rglob("*.py")]
    silent = [
        str(path.relative_to(project))
        for path in paths
        if "migrations" not in path.parts
        and path.name != "__init__.py"
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []
