"""What fills the addresses of newer routes, one module per topic with a dict `ROUTES` of its own."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from tests.route_fillers import ROUTES as FIRST
from tests.route_fillers import Route


def all_routes() -> dict[str, Route]:
    """Every route that needs filling, by its name; no name may be given twice."""
    found = dict(FIRST)
    for module in pkgutil.iter_modules(__path__):
        more: dict[str, Route] = import_module(f"{__name__}.{module.name}").ROUTES
        twice = found.keys() & more.keys()
        if twice:
            raise ValueError(f"filled twice: {sorted(twice)}")
        found |= more
    return found
