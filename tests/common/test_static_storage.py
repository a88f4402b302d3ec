"""Static files: one style sheet, modules that import each other by hashed names, a compressed twin."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from povertyops.common.static_storage import HashedStaticFilesStorage, with_sheets

FILES = {
    "css/main.css": '@layer base, components;\n@import url("one.css") layer(base);\n',
    "css/one.css": '/* why */\n.one { background: url("../icons/dot.svg"); }\n'
    + ".two { color: red; }\n" * 40,
    "icons/dot.svg": "<svg/>",
    "js/page.js": """// they import { nothing } from "./absent.js"
import { a } from "./part.js";
import("./late.js");
""",
    "js/part.js": "export const a = 1;\n",
    "js/late.js": 'export { a } from "./part.js";\n',
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "source"


@pytest.fixture
def collected(source: Path) -> Path:
    return collect(source)


def collect(source: Path) -> Path:
    """What `collectstatic` does: copy what is newer there, then work on all of it."""
    target = source.parent / "collected"
    for name in FILES:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists() or (source / name).stat().st_mtime > copy.stat().st_mtime:
            copy.write_bytes((source / name).read_bytes())
    origin = FileSystemStorage(location=str(source))
    storage = HashedStaticFilesStorage(location=str(target), base_url="/static/")
    list(storage.post_process({name: (origin, name) for name in FILES}))
    return target


def only(folder: Path, pattern: str) -> str:
    (found,) = (path for path in folder.glob(pattern) if re.search(r"\.[0-9a-f]{12}\.", path.name))
    return found.read_text()


def test_sheets_stand_in_the_entry_in_their_layer(collected: Path) -> None:
    sheet = only(collected, "css/main.*.css")
    assert "@import" not in sheet
    assert re.search(
        r"@layer base \{\n\.one \{ background: url\(\"\.\./icons/dot\.[0-9a-f]{12}\.svg\"\)", sheet
    )


def test_modules_import_hashed_names_and_words_of_comments_stay(collected: Path) -> None:
    page = only(collected, "js/page.*.js")
    assert re.search(r'^import \{ a \} from "\./part\.[0-9a-f]{12}\.js";$', page, re.MULTILINE)
    assert re.search(r'import\("\./late\.[0-9a-f]{12}\.js"\)', page)
    assert '"./absent.js"' in page
    assert re.search(r'from "\./part\.[0-9a-f]{12}\.js"', only(collected, "js/late.*.js"))


def test_text_files_have_a_compressed_twin(collected: Path) -> None:
    assert list(collected.glob("css/main.*.css.gz"))


def test_collecting_again_takes_a_changed_sheet(source: Path) -> None:
    entry = collect(source) / "css" / "main.css"
    sheet = source / "css" / "one.css"
    sheet.write_text(".one { color: teal; }")
    later = entry.stat().st_mtime + 5
    os.utime(sheet, (later, later))
    collect(source)
    assert "color: teal" in entry.read_text()


def test_sheet_without_imports_stays(tmp_path: Path) -> None:
    assert with_sheets("a { b: c; }", tmp_path) == "a { b: c; }"
