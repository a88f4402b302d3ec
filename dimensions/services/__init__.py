"""Changing the yardstick by data files or by hand: new versions, never overwriting."""

from __future__ import annotations

from .loading import Change, load_yardstick

__all__ = ["Change", "load_yardstick"]
