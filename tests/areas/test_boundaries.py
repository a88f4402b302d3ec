"""Loading boundaries: matched by code, nothing silently, nothing half."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import example, given
from hypothesis import strategies as st

from povertyops.areas.geojson import Bounds, features_of
from povertyops.areas.models import Area, Boundary
from povertyops.areas.services import AreaSource, SourceAbolished, SourceArea, load_areas
from povertyops.common.audit import SYSTEM
from povertyops.common.models import AuditEntry

SQUARE = [[100.0, 7.0], [100.5, 7.0], [100.5, 7.50000049], [100.0, 7.5], [100.0, 7.0]]


@pytest.fixture
def areas(db: None) -> None:
    source = AreaSource(
        areas=[
            SourceArea("90", "สงขลา", "Songkhla"),
            SourceArea("9007", "ระโนด", "Ranot"),
            SourceArea("900701", "ระโนด", "Ranot"),
            SourceArea("900702", "คลองแดน", "Khlong Daen"),
            SourceArea("10", "กรุงเทพมหานคร", "Bangkok"),
            SourceArea("1001", "พระนคร", "Phra Nakhon"),
            SourceArea("100101", "พระบรมมหาราชวัง", "Grand Palace"),
        ],
        abolished=[SourceAbolished("900799", "เก่า", ("900701",))],
    )
    load_areas(actor=SYSTEM, source=source)


def feature(code: Any, ring: Any = None, **geometry: Any) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [SQUARE if ring is None else ring], **geometry}
    return {"type": "Feature", "properties": {"code": code}, "geometry": shape}


def file_of(tmp_path: Path, *features: Any, **members: Any) -> Path:
    path = tmp_path / "areas.geojson"
    body = {"type": "FeatureCollection", "features": list(features), **members}
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    return path


def load(path: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, what was said, and what was complained."""
    out, err = StringIO(), StringIO()
    try:
        call_command("load_boundaries", str(path), *options, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_file_is_loaded_again_replaced_and_added_to(areas: None, tmp_path: Path) -> None:
    both = file_of(tmp_path, feature("9007"), feature("TH1001"))
    ended, said, _err = load(both, "--source", "กรมแผนที่")
    assert (ended, "ใหม่ 2 แทนของเดิม 0 เหมือนเดิม 0" in said) == (0, True)
    assert "ทุกพื้นที่ของระดับนี้มีขอบเขตแล้ว" in said

    ranot = Boundary.objects.get(area="9007")
    assert (ranot.code, ranot.level, ranot.source) == ("9007", 2, "กรมแผนที่")
    assert ranot.bbox == [100.0, 7.0, 100.5, 7.5]
    assert ranot.geometry["coordinates"][0][2] == [100.5, 7.5]

    assert "ใหม่ 0 แทนของเดิม 0 เหมือนเดิม 2" in load(both, "--source", "กรมแผนที่")[1]
    assert Boundary.objects.get(area="9007").loaded_at == ranot.loaded_at
    assert AuditEntry.objects.filter(action="boundaries.loaded").count() == 1

    moved = file_of(tmp_path, feature(9007, [[101, 7], [102, 7], [102, 8], [101, 7]]))
    assert "ใหม่ 0 แทนของเดิม 1 เหมือนเดิม 0" in load(moved)[1]
    assert Boundary.objects.get(area="9007").source == "areas.geojson"

    assert "ขอบเขต จังหวัด: ใหม่ 2" in load(file_of(tmp_path, feature("90"), feature("10")))[1]
    assert set(Boundary.objects.values_list("area_id", flat=True)) == {"9007", "1001", "90", "10"}


def test_what_does_not_match_is_said_and_written_down(areas: None, tmp_path: Path) -> None:
    Area.objects.filter(code="900702").update(is_current=False)
    path = file_of(
        tmp_path,
        feature("900701"),
        feature("900701", [[1, 1], [2, 1], [2, 2], [1, 1]]),
        feature("990199"),
        feature("=9+1"),
        feature("900799"),
        feature("900702"),
        {"type": "Feature", "properties": {"code": "9007"}, "geometry": None},
        feature("1001", [[1, 1], [1.00001, 1], [1.00001, 1.00001], [1, 1]]),
    )
    report = tmp_path / "report.csv"

    ended, said, _err = load(path, "--report", str(report))

    assert ended == 0
    for line in (
        "ขอบเขต ตำบล: ใหม่ 1 แทนของเดิม 0 เหมือนเดิม 0",
        "รหัสที่ไม่รู้จัก 2: 990199, =9+1",
        "รหัสที่ยกเลิกแล้ว 2: 900799, 900702",
        "รหัสซ้ำในไฟล์ ใช้รายการแรก 1: 900701",
        "ไม่มีรูปร่าง 2: 9007, 1001",
        "พื้นที่ที่ยังไม่มีขอบเขต 1 แห่ง",
        "กรุงเทพมหานคร 1: แขวงพระบรมมหาราชวัง (100101)",
    ):
        assert line in said
    assert Boundary.objects.get().bbox == [100.0, 7.0, 100.5, 7.5]
    rows = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert ["ไม่มีขอบเขต", "100101", "แขวงพระบรมมหาราชวัง", "กรุงเทพมหานคร"] in rows
    assert ["รหัสที่ไม่รู้จัก", "'=9+1", "", ""] in rows
    assert len(rows) == 1 + 2 + 2 + 1 + 2 + 1


def whole(*features: Any, kind: str = "FeatureCollection") -> bytes:
    return json.dumps({"type": kind, "features": list(features)}).encode()


NOT_A_RING = [["x", "y"], [1, 2], [2, 3], [1, 1]]
BROKEN = {
    "empty": (b"", "อ่านไฟล์ไม่ได้"),
    "not json": (b"code;name\n90;x", "อ่านไฟล์ไม่ได้"),
    "cut off": (whole(feature("9007"), feature("1001"))[:-40], "อ่านไฟล์ไม่ได้"),
    "something after it": (whole(feature("9007")) + b"x", "อ่านไฟล์ไม่ได้"),
    "no collection": (whole(feature("9007"), kind="Topology"), "FeatureCollection"),
    "no features": (b'{"type": "FeatureCollection"}', "FeatureCollection"),
    "nothing in it": (whole(), "ไม่มีขอบเขตอยู่เลย"),
    "not a feature": (whole(feature("9007"), [1]), "ต้องเป็น Feature"),
    "a point": (whole(feature("9007"), feature("1001", type="Point")), "1001 ต้องเป็น Polygon"),
    "metres": (whole(feature("9007"), feature("1001", [[667000.0, 824000.0]] * 4)), "WGS 84"),
    "words": (whole(feature("9007"), feature("1001", NOT_A_RING)), "WGS 84"),
    "endless": (whole(feature("1001", [[float("nan"), 1]] * 4)), "อ่านไฟล์ไม่ได้"),
    "far too deep": (b'{"features": ' + b"[" * 200_000, "อ่านไฟล์ไม่ได้"),
    "no code": (whole(feature("9007"), {"type": "Feature", "properties": {}, "geometry": None}), "“code”"),
    "not UTF-8": (whole(feature("9007")).replace(b"9007", "เก่า".encode("cp874")), "UTF-8"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_is_refused_whole(
    areas: None, tmp_path: Path, body: tuple[bytes, str]
) -> None:
    path = tmp_path / "broken.geojson"
    path.write_bytes(body[0])

    ended, said, complained = load(path)

    assert (ended, said) == (1, "")
    assert body[1] in complained
    assert not Boundary.objects.exists()


def test_a_file_that_is_not_there_is_told(areas: None, tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere.geojson")[::2] == (1, f"เปิดไฟล์ {tmp_path / 'nowhere.geojson'} ไม่ได้\n")


@pytest.mark.parametrize(
    ("bound", "most", "sentence"),
    [
        ("BOUNDARY_MAX_BYTES", 100, "ไฟล์ใหญ่เกิน"),
        ("BOUNDARY_MAX_POINTS", 4, "9007 ละเอียดเกินไป"),
    ],
)
def test_too_much_is_refused(
    areas: None, tmp_path: Path, settings: Any, bound: str, most: int, sentence: str
) -> None:
    setattr(settings, bound, most)
    ended, _said, complained = load(file_of(tmp_path, feature("9007")))
    assert (ended, sentence in complained) == (1, True)
    assert not Boundary.objects.exists()


TEXT = st.text(max_size=6)
MEMBERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@example(features=[], extra={"": 0.0, "e": 1e22}, kind_first=True, indent=None, size=1)
@given(
    features=st.lists(MEMBERS.map(lambda told: {"type": "Feature", "told": told}), max_size=4),
    extra=st.dictionaries(TEXT.filter(lambda key: key not in ("type", "features")), MEMBERS, max_size=3),
    kind_first=st.booleans(),
    indent=st.sampled_from([None, 2]),
    size=st.integers(min_value=1, max_value=50),
)
def test_reading_in_pieces_finds_what_reading_at_once_does(
    features: list[dict[str, Any]], extra: dict[str, Any], kind_first: bool, indent: int | None, size: int
) -> None:
    kind = {"type": "FeatureCollection"}
    whole_file = (
        {**kind, **extra, "features": features} if kind_first else {"features": features, **extra, **kind}
    )
    body = json.dumps(whole_file, ensure_ascii=False, indent=indent).encode()
    pieces = [body[at : at + size] for at in range(0, len(body), size)]

    assert list(features_of(pieces, Bounds(10_000_000, 10_000_000, 10))) == features
