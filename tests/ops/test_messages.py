"""Texts are found in code and templates, and catalogues compile without system packages."""

import gettext

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

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
