"""Looking for a family that the register has already, among the households that somebody sees anyway."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from households.access import visible_households
from households.models import Household, Membership
from povertyops.accounts.actor import Actor
from povertyops.common.names import search_key
from povertyops.common.thai import to_arabic_digits

from .cohort import HOUSE_CODE_DIGITS, SHORTEST_TRIGRAM


def households_called(actor: Actor, text: str, *, near: str, most: int) -> list[Household]:
    """Visible households with a member of this name, this house number, both, or this house code.

    Those in the village `near` come first, then those in its subdistrict. Nothing is found by nothing.
    """
    condition = _called(text)
    if condition is None:
        return []
    nearness = Case(
        When(area_code=near, then=Value(0)),
        When(area_code__startswith=near[:6], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = visible_households(actor).filter(condition)
    return list(rows.order_by(nearness, "sort_key", "pk")[:most])


def members_called(household_ids: Collection[UUID], text: str) -> dict[UUID, str]:
    """Household -> the member, other than its head, because of whom it was found by this name."""
    _number, key = _parts(text)
    if not key:
        return {}
    rows = _living(key).filter(household_id__in=household_ids, is_head=False).select_related("person")
    return {row.household_id: row.person.full_name for row in rows.order_by("-position")}


def _called(text: str) -> Q | None:
    typed = to_arabic_digits(text.strip())
    digits = typed.replace("-", "").replace(" ", "")
    if digits.isdecimal() and len(digits) == HOUSE_CODE_DIGITS:
        return Q(house_code=digits)
    number, key = _parts(text)
    found = Q(house_no__in=[number, to_arabic_digits(number)]) if number else Q()
    if key:
        found &= Q(pk__in=_living(key).values("household"))
    return found or None


def _parts(text: str) -> tuple[str, str]:
    """The house number and the key of the name in what was typed: "99/1 Pranee" has both."""
    words = text.split()
    numbers = [word for word in words if word[:1].isdecimal()]
    return " ".join(numbers), search_key(" ".join(word for word in words if word not in numbers))


def _living(key: str) -> QuerySet[Membership]:
    lookup = "contains" if len(key) >= SHORTEST_TRIGRAM else "startswith"
    return Membership.objects.filter(
        **{f"person__search_key__{lookup}": key}, valid_to=None, superseded_at=None
    )
