"""The demo's own settings, made once and kept in `var/demo.env`, where `manage.py` finds them too."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ops.processes import free_port, is_free


def read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)


def write(path: Path, values: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_secret(path, "".join(f"{name}={value}\n" for name, value in values.items()))


def write_secret(path: Path, text: str) -> None:
    """Readable by the owner only, and never half written."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)


def fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def complete(known: Mapping[str, str]) -> dict[str, str]:
    """The known settings and, where one is missing, a new secret or a free port."""
    values = {
        "MODE": "demo",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "NID_KEYS": f"demo:{fresh_key()}",
        "NID_INDEX_KEY": fresh_key(),
        "SEAL_KEYS": f"demo:{fresh_key()}",
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "VALKEY_PASSWORD": secrets.token_urlsafe(24),
        **known,
    }
    for name in ("POSTGRES_PORT", "VALKEY_PORT"):
        if name not in values or not is_free(int(values[name])):
            values[name] = str(free_port())
    return values
