"""The Celery application. Tasks live in each app's `tasks.py`; the schedule lives in the settings."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyops.settings")


class StartupChecks(bootsteps.StartStopStep):
    """Production's refusals, before a worker takes its first task."""

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        from povertyops.startup import refuse_demo

        refuse_demo()
        super().__init__(parent, **kwargs)


app = Celery("povertyops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(StartupChecks)
