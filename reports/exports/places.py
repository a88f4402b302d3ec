"""Where a row lies: the columns that every list shares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .columns import Column, joined, plain

VILLAGE_CODE = plain("area_code", _("รหัสหมู่บ้าน"))
TEAM = joined("team", _("ทีมพี่เลี้ยง"), reads="team_id", typed_by_people=True)
ADDRESS: tuple[Column, ...] = (
    VILLAGE_CODE,
    joined("village", _("หมู่บ้าน/ชุมชน"), reads="area_code", typed_by_people=True),
    joined("subdistrict", _("ตำบล"), reads="area_code"),
    joined("district", _("อำเภอ"), reads="area_code"),
    joined("province", _("จังหวัด"), reads="area_code"),
)
