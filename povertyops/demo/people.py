"""Invented households. Every national id carries registrar digits 00, which no living person has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from povertyops.common.nid import check_digit

WOMEN = (
    "กานดา กัลยา จันทร์เพ็ญ จารุณี จำเนียร ชลธิชา ดวงใจ ดารุณี ทองดี ทิพวรรณ นงคราญ นฤมล นิภา เนาวรัตน์ บุญเรือน บุษบา "
    "ปราณี ผกามาศ พรทิพย์ พิกุล เพ็ญศรี มะลิ มณี ยุพิน รัตนา ละเอียด ลัดดา วรรณา วาสนา วิไล ศิริพร สมใจ สมปอง สายใจ "
    "สุดา สุนีย์ สุภาพ แสงเดือน โสภา อรทัย อรุณี อัมพร อุไร น้ำทิพย์"
).split()
MEN = (
    "กิตติ เกรียงไกร โกวิท คำปัน จรูญ จำรัส เจริญ เฉลิม ชัยวัฒน์ ชาญ ณรงค์ ดำรง ถาวร ทวี ทองสุข ธงชัย นิคม บรรจง บุญมี "
    "บุญส่ง ประเสริฐ ประสิทธิ์ ปรีชา พิชัย พินิจ ไพโรจน์ มานพ มนัส เลื่อน วิชัย วิเชียร วินัย วีระ ศักดิ์ชัย สมชาย สมบัติ สมพงษ์ "
    "สมศักดิ์ สำราญ สุเทพ สุริยา เสถียร อนันต์ อุดม"
).split()
BOYS = "กรวิชญ์ ก้องภพ ชยพล ณัฐวุฒิ ธนกร ธีรภัทร นราธิป ปัณณวิชญ์ พงศกร ภูมิพัฒน์ รัชชานนท์ ศุภกร อัครพล".split()
GIRLS = "กัญญาณัฐ ขวัญข้าว ชนิกานต์ ณิชา ธัญชนก นันท์นภัส ปาณิสรา พิมพ์ชนก ภัทรธิดา วรัญญา ศิรภัสสร อริสา".split()
SURNAMES: dict[str, Sequence[str]] = {
    "south": (
        "แก้วมณี คงทอง ชูศรี เพ็ชรรัตน์ ทองขาว นวลศรี บุญรอด พรหมอินทร์ มณีโชติ รักษ์ไทย ศรีสุวรรณ สังข์ทอง หนูเอียด อินทร์แก้ว"
    ).split(),
    "isan": (
        "แก้วกัลยา โคตรพรม จันทร์ดี ชาวนา ดวงคำ ทองคำ นามวงศ์ บุญมา บุตรดี พลเยี่ยม มูลตรี วงศ์คำ "
        "ศรีบุญเรือง สายบุญ เหล่าพรม อุ่นเรือน"
    ).split(),
    "central": (
        "กลิ่นหอม เกตุแก้ว คล้ายสุข จันทร์งาม ชื่นบาน ทองอยู่ นิลน้อย บัวทอง ปานทอง พึ่งบุญ มีสุข รอดภัย ศรีสวัสดิ์ สุขเกษม อยู่เย็น"
    ).split(),
}
VILLAGE_WORDS = (
    "ใหม่ โนนสูง ท่าข้าม ทุ่งนา ดอนกลาง ป่าไม้ หนองบัว คลองใน เกาะกลาง วังยาว สวนหลวง ไร่ล่าง ท่าม่วง นาเหล่า ต้นโพธิ์".split()
)


def with_check_digit(digits: str) -> str:
    """A whole national id out of its first twelve digits."""
    return digits + check_digit(digits)


@dataclass(slots=True)
class InventedPerson:
    pin: str
    title: str
    first_name: str
    last_name: str
    birth: date
    is_woman: bool
    relation: str


@dataclass(slots=True)
class InventedHousehold:
    """One household as a list would print it. `dimensions` and `indicators` are what it fails."""

    subdistrict: str
    moo: int
    village: str
    house_no: str
    house_code: str
    phone: str
    income: int
    dimensions: frozenset[str] = frozenset()
    indicators: tuple[int, ...] = ()
    members: list[InventedPerson] = field(default_factory=list)


class Inventor:
    """Makes households one after the other from a seed; the same seed tells the same story.

    `slot` (0 to 99) is part of every national id, so that no two inventors ever make the same one.
    """

    def __init__(self, seed: str, region: str, year_ce: int, slot: int) -> None:
        self._random = Random(seed)
        self._slot = slot
        self._surnames = SURNAMES[region]
        self._year = year_ce
        self._running = 0
        self._pins: set[str] = set()
        self._villages: dict[tuple[str, int], str] = {}

    def household(self, subdistrict: str, size: int, *, moos: int = 9) -> InventedHousehold:
        """A household of `size` persons in one of the first `moos` villages of a subdistrict."""
        random = self._random
        moo = 1 + random.randrange(moos)
        self._running += 1
        surname = random.choice(self._surnames)
        return InventedHousehold(
            subdistrict=subdistrict,
            moo=moo,
            village=self._village(subdistrict, moo),
            house_no=f"{random.randint(1, 399)}"
            + (f"/{random.randint(1, 9)}" if random.random() < 0.2 else ""),
            house_code=f"{subdistrict[:4]}{self._running:06d}{self._running % 10}",
            phone=f"08000{random.randint(0, 99_999):05d}" if random.random() < 0.8 else "",
            income=random.randrange(18_000, 37_000, 250),
            members=list(self._members(size, surname)),
        )

    def _village(self, subdistrict: str, moo: int) -> str:
        key = (subdistrict, moo)
        if key not in self._villages:
            self._villages[key] = "บ้าน" + self._random.choice(VILLAGE_WORDS)
        return self._villages[key]

    def _members(self, size: int, surname: str) -> Iterator[InventedPerson]:
        random = self._random
        head_age = random.randint(38, 78)
        yield self._person(head_age, random.random() < 0.45, surname, "หัวหน้าครัวเรือน")
        for place in range(1, size):
            relation, age = random.choice(
                (("คู่สมรส", head_age - 3), ("บุตร", head_age - 26), ("หลาน", 9), ("บิดา/มารดา", 80), ("บุตร", 14))
                if place > 1
                else (("คู่สมรส", head_age - 2), ("บุตร", head_age - 25))
            )
            yield self._person(max(1, age + random.randint(-4, 4)), random.random() < 0.5, surname, relation)

    def _person(self, age: int, is_woman: bool, surname: str, relation: str) -> InventedPerson:
        random = self._random
        if age < 15:
            title, names = ("เด็กหญิง", GIRLS) if is_woman else ("เด็กชาย", BOYS)
        else:
            title, names = (("นาง" if age > 30 else "นางสาว"), WOMEN) if is_woman else ("นาย", MEN)
        birth = date(self._year - age, 1, 1) + timedelta(days=random.randrange(364))
        return InventedPerson(self._pin(), title, random.choice(names), surname, birth, is_woman, relation)

    def _pin(self) -> str:
        while True:
            start = f"{self._random.choice((1, 3, 5))}00{self._slot:02d}{self._random.randrange(10**7):07d}"
            if start not in self._pins:
                self._pins.add(start)
                return with_check_digit(start)

    def sizes(self, households: int, persons: int) -> list[int]:
        """Household sizes from 1 to 7 that add up to `persons` exactly."""
        sizes = [1] * households
        spare = persons - households
        while spare:
            place = self._random.randrange(households)
            if sizes[place] < 7:
                sizes[place] += 1
                spare -= 1
        return sizes

    def spread(self, total: int, places: Sequence[str]) -> list[str]:
        """`total` places, each of `places` at least once, the rest uneven as in life."""
        random = self._random
        weights = [random.uniform(0.4, 1.6) for _ in places]
        chosen = list(places) + random.choices(places, weights=weights, k=total - len(places))
        random.shuffle(chosen)
        return chosen

    def shuffled(self, rows: Sequence[InventedHousehold]) -> list[InventedHousehold]:
        mixed = list(rows)
        self._random.shuffle(mixed)
        return mixed
