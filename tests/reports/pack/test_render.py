"""The files of a pack say exactly what its payload says, in text that copies out as it was written."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
import pypdfium2
import pytest

from povertyops.common.thai import to_thai_digits
from reports.enums import PackFileKind
from reports.pack.document import document
from reports.pack.render import render_files
from reports.pack.snapshot import Snapshot, UnknownFormat
from tests.reports.charts.sample import DIMENSIONS, leaves
from tests.reports.pack.sample import MARKUP, SNAPSHOT, payload


@cache
def files(thai_digits: bool = False) -> dict[PackFileKind, bytes]:
    return {kind: body for kind, _name, body in render_files(payload(), thai_digits=thai_digits)}


@cache
def pages(kind: PackFileKind, thai_digits: bool = False) -> tuple[str, ...]:
    """The text of each page, as a reader copies it, without the gaps between letters."""
    found = pypdfium2.PdfDocument(files(thai_digits)[kind])
    return tuple(squeezed(found[number].get_textpage().get_text_range()) for number in range(len(found)))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_figure_of_the_payload_is_in_the_text_of_the_pdf() -> None:
    text, snap = "".join(pages(PackFileKind.PDF)), Snapshot(payload())
    shown = ["households", "verified_households", "found", "passing", "visits", "baht", "helps", "persons"]
    shown += ["waiting", "survive", "sufficient", "sustainable", "slipped", "additional", "development_baht"]
    shown += [f"{group}_{name}" for group in ("failing", "relieved", "recovered") for name in DIMENSIONS]
    assert [code for code in shown if f"{snap.province.get(code):,}" not in text] == []
    for spot in snap.rows:
        cells = "".join(
            f"{spot.get(code):,}"
            for code in ("households", *("waiting", "survive", "sufficient", "sustainable"))
        )
        assert squeezed(f"{spot.name}{cells}") in text, spot.name
        for name in DIMENSIONS:
            failing, relieved, recovered = (
                spot.get(f"{group}_{name}") for group in ("failing", "relieved", "recovered")
            )
            assert f"{spot.name}{failing}{relieved}{recovered}{failing - relieved}" in text, (spot.name, name)
    assert "743,2111,207" in text
    for count in ("ติดตาม1มติ", "ตรวจแล้ว4ตรงกับที่บันทึก3", "การลงพื้นที่7ครั้งที่บันทึกเข้ามาหลังตรึง"):
        assert count in text


def test_every_block_of_the_document_copies_out_whole() -> None:
    """Marks and vowels are where they were written, also in charts; markup in names comes out as letters."""
    text = "".join(pages(PackFileKind.PDF))
    wanted = [
        leaf
        for block in document(payload())["blocks"]
        for leaf in leaves(
            {
                key: part
                for key, part in block.items()
                if key not in ("drawing", "kind", "tone", "look", "columns")
            }
        )
        if isinstance(leaf, str) and re.search("[ก-ฮ]", leaf)
    ]
    assert len(wanted) > 100
    assert [leaf for leaf in wanted if squeezed(leaf) not in text] == []
    assert squeezed(MARKUP) in text
    assert {"อยู่ในบัญชี", "มีทีมพี่เลี้ยง", "เยี่ยมแล้ว", "ยั่งยืน"} <= {word["text"] for word in words()}


def words() -> list[dict[str, Any]]:
    return [
        word
        for block in document(payload())["blocks"]
        if block["kind"] == "chart"
        for word in block["drawing"]["words"]
    ]


def test_each_page_says_which_snapshot_which_day_and_which_page() -> None:
    found = pages(PackFileKind.PDF)
    assert len(found) >= 12
    for number, text in enumerate(found, start=1):
        assert SNAPSHOT in text
        assert "ข้อมูลณวันที่30กันยายน2568" in text
        assert f"หน้า{number}/{len(found)}" in text
    assert SNAPSHOT in pages(PackFileKind.MEMO)[0]


def test_it_is_tagged_archivable_and_the_same_twice() -> None:
    for kind in (PackFileKind.PDF, PackFileKind.MEMO):
        body = files()[kind]
        assert b"<pdfaid:part>3</pdfaid:part>" in body
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in body
        assert b"/StructTreeRoot" in body
        assert b"/Lang(th)" in body.replace(b" ", b"")
    assert (
        pypdfium2.PdfDocument(files()[PackFileKind.PDF]).get_metadata_value("Title").endswith("ครั้งที่ 1/2568")
    )
    again = {kind: body for kind, _name, body in render_files(payload())}
    assert {kind: body for kind, body in again.items() if kind != PackFileKind.CHART} == {
        kind: body for kind, body in files().items() if kind != PackFileKind.CHART
    }


def test_thai_digits_by_switch_but_not_in_codes() -> None:
    text, plain = "".join(pages(PackFileKind.PDF, True)), "".join(pages(PackFileKind.PDF))
    assert to_thai_digits(f"{Snapshot(payload()).province.get('baht'):,}") in text
    assert set(re.findall(r"\d+", re.sub("[๐-๙]", "", text.replace(SNAPSHOT, "")))) == set()
    assert not re.search("[๐-๙]", plain)
    assert "ครั้งที่๑/๒๕๖๘" in pages(PackFileKind.MEMO, True)[0]


def test_cells_of_the_workbook_are_the_payload() -> None:
    book = openpyxl.load_workbook(BytesIO(files()[PackFileKind.XLSX]))
    assert book.sheetnames == ["ภาพรวม", "อำเภอ", "ตำบล", "มิติ", "หน่วยงาน", "คำอธิบาย"]
    given = payload()
    shown = len(given["definitions"])
    by_code = {
        row[0]: list(row[2:])
        for name in ("อำเภอ", "ตำบล")
        for row in book[name].iter_rows(min_row=2, values_only=True)
    }
    assert by_code == {place["code"]: place["figures"][:shown] for place in given["places"]}
    overview = [(row[1], row[3], row[4]) for row in book["ภาพรวม"].iter_rows(min_row=2, values_only=True)]
    now, before = given["places"][0]["figures"][:shown], given["previous"]["figures"]["90"][:shown]
    assert overview == [(value, then, value - then) for value, then in zip(now, before, strict=True)]
    assert next(book["หน่วยงาน"].iter_rows(min_row=2, values_only=True)) == (MARKUP, 7, 43211, 1, 1207, 2)
    about = dict(row[:2] for row in book["คำอธิบาย"].iter_rows(min_row=2, values_only=True))
    assert about["ชุดข้อมูล"] == SNAPSHOT
    assert about["ข้อมูล ณ วันที่"] == "30 กันยายน 2568"
    assert len(set(about)) > shown


def test_steps_are_told_and_every_kind_of_file_is_made() -> None:
    told: list[tuple[int, int, str]] = []
    made = list(render_files(payload(), on_step=lambda *step: told.append(step)))
    assert {kind for kind, _name, _body in made} == set(PackFileKind)
    assert [done for done, _all, _says in told] == list(range(len(made) + 1))
    assert {total for _done, total, _says in told} == {len(made)}
    assert all(name.startswith(SNAPSHOT) and name.isascii() for _kind, name, _body in made)


def test_a_first_meeting_with_nothing_noted_still_makes_a_pack() -> None:
    unsaid = ("agencies", "agenda", "attendance", "resolutions", "spot_checks", "stories", "targets", "trend")
    bare = payload(previous=None, late_visits=0, **{name: [] for name in unsaid})
    (_kind, _name, body), *_rest = render_files(bare)
    found = pypdfium2.PdfDocument(body)
    text = squeezed("".join(found[number].get_textpage().get_text_range() for number in range(len(found))))
    assert "ไม่ได้สุ่มตรวจก่อนการประชุมครั้งนี้" in text
    assert "เรื่องเล่าจากพื้นที่" not in text


def test_a_pack_of_one_list_says_which_everywhere() -> None:
    """One that was frozen before meetings had a list, as all others of this file, says nothing of it."""
    about = {**payload()["meeting"], "list_kind": "csr", "list_name": "หนึ่งองค์กร"}
    made = {kind: body for kind, _name, body in render_files(payload(meeting=about))}
    only = "เฉพาะบัญชีหนึ่งองค์กร"
    pack = pypdfium2.PdfDocument(made[PackFileKind.PDF])
    texts = [squeezed(pack[number].get_textpage().get_text_range()) for number in range(len(pack))]
    assert [number for number, text in enumerate(texts) if only not in text and number != 1] == []
    assert pack.get_metadata_value("Title").endswith("เฉพาะบัญชี หนึ่งองค์กร")
    whole = "".join(texts)
    for said in (
        "ตัวเลขในเอกสารนี้นับเฉพาะบัญชีหนึ่งองค์กรยกเว้นตารางแยกตามบัญชี",
        "ตารางนี้วัดเฉพาะบัญชีหนึ่งองค์กร",
        "ยอดรายหน่วยงานนับทุกบัญชีรวมกัน",
    ):
        assert said in whole
    memo = squeezed(pypdfium2.PdfDocument(made[PackFileKind.MEMO])[0].get_textpage().get_text_range())
    assert memo.count(only) == 2, "in its subject and in its facts"
    book = openpyxl.load_workbook(BytesIO(made[PackFileKind.XLSX]))
    rows = book["คำอธิบาย"].iter_rows(min_row=2, values_only=True)
    assert dict(row[:2] for row in rows)["บัญชี"] == "เฉพาะบัญชี หนึ่งองค์กร"
    assert "เฉพาะบัญชี" not in "".join(pages(PackFileKind.PDF))


def test_a_payload_of_a_later_program_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        list(render_files(payload(format=99)))
