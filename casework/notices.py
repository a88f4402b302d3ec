"""The privacy notice that is read out at a visit. A changed text gets a new version."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Notice:
    version: str
    text: Promise | str


PRIVACY_NOTICE = Notice(
    version="2569-1",
    text=_(
        "ศูนย์อำนวยการขจัดความยากจน (ศจพ.) เก็บข้อมูลของครัวเรือนท่าน เพื่อวางแผนและติดตามความช่วยเหลือ "
        "ผู้ที่เห็นข้อมูลคือเจ้าหน้าที่และพี่เลี้ยงที่ได้รับคำสั่งแต่งตั้งในพื้นที่ของท่าน และหน่วยงานที่ให้ความช่วยเหลือเท่าที่จำเป็น "
        "ท่านขอดู ขอแก้ไข หรือไม่ให้ข้อมูลข้อใดก็ได้ โดยไม่กระทบสิทธิที่มีอยู่ "
        "ติดต่อเจ้าหน้าที่คุ้มครองข้อมูลส่วนบุคคลได้ที่ศูนย์ของจังหวัด"
    ),
)
