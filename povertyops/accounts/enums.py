"""Roles a person can be appointed to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MENTOR = "mentor", _("พี่เลี้ยง")
    TEAM_MEMBER = "team_member", _("ทีมปฏิบัติการตำบล")
    TEAM_LEADER = "team_leader", _("หัวหน้าทีมปฏิบัติการตำบล")
    DISTRICT_OFFICER = "district_officer", _("เจ้าหน้าที่ ศจพ.อ.")
    MUNICIPAL_OFFICER = "municipal_officer", _("เจ้าหน้าที่ ศจพ. เทศบาล")
    PROVINCIAL_SECRETARY = "provincial_secretary", _("ฝ่ายเลขานุการ คจพ.จ.")
    LEAD_OFFICE = "lead_office", _("หน่วยงานเจ้าภาพ")
    AGENCY = "agency", _("หน่วยงานที่รับส่งต่อ")
    EXECUTIVE = "executive", _("ผู้บริหาร")
    NATIONAL_VIEWER = "national_viewer", _("ผู้ติดตามระดับประเทศ")
    SYSTEM_ADMIN = "system_admin", _("ผู้ดูแลระบบ")


FIELD_ROLES = frozenset({Role.MENTOR, Role.TEAM_MEMBER, Role.TEAM_LEADER})
OFFICER_ROLES = frozenset({Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER, Role.PROVINCIAL_SECRETARY})
OFFICE_ROLES = frozenset({Role.LEAD_OFFICE, Role.AGENCY})
HOUSEHOLD_ROLES = FIELD_ROLES | OFFICER_ROLES | OFFICE_ROLES | {Role.EXECUTIVE}
BOARD_ROLES = OFFICER_ROLES | {Role.EXECUTIVE, Role.NATIONAL_VIEWER, Role.LEAD_OFFICE}
