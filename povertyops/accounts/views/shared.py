"""What the pages of accounts and appointments share."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from povertyops.areas.enums import CentreKind, Level
from povertyops.areas.models import Area, Centre
from povertyops.common.csv_table import MAX_BYTES, Column
from povertyops.common.names import sort_key

from ..access import centres_in_sphere
from ..actor import Actor
from ..enums import Role
from ..models import Appointment
from ..requests import ActorRequest
from ..rules import CENTRES_OF_ROLE, MAY_APPOINT, may_appoint


def provinces_for(actor: Actor) -> list[tuple[str, str]]:
    """Provinces to choose from, for those whose sphere has more than one."""
    if actor.role is not Role.SYSTEM_ADMIN:
        return []
    areas = Area.objects.filter(level=Level.PROVINCE, is_current=True).order_by("sort_key")
    return [(area.code, str(area)) for area in areas]


def appointment_form_args(request: ActorRequest) -> dict[str, Any]:
    """The roles the person may give, and where; of one province when the sphere is the nation."""
    actor: Actor = request.actor
    allowed = MAY_APPOINT[actor.role] if actor.role else frozenset()
    kinds = {kind for role in allowed for kind in CENTRES_OF_ROLE[role]}
    centres = centres_in_sphere(actor).filter(is_active=True, kind__in=kinds)
    if actor.role is Role.SYSTEM_ADMIN:
        centres = centres.filter(province_code=request.GET.get("province", ""))
    return {
        "roles": [role for role in Role if role in allowed],
        "centres": sorted(centres.select_related("parent"), key=_place_of_kind),
    }


def _place_of_kind(centre: Centre) -> tuple[int, str]:
    return list(CentreKind).index(CentreKind(centre.kind)), sort_key(centre.name)


def posted(request: ActorRequest, row: Appointment) -> dict[str, Any]:
    """An appointment as its rows on pages show it."""
    state = row.state(timezone.localdate())
    return {
        "row": row,
        "state": state,
        "may_end": state != "over" and may_appoint(request.actor.role, Role(row.role)),
    }


def status_of(form: forms.Form) -> int:
    """200 for a fresh form, 422 for one that came back with something to mend."""
    return 422 if form.errors else 200


def chips_of(request: ActorRequest, form: forms.Form) -> list[dict[str, str]]:
    """What narrows a list now, each with the address that takes it away."""
    chips = []
    for name, field in form.fields.items():
        value = request.GET.get(name, "")
        if not value:
            continue
        query = request.GET.copy()
        query.pop(name)
        query.pop("after", None)
        shown = _shown(field, value)
        chips.append(
            {"label": f"{field.label}: {shown}", "remove_url": f"{request.path}?{query.urlencode()}"}
        )
    return chips


def _shown(field: forms.Field, value: str) -> str:
    """A chosen value as the form words it."""
    if not isinstance(field, forms.ChoiceField):
        return value
    return next((str(label) for code, label in field.widget.choices if str(code) == value), value)


def uploaded_bytes(form: forms.Form) -> bytes:
    """The content of the uploaded `file`, at most a little more than the reader takes."""
    return bytes(form.cleaned_data["file"].read(MAX_BYTES + 1))


def example_csv(name: str, columns: Sequence[Column], row: Sequence[str]) -> HttpResponse:
    """The heads of a table and one example row, as Excel opens it."""
    text = io.StringIO()
    csv.writer(text).writerows([[column.head for column in columns], row])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
