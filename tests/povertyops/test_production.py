"""Production as it is configured for real, in a process of its own."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.fixture
def production():
    """The environment of a production server; the database is the one of the tests."""
    return {
        "PATH": os.environ["PATH"],
        "MODE": "production",
        "SECRET_KEY": "a3Vf-9sL_q0ZxB7nYt2Kc8Wm4Rj6Hd1Pg5Ue-TiOoAvNbXzQw_MlEy",
        "ALLOWED_HOSTS": "poverty.example.go.th",
        "NID_KEYS": f"k1:{KEY}",
        "NID_INDEX_KEY": KEY,
        "SEAL_KEYS": f"k1:{KEY}",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "STATIC_ROOT": os.environ["STATIC_ROOT"],
    }


def run(env, *arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120
    )


def test_deploy_check_is_clean(production):
    done = run(production, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "ALLOWED_HOSTS", "NID_KEYS", "NID_INDEX_KEY", "SEAL_KEYS", "DATABASE_URL", "REDIS_URL"],
)
def test_missing_setting_is_one_sentence(production, name):
    done = run({**production, name: ""}, "manage.py", "check")
    assert done.returncode == 1
    assert done.stderr == f"{name} is required but is not set.\n"


def test_demo_mode_serves_only_this_machine(production):
    done = run({**production, "MODE": "demo"}, "manage.py", "check")
    assert done.returncode == 1
    assert done.stderr.startswith("ALLOWED_HOSTS may name only this machine in demo mode")


def test_keys_of_the_demo_are_refused(production):
    env = {**production, "NID_KEYS": f"demo:{KEY}"}
    assert "NID_KEYS holds a key of the demo" in run(env, "manage.py", "check").stderr
    started = run(env, "-c", "import povertyops.wsgi")
    assert started.returncode != 0
    assert "NID_KEYS holds a key of the demo" in started.stderr


def test_story_is_not_installed(production):
    done = run(production, "manage.py", "load_story")
    assert done.returncode == 1
    assert "Unknown command" in done.stderr


def test_demo_accounts_are_refused(production, worker_environment, django_user_model):
    django_user_model.objects.create(username="songkhla.mentor", is_demo=True)
    env = {**production, "DATABASE_URL": worker_environment["DATABASE_URL"]}
    sentence = "The database holds accounts of the demo, whose password is public."
    web = run(env, "-c", "import povertyops.wsgi")
    assert web.returncode != 0
    assert sentence in web.stderr
    worker = run(env, "-m", "celery", "-A", "povertyops", "worker", "--concurrency", "1")
    assert worker.returncode != 0
    assert sentence in worker.stderr
    assert sentence in run(env, "manage.py", "check", "--database", "default").stderr


def test_people_of_its_own_are_served(production, worker_environment, django_user_model):
    django_user_model.objects.create(username="somchai")
    env = {**production, "DATABASE_URL": worker_environment["DATABASE_URL"]}
    assert run(env, "-c", "import povertyops.wsgi").returncode == 0
