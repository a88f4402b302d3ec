"""Choices of the work."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from povertyops.common.naming import STAGE_NAMES


class CloseReason(models.TextChoices):
    LEFT_POVERTY = "left_poverty", _("พ้นจากความยากจน")
    MOVED = "moved", _("ย้ายออกนอกพื้นที่")
    DIED = "died", _("เสียชีวิต")
    DECLINES = "declines", _("ไม่ประสงค์รับความช่วยเหลือ")
    NOT_POOR = "not_poor", _("ไม่ยากจน")
    DUPLICATE = "duplicate", _("ซ้ำกับครัวเรือนอื่น")


REMOVAL_REASONS = (
    CloseReason.NOT_POOR,
    CloseReason.MOVED,
    CloseReason.DIED,
    CloseReason.DECLINES,
    CloseReason.DUPLICATE,
)


class Step(models.IntegerChoices):
    """How far an open case has come: the furthest of these that holds; a household waits for the next."""

    CLOSED = 0, _("ไม่อยู่ในการดูแล")
    LISTED = 1, _("อยู่ในบัญชี")
    CHECKED = 2, _("ตรวจสอบแล้ว")
    ASSIGNED = 3, _("มีทีมพี่เลี้ยง")
    VISITED = 4, _("เยี่ยมแล้ว")
    SURVIVE = 5, STAGE_NAMES["survive"]
    SUFFICIENT = 6, STAGE_NAMES["sufficient"]
    SUSTAINABLE = 7, STAGE_NAMES["sustainable"]


class VisitOutcome(models.TextChoices):
    MET = "met", _("พบครัวเรือน")
    NOT_AT_HOME = "not_at_home", _("ไม่พบ ไม่มีใครอยู่บ้าน")
    UNKNOWN_ADDRESS = "unknown_address", _("หาบ้านไม่พบ")
    PHONE = "phone", _("ติดตามทางโทรศัพท์")


class HelpNature(models.TextChoices):
    RELIEF = "relief", _("สงเคราะห์")
    DEVELOPMENT = "development", _("พัฒนา")


class HelpStatus(models.TextChoices):
    PROMISED = "promised", _("รับปากไว้")
    DELIVERED = "delivered", _("ส่งมอบแล้ว")


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("ร่าง")
    PROPOSED = "proposed", _("รออำเภออนุมัติ")
    RETURNED = "returned", _("ส่งกลับให้แก้")
    ACTIVE = "active", _("ใช้อยู่")
    REPLACED = "replaced", _("มีฉบับใหม่แล้ว")


class CareGround(models.TextChoices):
    """Why a household cannot come to pass in a dimension: what continuing care rests on."""

    BEDRIDDEN = "bedridden", _("ผู้ป่วยติดเตียงหรือช่วยเหลือตนเองไม่ได้")
    ELDERLY = "elderly", _("ผู้สูงอายุอยู่ตามลำพัง ไม่มีผู้ดูแล")
    DISABLED = "disabled", _("พิการจนประกอบอาชีพไม่ได้")
    CHRONIC = "chronic", _("เจ็บป่วยเรื้อรังหรือจิตเวช รักษาไม่หายขาด")
    NO_WORKER = "no_worker", _("ไม่มีสมาชิกวัยแรงงาน")
    OTHER = "other", _("เหตุอื่น")


class PhotoKind(models.TextChoices):
    VISIT = "visit", _("ภาพการเยี่ยม")
    SIGNATURE = "signature", _("ลายมือชื่อในแผน")


class PhotoState(models.TextChoices):
    RECEIVING = "receiving", _("กำลังรับ")
    STORED = "stored", _("เก็บแล้ว")
    REFUSED = "refused", _("ใช้ไม่ได้")


class TimeDoubt(models.TextChoices):
    """Why the time that a phone gave was asked about, and kept beside the time the person then gave."""

    NONE = "", _("ไม่มี")
    BEFORE_LIST = "before_list", _("ก่อนเข้าบัญชี")
    FUTURE = "future", _("อยู่ในอนาคต")


class ReferralStatus(models.TextChoices):
    SENT = "sent", _("ส่งแล้ว รอรับเรื่อง")
    ACCEPTED = "accepted", _("รับเรื่องแล้ว")
    RETURNED = "returned", _("ส่งคืนพร้อมเหตุผล")
    DONE = "done", _("ดำเนินการแล้ว")
    WITHDRAWN = "withdrawn", _("ผู้ส่งขอถอนเรื่อง")


class SkipReason(models.TextChoices):
    """Why an indicator was not answered."""

    REFUSED = "refused", _("ครัวเรือนไม่ประสงค์ตอบ")
    ABSENT = "absent", _("คนที่ตอบได้ไม่อยู่")
    UNSURE = "unsure", _("ยังไม่แน่ใจ ขอตรวจหลักฐานก่อน")
    LATER = "later", _("ไว้ถามครั้งหน้า")


class StageEventKind(models.TextChoices):
    OPENED = "opened", _("รับเข้าดูแล")
    COMPUTED = "computed", _("ระบบคำนวณ")
    APPROVED = "approved", _("อนุมัติ")
    SLIPPED = "slipped", _("ขั้นลดลง")
    CARRIED = "carried", _("ยอดยกมา")
    CORRECTED = "corrected", _("แก้ตามหลักฐานที่ถูกแก้ไข")


class Decision(models.TextChoices):
    PENDING = "pending", _("รอพิจารณา")
    ACCEPTED = "accepted", _("เห็นชอบ")
    REJECTED = "rejected", _("ไม่เห็นชอบ")


class Membership(models.IntegerChoices):
    """How a household belongs to the cohort of a fiscal year."""

    LISTED = 1, _("เดิม (ตามบัญชี)")
    FOUND = 2, _("สำรวจพบเพิ่มเติม")
    CARRIED = 3, _("ยกมาจากปีก่อน")


class NominationChannel(models.TextChoices):
    """By which door a nomination came in."""

    TEAM = "team", _("ทีมปฏิบัติการตำบล")
    MENTOR = "mentor", _("ทีมพี่เลี้ยง")
    OFFICER = "officer", _("เจ้าหน้าที่")
    PUBLIC = "public", _("ประชาชน")


class NominationStatus(models.TextChoices):
    """Where a nomination is on its way."""

    RECEIVED = "received", _("รอตรวจในพื้นที่")
    CHECKED = "checked", _("ตรวจในพื้นที่แล้ว รอพิจารณา")
    ACCEPTED = "accepted", _("รับเข้าแล้ว")
    REJECTED = "rejected", _("ไม่รับ")
    KNOWN = "known", _("เป็นครัวเรือนที่มีอยู่แล้ว")
    APPEALED = "appealed", _("ขอให้พิจารณาใหม่")
    WITHDRAWN = "withdrawn", _("ผู้เสนอถอนเรื่อง")

    @classmethod
    def of_waiting(cls) -> tuple[NominationStatus, ...]:
        return cls.RECEIVED, cls.CHECKED, cls.APPEALED


class LeaverAct(models.TextChoices):
    """What a province decides for open cases of households that left a list."""

    KEEP = "keep", _("ดูแลต่อ")
    CHECK = "check", _("ให้ทีมลงตรวจก่อน")
    REMOVE = "remove", _("ขอนำออกเพราะไม่ยากจน")


class CarryKind(models.TextChoices):
    """What a file of work done before the system holds."""

    HELPS = "helps", _("ความช่วยเหลือก่อนใช้ระบบ")
    STAGES = "stages", _("ขั้นที่ได้มาก่อนใช้ระบบ")


class SheetStatus(models.TextChoices):
    """Where a file that was filled in outside the system is."""

    UNREADABLE = "unreadable", _("อ่านไฟล์ไม่ได้")
    READY = "ready", _("ตรวจแล้ว รอยืนยัน")
    APPLYING = "applying", _("กำลังบันทึก")
    APPLIED = "applied", _("บันทึกแล้ว")
    UNDOING = "undoing", _("กำลังเลิก")
    UNDONE = "undone", _("เลิกแล้ว")
    EXPIRED = "expired", _("หมดอายุ")
