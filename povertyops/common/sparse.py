"""A serializer for bodies of which most fields stay away, a hundred of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty, get_error_detail


class SparseSerializer(serializers.Serializer[Any]):
    """Runs the fields a body has, and gives the others their defaults without asking each.

    The result, the errors and `validate_<field>` are those of `Serializer`. For flat bodies of JSON: every
    field names one attribute, and nothing depends on the request.
    """

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        values = {source: make() if make else value for source, make, value in self._defaults}
        errors: dict[str, Any] = {
            name: [field.error_messages["required"]] for name, field in self._required if name not in data
        }
        for name, given in data.items():
            field = self._by_name.get(name)
            if field is None:
                continue
            try:
                value = field.run_validation(given)
                if check := getattr(self, f"validate_{name}", None):
                    value = check(value)
            except ValidationError as error:
                errors[name] = error.detail
            except DjangoValidationError as error:
                errors[name] = get_error_detail(error)
            else:
                values[str(field.source)] = value
        if errors:
            raise ValidationError(errors)
        return values

    @cached_property
    def _by_name(self) -> dict[str, serializers.Field]:
        return {str(field.field_name): field for field in self._writable_fields}

    @cached_property
    def _required(self) -> list[tuple[str, serializers.Field]]:
        return [(name, field) for name, field in self._by_name.items() if field.required]

    @cached_property
    def _defaults(self) -> list[tuple[str, Any, Any]]:
        """(attribute, maker of a fresh default or None, the default itself)."""
        return [
            (str(field.source), field.default if callable(field.default) else None, field.default)
            for field in self._by_name.values()
            if field.default is not empty
        ]
