"""Texts are found in code and templates, and catalogues compile without system packages."""

import gettext

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from ops import messages


@pytest.fixture
def found():
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in messages.collect()}


def test_texts_of_code_are_found(found):
    assert "อังกฤษ" in found


def test_template_texts_are_found():
    source = """
        {% load i18n %}
        <p title="it's">{% translate "ครัวเรือน" %}</p>
          {% blocktranslate with n=count trimmed %}
            พบ {{ n }} ครัวเรือน
          {% endblocktranslate %}
    """
    found = [text for _, text, _, _ in messages.texts_of_template(source, "page.html")]
    assert found == ["ครัวเรือน", "พบ %(n)s ครัวเรือน"]


def test_catalogue_compiles(tmp_path):
    catalog = Catalog(locale="en", charset="utf-8")
    catalog.add("ครัวเรือน", "household")
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.po").open("wb") as file:
        write_po(file, catalog)
    messages.compile_all(tmp_path)
    assert gettext.translation("django", tmp_path, ["en"]).gettext("ครัวเรือน") == "household"


def catalogue_of(path, texts):
    """A catalogue written and read again, as the project's own is."""
    catalog = Catalog(locale="en", charset="utf-8")
    for thai, english in texts.items():
        catalog.add(thai, english)
    with path.open("wb") as file:
        write_po(file, catalog)
    with path.open("rb") as file:
        return read_po(file, locale="en")


GOOD = {
    "มี %(count)d <b>ครัวเรือน</b>": "There are %(count)d <b>households</b>",
    ("%d คน", "%d คน "): ("%d", "%d "),
}


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (GOOD, None),
        ({**GOOD, "เลิกใช้": "No longer used"}, "no longer in the code"),
        ({("%d คน", "%d คน "): ("%d person", "%d persons ")}, "missing"),
        ({**GOOD, "มี %(count)d <b>ครัวเรือน</b>": ""}, "not translated"),
        ({**GOOD, ("%d คน", "%d คน "): ("%d person", "")}, "not translated"),
        (
            {**GOOD, "มี %(count)d <b>ครัวเรือน</b>": "There are %(number)d <b>households</b>"},
            "other places to fill",
        ),
        ({**GOOD, "มี %(count)d <b>ครัวเรือน</b>": "There are %(count)d <i>households</i>"}, "other tags"),
        ({**GOOD, "มี %(count)d <b>ครัวเรือน</b>": "มี %(count)d <b>ครัวเรือน</b>"}, "Thai letters"),
        ({**GOOD, ("%d คน", "%d คน "): ("%d person", "%d persons")}, "other blanks at the ends"),
    ],
)
def test_check_finds_what_was_planted(tmp_path, texts, fault):
    template = catalogue_of(tmp_path / "template.po", dict.fromkeys(GOOD, None))
    faults = list(messages.faults_of(template, catalogue_of(tmp_path / "django.po", texts)))
    assert [found.partition(":")[0] for found in faults] == ([fault] if fault else [])


def test_pieces_are_taken_and_unknown_ones_named(tmp_path):
    catalog = catalogue_of(tmp_path / "django.po", {"ครัวเรือน": "", ("%d คน", "%d คน "): None})
    pieces = [
        {"id": "ครัวเรือน", "context": None, "en": "household"},
        {"id": ["%d คน", "%d คน "], "context": None, "en": ["%d person", "%d persons "]},
        {"id": "ไม่มีแล้ว", "context": None, "en": "gone"},
    ]
    assert list(messages.take(catalog, pieces, "en")) == ["ไม่มีแล้ว"]
    assert catalog["ครัวเรือน"].string == "household"
    assert catalog["%d คน"].string == ("%d person", "%d persons ")


# append to tests/ops/test_messages.py once `python -m ops messages --check` is clean


def test_every_text_is_translated() -> None:
    """What it names is mended with `python -m ops messages` and the catalogue of locale/en."""
    assert messages.check_all() == []
