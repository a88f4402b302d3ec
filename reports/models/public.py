"""Whether a province shows its figures to everyone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class PublicPage(models.Model):
    """A province that has switched its public page on or off; without a row it is off."""

    province_code = models.CharField(max_length=2, primary_key=True, db_collation="C")
    is_on = models.BooleanField(_("เปิดหน้าสาธารณะ"), default=False)
    switched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    switched_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("หน้าสาธารณะ")


class PublicRelease(models.Model):
    """The figures of a province as everyone may see them, as they stood at the end of a month; never changed.

    `shown` is what pages and files say, without what is hidden. `kept` holds the numbers and groupings behind
    it, which the next release must not give away; it is never shown.
    """

    id = models.BigAutoField(primary_key=True)
    province_code = models.CharField(max_length=2, db_collation="C")
    fiscal_year = models.SmallIntegerField()
    day = models.DateField()
    shown = models.JSONField()
    kept = models.JSONField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ตัวเลขสาธารณะ")
        constraints = [
            models.UniqueConstraint(fields=["province_code", "day"], name="public_release_once"),
        ]
