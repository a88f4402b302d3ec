"""One Thai sentence for each chart, from plain numbers. A figure that may not be shown is None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from casework.enums import Step
from dimensions.enums import Dimension, Stage
from povertyops.common.naming import with_stages

HIDDEN = "–"


def stage_sentence(counts: Mapping[Stage, int | None]) -> str:
    known = [count for count in counts.values() if count is not None]
    total, waiting = sum(known), counts[Stage.WAITING]
    if len(known) < len(counts) or waiting is None:
        return _("บางขั้นมีจำนวนน้อยจึงไม่แสดง")
    if total == 0:
        return _("ปีนี้ยังไม่มีครัวเรือนตามบัญชี")
    if waiting == 0:
        return with_stages(_("ครัวเรือนทั้ง %(total)s ครัวเรือนถึงขั้น{survive}ขึ้นไปแล้ว")) % {"total": f"{total:,}"}
    return with_stages(
        _(
            "จาก %(total)s ครัวเรือน ถึงขั้น{survive}ขึ้นไปแล้ว %(reached)s ครัวเรือน (%(share).1f%%) "
            "ยังเหลืออีก %(waiting)s ครัวเรือน"
        )
    ) % {
        "total": f"{total:,}",
        "reached": f"{total - waiting:,}",
        "share": 100 * (total - waiting) / total,
        "waiting": f"{waiting:,}",
    }


def dimension_sentence(
    failing: Mapping[Dimension, int | None], relieved: Mapping[Dimension, int | None]
) -> str:
    most = max(Dimension, key=lambda dimension: failing[dimension] or 0)
    count, eased = failing[most], relieved[most]
    if not count:
        return _("บัญชีของปีนี้ไม่ได้ระบุมิติที่ตกเกณฑ์")
    if eased is None:
        return _("ตกเกณฑ์มิติ%(dimension)sมากที่สุด %(failing)s ครัวเรือน") % {
            "dimension": most.label,
            "failing": f"{count:,}",
        }
    return _(
        "ตกเกณฑ์มิติ%(dimension)sมากที่สุด %(failing)s ครัวเรือน "
        "ได้รับความช่วยเหลือแล้ว %(relieved)s ครัวเรือน (%(share).1f%%)"
    ) % {
        "dimension": most.label,
        "failing": f"{count:,}",
        "relieved": f"{eased:,}",
        "share": 100 * eased / count,
    }


def funnel_sentence(waiting: Mapping[Step, int | None], days: Mapping[Step, int | None]) -> str:
    queues = [step for step, wait in days.items() if wait is not None]
    if not queues:
        return _("ไม่มีครัวเรือนที่รอขั้นตอนถัดไป")
    most = max(queues, key=lambda step: waiting[step] or 0)
    return _("ครัวเรือนรออยู่ที่ขั้นตอน “%(step)s” มากที่สุด %(count)s ครัวเรือน รอมาแล้วเฉลี่ย %(days)s วัน") % {
        "step": most.label,
        "count": f"{waiting[most] or 0:,}",
        "days": f"{days[most] or 0:,}",
    }


def trend_sentence(days: Sequence[str], shares: Sequence[float]) -> str:
    """`shares` are percent of households at survive or higher on `days`."""
    if not days:
        return _("ยังไม่มีตัวเลขย้อนหลัง")
    if len(days) == 1:
        return with_stages(_("ณ %(day)s ถึงขั้น{survive}ขึ้นไปร้อยละ %(share).1f")) % {
            "day": days[0],
            "share": shares[0],
        }
    words = _("เพิ่มขึ้น") if shares[-1] >= shares[0] else _("ลดลง")
    return with_stages(
        _(
            "ตั้งแต่ %(first)s ถึง %(last)s ครัวเรือนที่ถึงขั้น{survive}ขึ้นไป%(moved)s"
            "จากร้อยละ %(before).1f เป็นร้อยละ %(after).1f"
        )
    ) % {
        "first": days[0],
        "last": days[-1],
        "moved": words,
        "before": shares[0],
        "after": shares[-1],
    }


def target_sentence(reached: float, wanted: float, due: str) -> str:
    """Percent reached against percent wanted by a day."""
    if reached >= wanted:
        return _("ถึงเป้าหมายแล้ว ร้อยละ %(reached).1f จากเป้าหมายร้อยละ %(wanted).1f ภายใน %(due)s") % {
            "reached": reached,
            "wanted": wanted,
            "due": due,
        }
    return _(
        "ทำได้ร้อยละ %(reached).1f ยังขาดอีก %(short).1f จุดจึงจะถึงเป้าหมายร้อยละ %(wanted).1f ภายใน %(due)s"
    ) % {"reached": reached, "short": wanted - reached, "wanted": wanted, "due": due}


def agencies_sentence(first: str, baht: float, total: float) -> str:
    if not total:
        return _("ยังไม่มีความช่วยเหลือที่มีมูลค่าในปีงบประมาณนี้")
    return _("“%(name)s” ช่วยมากที่สุด %(baht)s บาท (%(share).1f%% ของมูลค่าทั้งหมด)") % {
        "name": first,
        "baht": f"{baht:,.0f}",
        "share": 100 * baht / total,
    }


def relief_sentence(baht: float, development: float) -> str:
    if not baht:
        return _("ยังไม่มีความช่วยเหลือที่มีมูลค่าในปีงบประมาณนี้")
    return _("ในทุก 100 บาท เป็นการพัฒนา %(part).0f บาท ที่เหลือเป็นการสงเคราะห์") % {
        "part": 100 * development / baht
    }


def districts_sentence(worst: str, share: float, waiting: int) -> str:
    return with_stages(_("%(name)sยังเหลือมากที่สุด %(waiting)s ครัวเรือน ถึงขั้น{survive}ขึ้นไปร้อยละ %(share).1f")) % {
        "name": worst,
        "waiting": f"{waiting:,}",
        "share": share,
    }
