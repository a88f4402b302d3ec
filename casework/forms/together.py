"""Several forms of one page, judged as one."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.forms import BoundField


class FormsTogether:
    """What `components/form_errors.html` asks of a form, answered for all the `parts` of a page."""

    parts: Sequence[forms.Form]

    def is_valid(self) -> bool:
        """Each part is judged, also after a faulty one, so that all faults show at once."""
        return not [part for part in self.parts if not part.is_valid()]

    @property
    def errors(self) -> bool:
        return any(part.errors for part in self.parts)

    @property
    def faulty(self) -> list[BoundField]:
        return [part[name] for part in self.parts for name in part.errors if name in part.fields]

    @property
    def non_field_errors(self) -> list[str]:
        return [str(error) for part in self.parts for error in part.non_field_errors()]
