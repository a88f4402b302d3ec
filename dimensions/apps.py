"""The yardstick: dimensions, indicator sets, scoring, stage criteria."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DimensionsConfig(AppConfig):
    name = "dimensions"
    verbose_name = _("มิติและตัวชี้วัด")

    def ready(self) -> None:
        """What dimensions are called stands in their versions."""
        from povertyops.common.naming import register_names

        from .queries import edited_names

        register_names(edited_names)
