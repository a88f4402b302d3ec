"""Choices of the register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    MALE = "m", _("ชาย")
    FEMALE = "f", _("หญิง")
    UNKNOWN = "", _("ไม่ระบุ")


class VerificationStatus(models.TextChoices):
    """What the field check of one person found."""

    NOT_YET = "not_yet", _("ยังไม่ได้ตรวจสอบ")
    CORRECT = "correct", _("ข้อมูลถูกต้อง")
    CORRECTED = "corrected", _("แก้ไขข้อมูลแล้ว")
    NOT_FOUND = "not_found", _("ไม่พบตัว")
    MOVED = "moved", _("ย้ายที่อยู่")
    DIED = "died", _("เสียชีวิต")
    DECLINES = "declines", _("ไม่ประสงค์รับความช่วยเหลือ")
    NOT_POOR = "not_poor", _("ไม่ยากจน")


STILL_TARGET = frozenset(
    {VerificationStatus.CORRECT, VerificationStatus.CORRECTED, VerificationStatus.NOT_YET}
)


class CorrectionState(models.TextChoices):
    """What became of a value set by hand."""

    APPLIED = "applied", _("ใช้แล้ว")
    WAITING = "waiting", _("ขัดกัน รอเลือก")
    SET_ASIDE = "set_aside", _("ไม่ได้เลือก")


class ImportStatus(models.TextChoices):
    """Where a target list is on its way in."""

    RECEIVED = "received", _("รับไฟล์แล้ว รออ่าน")
    READING = "reading", _("กำลังตรวจไฟล์")
    UNREADABLE = "unreadable", _("อ่านไฟล์ไม่ได้")
    MAPPING = "mapping", _("รอจับคู่คอลัมน์")
    READY = "ready", _("ตรวจแล้ว รอยืนยันนำเข้า")
    AWAITING = "awaiting", _("รอผู้อนุมัติคนที่สอง")
    REQUESTED = "requested", _("รอนำเข้า")
    APPLYING = "applying", _("กำลังนำเข้า")
    APPLIED = "applied", _("นำเข้าแล้ว")
    EXPIRED = "expired", _("หมดอายุ ยังไม่ได้นำเข้า")
    UNDO_AWAITING = "undo_waits", _("รอผู้อนุมัติให้เลิก")
    UNDOING = "undoing", _("กำลังเลิกการนำเข้า")
    UNDONE = "undone", _("เลิกการนำเข้าแล้ว")

    @classmethod
    def of_reading(cls) -> tuple[ImportStatus, ...]:
        return cls.RECEIVED, cls.READING

    @classmethod
    def of_waiting(cls) -> tuple[ImportStatus, ...]:
        """Read, and waiting for a person."""
        return cls.MAPPING, cls.READY, cls.AWAITING

    @classmethod
    def of_rereading(cls) -> tuple[ImportStatus, ...]:
        """Where the file can be read anew."""
        return cls.MAPPING, cls.READY, cls.UNREADABLE

    @classmethod
    def of_applying(cls) -> tuple[ImportStatus, ...]:
        return cls.REQUESTED, cls.APPLYING

    @classmethod
    def of_standing(cls) -> tuple[ImportStatus, ...]:
        """In the register, whatever is asked for since."""
        return cls.APPLIED, cls.UNDO_AWAITING, cls.UNDOING

    @classmethod
    def of_moving(cls) -> tuple[ImportStatus, ...]:
        return (*cls.of_reading(), *cls.of_applying(), cls.UNDOING)


class ImportOutcome(models.TextChoices):
    """What a household of a file is to the register; empty while it is held back. A joined one belongs to a
    household that another line of the file names, too."""

    NEW = "new", _("ใหม่")
    JOINED = "joined", _("รวมกับครัวเรือนอื่นแล้ว")
    KNOWN = "known", _("รู้จักแล้ว")
    CHANGED = "changed", _("ข้อมูลเปลี่ยน")


class FilePart(models.TextChoices):
    SOURCE = "source", _("ไฟล์ที่ส่งมา")
    ERRORS = "errors", _("ไฟล์สำหรับแก้")
    HEAD = "head", _("แถวแรกของไฟล์")


class SinceLast(models.TextChoices):
    """A household of a file beside the newest earlier word of the same kind of list."""

    NEW = "new", _("เข้าใหม่")
    SAME = "same", _("เหมือนเดิม")
    CHANGED = "changed", _("ข้อมูลเปลี่ยน")


class RowUnit(models.TextChoices):
    """What one row of a file stands for."""

    PERSON = "person", _("แถวละหนึ่งคน")
    HOUSEHOLD = "household", _("แถวละหนึ่งครัวเรือน")


class PairKind(models.TextChoices):
    PERSON = "person", _("บุคคล")
    HOUSEHOLD = "household", _("ครัวเรือน")


class PairState(models.TextChoices):
    """What became of a pair that may be one and the same."""

    OPEN = "open", _("รอตรวจ")
    NOT_SAME = "not_same", _("คนละราย")
    MERGED = "merged", _("รวมแล้ว")
    GONE = "gone", _("ไม่เข้าข่ายแล้ว")


class FoundBy(models.TextChoices):
    """At which moment a pair was found."""

    IMPORT = "import", _("ตอนนำเข้าบัญชี")
    NOMINATION = "nomination", _("ตอนเสนอชื่อ")
    NIGHTLY = "nightly", _("ตรวจประจำคืน")
    PERSON = "person", _("เจ้าหน้าที่แจ้ง")


class LinkKind(models.TextChoices):
    """How two households of the register belong together."""

    SPLIT = "split", _("แยกครัวเรือน")
    JOINED = "joined", _("รวมอยู่ด้วยกัน")
    SAME_HOUSE = "same_house", _("อยู่บ้านหลังเดียวกัน")
    MOVED = "moved", _("สมาชิกย้ายไป")
