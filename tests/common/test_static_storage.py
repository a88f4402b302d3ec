"""Static files: one style sheet, modules that import each other by hashed names, a compressed twin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
def collected(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    storage = HashedStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    list(storage.post_process({name: (storage, name) for name in FILES}))
    return tmp_path


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


def test_sheet_without_imports_stays(tmp_path: Path) -> None:
    entry = tmp_path / "main.css"
    entry.write_text("a { b: c; }")
    assert with_sheets(entry) == "a { b: c; }"
