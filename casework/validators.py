"""What makes the values of the work impossible, each with the Thai sentence that says how to mend it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import AnswerValue, Dimension
from households.enums import VerificationStatus
from povertyops.common.errors import InvalidInput
from povertyops.common.thai import format_thai_date, format_thai_datetime

from .arrival import century_mended
from .enums import HelpNature, HelpStatus, SkipReason, TimeDoubt, VisitOutcome
from .inputs import FindingInput, HelpInput, VisitInput
from .rules import CLOCK_TOLERANCE, true_time, visit_day

LONGEST_NOTE = 5_000
FIRST_YEAR, LAST_YEAR = 1950, 3000
FIRST_BUDDHIST_YEAR = 2400
MOST_PRIORITIES = 3
LONGEST_REASON = 500
LARGEST_AMOUNT = Decimal("9999999999.99")
_OUTCOMES, _DOUBTS = frozenset(VisitOutcome.values), frozenset(TimeDoubt.values)
_STATUSES_WITH_NOTE = frozenset({VerificationStatus.CORRECTED})


def check_visit(visit: VisitInput, *, now: datetime, listed_from: date | None) -> None:
    """Raises InvalidInput when the visit cannot have been like this."""
    _check_visit_time(visit, now, listed_from)
    if visit.outcome not in _OUTCOMES:
        raise InvalidInput("bad_outcome", _("ผลการลงพื้นที่ไม่ถูกต้อง โปรดเลือกจากรายการ"), field="outcome")
    if len(visit.note) > LONGEST_NOTE or "\x00" in visit.note:
        raise InvalidInput(
            "bad_note", _("บันทึกยาวเกิน 5,000 ตัวอักษรหรือมีอักขระที่เก็บไม่ได้ โปรดย่อข้อความ"), field="note"
        )
    _check_place(visit)
    for help_ in visit.helps:
        check_help(help_, today=visit_day(now, None))
    for finding in visit.verifications:
        check_finding(finding)
    check_answers(visit)
    _check_family(visit)


def _check_visit_time(visit: VisitInput, now: datetime, listed_from: date | None) -> None:
    if visit.visited_at.tzinfo is None:
        raise InvalidInput("naive_time", _("เวลาเยี่ยมต้องระบุเขตเวลา"), field="visited_at")
    if not FIRST_YEAR <= visit.visited_at.year <= LAST_YEAR:
        raise InvalidInput("bad_time", _("วันเวลาที่เยี่ยมไม่ถูกต้อง โปรดแก้วันเวลา"), field="visited_at")
    day = visit_day(visit.visited_at, visit.clock_skew_s)
    true = true_time(visit.visited_at, visit.clock_skew_s)
    if true > now + CLOCK_TOLERANCE:
        _refuse_century(true, now)
        raise InvalidInput(
            "future_visit",
            _("วันเวลาที่เยี่ยมอยู่ในอนาคต โปรดตรวจนาฬิกาของเครื่องแล้วแก้วันเวลา"),
            field="visited_at",
        )
    if listed_from is not None and day < listed_from:
        raise InvalidInput(
            "before_list",
            _("วันที่เยี่ยมมาก่อนวันที่ครัวเรือนเข้าบัญชี (%(day)s) โปรดแก้วันที่") % {"day": format_thai_date(listed_from)},
            field="visited_at",
        )
    if visit.next_visit_on is not None and visit.next_visit_on <= day:
        raise InvalidInput("next_before_visit", _("วันนัดครั้งต่อไปต้องอยู่หลังวันที่เยี่ยม"), field="next_visit_on")


def _refuse_century(moment: datetime, now: datetime) -> None:
    """A year of the Buddhist era where one of the common era belongs: say so, with the day that was meant."""
    if moment.year < FIRST_BUDDHIST_YEAR:
        return
    meant = century_mended(timezone.localtime(moment))
    if meant <= now + CLOCK_TOLERANCE:
        raise InvalidInput(
            "future_visit",
            _("เครื่องนี้ตั้งปีเป็น พ.ศ. จึงส่งปี ค.ศ. %(year)d มา วันที่เยี่ยมน่าจะเป็น %(meant)s โปรดยืนยันวันเวลา")
            % {"year": moment.year, "meant": format_thai_datetime(meant)},
            field="visited_at",
            suggested_at=meant.isoformat(),
        )


def _check_family(visit: VisitInput) -> None:
    if visit.time_doubt not in _DOUBTS:
        raise InvalidInput("bad_doubt", _("เหตุที่ต้องยืนยันเวลาไม่ถูกต้อง"), field="time_doubt")
    for text in (visit.family_contribution, *(priority.reason for priority in visit.priorities)):
        if len(text) > LONGEST_REASON or "\x00" in text:
            raise InvalidInput(
                "long_reason",
                _("ข้อความยาวเกิน 500 ตัวอักษรหรือมีอักขระที่เก็บไม่ได้ โปรดย่อข้อความ"),
                field="family_contribution",
            )
    ranks = [priority.rank for priority in visit.priorities]
    if len(set(ranks)) != len(ranks) or not all(1 <= rank <= MOST_PRIORITIES for rank in ranks):
        raise InvalidInput(
            "bad_priorities", _("ครัวเรือนเลือกทำก่อนได้ไม่เกินสามเรื่อง ลำดับไม่ซ้ำกัน"), field="priorities"
        )
    if any(priority.dimension not in Dimension.values for priority in visit.priorities):
        raise InvalidInput("bad_dimension", _("ไม่รู้จักมิตินี้"), field="priorities")


def _check_place(visit: VisitInput) -> None:
    if (visit.latitude is None) != (visit.longitude is None):
        raise InvalidInput("half_place", _("พิกัดต้องมีทั้งละติจูดและลองจิจูด"), field="latitude")
    if visit.latitude is None or visit.longitude is None:
        return
    if not (-90 <= visit.latitude <= 90 and -180 <= visit.longitude <= 180):
        raise InvalidInput("bad_place", _("พิกัดไม่ถูกต้อง โปรดจับตำแหน่งใหม่หรือเว้นว่าง"), field="latitude")


def check_help(help_: HelpInput, *, today: date) -> None:
    """Raises InvalidInput when the help cannot have been like this."""
    if help_.status not in HelpStatus.values:
        raise InvalidInput("bad_help_status", _("สถานะความช่วยเหลือไม่ถูกต้อง"), field="status")
    if help_.given_on > today and help_.status == HelpStatus.DELIVERED:
        raise InvalidInput(
            "future_help",
            _('วันที่ให้ความช่วยเหลืออยู่ในอนาคต ถ้ายังไม่ได้ส่งมอบให้เลือก "รับปากไว้"'),
            field="given_on",
        )
    check_amount(help_.amount_baht)
    if help_.status == HelpStatus.PROMISED and help_.fulfils is not None:
        raise InvalidInput("promise_fulfils", _("คำรับปากจะทำให้คำรับปากอื่นเสร็จไม่ได้"), field="fulfils")


def check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount < 0 or amount > LARGEST_AMOUNT:
        raise InvalidInput("bad_amount", _("มูลค่าต้องเป็นจำนวนบาทตั้งแต่ 0 ถึงหมื่นล้าน"), field="amount_baht")


def check_finding(finding: FindingInput) -> None:
    if finding.status not in VerificationStatus.values:
        raise InvalidInput("bad_finding", _("ผลการตรวจสอบไม่ถูกต้อง โปรดเลือกจากรายการ"), field="status")
    if finding.status in _STATUSES_WITH_NOTE and not finding.note.strip():
        raise InvalidInput("note_needed", _("เมื่อแก้ไขข้อมูลแล้ว โปรดบันทึกว่าแก้อะไร"), field="note")


def check_answers(visit: VisitInput) -> None:
    """Answers and skipped questions need their survey year; values and reasons are those of the lists."""
    if (visit.answers or visit.skipped) and visit.survey_year is None:
        raise InvalidInput("survey_year_needed", _("คำตอบตัวชี้วัดต้องระบุปีสำรวจ"), field="survey_year")
    for number, value in visit.answers.items():
        if value not in AnswerValue.values or number <= 0:
            raise InvalidInput("bad_answer", _("คำตอบตัวชี้วัดไม่ถูกต้อง"), field="answers")
    for number, reason in visit.skipped.items():
        if reason not in SkipReason.values or number <= 0:
            raise InvalidInput("bad_skip", _("เหตุผลที่ข้ามตัวชี้วัดไม่ถูกต้อง"), field="skipped")
    if any(dimension not in Dimension.values for dimension in visit.self_solved):
        raise InvalidInput("bad_dimension", _("ไม่รู้จักมิตินี้"), field="self_solved")


def check_nature(nature: str) -> None:
    if nature not in HelpNature.values:
        raise InvalidInput("bad_nature", _("ลักษณะความช่วยเหลือไม่ถูกต้อง"), field="nature")
