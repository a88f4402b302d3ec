"""Every table that names a household or a person has its place in a merge."""

from __future__ import annotations

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from casework.services.merge_rows import watched_tables
from casework.services.merge_tables import HOUSEHOLD_COLUMNS, PERSON_COLUMNS, UNWATCHED, Way
from households.models import Household, Person


def columns_naming(target: type[models.Model], word: str) -> set[str]:
    """Foreign keys to the model, and bare UUIDs (or lists of them) whose name says so."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            base = field.base_field if isinstance(field, ArrayField) else field
            named = isinstance(base, models.UUIDField) and not base.is_relation and word in field.name
            if field.related_model is target or named:
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_column_that_names_a_household_or_a_person_is_provided_for() -> None:
    assert columns_naming(Household, "household") == set(HOUSEHOLD_COLUMNS)
    assert columns_naming(Person, "person") == set(PERSON_COLUMNS)


def test_what_a_merge_changes_is_watched() -> None:
    watched = watched_tables()
    for name, way in {**HOUSEHOLD_COLUMNS, **PERSON_COLUMNS}.items():
        label = name.rpartition(".")[0]
        if way in (Way.MOVES, Way.SETTLED) and label not in UNWATCHED:
            assert apps.get_model(label)._meta.db_table in watched, name
