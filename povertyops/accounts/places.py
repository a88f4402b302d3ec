"""The places each role goes to: the page it lands on and the navigation beside every page.

Places are named by their routes, which belong to floors above; a place whose route is not there is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .enums import Role


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation; without a route it is a heading."""

    label: str | Promise
    route: str = ""
    icon: str = "list"


TODAY = Place(_("งานวันนี้"), "today", "today")
OUTBOX = Place(_("รายการรอส่ง"), "outbox", "arrow-up")
QUEUE = Place(_("คิวงาน"), "queues", "queue")
BOARD = Place(_("กระดาน"), "board_home", "board")
WEEKLY = Place(_("ตัวเลขวันจันทร์"), "weekly", "file")
MEETINGS = Place(_("การประชุม"), "meeting_list", "calendar")
HOUSEHOLDS = Place(_("ครัวเรือน"), "household_list", "household")
NOMINATIONS = Place(_("ครัวเรือนตกหล่น"), "nominations", "plus")
VERIFY = Place(_("ตรวจสอบข้อมูล"), "verify_villages", "check-circle")
APPROVALS = Place(_("รออนุมัติขั้น"), "approvals", "ladder")
REMOVALS = Place(_("ขอนำออก"), "removals", "close")
SUPERVISION = Place(_("ติดตามพี่เลี้ยง"), "supervision", "team")
TRANSFERS = Place(_("โอนครัวเรือน"), "transfers", "arrow-right")
SHARE_OUT = Place(_("แบ่งครัวเรือนให้ทีม"), "share_out", "team")
TEAMS = Place(_("ทีมพี่เลี้ยง"), "team_list", "team")
VISITS = Place(_("การลงพื้นที่"), "visit_list", "visit")
HELPS = Place(_("ความช่วยเหลือ"), "help_list", "help")
HELP_BULK = Place(_("บันทึกช่วยเหลือเป็นชุด"), "help_bulk", "plus")
REFERRALS = Place(_("เรื่องส่งต่อ"), "referral_list", "arrow-right")
OFFICE_HELP = Place(_("บันทึกความช่วยเหลือ"), "office_help", "plus")
OFFICES = Place(_("หน่วยงาน"), "office_list", "home")
DUPLICATES = Place(_("อาจซ้ำกัน"), "duplicates", "household")
IMPORTS = Place(_("นำเข้าบัญชี"), "import_list", "import")
LISTS = Place(_("บัญชีและความซ้อนกัน"), "list_overlap", "list")
KINDS = Place(_("ชนิดบัญชี"), "list_kinds", "list")
RULES = Place(_("กติกาเมื่อบัญชีขัดกัน"), "source_rules", "list")
CARRY_OVER = Place(_("ยอดยกมา"), "carry_over_list", "import")
REVIEW = Place(_("ทบทวนเกณฑ์ประจำปี"), "yearly_review", "yardstick")
EXPORTS = Place(_("การส่งออก"), "export_list", "download")
MENU = Place(_("เมนูแก้จน"), "menu", "help")
TPMAP = Place(_("ยังไม่อยู่ใน TPMAP"), "tpmap", "file")
DIGEST = Place(_("สรุปงานทุกเช้า"), "digest", "clock")
PUBLIC = Place(_("หน้าสาธารณะ"), "public_settings", "board")
TARGETS = Place(_("เป้าหมาย"), "targets_home", "check-circle")
MEASURES = Place(_("ความยากจนหลายมิติ"), "measures_home", "yardstick")
YARDSTICK = Place(_("มิติและตัวชี้วัด"), "yardstick", "yardstick")
APPOINTMENTS = Place(_("คำสั่งแต่งตั้ง"), "appointment_list", "calendar")
USERS = Place(_("ผู้ใช้"), "user_list", "user")
WEIGHTS = Place(_("น้ำหนักลำดับความสำคัญ"), "priority_weights", "yardstick")
CENTRES = Place(_("ศูนย์และทีม"), "centre_list", "map-pin")

NUMBERS = Place(_("ตัวเลข"))
WORK = Place(_("งาน"))
RECORDS = Place(_("บันทึก"))
PEOPLE = Place(_("คนและหน่วย"))
REFERENCE = Place(_("อ้างอิง"))

