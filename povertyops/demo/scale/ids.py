"""National ids for invented persons, sealed as the product seals them."""

from __future__ import annotations

from django.db import connection, transaction

from households.models import Person
from povertyops.common.crypto import blind_index, seal
from povertyops.common.nid import DEMO_REGISTRAR, check_digit

from .bulk import copy

AT_ONCE = 20_000


def give_national_ids() -> int:
    """Give every person without one the next free invented id."""
    given = 0
    people = Person.objects.filter(national_id=None).order_by("pk").values_list("pk", flat=True)
    with transaction.atomic():
        rows = people.iterator(chunk_size=AT_ONCE)
        while chunk := [pk for _place, pk in zip(range(AT_ONCE), rows, strict=False)]:
            sealed = []
            for pk in chunk:
                pin = _pin(given)
                key_id, box = seal(pin, pk.bytes)
                sealed.append((pk, blind_index(pin), key_id, box))
                given += 1
            copy("households_nationalid", ["person_id", "blind_index", "key_id", "sealed"], sealed)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE households_nationalid")
    return given


def _pin(number: int) -> str:
    """Registrar digits that no living person has, then a running number."""
    digits = f"1{DEMO_REGISTRAR}{number:09d}"
    return digits + check_digit(digits)
