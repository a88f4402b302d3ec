"""Questions about appointments and accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken

from povertyops.areas.models import Centre
from povertyops.common.prepared import fetch_prepared

from .actor import Actor
from .enums import Role
from .models import Appointment, User


def valid_appointments(user: User, day: date | None = None) -> list[Appointment]:
    """The appointments a person may act under, newest first, with their centres; one query."""
    rows = Appointment.objects.valid_on(day or timezone.localdate()).filter(user=user)
    return list(rows.select_related("centre").order_by("-valid_from", "-id"))


_PARTS: tuple[tuple[str, type[Model]], ...] = (
    ("t", AuthToken),
    ("u", User),
    ("a", Appointment),
    ("c", Centre),
)
_COLUMNS = ", ".join(
    f"{name}.{field.column}" for name, model in _PARTS for field in model._meta.concrete_fields
)
# By hand, because every call of the API begins with it.
_ACTOR_OF_DIGEST = f"""
    SELECT ARRAY(SELECT area_id FROM areas_centrecoverage v WHERE v.centre_id = c.id ORDER BY area_id),
           {_COLUMNS}
    FROM knox_authtoken t JOIN accounts_user u ON u.id = t.user_id
    LEFT JOIN accounts_appointment a ON a.user_id = u.id LEFT JOIN areas_centre c ON c.id = a.centre_id
    WHERE t.digest = %s AND (t.expiry IS NULL OR t.expiry > now())
    ORDER BY a.valid_from DESC, a.id DESC
"""  # noqa: S608 - names of the models


def actor_of_digest(digest: str) -> tuple[Actor, AuthToken] | None:
    """The owner of a token under the newest valid appointment, and the token; None if there is none."""
    today = timezone.localdate()
    found = None
    for coverage, *values in fetch_prepared(_ACTOR_OF_DIGEST, [digest]):
        token, user, post, centre = _instances(values)
        token.user = user
        if post.pk is not None and post.state(today) == "valid":
            post.user, post.centre = user, centre
            return Actor(user=user, appointment=post, coverage=tuple(coverage)), token
        found = Actor(user=user, appointment=None), token
    return found


def _instances(values: list[Any]) -> list[Any]:
    """One instance of each of `_PARTS`, from their columns in a row."""
    found: list[Any] = []
    for _name, model in _PARTS:
        names = [field.attname for field in model._meta.concrete_fields]
        found.append(model.from_db(connection.alias, names, values[: len(names)]))
        values = values[len(names) :]
    return found


def open_appointments(users: Iterable[int]) -> QuerySet[Appointment]:
    """Appointments that are valid today or will be, of these users."""
    today = timezone.localdate()
    not_over = Q(valid_to=None) | Q(valid_to__gte=today)
    return Appointment.objects.filter(not_over, revoked_at=None, user_id__in=users)


def mentors_of(team_ids: Iterable[UUID], day: date | None = None) -> QuerySet[User]:
    """People validly appointed as mentors of these teams."""
    rows = Appointment.objects.valid_on(day or timezone.localdate())
    held = rows.filter(role=Role.MENTOR, centre_id__in=team_ids).values("user_id")
    return User.objects.filter(pk__in=held).order_by("first_name", "last_name", "pk")


def holders(role: Role, centre_id: UUID, day: date | None = None) -> QuerySet[User]:
    """People validly appointed to a role at a centre."""
    rows = Appointment.objects.valid_on(day or timezone.localdate())
    return User.objects.filter(pk__in=rows.filter(role=role, centre_id=centre_id).values("user_id"))


def find_person(name: str) -> User | None:
    """An account by its exact (normal) user name or phone number."""
    return User.objects.filter(**{"phone" if name.isdecimal() else "username": name}).first()
