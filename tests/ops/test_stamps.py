"""A step is made again exactly when its files changed."""

import pytest

from ops.stamps import Stamps

PATTERNS = ("static/**/*",)


@pytest.fixture
def stamps(tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a")
    stamps = Stamps(tmp_path / "var", tmp_path)
    assert not stamps.is_current("static", PATTERNS)
    stamps.put("static", PATTERNS)
    return stamps


def test_step_is_current(stamps):
    assert stamps.is_current("static", PATTERNS)


def test_changed_file(stamps):
    (stamps.project / "static" / "a.css").write_text("b")
    assert not stamps.is_current("static", PATTERNS)


def test_new_and_renamed_file(stamps):
    (stamps.project / "static" / "a.css").rename(stamps.project / "static" / "b.css")
    assert not stamps.is_current("static", PATTERNS)


def test_compiled_python_does_not_count(stamps):
    (stamps.project / "static" / "__pycache__").mkdir()
    (stamps.project / "static" / "__pycache__" / "a.pyc").write_text("x")
    assert stamps.is_current("static", PATTERNS)
