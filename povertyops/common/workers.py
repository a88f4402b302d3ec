"""Whether anybody works off what is queued; asked only when something has waited for long."""

from __future__ import annotations

from celery import current_app
from kombu.exceptions import OperationalError

ANSWER_SECONDS = 0.7


def worker_answers() -> bool:
    """Whether a worker answers within a moment, busy or not; False without a broker, too."""
    try:
        return bool(current_app.control.ping(timeout=ANSWER_SECONDS, limit=1))
    except OperationalError:
        return False
