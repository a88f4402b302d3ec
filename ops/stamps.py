"""Remembers from which files a preparation was made, so that a second start skips it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stamps:
    """One small file a step in `folder`, holding the fingerprint of the project's files behind it."""

    folder: Path
    project: Path

    def fingerprint(self, patterns: Sequence[str]) -> str:
        digest = hashlib.sha256()
        paths = {path for pattern in patterns for path in self.project.glob(pattern)}
        for path in sorted(paths):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(self.project)).encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def is_current(self, step: str, patterns: Sequence[str]) -> bool:
        path = self.folder / step
        return path.is_file() and path.read_text() == self.fingerprint(patterns)

    def put(self, step: str, patterns: Sequence[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / step).write_text(self.fingerprint(patterns))
