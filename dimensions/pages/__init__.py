"""What the pages of the yardstick show."""

from __future__ import annotations

from .yardstick import yardstick_page

__all__ = ["yardstick_page"]
