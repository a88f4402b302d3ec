"""What the frame of every page shows: the places of the role, and the other posts of the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .places import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """`nav` and `appointments`, as the layouts describe them; no query of its own."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {}
    posts = getattr(request, "appointments", [])
    return {
        "nav": navigation(actor.role, request.path),
        "appointments": [
            {
                "id": post.pk,
                "role_label": post.get_role_display(),
                "centre_name": post.centre.name,
                "current": post.pk == actor.appointment_id,
            }
            for post in posts
        ],
    }
