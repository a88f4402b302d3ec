"""What every figure is called, what exactly it counts, and the list that makes it up.

Said once: the roll-up's SQL, table footers, links, the API and exports all read it here. A condition
is SQL over one row of `services.rollup_sql.SOURCE_COLUMNS`; a query is the filter of the list page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.enums import CloseReason, Step
from casework.rules import VISITED_WITHIN_DAYS
from dimensions.enums import Dimension, Stage
from povertyops.common.naming import with_stages


class Unit(Enum):
    """What is counted; household-dimensions never add up to households."""

    HOUSEHOLDS = _("ครัวเรือน")
    PERSONS = _("คน")
    VISITS = pgettext_lazy("unit of visits", "ครั้ง")
    HELPS = pgettext_lazy("unit of helps", "รายการ")
    BAHT = _("บาท")


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One number of the board. `page` is the URL name of its list, `query` that list's filter."""

    code: str
    label: Promise
    counts: Promise | str
    sql: str
    unit: Unit = Unit.HOUSEHOLDS
    page: str = "household_list"
    query: Mapping[str, str] = field(default_factory=dict)
    head: Promise | str = ""

    @property
    def short(self) -> Promise | str:
        """The label where there is little room: column heads and tiles."""
        return self.head or self.label


def _households(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


def _sum(column: str, condition: str) -> str:
    return f"coalesce(sum({column}) FILTER (WHERE {condition}), 0)"


COHORT = "cohort"
IN_CARE = "cohort AND is_open AND NOT is_removed"

HEADCOUNT = (
    Figure(
        "households",
        _("ครัวเรือนตามบัญชี"),
        _("ครัวเรือนที่อยู่ในบัญชีเป้าหมายของปีงบประมาณนี้ รวมที่สำรวจพบเพิ่มเติม นับครัวเรือนละหนึ่งครั้ง"),
        _households(COHORT),
        head=_("ครัวเรือน"),
    ),
    Figure(
        "found",
        _("สำรวจพบเพิ่มเติม"),
        _("ครัวเรือนที่ไม่อยู่ในบัญชีเดิม สำรวจพบเพิ่มเติมและรับเข้าแล้ว นับรวมอยู่ในครัวเรือนตามบัญชี"),
        _households("membership = 2"),
        query={"membership": "found"},
        head=_("พบเพิ่มเติม"),
    ),
    Figure(
        "verified_households",
        _("ครัวเรือนหลังตรวจสอบ"),
        _("ครัวเรือนตามบัญชี หักครัวเรือนที่อนุมัติให้นำออกแล้ว"),
        _households("cohort AND NOT is_removed"),
        query={"verified": "1"},
        head=_("หลังตรวจสอบ"),
    ),
    Figure(
        "checked_households",
        _("ตรวจสอบครบแล้ว"),
        _("ครัวเรือนที่ตรวจสอบข้อมูลในพื้นที่แล้วครบทุกคนที่มีชื่อในบัญชี"),
        _households("cohort AND is_checked"),
        query={"checked": "1"},
        head=_("ตรวจครบแล้ว"),
    ),
    Figure(
        "persons",
        _("คนตามบัญชี"),
        _("คนที่มีชื่อในบัญชีของครัวเรือนเหล่านี้ นับคนละหนึ่งครั้ง"),
        _sum("persons", COHORT),
        Unit.PERSONS,
        "person_list",
        head=_("คน"),
    ),
    Figure(
        "verified_persons",
        _("คนหลังตรวจสอบ"),
        _("คนตามบัญชีในครัวเรือนที่ยังเป็นเป้าหมาย หักคนที่ไม่พบตัว ย้าย เสียชีวิต ไม่ประสงค์รับความช่วยเหลือ หรือไม่ยากจน"),
        _sum("verified_persons", "cohort AND NOT is_removed"),
        Unit.PERSONS,
        "person_list",
        {"verified": "1"},
        head=_("คนหลังตรวจสอบ"),
    ),
)

_STAGE_COUNTS = {
    Stage.WAITING: _("ครัวเรือนตามบัญชีที่ยังมีมิติที่ตกเกณฑ์และยังไม่ได้รับการบรรเทา"),
    Stage.SURVIVE: _("ครัวเรือนตามบัญชีที่ทุกมิติที่ตกเกณฑ์ได้รับการบรรเทาแล้ว"),
    Stage.SUFFICIENT: with_stages(_("ครัวเรือนตามบัญชีที่ทุกมิติผ่านเกณฑ์แล้วและได้รับอนุมัติขั้น{sufficient}")),
    Stage.SUSTAINABLE: with_stages(_("ครัวเรือนตามบัญชีที่คงขั้น{sufficient}ครบหนึ่งปีและได้รับอนุมัติขั้น{sustainable}")),
}

STAGES = tuple(
    Figure(
        stage.code,
        stage.label,
        _STAGE_COUNTS[stage],
        _households(f"cohort AND stage = {stage.value}"),
        query={"stage": stage.code},
    )
    for stage in Stage
)

PROPOSED = Figure(
    "proposed",
    _("รออนุมัติเลื่อนขั้น"),
    _("ครัวเรือนตามบัญชีที่ครบเงื่อนไขของขั้นที่สูงขึ้นและรออำเภอพิจารณา"),
    _households("cohort AND proposed_stage IS NOT NULL"),
    query={"proposed": "1"},
    head=_("รออนุมัติขั้น"),
)


PASSING = Figure(
    "passing",
    _("ผ่านเกณฑ์ จปฐ. ครบทุกมิติ"),
    _("ครัวเรือนตามบัญชีที่ทุกมิติที่ตกเกณฑ์มีผลประเมินล่าสุดผ่านแล้ว ใช้คิดร้อยละตามตัวชี้วัดของกระทรวงมหาดไทย"),
    _households("cohort AND recovered <> 0 AND recovered = dims"),
    query={"passing": "1"},
    head=_("ผ่าน จปฐ."),
)


def _dimension_figures(group: str, mask: str, label: Promise, counts: Promise) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            f"{group}_{dimension.value}",
            label,
            counts,
            _households(f"cohort AND {mask} & {dimension.bit} <> 0"),
            query={group: dimension.value},
        )
        for dimension in Dimension
    )