# Before the first heading: what a phone shows under the thumb. Field roles have there what their shells have.
_FIELD = (TODAY, OUTBOX, HOUSEHOLDS)
_BOOKS = (RECORDS, VISITS, HELPS, REFERENCE, MENU, YARDSTICK, DIGEST)
_MENTOR = (*_FIELD, WORK, NOMINATIONS, REFERRALS, *_BOOKS)
_TEAM = (*_FIELD, WORK, NOMINATIONS, VERIFY, TEAMS, REFERRALS, *_BOOKS)
_LEADER = (
    *(*_FIELD, WORK, SUPERVISION, NOMINATIONS, VERIFY, SHARE_OUT, TEAMS, TRANSFERS, REFERRALS),
    *_BOOKS,
)
_OFFICER = (
    *(QUEUE, HOUSEHOLDS, APPROVALS, BOARD),
    *(WORK, SUPERVISION, VERIFY, SHARE_OUT, TEAMS, REFERRALS, NOMINATIONS, REMOVALS, TRANSFERS, TPMAP),
    *(IMPORTS, DUPLICATES, REVIEW, MEETINGS, WEEKLY),
    *(RECORDS, LISTS, VISITS, HELPS, HELP_BULK, CARRY_OVER, EXPORTS),
    *(PEOPLE, APPOINTMENTS, USERS),
    *(REFERENCE, MENU, YARDSTICK, DIGEST),
)

PLACES: Mapping[Role, Sequence[Place]] = {
    Role.MENTOR: _MENTOR,
    Role.TEAM_MEMBER: _TEAM,
    Role.TEAM_LEADER: _LEADER,
    Role.DISTRICT_OFFICER: (*_OFFICER, NUMBERS, TARGETS, MEASURES),
    Role.MUNICIPAL_OFFICER: _OFFICER,
    Role.PROVINCIAL_SECRETARY: (
        *(BOARD, QUEUE, HOUSEHOLDS, IMPORTS),
        *(NUMBERS, MEETINGS, WEEKLY, TARGETS, MEASURES, PUBLIC),
        *(WORK, SUPERVISION, APPROVALS, VERIFY, SHARE_OUT, TEAMS, REFERRALS, NOMINATIONS),
        *(REMOVALS, TRANSFERS, DUPLICATES, REVIEW, TPMAP),
        *(RECORDS, LISTS, VISITS, HELPS, HELP_BULK, CARRY_OVER, EXPORTS),
        *(PEOPLE, APPOINTMENTS, USERS, CENTRES, OFFICES),
        *(REFERENCE, MENU, YARDSTICK, WEIGHTS, DIGEST),
    ),
    Role.LEAD_OFFICE: (
        *(REFERRALS, HOUSEHOLDS, OFFICE_HELP, BOARD),
        *(RECORDS, HELPS, VISITS, EXPORTS, REFERENCE, MENU, YARDSTICK, DIGEST),
    ),
    Role.AGENCY: (REFERRALS, HOUSEHOLDS, OFFICE_HELP, HELPS, REFERENCE, MENU, YARDSTICK, DIGEST),
    Role.EXECUTIVE: (
        *(BOARD, HOUSEHOLDS, MEETINGS, WEEKLY, TARGETS, MEASURES),
        *(LISTS, VISITS, HELPS, EXPORTS, REFERENCE, MENU, YARDSTICK),
    ),
    Role.NATIONAL_VIEWER: (BOARD, MEASURES, YARDSTICK),
    Role.SYSTEM_ADMIN: (USERS, APPOINTMENTS, CENTRES, OFFICES, KINDS, RULES, MENU, YARDSTICK, WEIGHTS),
}


def landing_url(role: Role | None) -> str:
    """The role's own page: the first of its places."""
    places = PLACES[role] if role else ()
    return next(url for place in places if (url := _url(place)))


def navigation(role: Role | None, path: str) -> list[dict[str, Any]]:
    """What stands beside every page, as `{label, url, icon, current}`; headings have no url."""
    places = [(place, _url(place)) for place in PLACES.get(role, ())] if role else []
    here = max((url for _place, url in places if url and path.startswith(url)), key=len, default="")
    shown = [
        {"label": place.label, "url": url, "icon": place.icon, "current": bool(url) and url == here}
        for place, url in places
        if url or not place.route
    ]
    return [item for number, item in enumerate(shown) if item["url"] or _heads_something(shown, number)]


def _heads_something(shown: Sequence[Mapping[str, Any]], number: int) -> bool:
    return number + 1 < len(shown) and bool(shown[number + 1]["url"])


def _url(place: Place) -> str:
    try:
        return reverse(place.route) if place.route else ""
    except NoReverseMatch:
        return ""
