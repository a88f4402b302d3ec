"""How often one address may do something that needs no sign-in, counted in the cache.

The address is that of the sign-in limiter (`addresses.place_of`), of IPv6 the network of one place.
Without a cache nothing is refused here: a bound that must hold stands in the database.
"""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from .addresses import place_of

log = logging.getLogger(__name__)
HOUR = 3600


def is_too_often(request: HttpRequest, what: str, *, limit: int, seconds: int = HOUR) -> bool:
    """Count one more; whether that is more than `limit` within the window in which the first one fell."""
    key = f"rate:{what}:{hashlib.sha256(place_of(request).encode()).hexdigest()[:32]}"
    try:
        if cache.add(key, 1, timeout=seconds):
            return limit < 1
        return bool(cache.incr(key) > limit)
    except ValueError:  # it ended between the two calls
        return False
    except RedisError:
        log.warning("cache_away")
        return False
