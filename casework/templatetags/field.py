"""What the frame of a page tells the phone's scripts."""

from __future__ import annotations

import json

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES

from ..field.person import person_json, seal_json

register = template.Library()


@register.simple_tag
def field_person(actor: Actor | str | None) -> SafeString:
    """Whom the page is for, to scripts; empty where nobody acts, as on a request refused early."""
    if not isinstance(actor, Actor) or actor.appointment is None:
        return SafeString()
    told = {**person_json(actor), "seal": seal_json()}
    return format_html('<meta name="field-person" content="{}">', json.dumps(told))


@register.filter
def works_in_field(actor: Actor | None) -> bool:
    """Whether the person acts in a role of the field."""
    return bool(actor and actor.role in FIELD_ROLES)
