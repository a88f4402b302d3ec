"""Bad settings are refused with one sentence that never repeats the value."""

import base64

import pytest

from povertyops.env import BadSetting, Env, read_env_file

KEY = base64.b64encode(b"k" * 32).decode()


def refusal(read):
    with pytest.raises(BadSetting) as caught:
        read()
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_text_missing():
    assert refusal(lambda: Env({}).text("NAME")) == "NAME is required but is not set."


def test_text_empty_counts_as_missing():
    assert Env({"NAME": " "}).text("NAME", "other") == "other"


def test_text_too_short_does_not_repeat_the_value():
    text = refusal(lambda: Env({"SECRET_KEY": "hunter2"}).text("SECRET_KEY", min_length=50))
    assert text == "SECRET_KEY must have at least 50 characters."


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("Yes", True), ("off", False), ("", True)])
def test_flag(value, meant):
    assert Env({"FLAG": value}).flag("FLAG", True) is meant


def test_flag_unclear():
    assert refusal(lambda: Env({"FLAG": "perhaps"}).flag("FLAG", True)) == "FLAG must be true or false."


@pytest.mark.parametrize("value", ["-1", "ten", "1.5", "9", "101", "๑๑x"])
def test_integer_out_of_bounds(value):
    text = refusal(lambda: Env({"N": value}).integer("N", 50, minimum=10, maximum=100))
    assert text == "N must be a whole number from 10 to 100."


def test_choice_unknown():
    assert "one of a, b" in refusal(lambda: Env({"C": "c"}).choice("C", ("a", "b"), "a"))


@pytest.mark.parametrize("value", ["*", "https://example.org", "example.org:8000", "a.org,*.b.org"])
def test_hosts_that_open_too_much(value):
    assert "ALLOWED_HOSTS must be host names" in refusal(
        lambda: Env({"ALLOWED_HOSTS": value}).hosts("ALLOWED_HOSTS")
    )


def test_hosts():
    assert Env({"H": "a.go.th, b.go.th"}).hosts("H") == ["a.go.th", "b.go.th"]


def test_path_relative(tmp_path):
    assert "absolute path" in refusal(lambda: Env({"P": "media"}).path("P", tmp_path))


def test_database():
    url = "postgresql://somchai:p%40ss@db.example:5433/poverty?sslmode=require"
    assert Env({"DATABASE_URL": url}).database("DATABASE_URL") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "poverty",
        "USER": "somchai",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    "url", ["mysql://a/b", "postgresql://host", "postgresql://h:port/x", "poverty", "postgres://h/a/b"]
)
def test_database_unusable(url):
    assert "must look like postgresql://" in refusal(lambda: Env({"D": url}).database("D"))


@pytest.mark.parametrize("url", ["http://a/0", "redis:///0", "redis://h:x/0"])
def test_redis_unusable(url):
    assert "must look like redis://" in refusal(lambda: Env({"R": url}).redis("R"))


@pytest.mark.parametrize("value", ["not base64!", base64.b64encode(b"short").decode()])
def test_key_unusable(value):
    assert "base64" in refusal(lambda: Env({"K": value}).key("K"))


def test_keyring_keeps_the_order():
    ring = Env({"K": f"new:{KEY},old:{KEY}"}).keyring("K")
    assert list(ring) == ["new", "old"]
    assert ring["new"] == b"k" * 32


@pytest.mark.parametrize("value", [KEY, f"a:{KEY},a:{KEY}", "a:b", f"much-too-long:{KEY}", ","])
def test_keyring_unusable(value):
    text = refusal(lambda: Env({"NID_KEYS": value}).keyring("NID_KEYS"))
    assert KEY not in text


def test_env_file(tmp_path):
    path = tmp_path / "demo.env"
    path.write_text("# a comment\nMODE=demo\nURL=postgresql://a?b=c\n")
    assert read_env_file(path) == {"MODE": "demo", "URL": "postgresql://a?b=c"}


def test_env_file_absent(tmp_path):
    assert read_env_file(tmp_path / "none") == {}
