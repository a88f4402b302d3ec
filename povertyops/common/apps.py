"""The ground floor: errors, policies, audit, dirty marks, Thai dates and ids, paging."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "povertyops.common"
    label = "common"
