"""Small CSV files typed in a spreadsheet."""

import pytest

from povertyops.common.csv_table import Column, decode, read_table
from povertyops.common.errors import InvalidInput

COLUMNS = (
    Column("name", "ชื่อ"),
    Column("team", "ศูนย์หรือทีม", ("ทีม",)),
    Column("note", "หมายเหตุ", required=False),
)


def values(text: str) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, dict(row.values)) for row in read_table(text, COLUMNS)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_decode_reads_what_excel_writes(encoding: str) -> None:
    assert decode("ชื่อ,ทีม\nทองดี,ก\n".encode(encoding)) == "ชื่อ,ทีม\nทองดี,ก\n"


@pytest.mark.parametrize("data", [b"a\x00b", b"x" * 1_000_001, b"PK\x03\x04\xff\xfe\x00"])
def test_decode_refuses_what_is_no_text(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode(data)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_in_any_order_with_extra_ones(separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (["x", " ทีม ", "ชื่อ"], ["1", "ก", " ทองดี "]))
    assert values(text) == [(2, {"name": "ทองดี", "team": "ก", "note": ""})]


def test_empty_rows_are_left_out_but_counted() -> None:
    assert [number for number, _ in values("ชื่อ,ทีม\n\n,\nทองดี,ก\n")] == [4]


def test_short_row_has_empty_cells() -> None:
    assert values("ชื่อ,ทีม\nทองดี") == [(2, {"name": "ทองดี", "team": "", "note": ""})]


def test_missing_column_is_named() -> None:
    with pytest.raises(InvalidInput, match="ศูนย์หรือทีม"):
        values("ชื่อ\nทองดี")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2,000"):
        values("ชื่อ,ทีม\n" + "ก,ข\n" * 2_001)


def test_open_quote_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="เครื่องหมายคำพูด"):
        values('ชื่อ,ทีม\n"ทองดี,ก\n')
