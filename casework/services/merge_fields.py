"""The fields on which two households that are merged differ: chosen one by one, and from then on by hand."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Max

from households.enums import CorrectionState
from households.models import Correction, Household
from households.services.derive import derive_households
from households.services.moving import move_household
from povertyops.areas.queries import responsible_centres

from .merge_work import FIELDS, Work


def place_of(household: Household) -> str:
    if household.latitude is None or household.longitude is None:
        return ""
    return f"{household.latitude:.6f},{household.longitude:.6f}"


def value_of(household: Household, name: str) -> str:
    """A field of FIELDS as text."""
    return place_of(household) if name == "place" else str(getattr(household, name))


def wanted_fields(w: Work) -> dict[str, str]:
    """The values of all fields on which the two differ, as chosen; an empty one is never chosen over a value
    unless it is the other's and was asked for."""
    wanted = {}
    for name in FIELDS:
        own, other = value_of(w.kept, name), value_of(w.gone, name)
        if own == other or (name == "area_code" and not other):
            continue
        if name in w.choices.take or own:
            wanted[name] = other if name in w.choices.take else own
    return wanted


def take_fields(w: Work, wanted: Mapping[str, str]) -> list[UUID]:
    """Chosen values become values set by hand, so that no list changes them; then the rule of the lists.

    Returns other households whose people came or went by that.
    """
    moving = wanted.get("area_code", w.kept.area_code)
    if moving != w.kept.area_code:
        move_household(
            household=w.kept,
            area_code=moving,
            centre=responsible_centres([moving])[moving],
            since=w.day,
            stamp=w.actor.stamp,
            reason=w.reason,
            user_id=w.actor.user_id,
        )
    named = dict(wanted)
    if "head_name" in wanted:
        named["sort_key"] = (w.gone if "head_name" in w.choices.take else w.kept).sort_key
    for name, value in named.items():
        if name != "place" or "place" in w.choices.take:
            _by_hand(w, name, value)
    changed = derive_households([w.kept.pk], recorded_at=w.actor.recorded_at)
    return [pk for pk in changed if pk not in {w.kept.pk, w.gone.pk}]


def _by_hand(w: Work, name: str, value: str) -> None:
    rows = Correction.objects.filter(household=w.kept, person=None, field=name)
    newest = rows.filter(state=CorrectionState.APPLIED).order_by("version", "recorded_at", "id").last()
    if newest is None or newest.value != value:
        Correction.objects.create(
            household=w.kept,
            field=name,
            value=value,
            previous=value_of(w.kept, name),
            reason=w.reason[:500],
            version=(rows.aggregate(last=Max("version"))["last"] or 0) + 1,
            recorded_by=w.actor.user,
            recorded_at=w.actor.stamp,
        )
    if name == "place":
        latitude, longitude = (float(part) for part in value.split(",")) if value else (None, None)
        Household.objects.filter(pk=w.kept.pk).update(latitude=latitude, longitude=longitude)
    else:
        Household.objects.filter(pk=w.kept.pk).update(**{name: value})
