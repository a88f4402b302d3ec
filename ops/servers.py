"""The database and the broker of a demo: the embedded ones, unless the environment names others."""

from __future__ import annotations

import os
from pathlib import Path

from ops import secrets_file
from ops.postgres import Postgres
from ops.processes import Child
from ops.valkey import Valkey

PROJECT = Path(__file__).resolve().parent.parent
VAR = PROJECT / "var"
ENV_FILE = VAR / "demo.env"
LOGS = VAR / "log"


def start_servers(children: list[Child]) -> dict[str, str]:
    """Start what is needed, add it to `children`, and write and return the settings that lead to it."""
    LOGS.mkdir(parents=True, exist_ok=True)
    values = secrets_file.complete(secrets_file.read(ENV_FILE))
    values |= {"MEDIA_ROOT": str(VAR / "media"), "STATIC_ROOT": str(VAR / "static")}
    if url := os.environ.get("DATABASE_URL"):
        values["DATABASE_URL"] = url
    else:
        postgres = Postgres(VAR / "pg", int(values["POSTGRES_PORT"]), values["POSTGRES_PASSWORD"])
        children.append(postgres.start(LOGS / "postgres.log"))
        values["DATABASE_URL"] = postgres.url
    if url := os.environ.get("REDIS_URL"):
        values["REDIS_URL"] = url
    else:
        valkey = Valkey(VAR / "valkey", int(values["VALKEY_PORT"]), values["VALKEY_PASSWORD"])
        children.append(valkey.start(LOGS / "valkey.log"))
        values["REDIS_URL"] = valkey.url
    secrets_file.write(ENV_FILE, values)
    return values
