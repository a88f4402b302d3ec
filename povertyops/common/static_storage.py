"""Static files named by the hash of their content, also in what imports them, with compressed twins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What the option `support_js_module_import_aggregation` would do to every package, of which some speak of
# modules that are not there. Only statements at the start of a line count, no words of a comment.
_FROM = r"""\s*from\s*["'](?P<url>[./][^"']*)["']\s*;)"""
_IMPORTS = (
    (r"(?m)(?P<matched>^import(?P<names>[\s{*][^;]*?)" + _FROM, 'import%(names)s from "%(url)s";'),
    (r"(?m)(?P<matched>^export(?P<names>[\s{*][^;]*?)" + _FROM, 'export%(names)s from "%(url)s";'),
    (r"""(?m)(?P<matched>^import\s*["'](?P<url>[./][^"']*)["']\s*;)""", 'import "%(url)s";'),
    (r"""(?P<matched>import\(["'](?P<url>[./][^"']*)["']\))""", 'import("%(url)s")'),
)
ENTRIES = ("css/main.css", "css/phone.css", "css/phone-assess.css")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_SHEET = re.compile(r'^@import url\("(?P<name>[\w-]+\.css)"\) layer\((?P<layer>\w+)\);$', re.MULTILINE)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Our modules import each other by hashed names, so a page never mixes files of two deployments.

    The style sheets that the entry imports stand in it: one answer instead of thirty on a slow line.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORTS))

    def post_process(
        self, paths: dict[str, Any], *args: Any, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        for place in ENTRIES if not options.get("dry_run") else ():
            if place not in paths:
                continue
            # From its source: what was collected before into the same folder holds the sheets of then.
            storage, name = paths[place]
            with storage.open(name) as source:
                text = source.read().decode()
            entry = Path(self.path(place))
            entry.write_text(with_sheets(text, entry.parent), encoding="utf-8")
            paths[place] = (self, place)
        yield from super().post_process(paths, *args, **options)


def with_sheets(entry: str, folder: Path) -> str:
    """The style sheet with each sheet that it imports from the folder standing in its place, in its layer."""

    def sheet(found: re.Match[str]) -> str:
        text = _COMMENT.sub("", (folder / found["name"]).read_text(encoding="utf-8"))
        return f"@layer {found['layer']} {{\n{text}}}"

    return _SHEET.sub(sheet, entry)
