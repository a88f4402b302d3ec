"""The Celery application. Tasks live in each app's `tasks.py`; the schedule lives in the settings."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyops.settings")

app = Celery("povertyops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
