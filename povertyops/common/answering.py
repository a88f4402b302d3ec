"""What pages that write have in common: a service's refusal put into the form, the status of an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import Form
from django.http import HttpRequest, QueryDict

from .errors import Conflict, DomainError, InvalidInput

Result = TypeVar("Result")


def attempt(form: Form, act: Callable[[], Result]) -> Result | None:
    """Call a service. What it refuses stands at the field it names, so that nothing typed is lost."""
    try:
        return act()
    except (InvalidInput, Conflict) as refusal:
        blame(form, refusal)
    return None


def succeeds(form: Form, act: Callable[[], object]) -> bool:
    """`attempt` for whoever does not need the result."""
    return attempt(form, act) is not None


def blame(form: Form, refusal: DomainError) -> None:
    field = refusal.details.get("field")
    form.add_error(field if field in form.fields else None, str(refusal))


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is empty; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def status_of(*forms: Any) -> int:
    """200 for a fresh form, 422 for one that came back with something to mend."""
    return 422 if any(form.errors for form in forms) else 200
