"""Finds the few files of front-end packages that pages use, and none of the others that come with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage


class VendorFinder(BaseFinder):
    """`settings.VENDOR_FILES`: prefix under static/ -> (folder, names of files in it)."""

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        """Nothing to say: a missing package shows itself when its file is asked for."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Where the file lies, or nothing; a list where all places are asked for."""
        prefix, _slash, name = path.rpartition("/")
        folder, names = settings.VENDOR_FILES.get(prefix, (Path(), ()))
        found = str(folder / name) if name in names and (folder / name).is_file() else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """(name, where it is stored) of every file, for collecting them."""
        ignored = list(ignore_patterns or [])
        for prefix, (folder, names) in settings.VENDOR_FILES.items():
            storage = FileSystemStorage(location=folder)
            storage.prefix = prefix  # type: ignore[attr-defined]
            for name in names:
                if not matches_patterns(name, ignored):
                    yield name, storage
