"""What a list of the story fails in, and the words people wrote after a visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from dimensions.enums import Dimension

from .people import InventedHousehold, Inventor

INDICATORS: dict[str, dict[str, tuple[int, ...]]] = {
    "31": {
        "health": (1, 4, 5, 7),
        "living": (8, 9, 10, 11),
        "education": (15, 16, 17, 19),
        "income": (20, 21, 22),
        "access": (27, 28),
    },
    "38": {
        "health": (2, 6, 8, 9),
        "living": (13, 14, 18),
        "education": (22, 23, 24, 25),
        "income": (27, 28, 29),
        "access": (34, 35),
    },
}

NOTES = {
    Dimension.HEALTH: (
        "พาผู้สูงอายุไปตรวจที่ รพ.สต. แล้ว หมอนัดอีกครั้งเดือนหน้า",
        "มียาเดิมเหลือ อธิบายวิธีกินยาให้หลานฟัง",
        "อสม. จะมาวัดความดันให้ทุกสัปดาห์",
    ),
    Dimension.LIVING: (
        "หลังคารั่วสองจุด ฝาบ้านด้านครัวผุ วัดขนาดไว้แล้ว",
        "ช่างชุมชนเข้ามาดู จะเริ่มซ่อมสัปดาห์หน้า",
        "ห้องน้ำใช้ได้แล้ว เหลือทำทางลาดให้ยาย",
    ),
    Dimension.EDUCATION: (
        "ลูกคนเล็กหยุดเรียนช่วยงานที่บ้าน คุยกับครูประจำชั้นแล้ว",
        "ได้ชุดนักเรียนและอุปกรณ์ครบ เด็กดีใจมาก",
        "ประสาน สกร. ให้ลงทะเบียนเรียนเทอมหน้า",
    ),
    Dimension.INCOME: (
        "อยากเลี้ยงไก่ไข่ มีที่หลังบ้าน ขาดพันธุ์และอาหารช่วงแรก",
        "ขายผักได้สัปดาห์ละสี่ร้อยบาท อยากได้ตลาดประจำ",
        "เข้ากลุ่มทำขนมของหมู่บ้าน เริ่มมีรายได้แล้ว",
    ),
    Dimension.ACCESS: (
        "ยังไม่ได้ยื่นขอเบี้ยความพิการ นัดไปอำเภอด้วยกันวันจันทร์",
        "ยื่นเอกสารที่เทศบาลแล้ว รอผลหนึ่งเดือน",
    ),
}
AGENCIES = {
    Dimension.HEALTH: ("สำนักงานสาธารณสุขจังหวัด", "รพ.สต. ในพื้นที่"),
    Dimension.LIVING: ("สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด", "ชมรมช่างชุมชน", "กองทุนฟื้นฟูสมรรถภาพจังหวัด"),
    Dimension.EDUCATION: ("สำนักงานศึกษาธิการจังหวัด", "กองทุนเพื่อความเสมอภาคทางการศึกษา"),
    Dimension.INCOME: ("สำนักงานพัฒนาชุมชนจังหวัด", "สำนักงานเกษตรจังหวัด", "หอการค้าจังหวัด"),
    Dimension.ACCESS: ("สำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัด", "ที่ทำการปกครองอำเภอ"),
}


def fail(
    households: Sequence[InventedHousehold],
    combinations: Iterable[tuple[Sequence[str], int]],
    indicator_set: str,
    random: Random,
) -> None:
    """Give the households the dimensions of `combinations` in turn, with an indicator or two each."""
    rows = iter(households)
    for dimensions, count in combinations:
        for _ in range(count):
            household = next(rows)
            household.dimensions = frozenset(dimensions)
            numbers: list[int] = []
            for dimension in dimensions:
                choices = INDICATORS[indicator_set][dimension]
                numbers += random.sample(choices, 2 if random.random() < 0.3 else 1)
            household.indicators = tuple(sorted(numbers))
            if "income" not in dimensions:
                household.income = random.randrange(45_000, 84_000, 500)


def shares(total: int, parts: Sequence[tuple[Sequence[str], int]]) -> list[tuple[Sequence[str], int]]:
    """`parts` with their weights turned into counts that add up to `total`."""
    whole = sum(weight for _, weight in parts)
    counted = [(dimensions, total * weight // whole) for dimensions, weight in parts]
    first, count = counted[0]
    return [(first, count + total - sum(count for _, count in counted)), *counted[1:]]


USUAL = (
    (("income",), 38),
    (("living",), 16),
    (("income", "living"), 14),
    (("health",), 9),
    (("education",), 7),
    (("health", "income"), 6),
    (("education", "income"), 5),
    (("access",), 3),
    (("health", "living", "income"), 2),
)


def a_list(
    inventor: Inventor,
    places: Sequence[str],
    sizes: Sequence[int],
    combinations: Iterable[tuple[Sequence[str], int]],
    indicator_set: str,
    random: Random,
) -> list[InventedHousehold]:
    """Households over the subdistricts `places`, in mixed order, failing as asked."""
    households = [
        inventor.household(place, size)
        for place, size in zip(inventor.spread(len(sizes), places), sizes, strict=True)
    ]
    fail(households, combinations, indicator_set, random)
    return inventor.shuffled(households)
