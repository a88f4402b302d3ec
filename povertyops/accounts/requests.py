"""The request as `ActorMiddleware` leaves it, for type checkers and readers."""

from __future__ import annotations

from django.http import HttpRequest

from .actor import Actor
from .models import Appointment, User


class ActorRequest(HttpRequest):
    """A request behind a policy that asks for a signed-in person."""

    user: User
    actor: Actor
    appointments: list[Appointment]
