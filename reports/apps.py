"""The numbers: roll-ups, boards, exports; reads all, owns only results."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("รายงาน")

    def ready(self) -> None:
        """What lower floors give away at once counts like an export."""
        from povertyops.accounts.takings import register_takings

        from .services.export_register import write_down_taking

        register_takings(write_down_taking)
