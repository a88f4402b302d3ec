"""Where the province stands: headline figures, targets, stages, and where households wait."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from povertyops.common.naming import STAGE_NAMES
from povertyops.common.thai import format_thai_date

from ...charts import Goal, funnel_option, stage_option, target_option
from ...charts.standing import STEPS, mean_wait, step_code
from ...definitions import BY_CODE
from ...models import Figures, FrozenProgress
from ..blocks import Block, change, chart, heading, number, paragraph, row, share, table, tile, tiles
from ..snapshot import Snapshot

HEADLINES = ("households", "verified_households", "found", "passing", "visits", "baht")
STAGE_LINES = ("waiting", "survive", "sufficient", "sustainable")
OTHERS = (
    "helped_households",
    "persons",
    "verified_persons",
    "with_team",
    "visited_90",
    "overdue",
    "carried",
    "care_households",
)


def overview(snap: Snapshot, thai_digits: bool) -> list[Block]:
    """Headline figures with their change, the stages, targets."""
    province = snap.province
    return [
        heading(_("ภาพรวมของจังหวัด"), note=_compared(snap)),
        tiles([_headline(snap, code) for code in HEADLINES]),
        *_one_list(snap),
        heading(_("ขั้นของครัวเรือน"), level=2),
        chart(stage_option(province.figures), height=180, thai_digits=thai_digits),
        _lines_of(snap, STAGE_LINES, with_share=True),
        *_targets(snap, thai_digits),
        heading(_("ตัวเลขอื่น"), level=2),
        _lines_of(snap, (*OTHERS, "not_in_tpmap")),
        *_lists(snap),
    ]


def _one_list(snap: Snapshot) -> list[Block]:
    if not snap.list_name:
        return []
    said = _(
        "ตัวเลขในเอกสารนี้นับเฉพาะบัญชี %(list)s ยกเว้นตารางแยกตามบัญชี "
        "และยอดแยกตามหน่วยงานซึ่งนับความช่วยเหลือของทุกบัญชีรวมกัน"
    )
    return [paragraph(said % {"list": snap.list_name})]


def _compared(snap: Snapshot) -> str:
    previous = snap.previous
    if previous is None:
        return _("การประชุมครั้งแรกที่มีตัวเลขตรึงไว้ จึงยังไม่มีตัวเลขเปรียบเทียบ")
    if not snap.is_same_year:
        return _("การประชุมครั้งก่อน (%(label)s) นับปีงบประมาณ %(year)s จึงไม่นำมาเทียบ") % {
            "label": previous["label"],
            "year": previous["fiscal_year"],
        }
    return _("เทียบกับการประชุมครั้งที่ %(label)s (ข้อมูล ณ %(day)s)") % {
        "label": previous["label"],
        "day": format_thai_date(date.fromisoformat(previous["as_of"])),
    }


def _headline(snap: Snapshot, code: str) -> Block:
    figure, province = BY_CODE[code], snap.province
    value = province.get(code)
    note = ""
    if code == "passing":
        note = _("ร้อยละ %(share)s ของครัวเรือนตามบัญชี") % {"share": share(value, province.get("households"))}
    return tile(
        str(figure.label),
        number(value),
        str(figure.unit.value),
        change=change(province.change(code)),
        note=note,
    )


def _lines_of(snap: Snapshot, codes: tuple[str, ...], *, with_share: bool = False) -> Block:
    province, total = snap.province, snap.province.get("households")
    rows = []
    for code in codes:
        figure = BY_CODE[code]
        shares = (share(province.get(code), total),) if with_share else ()
        cells = (str(figure.label), number(province.get(code)), *shares, str(figure.unit.value))
        rows.append(row(*cells, change(province.change(code)) or "–"))
    heads = [_("รายการ"), _("จำนวน"), *([_("ร้อยละ")] if with_share else []), _("หน่วย"), _("เปลี่ยนแปลง")]
    return table(heads, rows, columns="wnntn" if with_share else "wntn")


def _targets(snap: Snapshot, thai_digits: bool) -> list[Block]:
    targets = snap.payload["targets"]
    if not targets:
        return []
    total = snap.province.get("households")
    rows = [
        row(
            target["label"],
            format_thai_date(date.fromisoformat(target["due_on"]), "short"),
            target["percent"],
            number(target["owed"]),
            number(target["reached"]),
            share(target["reached"], total),
            _ahead(target["owed"] - target["reached"]),
        )
        for target in targets
    ]
    heads = (
        _("เป้าหมาย"),
        _("ภายใน"),
        _("ตั้งไว้\n(ร้อยละ)"),
        _("ต้องได้\n(ครัวเรือน)"),
        _("ทำได้\n(ครัวเรือน)"),
        _("ทำได้\n(ร้อยละ)"),
        _("ผล"),
    )
    return [
        heading(_("เป้าหมายของจังหวัด"), level=2),
        table(heads, rows, columns="wtnnnnt", note=_goals_of(snap)),
        *_line(snap, thai_digits),
    ]


def _goals_of(snap: Snapshot) -> str:
    if not snap.list_name:
        return ""
    said = _("เป้าหมายตั้งไว้สำหรับทุกบัญชีรวมกัน ตารางนี้วัดเฉพาะบัญชี %(list)s")
    return said % {"list": snap.list_name}


def _ahead(left: int) -> str:
    return _("ถึงแล้ว") if left <= 0 else _("ขาด %(left)s") % {"left": number(left)}


def _line(snap: Snapshot, thai_digits: bool) -> list[Block]:
    """The stages over the year against the target on them, where days were kept."""
    points = trend_points(snap)
    goal = next((target for target in snap.payload["targets"] if target["figure"] == "survive"), None)
    if goal is None or len(points) < 3:
        return []
    due = date.fromisoformat(goal["due_on"])
    made = target_option(points, Goal(goal["label"], float(goal["percent"]), due))
    return [chart(made, height=230, thai_digits=thai_digits)]


def trend_points(snap: Snapshot) -> list[tuple[date, Figures]]:
    return [
        (
            date.fromisoformat(point["day"]),
            FrozenProgress(**{code: value for code, value in point.items() if code != "day"}),
        )
        for point in snap.payload["trend"]
    ]


def _lists(snap: Snapshot) -> list[Block]:
    lists = snap.payload["lists"]
    if len(lists) < 2:
        return []
    columns = snap.payload["columns"]
    rows = []
    for kind in lists:
        values = dict(zip(columns, kind["figures"], strict=True))
        rows.append(
            row(
                kind["name"],
                number(values["households"]),
                number(values["waiting"]),
                number(values["persons"]),
            )
        )
    heads = (_("บัญชี"), _("ครัวเรือน"), str(STAGE_NAMES["waiting"]), _("คน"))
    note = _("ครัวเรือนหนึ่งอาจอยู่ได้หลายบัญชี จึงไม่รวมกันเป็นยอดของจังหวัด")
    return [heading(_("แยกตามบัญชี"), level=2), table(heads, rows, columns="wnnn", note=note)]


def waits(snap: Snapshot, thai_digits: bool) -> list[Block]:
    """From the list to sustainable: where households wait and for how long; who slipped back, as counts."""
    figures = snap.province.figures
    blocks = [
        heading(_("ครัวเรือนรออยู่ที่ใด และขั้นลดลงเท่าใด"), flows=True),
        chart(funnel_option(figures, snap.as_of), height=300, thai_digits=thai_digits),
        paragraph(
            _("ขั้นลดลงในปีนี้ %(slipped)s ครัวเรือน พบปัญหาเพิ่มภายหลัง %(additional)s ครัวเรือน ซึ่งไม่ทำให้ขั้นลดลง")
            % {
                "slipped": number(snap.province.get("slipped")),
                "additional": number(snap.province.get("additional")),
            }
        ),
    ]
    rows = []
    for spot in snap.rows:
        queue = max(STEPS[:-1], key=lambda step: (spot.get(step_code(step)), -step))
        wait = mean_wait(spot.figures, queue, snap.as_of)
        waiting = spot.get(step_code(queue))
        rows.append(
            row(
                spot.name,
                number(spot.get("slipped")),
                number(spot.get("additional")),
                number(spot.get("without_team")),
                number(spot.get("overdue")),
                str(queue.label) if waiting else "–",
                number(waiting),
                number(wait),
                look="of-which" if spot.is_municipal else "",
            )
        )
    heads = (
        _("อำเภอ"),
        _("ขั้นลดลง"),
        _("พบเพิ่ม"),
        _("ไม่มีพี่เลี้ยง"),
        _("เกินกำหนด"),
        _("คิวที่ใหญ่ที่สุด"),
        _("ครัวเรือน"),
        _("รอเฉลี่ย (วัน)"),
    )
    note = _("นับเป็นจำนวนครัวเรือน เทศบาลเป็นส่วนหนึ่งของอำเภอ ไม่นับซ้ำในยอดรวม")
    return [*blocks, table(heads, rows, columns="wnnnntnn", note=note)]
