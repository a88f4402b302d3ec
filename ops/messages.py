"""Translations without system packages: collects the texts of code and templates, compiles catalogues.

The texts in the code are Thai; a catalogue per further language stands in `locale/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
LOCALE = PROJECT / "locale"
LANGUAGES = ("en",)
FOLDERS = ("povertyops", "dimensions", "households", "casework", "reports")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Text = tuple[int, str | tuple[str, ...], list[str], str | None]
Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def update_all() -> None:
    """Collect all texts and bring each language's catalogue up to date; what was translated stays."""
    template = Catalog(charset="utf-8")
    for name, line, text, comments, context in collect():
        template.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalog = _read(path, language)
        catalog.update(template, no_fuzzy_matching=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
        missing = sum(1 for message in catalog if message.id and not message.string)
        print(f"{path.relative_to(PROJECT)}: {len(catalog)} texts, {missing} not translated")


def compile_all(locale: Path = LOCALE) -> None:
    """Write the .mo beside each .po that is newer."""
    for path in locale.glob("*/LC_MESSAGES/*.po"):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            with target.open("wb") as file:
                write_mo(file, _read(path, path.parent.parent.name))


def collect() -> Iterator[Found]:
    """Every text of the project with the file and line it stands in."""
    for path in _sources():
        name = str(path.relative_to(PROJECT))
        source = path.read_text(encoding="utf-8")
        texts = texts_of_code(source) if path.suffix == ".py" else texts_of_template(source, name)
        for line, text, comments, context in texts:
            yield name, line, text, comments, context


def texts_of_code(source: str) -> Iterator[Text]:
    options = {"encoding": "utf-8"}
    yield from extract("python", BytesIO(source.encode()), KEYWORDS, ("Translators:",), options)


def texts_of_template(source: str, name: str) -> Iterator[Text]:
    """Django turns a template into calls among blanks; Python's own reader minds only the indentation."""
    calls = re.sub(r"(?m)^[ \t]+", "", templatize(source, origin=name))
    yield from texts_of_code(calls)


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    yield from sorted(path for path in (PROJECT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, header_comment="# Translations of povertyops.", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)
