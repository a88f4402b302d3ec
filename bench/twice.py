"""An invented province in which some families stand twice, and families that only look alike.

Made from a seed, without a look at the finder: names are misspelled by lists of what typists confuse.
Every national id carries the registrar 00, which no living person has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from povertyops.common.ids import uuid7
from povertyops.common.nid import check_digit
from povertyops.demo.people import BOYS, GIRLS, MEN, WOMEN

PROVINCE = "90"
SUBDISTRICTS = tuple(f"90{district:02d}{place:02d}" for district in (1, 3, 7, 11) for place in range(1, 9))
MOOS = 9
TODAY = date(2025, 6, 1)


def words(text: str) -> list[str]:
    return text.split()


# Family names in Thailand are made up by families and seldom shared: two or three parts, most of them rare.
_SURNAME_STARTS = words(
    "แก้ว คง ทอง ชู เพ็ชร นวล บุญ พรหม มณี รักษ์ ศรี สังข์ หนู อินทร์ จันทร์ ดวง วงศ์ "
    "สุข ชัย พงศ์ ไชย ธรรม ปาน กลิ่น เกตุ คล้าย ชื่น นิล บัว พึ่ง รอด สาย อุ่น เหล่า "
    "โคตร นาม พล มูล ชาว ขวัญ จิตต์ ใจ ทวี ธนะ นคร ประ ปรีชา พิทักษ์ ภักดี มั่น ยอด "
    "รุ่ง เรือง ลิ้ม วิเศษ ศักดิ์ สมบูรณ์ สว่าง อ่อน อยู่ เอี่ยม หมื่น ขุน หลวง"
)
_SURNAME_ENDS = words(
    "มณี ทอง ศรี รัตน์ ขาว รอด อินทร์ โชติ ไทย สุวรรณ เอียด แก้ว กัลยา พรม ดี นา คำ "
    "วงศ์ มา เยี่ยม ตรี บุญเรือง พรหม เรือน หอม สุข งาม บาน น้อย บัว อยู่ ภัย สวัสดิ์ "
    "เกษม เย็น เพชร ประเสริฐ เจริญ วัฒนา พันธุ์ สกุล ชาติ กุล ศิริ เดช ฤทธิ์ นนท์ "
    "สิทธิ์ ภูมิ ทรัพย์ พงษ์ ละออ เพ็ง แสง จันทร์ ขำ นุ่น หมัด ยะ สม ผล ช่วย มาก "
    "เมือง นิล"
)
_MORE_WOMEN = words(
    "กัญญา ขนิษฐา จิราภรณ์ จินตนา ชุติมา ดวงพร ทัศนีย์ ธิดารัตน์ นันทนา นารีรัตน์ "
    "บังอร เบญจมาศ ประภา พัชรินทร์ เพ็ญนภา ภาวนา มาลี เยาวลักษณ์ รุ่งทิวา ลำดวน วิภา "
    "ศรีสุดา สกุณา สมศรี สำเนียง สุกัญญา สุรีย์ แสงจันทร์ อนงค์ อารีย์ เอมอร ฉวีวรรณ "
    "ณัฐธิดา ปิยนุช ผ่องศรี ฟองจันทร์ ละมัย ลออ สอาด หทัยรัตน์"
)
_MORE_MEN = words(
    "กมล ไกรสร ขจร คมสัน จักรพันธ์ จำนงค์ เฉลียว ชูชาติ เชิด ดุสิต ทนงศักดิ์ ธวัช "
    "ธีระ นพดล นิพนธ์ บัณฑิต ประยูร ประทีป ปัญญา ผดุง พยุง พิทักษ์ ไพบูลย์ ภิญโญ มงคล "
    "ยุทธนา รังสรรค์ ลิขิต วรวุฒิ วสันต์ วิโรจน์ ศุภชัย สกล สงวน สนั่น สมนึก สายันต์ "
    "สุชาติ สุรชัย สุวิทย์ เสน่ห์ โสภณ อดิศักดิ์ อภิชาติ อำนาจ เอกชัย"
)

KINDS = (
    "exact", "tones", "swapped", "title", "married", "by ear", "typing", "spacing", "day and month",
    "wrong year", "no birthday", "two faults",
)  # fmt: skip
_SHARES = (12, 14, 9, 7, 2, 14, 10, 5, 8, 8, 4, 7)
HARD = frozenset({"married", "two faults", "no birthday"})


@dataclass(slots=True)
class One:
    """A person as one list has it; `who` is the same for the same human being."""

    who: int
    title: str
    first: str
    last: str
    birth: date | None
    sex: str
    pin: str
    fault: str = ""
    moved: bool = False
    id: UUID = field(default_factory=uuid7)


@dataclass(slots=True)
class Home:
    """A household as one list has it; `family` is the same for the same family. `fault`: how it differs."""

    family: int
    village: str
    house_no: str
    house_code: str
    phone: str
    place: tuple[float, float] | None
    people: list[One]
    fault: str = ""
    id: UUID = field(default_factory=uuid7)


class Province:
    """Families in villages, some of them twice. The same seed makes the same province."""

    def __init__(self, seed: int, persons: int) -> None:
        self._random = Random(seed)
        self._pins: set[str] = set()
        self._who = self._family = 0
        self._clans: dict[str, list[str]] = {}
        self._women = _weighted([*WOMEN, *_MORE_WOMEN], self._random)
        self._men = _weighted([*MEN, *_MORE_MEN], self._random)
        self.homes: list[Home] = []
        self._settle(round(persons * 0.88))
        originals = list(self.homes)
        while sum(len(home.people) for home in self.homes) < persons:
            self._write_again(self._random.choice(originals))

    @property
    def people(self) -> Iterator[One]:
        return (one for home in self.homes for one in home.people)

    # --------------------------------------------------------------------------------- who really lives there

    def _settle(self, persons: int) -> None:
        count = 0
        while count < persons:
            village = self._village()
            home = self._home(village, self._clan(village))
            count += self._move_in(home)
            if self._random.random() < 0.22:
                count += self._move_in(self._relatives(home))
            if self._random.random() < 0.05:
                count += self._move_in(self._namesakes(home))

    def _move_in(self, home: Home) -> int:
        self.homes.append(home)
        return len(home.people)

    def _village(self) -> str:
        return f"{self._random.choice(SUBDISTRICTS)}{self._random.randint(1, MOOS):02d}"

    def _clan(self, village: str) -> str:
        """Half of a village bears a few names, the bigger families more often."""
        clans = self._clans.setdefault(village, [self._surname() for _name in range(6)])
        common = self._random.random() < 0.5
        return self._random.choices(clans, (6, 5, 4, 3, 2, 1))[0] if common else self._surname()

    def _surname(self) -> str:
        random = self._random
        name = random.choice(_SURNAME_STARTS) + random.choice(_SURNAME_ENDS)
        return name + random.choice(_SURNAME_ENDS) if random.random() < 0.15 else name

    def _home(self, village: str, surname: str) -> Home:
        random = self._random
        self._family += 1
        lonely = random.random() < 0.12
        return Home(
            family=self._family,
            village=village,
            house_no=self._house_no(),
            house_code=f"{village[:4]}{random.randrange(10**7):07d}",
            phone=self._phone() if random.random() < 0.75 else "",
            place=self._place() if random.random() < 0.4 else None,
            people=list(self._members(surname, 1 if lonely else random.choice((2, 2, 3, 3, 3, 4, 4, 5, 6)))),
        )

    def _house_no(self) -> str:
        random = self._random
        return f"{random.randint(1, 280)}" + (f"/{random.randint(1, 9)}" if random.random() < 0.25 else "")

    def _phone(self) -> str:
        return f"08{self._random.randrange(10**8):08d}"

    def _place(self) -> tuple[float, float]:
        return 7.0 + self._random.random(), 100.0 + self._random.random()

    def _members(self, surname: str, size: int) -> Iterator[One]:
        random = self._random
        age = random.randint(30, 82)
        head = self._one(age, random.choice("mf"), surname)
        yield head
        if size > 1:
            other = surname if random.random() < 0.8 else self._surname()
            yield self._one(age + random.randint(-9, 6), "f" if head.sex == "m" else "m", other)
        child = max(1, age - random.randint(19, 34))
        for _place in range(size - 2):
            one = self._one(child, random.choice("mf"), surname)
            if random.random() < 0.06:
                # Named after the father or mother, as many are: one syllable in common.
                one.first = head.first[:3] + one.first[-3:] if len(head.first) > 4 else one.first
            yield one
            if random.random() < 0.02:
                yield self._twin(one)
            child = max(1, child - random.randint(1, 6))

    def _twin(self, one: One) -> One:
        twin = self._one(20, one.sex, one.last)
        return replace(twin, first=one.first[:2] + twin.first[2:], birth=one.birth, title=one.title)

    def _one(self, age: int, sex: str, surname: str) -> One:
        random = self._random
        self._who += 1
        age = max(1, age)
        birth: date | None = TODAY - timedelta(days=365 * age + random.randrange(365))
        if age > 55 and random.random() < 0.08 and birth:
            birth = date(birth.year, 1, 1)
        if random.random() < 0.03:
            birth = None
        return One(
            self._who,
            _title(sex, age),
            self._first_name(sex, age),
            surname,
            birth,
            sex if random.random() < 0.97 else "",
            self._pin() if random.random() < 0.95 else "",
        )

    def _first_name(self, sex: str, age: int) -> str:
        random = self._random
        if age < 20 and random.random() < 0.8:
            return random.choice(GIRLS if sex == "f" else BOYS)
        names, weights = self._women if sex == "f" else self._men
        return random.choices(names, cum_weights=weights)[0]

    def _pin(self) -> str:
        while True:
            body = f"{self._random.choice('1135')}00{self._random.randrange(10**9):09d}"
            pin = body + check_digit(body)
            if pin not in self._pins:
                self._pins.add(pin)
                return pin

    def _relatives(self, home: Home) -> Home:
        """A brother's or son's family: same name and village, often one phone, sometimes one house."""
        random = self._random
        other = self._home(home.village, home.people[0].last)
        if random.random() < 0.25:
            other.phone = home.phone
        if random.random() < 0.15:
            other.house_no, other.house_code, other.place = home.house_no, home.house_code, home.place
        return other

    def _namesakes(self, home: Home) -> Home:
        """A family in which somebody is called exactly like somebody near by, and is somebody else."""
        random = self._random
        village = home.village if random.random() < 0.5 else self._village()
        other = self._home(village, home.people[0].last)
        like, one = random.choice(home.people), random.choice(other.people)
        one.first, one.last, one.sex, one.title = like.first, like.last, like.sex, like.title
        return other

    # ------------------------------------------------------------------------------------------ written again

    def _write_again(self, home: Home) -> None:
        """The family on another list; or only one of it, in the house to which he or she has moved."""
        random = self._random
        if random.random() < 0.15:
            near = [
                other for other in self.homes if other.village == home.village and other.family != home.family
            ]
            there = random.choice(near if near and random.random() < 0.4 else self.homes)
            if there.family != home.family and not there.fault:
                one = self._again(random.choice(home.people))
                one.moved = True
                there.people.append(one)
            return
        people = list(home.people)
        if len(people) > 1 and random.random() < 0.3:
            people.remove(random.choice(people))
        again = replace(
            home,
            id=uuid7(),
            fault="same house",
            people=[self._again(one) for one in people],
            house_code=home.house_code if random.random() < 0.4 else "",
            phone=home.phone if random.random() < 0.5 else random.choice(("", self._phone())),
            place=home.place if random.random() < 0.3 else None,
        )
        if random.random() < 0.25:
            again.house_no = random.choice(("", self._house_no()))
        if random.random() < 0.25:
            again.fault, again.village, again.place = "moved house", self._village(), None
            again.house_no = self._house_no()
            again.house_code = (
                f"{again.village[:4]}{random.randrange(10**7):07d}" if random.random() < 0.6 else ""
            )
        if random.random() < 0.08:
            again.people.append(self._one(random.randint(1, 70), random.choice("mf"), home.people[0].last))
        if random.random() < 0.1 and len(again.people) > 1:
            # Another head than in the other list.
            again.people.append(again.people.pop(0))
        self.homes.append(again)

    def _again(self, one: One) -> One:
        kind = self._random.choices(KINDS, _SHARES)[0]
        if one.title == "นางสาว" and self._random.random() < 0.2:
            kind = "married"
        if kind == "married" and one.title != "นางสาว":
            kind = "exact"
        if kind == "title" and one.title not in ("นางสาว", "เด็กชาย", "เด็กหญิง"):
            kind = "exact"
        again = replace(one, id=uuid7(), pin=self._other_pin(one))
        if kind == "two faults":
            for part in self._random.sample(("tones", "by ear", "typing", "day and month", "wrong year"), 2):
                self._spoil(again, part)
        else:
            self._spoil(again, kind)
        again.fault = kind if _as_written(again) != _as_written(one) else "exact"
        return again

    def _other_pin(self, one: One) -> str:
        """The same id cannot stand twice: the second is missing, one digit off, or somebody else's."""
        random = self._random
        chance = random.random()
        if not one.pin or chance < 0.5:
            return ""
        if chance < 0.7:
            one.pin, kept = "", one.pin
            return kept
        if chance < 0.97:
            place = random.randrange(3, 12)
            digit = str((int(one.pin[place]) + random.randint(1, 9)) % 10)
            body = one.pin[:place] + digit + one.pin[place + 1 : 12]
            pin = body + check_digit(body)
            if pin in self._pins:
                return ""
            self._pins.add(pin)
            return pin
        return self._pin()

    def _spoil(self, one: One, kind: str) -> None:
        random = self._random
        if kind in _SPELLING:
            _misspell(one, kind, random)
        elif kind == "swapped":
            one.first, one.last = one.last, one.first
        elif kind == "title":
            one.title = {"นางสาว": "นาง", "เด็กชาย": "นาย", "เด็กหญิง": "นางสาว"}[one.title]
        elif kind == "married":
            one.title, one.last = "นาง", self._surname()
        elif kind == "no birthday":
            one.birth = None
        elif one.birth and kind in ("day and month", "wrong year"):
            swaps = kind == "day and month" and one.birth.day <= 12
            one.birth = _swap_day(one.birth) if swaps else wrong_year(one.birth, random)


