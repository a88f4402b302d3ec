"""Help given or promised, who gave it, and the menu it comes from."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension, Stage
from households.models import Household
from povertyops.common.ids import uuid7

from ..enums import HelpNature, HelpStatus
from .visit import Visit


class Agency(models.Model):
    """Whoever gives help: an office, a firm, a temple, a fund."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("หน่วยงาน"), max_length=200, unique=True)
    sector = models.CharField(_("ภาคส่วน"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("หน่วยงานที่ช่วยเหลือ")

    def __str__(self) -> str:
        return self.name


class HelpMenuItem(models.Model):
    """A kind of help under one of the five เมนูแก้จน. An empty province code is a national item.

    What it is for, as far as a program can tell: `stages` (empty: any), `indicators` it mends, the age of
    some member and the income per person and year. `eligibility` says the rest in words.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    dimension = models.CharField(_("มิติ"), max_length=12, choices=Dimension)
    name = models.CharField(_("รายการ"), max_length=200)
    nature = models.CharField(_("ลักษณะ"), max_length=12, choices=HelpNature)
    relieves = models.BooleanField(_("นับว่าบรรเทาปัญหา"), default=True)
    agency_name = models.CharField(_("หน่วยงานที่ให้"), max_length=200, blank=True)
    benefit = models.CharField(_("ครัวเรือนได้รับอะไร"), max_length=500, blank=True)
    eligibility = models.CharField(_("ใครมีสิทธิ์"), max_length=500, blank=True)
    stages = ArrayField(models.SmallIntegerField(choices=Stage), default=list, blank=True)
    indicators = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    min_age = models.SmallIntegerField(_("อายุตั้งแต่"), null=True, blank=True)
    max_age = models.SmallIntegerField(_("อายุไม่เกิน"), null=True, blank=True)
    max_income_baht = models.IntegerField(_("รายได้ไม่เกิน (บาทต่อคนต่อปี)"), null=True, blank=True)
    usual_baht = models.DecimalField(
        _("มูลค่าทั่วไป (บาท)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    is_active = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("เมนูแก้จน")
        constraints = [models.UniqueConstraint(fields=["province_code", "code"], name="menu_code_once")]

    def __str__(self) -> str:
        return self.name


class HiddenMenuItem(models.Model):
    """A national item that a province does not offer."""

    id = models.BigAutoField(primary_key=True)
    province_code = models.CharField(max_length=2, db_collation="C")
    item = models.ForeignKey(HelpMenuItem, models.CASCADE, related_name="hidden_in")

    class Meta:
        verbose_name = _("รายการที่จังหวัดไม่ใช้")
        constraints = [models.UniqueConstraint(fields=["province_code", "item"], name="menu_hidden_once")]


class HelpBatch(models.Model):
    """The same help for many households at once, under one letter."""

    id = models.UUIDField(primary_key=True)
    province_code = models.CharField(max_length=2, db_collation="C")
    letter_number = models.CharField(_("หนังสือเลขที่"), max_length=80)
    households = models.IntegerField()
    amount_baht = models.DecimalField(max_digits=14, decimal_places=2)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ความช่วยเหลือเป็นชุด")


class Help(models.Model):
    """One help to one household. `relieves` and `nature` are as the menu item said on that day.

    A promise that is kept is a new row naming the promise in `fulfils`; a mistake is a new row
    naming the wrong one in `amends` (with `is_void` when nothing takes its place). `carry_over` is
    the opening balance that brought a help given before the system counted.
    """

    id = models.UUIDField(primary_key=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="helps", db_index=False)
    province_code = models.CharField(max_length=2, db_collation="C")
    area_code = models.CharField(max_length=8, db_collation="C")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="helps")
    batch = models.ForeignKey(HelpBatch, models.PROTECT, null=True, related_name="helps")
    item = models.ForeignKey(HelpMenuItem, models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="helps", db_index=False)
    dimension = models.CharField(max_length=12, choices=Dimension)
    nature = models.CharField(max_length=12, choices=HelpNature)
    relieves = models.BooleanField()
    status = models.CharField(max_length=10, choices=HelpStatus, default=HelpStatus.DELIVERED)
    given_on = models.DateField(_("วันที่"))
    amount_baht = models.DecimalField(_("มูลค่า (บาท)"), max_digits=12, decimal_places=2, default=0)
    detail = models.CharField(_("รายละเอียด"), max_length=500, blank=True)
    letter_number = models.CharField(_("หนังสือเลขที่"), max_length=80, blank=True)
    fulfils = models.ForeignKey("self", models.PROTECT, null=True, related_name="fulfilments", db_index=False)
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments", db_index=False)
    is_void = models.BooleanField(default=False)
    tpmap_marked_at = models.DateTimeField(null=True)
    tpmap_marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    carry_over = models.ForeignKey(
        "casework.CarryOver", models.PROTECT, null=True, related_name="helps", db_index=False
    )
    referral = models.ForeignKey("casework.Referral", models.PROTECT, null=True, related_name="helps")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    household_id: UUID

    class Meta:
        verbose_name = _("ความช่วยเหลือ")
        indexes = [
            models.Index(fields=["household", "-given_on"], name="help_by_household"),
            models.Index(fields=["area_code", "given_on"], name="help_by_area"),
            models.Index(fields=["province_code", "agency"], name="help_by_agency"),
            models.Index(
                fields=["province_code", "given_on", "id"],
                name="help_not_in_tpmap",
                condition=Q(tpmap_marked_at=None, is_void=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_baht__gte=0), name="help_amount_not_negative"),
            models.UniqueConstraint(
                fields=["amends"], condition=Q(amends__isnull=False), name="help_amended_once"
            ),
        ]
