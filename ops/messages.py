"""Translations without system packages: texts collected from code and templates, catalogues checked and made.

The texts in the code are Thai; a catalogue per further language stands in `locale/`. Compiled files are not
kept: the demo, the tests and the image make them.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
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
# Texts whose translation holds Thai letters: what a person must type in Thai.
MAY_HOLD_THAI = frozenset(
    {
        "ประเภทต้องเป็น ศจพ.ทน. ศจพ.ทม. หรือ ทีมปฏิบัติการตำบล",
        "ไม่พบศูนย์ต้นสังกัดชื่อนี้ในความดูแลของท่าน เช่น ศจพ.จ.สงขลา หรือ ศจพ.อ.ระโนด",
        "มีศูนย์หรือทีมชื่อนี้หลายแห่ง เขียนเป็น ชื่อทีม/สังกัด เช่น ทีมหนึ่ง/ศจพ.อ.ระโนด",
        "เลขไทย ๐-๙",
    }
)
_THAI = re.compile("[\u0e00-\u0e7f]")
_PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}")
_TAGS = re.compile(r"</?[a-z][a-z0-9]*")

Text = tuple[int, str | tuple[str, ...], list[str], str | None]
Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def update_all() -> None:
    """Collect all texts and bring each language's catalogue up to date; what was translated stays."""
    template = template_of(collect())
    for language in LANGUAGES:
        catalog = _read(path_of(language), language)
        catalog.update(template, no_fuzzy_matching=True)
        _write(catalog, language)


def template_of(found: Iterable[Found]) -> Catalog:
    """The texts of the project as a catalogue without translations."""
    template = Catalog(charset="utf-8")
    for name, line, text, comments, context in found:
        template.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    return template


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compile_all(locale: Path = LOCALE) -> None:
    """Write the .mo beside each .po that is newer; never half a file, whoever reads it meanwhile."""
    for path in locale.glob("*/LC_MESSAGES/*.po"):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            part = target.with_suffix(f".{os.getpid()}.part")
            with part.open("wb") as file:
                write_mo(file, _read(path, path.parent.parent.name))
            part.replace(target)


# ------------------------------------------------------------------------------------------------- checking


def check_all() -> list[str]:
    """What is wrong with the catalogues, one sentence each; nothing when every text is translated well."""
    template = template_of(collect())
    return [
        fault for language in LANGUAGES for fault in faults_of(template, _read(path_of(language), language))
    ]


def faults_of(template: Catalog, catalog: Catalog) -> Iterator[str]:
    """Texts that are missing, empty, broken or no longer in the code."""
    for wanted in _texts(template):
        told = catalog.get(wanted.id, wanted.context)
        if told is None or told.id != wanted.id:
            yield f"missing: {_named(wanted)}"
        else:
            yield from (f"{fault}: {_named(wanted)}" for fault in _faults_of_text(told))
    for told in _texts(catalog):
        wanted_too = template.get(told.id, told.context)
        if wanted_too is None or wanted_too.id != told.id:
            yield f"no longer in the code: {_named(told)}"


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _faults_of_text(told: Message) -> Iterator[str]:
    thai, translated = _forms(told.id), _forms(told.string)
    if len(translated) != len(thai) or not all(translated):
        # What holds no Thai, such as "%(day)s", may stand as it is.
        if _THAI.search("".join(thai)):
            yield "not translated"
        return
    for source, text in zip(thai, translated, strict=True):
        if Counter(_PLACES.findall(source)) != Counter(_PLACES.findall(text)):
            yield "other places to fill"
        if Counter(_TAGS.findall(source)) != Counter(_TAGS.findall(text)):
            yield "other tags"
        if _ends(source) != _ends(text):
            yield "other blanks at the ends"
        if _THAI.search(text) and source not in MAY_HOLD_THAI:
            yield "Thai letters"


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)


def _ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _named(message: Message) -> str:
    places = ", ".join(sorted({name for name, _line in message.locations}))
    context = f" [{message.context}]" if message.context else ""
    return f"{_forms(message.id)[0]!r}{context} {places}".rstrip()


# --------------------------------------------------------------------------------------------------- taking


def take_all(files: Sequence[Path], language: str = LANGUAGES[0]) -> None:
    """Merge translations made elsewhere: JSON lists of {"id": text or [singular, plural], "context", "en"}.

    Texts that the code does not hold are named and left out.
    """
    update_all()
    catalog = _read(path_of(language), language)
    for file in files:
        for unknown in take(catalog, json.loads(file.read_text(encoding="utf-8")), language):
            print(f"{file.name}: not in the code: {unknown!r}")
    _write(catalog, language)


def take(catalog: Catalog, pieces: Iterable[dict[str, str | list[str]]], language: str) -> Iterator[str]:
    """Put the pieces into the catalogue; gives back the texts it does not hold."""
    for piece in pieces:
        thai, text = _forms(piece["id"]), _forms(piece[language])
        message = catalog.get(thai[0], str(piece.get("context") or "") or None)
        if message is None or len(_forms(message.id)) != len(thai):
            yield thai[0]
        else:
            message.string = text[0] if isinstance(message.id, str) else tuple(text)


# ----------------------------------------------------------------------------------------------- collecting


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


def _write(catalog: Catalog, language: str) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    missing = sum(1 for message in _texts(catalog) if "not translated" in _faults_of_text(message))
    print(f"{path.name} of {language}: {len(catalog)} texts, {missing} not translated")
