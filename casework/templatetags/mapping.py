"""What the card of codes on the page of an import shows."""

from __future__ import annotations

from typing import Any

from django import template

from households.models import ImportBatch
from households.services.codes import WaitingCode, waiting_codes

register = template.Library()


@register.simple_tag(takes_context=True)
def codes_waiting(context: dict[str, Any], batch: ImportBatch) -> list[WaitingCode]:
    """The codes for which households of this import wait, as far as the person may know."""
    request = context.get("request")
    actor = getattr(request, "actor", None)
    return list(waiting_codes(actor, batch)) if actor is not None else []
