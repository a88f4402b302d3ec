"""The register: households, persons, target lists, verification; the scope row."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = _("ทะเบียนครัวเรือน")
