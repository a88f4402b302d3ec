"""`/healthz`: can the product work right now, and do its figures keep up. Says nothing about anybody."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from povertyops.common.models import DirtyMark
from povertyops.common.policies import public

# Two beats of the drain: older marks mean that nobody drains.
LATE_AFTER_SECONDS = 120


@require_safe
@never_cache
@public
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served and work be queued, else 503; late figures are only told."""
    database, age = _ask_database()
    broker = _ask_broker()
    working = database and broker
    late = age is not None and age > LATE_AFTER_SECONDS
    answer = {
        "status": "failing" if not working else "late" if late else "ok",
        "database": "ok" if database else "unreachable",
        "broker": "ok" if broker else "unreachable",
        "oldest_dirty_mark_seconds": age,
    }
    return JsonResponse(answer, status=200 if working else 503)


def _ask_database() -> tuple[bool, float | None]:
    try:
        oldest = DirtyMark.objects.aggregate(oldest=Min("marked_at"))["oldest"]
    except DatabaseError:
        return False, None
    return True, round((timezone.now() - oldest).total_seconds(), 1) if oldest else None


def _ask_broker() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
