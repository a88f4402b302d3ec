"""What the settings promise."""

import importlib

import pytest
from django.conf import settings
from django.utils.module_loading import import_string


@pytest.mark.parametrize("directive", ["script-src", "style-src", "default-src"])
@pytest.mark.django_db
def test_policy_allows_nothing_inline(client, directive):
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert directive in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_every_scheduled_task_exists():
    from povertyops.celery import app

    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named <= app.tasks.keys()


def test_middleware_and_backends_exist():
    for name in (*settings.MIDDLEWARE, *settings.AUTHENTICATION_BACKENDS):
        assert import_string(name)
    assert importlib.import_module(settings.ROOT_URLCONF)


def test_secrets_are_not_shared_between_uses():
    assert settings.NID_INDEX_KEY not in settings.NID_KEYS.values()