FAILING = _dimension_figures(
    "failing",
    "dims",
    _("ตกเกณฑ์"),
    _("ครัวเรือนที่บัญชีของปีนี้ระบุว่าตกเกณฑ์ในมิตินี้"),
)
RELIEVED = _dimension_figures(
    "relieved",
    "relieved",
    _("ได้รับความช่วยเหลือแล้ว"),
    _("ครัวเรือนที่ตกเกณฑ์ในมิตินี้และได้รับการบรรเทาแล้วหลังการตกเกณฑ์ครั้งล่าสุด"),
)
RECOVERED = _dimension_figures(
    "recovered",
    "recovered",
    _("ผ่านเกณฑ์แล้ว"),
    _("ครัวเรือนที่ตกเกณฑ์ในมิตินี้และผลประเมินล่าสุดผ่านทุกตัวชี้วัดของมิติ"),
)

CARE = (
    Figure(
        "visited_90",
        _("เยี่ยมใน 90 วัน"),
        _("ครัวเรือนที่อยู่ในการดูแลและมีการลงพื้นที่ภายใน 90 วันก่อนวันที่ของข้อมูล"),
        _households(f"cohort AND is_open AND last_visit_on >= as_of - {VISITED_WITHIN_DAYS}"),
        query={"visited_90": "1"},
    ),
    Figure(
        "overdue",
        _("เกินกำหนดเยี่ยม"),
        _("ครัวเรือนที่อยู่ในการดูแลและเลยวันครบกำหนดเยี่ยมแล้ว"),
        _households(f"{IN_CARE} AND due_on < as_of"),
        query={"overdue": "1"},
        head=_("เกินกำหนด"),
    ),
    Figure(
        "without_team",
        _("ยังไม่มีทีมพี่เลี้ยง"),
        _("ครัวเรือนที่อยู่ในการดูแลและยังไม่ได้มอบหมายทีมพี่เลี้ยง"),
        _households(f"{IN_CARE} AND team_id IS NULL"),
        query={"no_team": "1"},
        head=_("ไม่มีพี่เลี้ยง"),
    ),
    Figure(
        "with_team",
        _("มีทีมพี่เลี้ยง"),
        _("ครัวเรือนที่อยู่ในการดูแลและมอบหมายทีมพี่เลี้ยงแล้ว"),
        _households(f"{IN_CARE} AND team_id IS NOT NULL"),
        query={"with_team": "1"},
    ),
)

