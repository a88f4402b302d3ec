"""The door of the web server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyops.settings")

application = get_wsgi_application()

from povertyops.startup import refuse_demo  # noqa: E402 - needs the applications loaded

refuse_demo()
