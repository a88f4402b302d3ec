"""Charts without a browser: Thai words whole, the same letters each time, pictures of the asked size."""

from __future__ import annotations

import struct
import threading

import pytest
from django.test import override_settings

from reports.charts import AgencyHelp, agencies_option, funnel_option, stage_option
from reports.charts.paper import Engine, EngineMissing, drawing, png, svg
from tests.reports.charts.sample import DAY, area

LONG = "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดสงขลา"


def lines_of(name: str) -> list[str]:
    from decimal import Decimal

    drawn = drawing(agencies_option([AgencyHelp(name, Decimal(10), 1, 1)]))
    return [word["text"] for word in drawn["words"] if word["anchor"] == "end"]


def test_words_come_through_whole_and_apart_from_the_marks() -> None:
    chart = funnel_option(area(), DAY)
    drawn = drawing(chart)
    texts = {word["text"] for word in drawn["words"]}
    assert {"อยู่ในบัญชี", "ตรวจสอบแล้ว", "มีทีมพี่เลี้ยง", "เยี่ยมแล้ว", "พอเพียง", "ยั่งยืน"} <= texts
    assert "<text" not in drawn["svg"]
    assert all(f">{text}<" in svg(chart) for text in texts)
    assert drawn["alt"] == f"{chart.title}: {chart.reading}"


def test_long_names_break_between_words() -> None:
    lines = lines_of(LONG)
    assert "".join(lines) == LONG
    assert len(lines) == 2
    assert not any(line.startswith(("ั", "็", "่", "้", "ุ", "ู", "ิ", "ี", "ะ", "า", "ำ")) for line in lines)


def test_markup_in_a_name_stays_letters() -> None:
    assert "".join(lines_of("<b>&{a}#x$")) == "<b>&{a}#x$"


def test_thai_digits_by_switch() -> None:
    plain, thai = (
        "".join(word["text"] for word in drawing(stage_option(area()), thai_digits=digits)["words"])
        for digits in (False, True)
    )
    assert "๑" in thai
    assert not any(digit in thai for digit in "0123456789")
    assert not any(digit in plain for digit in "๐๑๒๓๔๕๖๗๘๙")


def test_one_engine_serves_many_threads_with_the_same_letters() -> None:
    chart, found = stage_option(area()), []
    threads = [threading.Thread(target=lambda: found.append(svg(chart))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 4


def test_a_picture_is_twice_as_fine_as_the_screen() -> None:
    body = png(stage_option(area()), 600)
    assert body.startswith(b"\x89PNG")
    (width,) = struct.unpack(">I", body[16:20])
    assert abs(width - 2 * (600 + 32)) <= 2


def test_a_missing_package_is_named(tmp_path: object) -> None:
    missing = {"vendor/echarts": (tmp_path, ("echarts.common.min.js",))}
    with override_settings(VENDOR_FILES=missing), pytest.raises(EngineMissing, match="npm ci"):
        Engine()
