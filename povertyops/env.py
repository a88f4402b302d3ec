"""Typed readers of environment variables. A bad value is refused with one sentence that says how to mend it.

No Django here, except the error class that Django itself shows without a traceback.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off"})
MOST_PROXIES: Final = 9


class BadSetting(ImproperlyConfigured):
    """A variable that is missing or cannot be used. Never repeats the value, which may be a secret."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}.")
        self.name = name


def read_env_file(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file as the demo runner writes it; empty when there is no file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


class Env:
    """Reads settings from a mapping. An empty variable counts as absent."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.asked: set[str] = set()

    def _raw(self, name: str) -> str | None:
        self.asked.add(name)
        return self._values.get(name, "").strip() or None

    def _default(self, name: str, default: T | None) -> T:
        if default is None:
            raise BadSetting(name, "is required but is not set")
        return default

    def text(self, name: str, default: str | None = None, *, min_length: int = 0) -> str:
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        if len(value) < min_length:
            raise BadSetting(name, f"must have at least {min_length} characters")
        return value

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._raw(name)
        if value is None:
            return default
        if value not in choices:
            raise BadSetting(name, f"must be one of {', '.join(choices)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = (self._raw(name) or "").lower()
        if not value:
            return default
        if value in YES:
            return True
        if value in NO:
            return False
        raise BadSetting(name, "must be true or false")

    def integer(self, name: str, default: int, *, minimum: int, maximum: int) -> int:
        value = self._raw(name)
        if value is None:
            return default
        if not value.isdecimal() or not minimum <= int(value) <= maximum:
            raise BadSetting(name, f"must be a whole number from {minimum} to {maximum}")
        return int(value)

    def words(self, name: str, default: list[str] | None = None) -> list[str]:
        """Values separated by commas."""
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        return [word.strip() for word in value.split(",") if word.strip()]

    def hosts(self, name: str, default: list[str] | None = None) -> list[str]:
        hosts = self.words(name, default)
        if any("*" in host or "/" in host or ":" in host for host in hosts):
            raise BadSetting(name, "must be host names separated by commas, without *, scheme or port")
        return hosts

    def proxies(self, name: str) -> int | tuple[IPv4Network | IPv6Network, ...]:
        """The trusted servers in front: how many in a row, or their networks; 0 without any."""
        form = f"must be a number from 0 to {MOST_PROXIES}, or networks like 10.0.0.0/8 separated by commas"
        words = self.words(name, [])
        if len(words) < 2 and "".join(words).isdecimal():
            return self.integer(name, 0, minimum=0, maximum=MOST_PROXIES)
        try:
            networks = tuple(ip_network(word) for word in words)
        except ValueError:
            raise BadSetting(name, form) from None
        if any(network.prefixlen == 0 for network in networks):
            raise BadSetting(name, "must not trust every address")
        return networks or 0

    def path(self, name: str, default: Path) -> Path:
        value = self._raw(name)
        if value is None:
            return default
        path = Path(value)
        if not path.is_absolute():
            raise BadSetting(name, "must be an absolute path")
        return path

    def database(self, name: str) -> dict[str, Any]:
        """A Django database from `postgresql://user:password@host:port/name?sslmode=require`."""
        form = "must look like postgresql://user:password@host:port/name"
        parts = self._url(name, self.text(name), ("postgresql", "postgres"), form)
        database = unquote(parts.path.removeprefix("/"))
        if not database or "/" in database:
            raise BadSetting(name, form)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
        }

    def redis(self, name: str) -> str:
        value = self.text(name)
        parts = self._url(name, value, ("redis", "rediss"), "must look like redis://host:port/0")
        if not parts.hostname:
            raise BadSetting(name, "must look like redis://host:port/0")
        return value

    def key(self, name: str, length: int = 32) -> bytes:
        """A secret key: base64 of exactly `length` bytes."""
        return self._key(name, self.text(name), length)

    def keyring(self, name: str, length: int = 32) -> dict[str, bytes]:
        """Keys as `id:base64,id:base64`; the first is the one that new values are sealed with."""
        keys: dict[str, bytes] = {}
        for word in self.words(name):
            key_id, colon, encoded = word.partition(":")
            if not colon or not key_id.isalnum() or len(key_id) > 8:
                raise BadSetting(name, "must be id:base64,id:base64 with ids of at most 8 letters and digits")
            if key_id in keys:
                raise BadSetting(name, f"names the key id {key_id} twice")
            keys[key_id] = self._key(name, encoded, length)
        if not keys:
            raise BadSetting(name, "must hold at least one key as id:base64")
        return keys

    @staticmethod
    def _url(name: str, value: str, schemes: tuple[str, ...], form: str) -> SplitResult:
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - reading it is what checks it
        except ValueError:
            raise BadSetting(name, form) from None
        if parts.scheme not in schemes:
            raise BadSetting(name, form)
        return parts

    @staticmethod
    def _key(name: str, encoded: str, length: int) -> bytes:
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise BadSetting(name, "must be base64") from None
        if len(key) != length:
            raise BadSetting(name, f"must be base64 of exactly {length} bytes")
        return key
