"""Target lists for the tests, made here: invented households, their rows, and files in every guise.

`make_households` draws people with varied names; `Sheet` turns them into rows, lets a test spoil single
cells, and writes the file. National ids carry the registrar 00, so they are nobody's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

from povertyops.common.nid import make_demo_pin

HEADER = (
    "ลำดับ", "รหัสตำบล", "จังหวัด", "หมู่ที่", "ชื่อหมู่บ้าน", "บ้านเลขที่", "รหัสประจำบ้าน", "เลขประจำตัวประชาชน", "คำนำหน้า",
    "ชื่อ",
    "นามสกุล", "วันเกิด", "เพศ", "ความสัมพันธ์", "โทรศัพท์", "มิติสุขภาพ", "มิติความเป็นอยู่", "มิติการศึกษา", "มิติรายได้",
    "มิติการเข้าถึงบริการภาครัฐ", "ตัวชี้วัดที่ไม่ผ่าน", "รายได้เฉลี่ยต่อคนต่อปี",
)  # fmt: skip
DIMENSION_COLUMNS = HEADER[15:20]
INDICATOR_OF = {"health": 8, "living": 13, "education": 25, "income": 29, "access": 34}

_STARTS = (
    "สม",
    "บุญ",
    "ทอง",
    "วิ",
    "ประ",
    "อรุณ",
    "จันทร์",
    "กัล",
    "ศรี",
    "พิ",
    "ชัย",
    "นง",
    "ละ",
    "สุ",
    "อำ",
    "เพ็ญ",
    "แสง",
    "ดวง",
)
_ENDS = (
    "ชาย",
    "มี",
    "ดี",
    "ชัย",
    "เสริฐ",
    "ณี",
    "เพ็ญ",
    "ยา",
    "วรรณ",
    "ลักษณ์",
    "เอียด",
    "ใจ",
    "นวย",
    "พร",
    "ศักดิ์",
    "รัตน์",
    "ภา",
)
_FAMILIES = (
    "แก้ว",
    "ทอง",
    "ศรี",
    "วงศ์",
    "สุข",
    "หนู",
    "คง",
    "ไชย",
    "อินทร์",
    "เพชร",
    "โพธิ์",
    "นาค",
    "ชู",
    "บัว",
    "มณี",
    "ดำ",
    "พันธ์",
)
_TAILS = (
    "งาม",
    "มณี",
    "สุข",
    "วิไล",
    "คำ",
    "ดี",
    "ราช",
    "เกตุ",
    "แสง",
    "ช่วย",
    "รักษ์",
    "ทิพย์",
    "เจริญ",
    "สกุล",
    "ประเสริฐ",
    "พล",
)
_VILLAGES = ("บ้านทุ่งนา", "บ้านโนนสูง", "บ้านหนองบัว", "บ้านท่าข้าม", "บ้านป่าไม้", "บ้านดอนกลาง", "บ้านคลองหวะ")
_RELATIONS = ("หัวหน้าครัวเรือน", "คู่สมรส", "บุตร", "บิดา/มารดา", "หลาน", "ผู้อาศัย")


@dataclass
class ListPerson:
    pin: str
    title: str
    first: str
    last: str
    birth: date
    relation: str

    @property
    def typed_birth(self) -> str:
        return f"{self.birth.day:02d}/{self.birth.month:02d}/{self.birth.year + 543}"


@dataclass
class ListHousehold:
    subdistrict: str
    moo: int
    village: str
    house_no: str
    house_code: str
    phone: str
    dimensions: tuple[str, ...]
    income: int
    persons: list[ListPerson] = field(default_factory=list)

    @property
    def area_code(self) -> str:
        return f"{self.subdistrict}{self.moo:02d}"

    @property
    def indicators(self) -> list[int]:
        return [INDICATOR_OF[code] for code in self.dimensions]


def make_households(
    count: int,
    *,
    subdistricts: Sequence[str] = ("900701", "900702"),
    seed: int = 1,
    persons: int | None = None,
    start: int = 1,
) -> list[ListHousehold]:
    """Households numbered from `start` in turn over the subdistricts; the same arguments give the same
    people."""
    random = Random(f"{seed}:{start}")
    return [
        _household(random, number, subdistricts[number % len(subdistricts)], persons)
        for number in range(start, start + count)
    ]


def _household(random: Random, number: int, subdistrict: str, persons: int | None) -> ListHousehold:
    moo = random.randint(1, 12)
    family = random.choice(_FAMILIES) + random.choice(_TAILS) + random.choice(("", "", random.choice(_TAILS)))
    household = ListHousehold(
        subdistrict=subdistrict,
        moo=moo,
        village=_VILLAGES[(int(subdistrict) + moo) % len(_VILLAGES)],
        house_no=f"{number}/{moo}",
        house_code=f"{subdistrict[:4]}{number:07d}",
        phone=f"08{random.randrange(10**8):08d}",
        dimensions=tuple(
            code for code in INDICATOR_OF if random.random() < (0.6 if code in ("living", "income") else 0.1)
        )
        or ("income",),
        income=random.randrange(8_000, 90_000),
    )
    for position in range(persons or random.choice((1, 2, 2, 3, 3, 4, 5))):
        household.persons.append(_person(random, family, position))
    return household


def _person(random: Random, family: str, position: int) -> ListPerson:
    is_woman = random.random() < 0.5
    return ListPerson(
        pin=make_demo_pin(random),
        title="นาง" if is_woman else "นาย",
        first=random.choice(_STARTS) + random.choice(_ENDS),
        last=family,
        birth=date(1940, 1, 1) + timedelta(days=random.randrange(365 * (45 if position == 0 else 75))),
        relation=_RELATIONS[0] if position == 0 else random.choice(_RELATIONS[1:]),
    )


class Sheet:
    """The rows of a list as a person sees them; `rows[0]` is the first data row."""

    def __init__(self, households: Iterable[ListHousehold], header: Sequence[str] = HEADER) -> None:
        self.header = list(header)
        self.rows: list[list[object]] = []
        for household in households:
            self.rows.extend(_rows_of(household, len(self.rows) + 1))

    def column(self, name: str) -> int:
        return self.header.index(name)

    def set(self, row: int, column: str, value: object) -> Sheet:
        """Put a value into a cell; `row` counts data rows from 0."""
        self.rows[row][self.column(column)] = value
        return self

    def get(self, row: int, column: str) -> object:
        return self.rows[row][self.column(column)]

    def csv(
        self, path: Path, *, codec: str = "utf-8-sig", delimiter: str = ",", title: Sequence[str] = ()
    ) -> Path:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerows([[line] for line in title])
        writer.writerow(self.header)
        writer.writerows(self.rows)
        path.write_bytes(text.getvalue().encode(codec))
        return path

    def xlsx(
        self, path: Path, *, title: Sequence[str] = (), sheet: str = "เป้าหมาย", before: Sequence[str] = ()
    ) -> Path:
        """`title` lines stand above the header; `before` names empty sheets in front."""
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for name in before:
                book.add_worksheet(name).write(0, 0, "ไม่มีตารางในแผ่นนี้")
            page = book.add_worksheet(sheet)
            for number, line in enumerate([*([text] for text in title), self.header, *self.rows]):
                for place, value in enumerate(line):
                    if isinstance(value, date):
                        page.write_datetime(number, place, value, day)
                    elif isinstance(value, int | float):
                        page.write_number(number, place, value)
                    elif value is not None:
                        page.write_string(number, place, str(value))
        return path


def _rows_of(household: ListHousehold, number: int) -> Iterable[list[object]]:
    failing = ["ไม่ผ่าน" if code in household.dimensions else "ผ่าน" for code in INDICATOR_OF]
    indicators = ",".join(map(str, household.indicators))
    for place, person in enumerate(household.persons):
        yield [
            number + place, household.subdistrict, "จังหวัดทดสอบ", household.moo, household.village,
            household.house_no,
            household.house_code, person.pin, person.title, person.first, person.last, person.typed_birth,
            "หญิง" if person.title == "นาง" else "ชาย", person.relation, household.phone, *failing, indicators,
            household.income,
        ]  # fmt: skip
