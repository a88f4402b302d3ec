"""The work: cases, mentor teams, visits, help, plans, stages; applying a list."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = _("งานดูแลครัวเรือน")

    def ready(self) -> None:
        """Nobody leaves the product while households would lose their owner; who edits the yardstick reads
        how many households it touches."""
        from dimensions.touching import register_touched
        from povertyops.accounts.duties import register_duties

        from .duties import count_duties
        from .queries.touched import count_touched

        register_duties(count_duties)
        register_touched(count_touched)
