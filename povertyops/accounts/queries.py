"""Questions about appointments and accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from .enums import Role
from .models import Appointment, User


def valid_appointments(user: User, day: date | None = None) -> list[Appointment]:
    """The appointments a person may act under, newest first, with their centres; one query."""
    rows = Appointment.objects.valid_on(day or timezone.localdate()).filter(user=user)
    return list(rows.select_related("centre").order_by("-valid_from", "-id"))


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