_SPELLING = frozenset({"tones", "by ear", "typing", "spacing"})


def _as_written(one: One) -> tuple[object, ...]:
    return one.title, one.first, one.last, one.birth


def _swap_day(birth: date) -> date:
    return date(birth.year, birth.day, birth.month)


def _misspell(one: One, kind: str, random: Random) -> None:
    parts = random.choice((("first",), ("last",), ("first", "last")))
    if kind == "tones":
        one.first, one.last = lose_marks(one.first, random), lose_marks(one.last, random)
    elif kind == "by ear":
        for part in parts:
            setattr(one, part, by_ear(getattr(one, part), random))
    elif kind == "typing":
        setattr(one, parts[0], mistype(getattr(one, parts[0]), random))
    else:
        one.first = space_out(one.first, random)


def _weighted(names: Sequence[str], random: Random) -> tuple[list[str], list[float]]:
    """Names in a random order of frequency, as uneven as names are."""
    shuffled = random.sample(list(names), len(names))
    return shuffled, list(accumulate(1 / (rank + 8) for rank in range(len(shuffled))))


def _title(sex: str, age: int) -> str:
    if age < 15:
        return "เด็กหญิง" if sex == "f" else "เด็กชาย"
    return "นาย" if sex == "m" else "นาง" if age > 33 else "นางสาว"


