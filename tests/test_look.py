"""The look keeps its promises: strict policy, gettext everywhere, tokens that exist, readable contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
SHEETS = sorted((PROJECT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((PROJECT / "static" / "js").glob("*.js"))
SPRITE = (PROJECT / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")
TOKENS = (PROJECT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")

THAI = re.compile("[\u0e00-\u0e7f]")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(
    r"\{% blocktranslate\b.*?\{% endblocktranslate %\}|\{% translate\s+\"[^\"]*\".*?%\}|_\(\"[^\"]*\"\)",
    re.DOTALL,
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl\(")


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_keeps_the_strict_policy(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"javascript:", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert not re.search(r"(?:src|href)=\"data:", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_says_every_thai_word_through_gettext(path: Path) -> None:
    text = TRANSLATED.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))

    left = [line.strip() for line in text.splitlines() if THAI.search(line)]
    assert left == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_script_holds_no_thai_words(path: Path) -> None:
    assert not THAI.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_draws_only_icons_that_exist(path: Path) -> None:
    drawn = set(re.findall(r"\{% icon \"([a-z-]+)\"", path.read_text(encoding="utf-8")))
    named = set(re.findall(r"icon_name=\"([a-z-]+)\"", path.read_text(encoding="utf-8")))

    assert (drawn | named) <= set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))


def test_every_custom_property_used_is_defined() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SHEETS)

    used = set(re.findall(r"var\((--[a-z0-9-]+)", text))
    defined = set(re.findall(r"(?:^|[;{\s])(--[a-z0-9-]+)\s*:", text))
    assert used - defined == set()


@pytest.mark.parametrize(
    "path", [path for path in SHEETS if path.name not in ("tokens.css", "print.css")], ids=name
)
def test_component_uses_tokens_not_colours(path: Path) -> None:
    assert COLOUR.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_sheet_points_only_at_files_that_exist(path: Path) -> None:
    for target in re.findall(r"url\(\"([^\"]+)\"\)", path.read_text(encoding="utf-8")):
        font = re.fullmatch(r"\.\./vendor/sarabun/(.+)", target)
        folder = PROJECT / "node_modules" / "@fontsource" / "sarabun" / "files"
        file = folder / font[1] if font else path.parent / target
        assert file.is_file(), target


def test_every_sheet_is_in_the_entry() -> None:
    entry = (PROJECT / "static" / "css" / "main.css").read_text(encoding="utf-8")

    assert {path.name for path in SHEETS} - {"main.css", "phone.css", "phone-assess.css"} == set(
        re.findall(r"@import url\(\"(.+?)\"\)", entry)
    )


@pytest.mark.parametrize("phone", ["phone.css", "phone-assess.css"])
def test_entries_of_the_phone_take_sheets_as_the_entry_does(phone: str) -> None:
    lines = {
        sheet: (PROJECT / "static" / "css" / sheet).read_text(encoding="utf-8").splitlines()
        for sheet in ("main.css", phone)
    }

    taken = [line for line in lines[phone] if line.startswith("@")]
    assert taken == [line for line in lines["main.css"] if line in taken]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def token(wanted: str) -> str:
    value = re.search(rf"--{wanted}:\s*([^;]+);", TOKENS)
    assert value, wanted
    inner = re.fullmatch(r"var\(--([a-z0-9-]+)\)", value[1])
    return token(inner[1]) if inner else value[1]


DIMENSIONS = ("health", "living", "education", "income", "access")
TEXT_ON_GROUND = [
    *((ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "link") for ground in ("white", "cotton-50")),
    ("ink-faint", "cotton-100"),
    ("ink-soft", "cotton-200"),
    *((tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "calm")),
    *((f"{tone}-ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "calm")),
    *((tone, "white") for tone in ("good", "warn", "bad", "calm", "action")),
    *((dimension, f"{dimension}-soft") for dimension in DIMENSIONS),
    *((dimension, "white") for dimension in DIMENSIONS),
    *(
        (f"stage-{stage}-ink", f"stage-{stage}-soft")
        for stage in ("waiting", "survive", "sufficient", "sustainable")
    ),
    ("stage-survive-ink", "stage-survive"),
    ("stage-sufficient-ink", "stage-sufficient-mid"),
    ("on-indigo-soft", "indigo-800"),
    ("marigold-ink", "marigold"),
    ("indigo-800", "indigo-100"),
]


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(ink: str, ground: str) -> None:
    light, dark = sorted((luminance(token(ink)), luminance(token(ground))), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("line", "ground"), [("control-line", "white"), ("focus", "white"), ("focus", "cotton-50")]
)
def test_edge_can_be_seen_on_its_ground(line: str, ground: str) -> None:
    light, dark = sorted((luminance(token(line)), luminance(token(ground))), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 3
