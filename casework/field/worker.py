"""The service worker and the manifest: which files a phone keeps, and the number of this set of files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext

from povertyops.common.naming import Names, names_in_force
from povertyops.common.static_storage import ENTRIES, HashedStaticFilesStorage

from . import shells

THEME, GROUND = "#1b3252", "#faf9f6"
ICON_SIZES = (192, 512)
# What a shell may need, as patterns inside static/; the fonts come from their package.
KEPT = (
    "js/menu.js",
    "js/ready.js",
    "js/keep-open.js",
    "js/focus.js",
    "js/field/*.js",
    "icons/*.svg",
    "icons/**/*.svg",
    "pictures/**/*.svg",
)
FONTS = tuple(
    f"vendor/sarabun/sarabun-{script}-{weight}-normal.woff2"
    for script in ("thai", "latin")
    for weight in (400, 600)
)
PACKAGES = ("vendor/idb/index.js",)


def worker_script() -> str:
    """The service worker with its list of files; the same bytes until something of it changes."""
    return _script(settings.RELEASE, names_in_force())


@lru_cache(maxsize=4)
def _script(release: str, names: Names) -> str:
    kept = {"version": release_number(), "shells": shell_urls(), "files": file_urls()}
    return render_to_string("field/sw.js", {"kept": json.dumps(kept, indent=1)})


def release_number() -> str:
    """Changes with any file a phone keeps, with the names in force, and with the setting RELEASE."""
    told = sha256(settings.RELEASE.encode())
    for name in kept_files():
        found = finders.find(name)
        told.update(static(name).encode())
        if found:
            told.update(Path(str(found)).read_bytes())
    for language, _label in settings.LANGUAGES:
        for name in shells.NAMES:
            told.update(shells.shell_of(name, language).plain)
    return told.hexdigest()[:16]


def shell_urls() -> dict[str, dict[str, str]]:
    """Addresses of the shells by language: a phone keeps all, so that a switch needs no network."""
    return {
        language: {
            name: f"{reverse('field_shell', args=[name])}?language={language}" for name in shells.NAMES
        }
        for language, _label in settings.LANGUAGES
    }


def file_urls() -> list[str]:
    """Addresses of all kept files, with the hash in their names where the storage gives one."""
    return [static(name) for name in kept_files()]


def kept_files() -> list[str]:
    """Names of the files inside static/, sorted."""
    return sorted({*_own_files(), *FONTS, *PACKAGES})


def _own_files() -> Iterator[str]:
    root = settings.BASE_DIR / "static"
    sheets = ENTRIES[1:] if isinstance(staticfiles_storage, HashedStaticFilesStorage) else ("css/*.css",)
    for pattern in (*KEPT, *sheets):
        for path in root.glob(pattern):
            yield path.relative_to(root).as_posix()


def manifest() -> dict[str, Any]:
    """What the phone needs to install the field pages as an app."""
    icons = [
        {"src": static(f"icons/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    whole = {
        "src": static("icons/app-maskable-512.png"),
        "sizes": "512x512",
        "type": "image/png",
        "purpose": "maskable",
    }
    return {
        "id": "/",
        "name": gettext("งานแก้จนรายครัวเรือน"),
        "short_name": gettext("งานแก้จน"),
        "description": gettext("งานประจำวันของพี่เลี้ยงและทีมปฏิบัติการตำบล ใช้ได้แม้ไม่มีสัญญาณ"),
        "lang": "th",
        "dir": "ltr",
        "start_url": reverse("today"),
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": [*icons, whole],
        "shortcuts": [
            {"name": gettext("งานวันนี้"), "url": reverse("today")},
            {"name": gettext("รายการรอส่ง"), "url": reverse("outbox")},
        ],
    }
