"""Documents by typst: data goes in as JSON, never as markup, with the fonts of the packages alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

# Templates take in each other from here on down, and can read nothing else.
ROOT = Path(__file__).parent
FONTS = settings.BASE_DIR / "node_modules" / "@expo-google-fonts" / "sarabun"
_WEIGHTS = ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold")
# Archives accept it, screen readers can walk it, and text copies out as it was written.
ARCHIVE: Literal["a-3a"] = "a-3a"


class FontMissing(RuntimeError):
    """The packages that hold the Thai font were not fetched."""


def pdf(template: Path, data: Mapping[str, Any], *, written_at: datetime) -> bytes:
    """A tagged PDF/A. The same data and moment give the same file."""
    made = _compiler(template, data).compile(
        format="pdf", pdf_standards=[ARCHIVE], timestamp=int(written_at.timestamp())
    )
    return _one(made)


def picture(template: Path, data: Mapping[str, Any], *, ppi: int = 144) -> bytes:
    """A PNG of a document of one page."""
    return _one(_compiler(template, data).compile(format="png", ppi=ppi))


def _compiler(template: Path, data: Mapping[str, Any]) -> typst.Compiler:
    return typst.Compiler(
        input=str(template),
        root=str(ROOT),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def _fonts() -> list[str]:
    folders = [FONTS / weight for weight in _WEIGHTS]
    for folder in folders:
        if not folder.is_dir():
            raise FontMissing(f"{folder} is not there; run: npm ci")
    return [str(folder) for folder in folders]


def _one(made: bytes | list[bytes] | None) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("the document has more than one page")
    return made
