"""The components of the design language as template tags; `docs/look.md` lists them.

They take plain values (masks, codes, mappings), never models, so that every app can use them from above.
"""

from __future__ import annotations

from django import template

from . import blocks, figures, forms, frame, lists, marks, text

register = template.Library()
for part in (text, marks, figures, lists, forms, blocks, frame):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
