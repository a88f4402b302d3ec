"""Areas, their boundaries, codes that were abolished, centres and the areas each covers."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.common.ids import uuid7
from povertyops.common.languages import in_language

from .enums import CentreKind, Extent, Level


class Area(models.Model):
    """A piece of the country, from the nation to a village; never deleted, only no longer current."""

    code = models.CharField(_("รหัสพื้นที่"), max_length=8, primary_key=True, db_collation="C")
    level = models.SmallIntegerField(_("ระดับ"), choices=Level)
    name = models.CharField(_("ชื่อ"), max_length=120)
    name_en = models.CharField(_("ชื่ออังกฤษ"), max_length=120, blank=True)
    sort_key = models.CharField(max_length=160, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    is_current = models.BooleanField(_("ใช้อยู่"), default=True)
    other_names = models.JSONField(_("ชื่ออื่นที่พบในบัญชี"), default=list)

    class Meta:
        verbose_name = _("พื้นที่")
        indexes = [models.Index(fields=["parent", "sort_key"], name="area_children")]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def label(self) -> str:
        """Name with its kind, as written on Thai paper: อ.ระโนด, ต.พังยาง, หมู่ 5 บ้านทุ่งนา."""
        name, bangkok = str(self), self.code.startswith("10")
        match self.level:
            case Level.PROVINCE:
                return name if bangkok else str(_("จ.%s") % name)
            case Level.DISTRICT:
                return str((_("เขต%s") if bangkok else _("อ.%s")) % name)
            case Level.SUBDISTRICT:
                return str((_("แขวง%s") if bangkok else _("ต.%s")) % name)
            case Level.VILLAGE if self.code.endswith("00"):
                return str(_("ไม่ระบุหมู่"))
            case Level.VILLAGE:
                return str(_("หมู่ %(moo)d %(name)s") % {"moo": int(self.code[6:]), "name": name}).strip()
        return name


class AbolishedArea(models.Model):
    """A code no longer in use and the current codes that took its place, if any."""

    code = models.CharField(max_length=8, primary_key=True, db_collation="C")
    name = models.CharField(max_length=120)
    successors = models.JSONField(default=list)

    class Meta:
        verbose_name = _("รหัสพื้นที่ที่ยกเลิก")


class Boundary(models.Model):
    """Where an area lies: a GeoJSON Polygon or MultiPolygon in WGS 84, from a file an administrator loaded.

    `bbox` is [west, south, east, north]; `digest` tells whether a file brings anything new.
    """

    area = models.OneToOneField(
        Area, models.PROTECT, primary_key=True, db_column="code", related_name="boundary"
    )
    level = models.SmallIntegerField(choices=Level)
    geometry = models.JSONField()
    bbox = models.JSONField()
    digest = models.CharField(max_length=64)
    source = models.CharField(_("ที่มา"), max_length=300)
    loaded_at = models.DateTimeField(db_default=Now())

    area_id: str

    class Meta:
        verbose_name = _("ขอบเขตพื้นที่")

    @property
    def code(self) -> str:
        return self.area_id


class CodeMeaning(models.Model):
    """What a subdistrict code that is no current area means, as a person chose once for every list.

    `area` is the current subdistrict it stands for. `centre` is the municipal centre where the code is that
    of a municipal unit (suffix 51 and up): households under it are this centre's. A changed mind is a new
    row; the old one is superseded.
    """

    code = models.CharField(_("รหัสในบัญชี"), max_length=6, db_collation="C")
    province_code = models.CharField(max_length=2, db_collation="C")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_column="area_code")
    centre = models.ForeignKey("areas.Centre", models.PROTECT, null=True, related_name="+")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    area_id: str
    centre_id: UUID | None

    class Meta:
        verbose_name = _("ความหมายของรหัสตำบล")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(superseded_at=None), name="code_meaning_one_current"
            )
        ]

    def says(self, area_code: str, centre_id: UUID | None) -> bool:
        """Whether this is just that choice."""
        return (self.area_id, self.centre_id) == (area_code, centre_id)


class Centre(models.Model):
    """An operating unit of the chain. It covers areas; it is not one of them.

    `leads` is a mask of the dimensions (`dimensions.Dimension.bit`) that an office leads in its province. It
    stands here because it decides what the people appointed there see, and comes with their appointment.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("ประเภท"), max_length=20, choices=CentreKind)
    name = models.CharField(_("ชื่อศูนย์หรือทีม"), max_length=160)
    province_code = models.CharField(_("จังหวัด"), max_length=2, blank=True, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    registrar_code = models.CharField(_("รหัสสำนักทะเบียน"), max_length=4, blank=True)
    leads = models.SmallIntegerField(_("เจ้าภาพมิติ"), default=0, db_default=0)
    is_active = models.BooleanField(_("ใช้งาน"), default=True)
    areas = models.ManyToManyField(Area, through="CentreCoverage", related_name="centres")

    class Meta:
        verbose_name = _("ศูนย์")
        indexes = [models.Index(fields=["province_code", "kind", "name"], name="centre_by_province")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "province_code", "name", "parent"],
                name="centre_name_unique",
                nulls_distinct=False,
                violation_error_message=_("มีศูนย์หรือทีมชื่อนี้อยู่แล้ว"),
            ),
            models.CheckConstraint(
                condition=Q(kind=CentreKind.NATIONAL) | ~Q(province_code=""),
                name="centre_has_province",
                violation_error_message=_("ศูนย์ต้องอยู่ในจังหวัดใดจังหวัดหนึ่ง"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_municipal(self) -> bool:
        return CentreKind(self.kind).is_municipal


class CentreCoverage(models.Model):
    """One area a centre is responsible for, whole or in part."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="coverage")
    area = models.ForeignKey(Area, models.PROTECT, related_name="coverage")
    extent = models.CharField(max_length=4, choices=Extent, default=Extent.FULL)

    centre_id: UUID
    area_id: str

    class Meta:
        verbose_name = _("พื้นที่รับผิดชอบของศูนย์")
        constraints = [models.UniqueConstraint(fields=["centre", "area"], name="centre_area_once")]
