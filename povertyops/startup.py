"""What production refuses to start with: the demo's keys and the demo's people, whose password is public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

DEMO_KEY_IDS = frozenset({"demo", "test"})
DEMO_ACCOUNTS = "The database holds accounts of the demo, whose password is public."
NEW_DATABASE = "Give production a database of its own with DATABASE_URL."


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """System check: production seals with keys of its own."""
    if not settings.PRODUCTION or not DEMO_KEY_IDS & settings.NID_KEYS.keys():
        return []
    return [
        Error(
            "NID_KEYS holds a key of the demo or of the tests.", hint="Make new keys.", id="povertyops.E001"
        )
    ]


def check_accounts(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """System check with a look into the database (`migrate` and `check --database default` run it)."""
    if not settings.PRODUCTION or not databases or not demo_accounts_exist():
        return []
    return [Error(DEMO_ACCOUNTS, hint=NEW_DATABASE, id="povertyops.E002")]


def demo_accounts_exist() -> bool:
    users = get_user_model()
    if users._meta.db_table not in connections["default"].introspection.table_names():
        return False
    return users.objects.filter(is_demo=True).exists()


def refuse_demo() -> None:
    """Called by everything that serves: production does not start with the demo's people."""
    if not settings.PRODUCTION:
        return
    found = check_keys()
    if found:
        raise ImproperlyConfigured(str(found[0].msg))
    if demo_accounts_exist():
        raise ImproperlyConfigured(f"{DEMO_ACCOUNTS} {NEW_DATABASE}")
    connections.close_all()  # the web server forks after this
