"""The acceptance run: only when asked for by name (`make accept`), on sample lists that lie outside the
project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SAMPLES = Path(os.environ.get("SAMPLES", HERE.parents[1] / ".." / "shared" / "samples")).resolve()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave these tests out of a run of everything: they need files the project does not have."""
    asked = any(Path(str(argument).split("::")[0]).resolve().is_relative_to(HERE) for argument in config.args)
    return None if asked else True


@pytest.fixture(scope="session")
def samples() -> Path:
    assert SAMPLES.is_dir(), f"no folder of samples at {SAMPLES}; name it with SAMPLES=..."
    return SAMPLES
