"""One error family: a code for programs and a Thai sentence that says how to mend it.

Services raise these; `povertyops.common.middleware` and the API exception handler turn them into answers.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule of the product said no. `message` is a Thai sentence for the person who acted."""

    status = 400

    def __init__(self, code: str, message: str | Promise, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(DomainError):
    """What was sent cannot be used as it is."""

    status = 400


class NotAllowed(DomainError):
    """The person may see the thing but not do this to it."""

    status = 403


class Conflict(DomainError):
    """Something else already stands where this would go."""

    status = 409
