"""Levels of area and kinds of centre."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

NATION = "TH"


class Level(models.IntegerChoices):
    NATION = 0, _("ประเทศ")
    PROVINCE = 1, _("จังหวัด")
    DISTRICT = 2, _("อำเภอ")
    SUBDISTRICT = 3, _("ตำบล")
    VILLAGE = 4, _("หมู่บ้าน/ชุมชน")


CODE_LENGTH = {Level.PROVINCE: 2, Level.DISTRICT: 4, Level.SUBDISTRICT: 6, Level.VILLAGE: 8}


class CentreKind(models.TextChoices):
    NATIONAL = "national", _("ศจพ. ส่วนกลาง")
    PROVINCE = "province", _("ศจพ.จ.")
    DISTRICT = "district", _("ศจพ.อ.")
    CITY_MUNICIPALITY = "city_municipality", _("ศจพ.ทน.")
    TOWN_MUNICIPALITY = "town_municipality", _("ศจพ.ทม.")
    SUBDISTRICT_TEAM = "subdistrict_team", _("ทีมปฏิบัติการตำบล")
    MENTOR_TEAM = "mentor_team", _("ทีมพี่เลี้ยง")
    OFFICE = "office", _("หน่วยงาน")

    @property
    def is_municipal(self) -> bool:
        return self in (CentreKind.CITY_MUNICIPALITY, CentreKind.TOWN_MUNICIPALITY)


class Extent(models.TextChoices):
    FULL = "full", _("ทั้งพื้นที่")
    PART = "part", _("บางส่วน")
