"""What the frame of every page shows: the places of the role, and the other posts of the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .places import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """`nav` and `appointments`, as the layouts describe them; no query of its own.

    `request.nav` is the same list, for floors above that count what waits at a place.
    """
    actor = getattr(request, "actor", None)
    if actor is None:
        return {}
    posts = getattr(request, "appointments", [])
    request.nav = navigation(actor.role, request.path)  # type: ignore[attr-defined]
    return {
        "nav": request.nav,  # type: ignore[attr-defined]
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