_TONES = "่้๊๋"
_CONFUSED = words(
    "ศสษซ ณน ญย ฎด ฏต ฐถ ฐท ฒท ธท ภพ ผพ ฬล ใไ รล ขค ฆค ฌช \u0e34\u0e35 \u0e38\u0e39 \u0e36\u0e37"
)
_HEARD = tuple(
    (was, heard.strip("-"))
    for was, _sign, heard in (
        part.partition(">")
        for part in words(
            "รร>ัน ทร์>- กดิ์>ก ธิ์>- ดิ์>- ย์>- รัตน์>รัด พงษ์>พงศ์ วงศ์>วงษ์ ประ>ปะ จริ>จิ สร้>ส้ ศรี>สี ทรั>ซั ฤ>ริ ัย>าย "
            "ไช>ชัย าญ>าน บูรณ์>บูน เสริฐ>เสิด สว่าง>สะหว่าง ขวัญ>ขวัน บุญ>บุน จิตต์>จิต พรหม>พรม ษ์>- ณ์>- ตน์>ด"
        )
    )
)


def lose_marks(name: str, random: Random) -> str:
    """Tone marks and the sign of silence missing, or another tone than was meant."""
    if any(tone in name for tone in _TONES) and random.random() < 0.3:
        return "".join(random.choice(_TONES) if letter in _TONES else letter for letter in name)
    return "".join(letter for letter in name if letter not in _TONES + "์็")