TROUBLE = (
    Figure(
        "slipped",
        _("ขั้นลดลง"),
        _("ครัวเรือนตามบัญชีที่ขั้นลดลงอย่างน้อยหนึ่งครั้งในปีงบประมาณนี้"),
        _households("cohort AND slips > 0"),
        query={"slipped": "1"},
    ),
    Figure(
        "additional",
        _("พบปัญหาเพิ่มภายหลัง"),
        _("ครัวเรือนตามบัญชีที่การประเมินพบมิติที่ตกเกณฑ์เพิ่มจากบัญชี ไม่ทำให้ขั้นลดลง"),
        _households("cohort AND additional <> 0"),
        query={"additional": "1"},
        head=_("พบเพิ่มภายหลัง"),
    ),
    Figure(
        "care_households",
        _("ดูแลต่อเนื่อง"),
        _("ครัวเรือนตามบัญชีที่มีมิติอยู่ในการดูแลต่อเนื่องซึ่งอนุมัติแล้วและยังไม่ผ่านเกณฑ์"),
        _households("cohort AND in_care <> 0"),
        query={"care": "1"},
    ),
    Figure(
        "not_in_tpmap",
        _("ยังบันทึกใน TPMAP ไม่ครบ"),
        _("ครัวเรือนตามบัญชีที่ยังมีการลงพื้นที่หรือความช่วยเหลือของปีนี้ที่ไม่ได้บันทึกใน TPMAP"),
        _households("cohort AND not_in_tpmap > 0"),
        query={"not_in_tpmap": "1"},
        head=_("ยังไม่ลง TPMAP"),
    ),
)
_STEP_COUNTS = _("ครัวเรือนตามบัญชีที่อยู่ในการดูแลและมาถึงขั้นตอนนี้ กำลังรอขั้นตอนถัดไป")
STEPS = tuple(
    Figure(
        f"step_{step.name.lower()}",
        step.label,
        _STEP_COUNTS,
        _households(f"cohort AND is_open AND step = {step.value}"),
        query={"step": str(step.value)},
    )
    for step in Step
    if step is not Step.CLOSED
)

