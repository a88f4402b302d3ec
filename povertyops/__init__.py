"""povertyops: case management for lifting families out of poverty."""

from .celery import app as celery_app

__all__ = ["celery_app"]