def by_ear(name: str, random: Random) -> str:
    """Written as it was heard over a fence: one confusion, sometimes two."""
    for _turn in range(random.choice((1, 1, 2))):
        ways = [name.replace(was, heard, 1) for was, heard in _HEARD if was in name]
        for group in _CONFUSED:
            places = [place for place, letter in enumerate(name) if letter in group]
            if places:
                place = random.choice(places)
                other = random.choice([letter for letter in group if letter != name[place]])
                ways.append(name[:place] + other + name[place + 1 :])
        ways = [way for way in ways if way and way != name]
        name = random.choice(ways) if ways else name
    return name


def mistype(name: str, random: Random) -> str:
    """A letter left out, typed twice, changed for its neighbour on the keyboard, or two swapped."""
    place = random.randrange(1, len(name))
    beside = dict(zip("กดาสวงหฟปแอเรนยบพะัีทมใฝ", "ดกสาวงฟหแปเอนรบยะพีัมทฝใ", strict=True))
    how = random.randrange(4)
    if how == 0 and len(name) > 3:
        return name[:place] + name[place + 1 :]
    if how == 1:
        return name[:place] + name[place] + name[place:]
    if how == 2 and place + 1 < len(name):
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + beside.get(name[place], "ร") + name[place + 1 :]


def space_out(name: str, random: Random) -> str:
    """A space inside the name, or a nickname behind it."""
    if random.random() < 0.5 and len(name) > 3:
        place = random.randrange(2, len(name) - 1)
        return f"{name[:place]} {name[place:]}"
    return f"{name} ({random.choice(('แดง', 'เล็ก', 'นุ้ย', 'ต้อม', 'หนู', 'ดำ'))})"


def wrong_year(birth: date, random: Random) -> date:
    """One, two or ten years off, or the last two digits swapped."""
    text = str(birth.year + 543)
    swapped = int(text[:2] + text[3] + text[2]) - 543
    year = random.choice((birth.year - 1, birth.year + 1, birth.year + 2, birth.year - 10, swapped))
    if not 1915 <= year <= TODAY.year or year == birth.year:
        year = birth.year - 1
    return date(year, birth.month, min(birth.day, 28))