GIVEN = (
    Figure(
        "helped_households",
        _("ครัวเรือนที่ได้รับความช่วยเหลือ"),
        _("ครัวเรือนตามบัญชีที่ได้รับความช่วยเหลืออย่างน้อยหนึ่งรายการในปีงบประมาณนี้"),
        _households("cohort AND helps > 0"),
        query={"helped": "1"},
        head=_("ได้รับช่วยเหลือ"),
    ),
    Figure(
        "visits",
        _("การลงพื้นที่"),
        _("การลงพื้นที่ในปีงบประมาณนี้ ทั้งของครัวเรือนตามบัญชีและที่ยกมาจากปีก่อน"),
        "coalesce(sum(visits), 0)",
        Unit.VISITS,
        "visit_list",
    ),
    Figure(
        "helps",
        _("ความช่วยเหลือ"),
        _("ความช่วยเหลือที่ส่งมอบแล้วในปีงบประมาณนี้ ทั้งของครัวเรือนตามบัญชีและที่ยกมาจากปีก่อน"),
        "coalesce(sum(helps), 0)",
        Unit.HELPS,
        "help_list",
    ),
    Figure(
        "baht",
        _("มูลค่าความช่วยเหลือ"),
        _("มูลค่ารวมของความช่วยเหลือที่ส่งมอบแล้วในปีงบประมาณนี้"),
        "coalesce(sum(baht), 0)",
        Unit.BAHT,
        "help_list",
        head=_("มูลค่า"),
    ),
    Figure(
        "development_helps",
        _("ความช่วยเหลือเพื่อการพัฒนา"),
        _("ความช่วยเหลือที่ส่งมอบแล้วในปีงบประมาณนี้ซึ่งเป็นการพัฒนา ที่เหลือเป็นการสงเคราะห์"),
        "coalesce(sum(development_helps), 0)",
        Unit.HELPS,
        "help_list",
        {"nature": "development"},
        head=_("พัฒนา"),
    ),
    Figure(
        "development_baht",
        _("มูลค่าเพื่อการพัฒนา"),
        _("มูลค่าของความช่วยเหลือเพื่อการพัฒนาที่ส่งมอบแล้วในปีงบประมาณนี้"),
        "coalesce(sum(development_baht), 0)",
        Unit.BAHT,
        "help_list",
        {"nature": "development"},
        head=_("มูลค่าพัฒนา"),
    ),
    Figure(
        "carried",
        _("ยกมาจากปีก่อน"),
        _("ครัวเรือนที่ยังอยู่ในการดูแลจากบัญชีปีก่อนและไม่อยู่ในบัญชีปีนี้ ไม่นับรวมในครัวเรือนตามบัญชี"),
        _households("NOT cohort AND is_open"),
        query={"membership": "carried"},
        head=_("ยกมา"),
    ),
)

OUT = (
    Figure(
        "removed",
        _("นำออกจากเป้าหมายแล้ว"),
        _("ครัวเรือนตามบัญชีที่อนุมัติให้นำออกแล้วโดยคนที่สอง ทุกเหตุผล"),
        _households("cohort AND is_removed"),
        query={"removed": "1"},
        head=_("นำออกแล้ว"),
    ),
    Figure(
        "removed_not_poor",
        _("อยู่ในบัญชีแต่ไม่ยากจน"),
        _("ครัวเรือนตามบัญชีที่ลงตรวจแล้วพบว่าไม่ยากจน และอนุมัติให้นำออกแล้ว"),
        _households(f"cohort AND is_removed AND removed_for = '{CloseReason.NOT_POOR.value}'"),
        query={"removed_for": CloseReason.NOT_POOR.value},
        head=_("ไม่ยากจน"),
    ),
    Figure(
        "stage_carried",
        _("ขั้นเป็นยอดยกมา"),
        _("ครัวเรือนตามบัญชีที่ขั้นปัจจุบันยกมาจากก่อนใช้ระบบตามเอกสาร นับรวมอยู่ในจำนวนของแต่ละขั้น"),
        _households("cohort AND is_stage_carried"),
        query={"stage_carried": "1"},
        head=_("ยอดยกมา"),
    ),
)

FIGURES: tuple[Figure, ...] = (
    *HEADCOUNT,
    *STAGES,
    PROPOSED,
    PASSING,
    *FAILING,
    *RELIEVED,
    *RECOVERED,
    *CARE,
    *TROUBLE,
    *STEPS,
    *GIVEN,
    *OUT,
)
# Days since this one are summed for each step, so that the mean wait of any area can be told on any day.
WAIT_EPOCH = date(2000, 1, 1)
WAITS: Mapping[str, str] = {
    f"since_{step.name.lower()}": (
        f"coalesce(sum(step_since - date '{WAIT_EPOCH}') "
        f"FILTER (WHERE cohort AND is_open AND step = {step.value}), 0)"
    )
    for step in Step
    if Step.CLOSED < step < Step.SUSTAINABLE
}
BY_CODE: Mapping[str, Figure] = {figure.code: figure for figure in FIGURES}


def dimension_of(figure: Figure) -> Dimension | None:
    """The dimension a figure is about, if it is about one."""
    _group, _separator, code = figure.code.partition("_")
    return Dimension(code) if code in Dimension.values else None
