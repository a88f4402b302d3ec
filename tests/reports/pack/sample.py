"""The payload of an invented meeting, as JSON gives it back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from reports.pack.payload import COLUMNS, FORMAT, STAGE_COLUMNS, _definitions, numbers
from tests.reports.charts.sample import DAY, area

SNAPSHOT = "90-2568-01-7F3A2C"
MARKUP = "#ใจดี $x$ *bold* [a] \\ @ref <b>&amp; น้ำ"
DIMENSIONS = (
    ("health", "สุขภาพ"),
    ("living", "ความเป็นอยู่"),
    ("education", "การศึกษา"),
    ("income", "รายได้"),
    ("access", "การเข้าถึงบริการภาครัฐ"),
)


def payload(districts: int = 3, **given: Any) -> dict[str, Any]:
    per = [area(41 + 13 * place) for place in range(districts)]
    lines = [numbers(row) for row in per]
    total = [sum(values) for values in zip(*lines, strict=True)]
    places = [_place("90", 1, "TH", "จ.สงขลา", total)]
    places += [_place(f"90{n:02d}", 2, "90", f"อ.ครั้งที่{n}", values) for n, values in enumerate(lines, start=1)]
    places += [
        _place(f"90{n:02d}01", 3, f"90{n:02d}", f"ต.น้ำน้อย{n}", values)
        for n, values in enumerate(lines, start=1)
    ]
    made = {
        "format": FORMAT,
        "snapshot_id": SNAPSHOT,
        "meeting": {
            "label": "1/2568",
            "number": 1,
            "year": 2568,
            "fiscal_year": 2568,
            "held_on": "2025-10-14",
            "starts_at": "09:30",
            "place": "ห้องประชุม",
            "chair": "ผู้ว่าราชการจังหวัด",
            "notes": "",
            "province_code": "90",
            "province": "สงขลา",
        },
        "as_of": DAY.isoformat(),
        "frozen_at": "2025-10-10T14:05:00+07:00",
        "quarter": 4,
        "columns": list(COLUMNS),
        "definitions": _definitions(),
        "places": places,
        "previous": {
            "label": "3/2567",
            "as_of": "2025-06-30",
            "fiscal_year": 2568,
            "snapshot_id": "90-2567-03-000000",
            "figures": {place["code"]: [value // 2 for value in place["figures"]] for place in places},
        },
        "lists": [],
        "dimensions": [
            {"code": code, "label": label, "lead_office": f"สำนักงาน{label}", "lead_office_short": ""}
            for code, label in DIMENSIONS
        ],
        "targets": [
            {
                "figure": "survive",
                "label": "อยู่รอดขึ้นไป",
                "reached": 111,
                "owed": 147,
                "percent": "90",
                "due_on": "2025-09-30",
                "note": "",
                "shares": {},
            }
        ],
        "trend": [_point(back) for back in (60, 30, 0)],
        "agencies": [
            {
                "name": MARKUP,
                "households": 2,
                "helps": 7,
                "baht": 43211,
                "development_helps": 1,
                "development_baht": 1207,
            },
            {
                "name": "",
                "households": 1,
                "helps": 1,
                "baht": 17,
                "development_helps": 0,
                "development_baht": 0,
            },
        ],
        "agencies_as_of": DAY.isoformat(),
        "agenda": [{"kind": "decide", "title": MARKUP, "detail": "ยั่งยืน ครั้งแรก", "presenter": ""}],
        "attendance": [
            {"name": "นายประชุม ดี", "office": "จังหวัด", "presence": "replaced", "replaced_by": "นายแทน มา"}
        ],
        "resolutions": [
            {
                "meeting": "3/2567",
                "text": "ให้อำเภอสำรวจ",
                "owner": "อำเภอ",
                "due_on": "2025-08-31",
                "state": "open",
                "notes": [{"text": "สำรวจแล้ว 14 อำเภอ", "state": "open", "on": "2025-09-15"}],
            }
        ],
        "spot_checks": [
            {
                "district": "9001",
                "name": "อ.ครั้งที่1",
                "is_municipal": False,
                "drawn": 5,
                "pending": 1,
                "agrees": 3,
                "differs": 1,
                "not_found": 0,
            }
        ],
        "stories": [{"title": "สวนผัก", "text": "ปลูกผักปลอดสาร", "consent_on": "2025-09-12"}],
        "late_visits": 7,
    }
    return json.loads(json.dumps({**made, **given}))


def _place(code: str, level: int, parent: str, name: str, figures: list[int]) -> dict[str, Any]:
    return {"code": code, "level": level, "parent": parent, "name": name, "figures": figures}


def _point(back: int) -> dict[str, Any]:
    row = area(160 - back)
    return {
        "day": (DAY - timedelta(days=back)).isoformat(),
        **{code: getattr(row, code) for code in STAGE_COLUMNS},
    }
