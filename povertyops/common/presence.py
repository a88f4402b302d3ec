"""Whether people are at work on the site, so that long work in the background can make way for them.

A word in the cache that lapses by itself. While the cache is away somebody is taken to be there.
"""

from __future__ import annotations

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

SECONDS = 15
"""How long after a page somebody is still at work."""
KEY = "people-at-work"


def say_people_are_at_work() -> None:
    try:
        cache.set(KEY, 1, timeout=SECONDS)
    except RedisError:
        log.warning("cache_away")


def are_people_at_work() -> bool:
    try:
        return cache.get(KEY) is not None
    except RedisError:
        log.warning("cache_away")
        return True
