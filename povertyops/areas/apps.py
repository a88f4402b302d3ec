"""Where: areas of the country, centres and what each covers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AreasConfig(AppConfig):
    name = "povertyops.areas"
    label = "areas"
    verbose_name = _("พื้นที่และศูนย์")
