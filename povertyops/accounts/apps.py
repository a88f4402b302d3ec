"""Who: users, appointments, roles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "povertyops.accounts"
    label = "accounts"
    verbose_name = _("ผู้ใช้และคำสั่งแต่งตั้ง")
