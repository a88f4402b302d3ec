"""Shells, service worker and manifest: the same for everybody, complete, and kept as they say."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

from casework.field import shells, worker
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db


def test_shell_same_bytes_for_everybody(cast: Cast) -> None:
    for name in shells.NAMES:
        plain = Client().get(f"/field/shell/{name}/")
        signed_in = client_of(cast.mentor).get(f"/field/shell/{name}/")
        assert plain.status_code == 200
        assert plain.content == signed_in.content
        assert cast.mentor.user.display_name not in signed_in.content.decode()
        assert "csrfmiddlewaretoken" not in plain.content.decode() or 'value=""' in plain.content.decode()


def test_shell_speaks_the_language_of_its_address(cast: Cast) -> None:
    """Whoever asks: phones fetch shells without cookies, and keep them for whoever signs in."""
    asking = client_of(cast.mentor)
    asking.cookies["django_language"] = "en"
    thai, english = asking.get("/field/shell/today/"), Client().get("/field/shell/today/?language=en")
    assert thai.content == Client().get("/field/shell/today/").content
    assert ('<html lang="th"' in thai.content.decode(), "งานวันนี้" in thai.content.decode()) == (True, True)
    assert '<html lang="en"' in english.content.decode()
    assert thai["ETag"] != english["ETag"]


def test_outbox_follows_the_person(cast: Cast) -> None:
    asking = client_of(cast.mentor)
    asking.cookies["django_language"] = "en"
    answer = asking.get("/outbox/")
    assert answer.content == shells.shell_of("outbox", "en").plain
    assert answer["Vary"] == "Accept-Encoding, Cookie"


def test_shell_unknown_name_is_absent(db: None) -> None:
    assert Client().get("/field/shell/secrets/").status_code == 404


def test_shell_gzipped_and_asked_again(db: None) -> None:
    answer = Client().get("/field/shell/outbox/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == shells.shell_of("outbox").plain
    again = Client().get("/field/shell/outbox/", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_outbox_is_the_shell(db: None) -> None:
    assert Client().get("/outbox/").content == shells.shell_of("outbox").plain


def test_worker_lists_files_that_exist(db: None) -> None:
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Cache-Control"] == "no-cache"
    kept = json.loads(answer.content.decode().partition("const KEPT = ")[2].partition(";\n")[0])
    assert {language: set(urls) for language, urls in kept["shells"].items()} == {
        "th": set(shells.NAMES),
        "en": set(shells.NAMES),
    }
    assert "/static/js/field/outbox.js" in kept["files"]
    assert "/static/css/phone.css" in kept["files"]


def test_worker_changes_with_the_release(settings) -> None:
    before = worker.worker_script()
    settings.RELEASE = "another"
    assert worker.worker_script() != before


def test_manifest_installs_from_the_root(db: None) -> None:
    answer = Client().get("/manifest.webmanifest")
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["scope"], told["start_url"], told["display"]) == ("/", "/today/", "standalone")
    assert {icon["sizes"] for icon in told["icons"]} >= {"192x192", "512x512"}
