"""docker-compose.yml is the same product: it names every setting production needs, and no unknown one."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from povertyops import settings as module

PROJECT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
PRODUCT = ("prepare", "web", "worker", "beat")
REQUIRED = {
    "MODE",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "NID_KEYS",
    "NID_INDEX_KEY",
    "SEAL_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
}
# Read by settings of production only, so the tests' own settings have not asked for them.
PRODUCTION_ONLY = {"HSTS_SECONDS", "BEHIND_TLS_PROXY"}


def test_services_of_the_product():
    assert set(COMPOSE["services"]) == {"postgres", "valkey", *PRODUCT}
    assert set(COMPOSE["volumes"]) == {"database", "media"}


@pytest.mark.parametrize("service", PRODUCT)
def test_service_has_every_required_setting(service):
    assert set(COMPOSE["services"][service]["environment"]) >= REQUIRED
    assert COMPOSE["services"][service]["environment"]["MODE"] == "production"


@pytest.mark.parametrize("service", PRODUCT)
def test_service_names_no_setting_the_product_does_not_read(service):
    assert set(COMPOSE["services"][service]["environment"]) <= module.env.asked | PRODUCTION_ONLY


def test_list_of_required_settings_is_complete():
    """With exactly these the settings load in production; the tests of production take each one away."""
    values = dict(line.split("=", 1) for line in (PROJECT / "ops" / "placeholder.env").read_text().split())
    values |= {"MODE": "production", "ALLOWED_HOSTS": "poverty.example.go.th"}
    assert values.keys() == REQUIRED
    done = subprocess.run(
        [sys.executable, "-c", "from povertyops import settings"],
        cwd=PROJECT,
        env=values,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("service", ["web", "worker", "prepare", "beat"])
def test_service_shares_the_media(service):
    media = COMPOSE["services"][service]["environment"]["MEDIA_ROOT"]
    assert f"media:{media}" in COMPOSE["services"][service]["volumes"]


def test_addresses_point_at_the_services():
    env = COMPOSE["x-settings"]
    assert "@postgres:5432/" in env["DATABASE_URL"]
    assert "@valkey:6379/" in env["REDIS_URL"]


def test_locale_lets_thai_names_be_found():
    assert "--locale=C.UTF-8" in COMPOSE["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_web_and_worker_start_the_project():
    assert settings.WSGI_APPLICATION.startswith("povertyops.wsgi")
    assert COMPOSE["services"]["web"]["command"] == ["gunicorn", "povertyops.wsgi"]
    for service in ("worker", "beat"):
        assert COMPOSE["services"][service]["command"][:4] == ["celery", "--app", "povertyops", service]
