"""What an administrator calls a dimension or a stage is said wherever it is named; what was frozen keeps its
words."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.utils.translation import override

from casework.field.shells import shell_of
from casework.field.worker import worker_script
from dimensions.asking import asking_for
from dimensions.enums import Dimension, Stage
from dimensions.services import load_yardstick
from dimensions.services.editing import save_dimension
from dimensions.source import read_source
from households.imports.profile import field_of
from povertyops.common.audit import SYSTEM
from povertyops.common.naming import KEY, LIFE, STAGE_NAMES, Names, said_as, spread, with_stages
from reports.exports.board import columns as board_columns
from reports.pack.snapshot import Snapshot
from reports.services.rollup import full_rollup
from tests.casework.pages.families import family, text_of, this_year
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db
RENAMED: Names = (("living", "บ้านและที่อยู่", "Housing"),)


@pytest.fixture
def renamed(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())
    values = {"label": "บ้านและที่อยู่", "label_en": "Housing"}
    with django_capture_on_commit_callbacks(execute=True):
        save_dimension(
            actor=cast.system_admin,
            dimension=Dimension.LIVING,
            base_version=1,
            values=values,
            reason="คู่มือใหม่",
        )


@pytest.mark.usefixtures("renamed")
def test_an_edited_name_shows_wherever_the_dimension_is_named(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    home = family(cast)
    year = this_year()
    full_rollup(year)
    pages = {
        cast.mentor: (f"/households/{home.pk}/", f"/households/{home.pk}/assess/"),
        cast.officer: (
            f"/households/?fiscal_year={year}&failing=living",
            f"/board/{home.area_code[:4]}/?fiscal_year={year}",
            "/nominations/new/",
            "/menu/",
        ),
        cast.system_admin: ("/yardstick/", "/yardstick/sets/bmn-2565/"),
    }
    for actor, urls in pages.items():
        for url in urls:
            page = text_of(client_of(actor).get(url, follow=True))
            assert "บ้านและที่อยู่" in page, url
            assert ">ความเป็นอยู่<" not in page, url
    for name in ("household", "today", "assess"):
        assert "บ้านและที่อยู่" in shell_of(name).plain.decode()
        assert "Housing" in shell_of(name, "en").plain.decode()
    assert any("บ้านและที่อยู่" in str(column.head) for column in board_columns())
    assert field_of("มิติบ้านและที่อยู่") == field_of("มิติความเป็นอยู่") == "living"
    assert Dimension.called("บ้านและที่อยู่") is Dimension.LIVING
    with override("en"):
        assert (str(Dimension.LIVING.label), str(Dimension.HEALTH.label)) == ("Housing", "Health")
        assert Dimension.called("บ้านและที่อยู่") is Dimension.LIVING
    with override(None):  # what migrations compare
        assert str(Dimension.LIVING.label) == "ความเป็นอยู่"
    with django_assert_num_queries(0):
        assert str(Dimension.LIVING.label) == "บ้านและที่อยู่"


def test_every_process_hears_of_a_new_name_through_the_cache() -> None:
    before, worker = shell_of("today").etag, worker_script()
    assert str(Dimension.LIVING.label) == "ความเป็นอยู่"

    cache.set(KEY, RENAMED)  # as another process does

    deadline = time.monotonic() + LIFE + 10
    while str(Dimension.LIVING.label) != "บ้านและที่อยู่":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert shell_of("today").etag != before
    assert worker_script() != worker


def test_a_name_is_read_from_its_version_when_the_cache_is_empty(renamed: None) -> None:
    spread(())
    cache.delete(KEY)

    deadline = time.monotonic() + LIFE + 10
    while str(Dimension.LIVING.label) != "บ้านและที่อยู่":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert cache.get(KEY) == RENAMED


def test_a_cache_that_does_not_answer_is_asked_once_and_not_by_every_page(
    renamed: None, settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes every call and answers none
        silent.setblocking(False)
        spread(())
        place = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": place}}

        longest, until = 0.0, time.monotonic() + 3 * LIFE + 2
        while (asked := time.monotonic()) < until:
            said = str(Dimension.LIVING.label)
            longest = max(longest, time.monotonic() - asked)
            time.sleep(0.05)

        assert said == "บ้านและที่อยู่", "the tables are read instead"
        assert 0.5 < longest < 4, "the client's own patience is five seconds"
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_a_frozen_pack_keeps_the_words_it_was_frozen_with() -> None:
    frozen = [{"code": each.value, "label": str(each.label)} for each in Dimension]
    stages = [{"code": each.code, "label": str(each.label)} for each in Stage]
    snap = Snapshot({"format": 1, "dimensions": frozen, "stages": stages})
    before_stages_were_said = Snapshot({"format": 1, "dimensions": frozen})
    spread((*RENAMED, ("survive", "ตั้งหลักได้", "")))

    for kept in (snap, before_stages_were_said):
        with said_as(kept.names):
            assert [str(each.label) for each in Dimension] == [each["label"] for each in frozen]
            assert [str(each.label) for each in Stage] == [each["label"] for each in stages]
    assert (str(Dimension.LIVING.label), str(Stage.SURVIVE.label)) == ("บ้านและที่อยู่", "ตั้งหลักได้")


def test_a_sentence_takes_the_names_of_stages_before_its_values() -> None:
    told = with_stages("ถึงขั้น{survive}แล้ว %(count)s จาก {waiting} %(place)s")
    spread((("survive", "ตั้งหลักได้", "Footing"),))

    assert told % {"count": 3, "place": "{x}"} == "ถึงขั้นตั้งหลักได้แล้ว 3 จาก ยังไม่ถึงขั้นอยู่รอด {x}"
    with override("en"):
        assert str(STAGE_NAMES["survive"]) == "Footing"


def test_a_corrected_indicator_is_asked_by_its_own_text() -> None:
    [row] = [each for each in read_source().indicator_sets if each["code"] == "bmn-2565"]
    text = next(each["text"] for each in row["indicators"] if each["number"] == 13)
    written, corrected = asking_for("bmn-2565", 13, text), asking_for("bmn-2565", 13, "บ้านแข็งแรง")

    assert written.ask
    assert written.name
    assert (corrected.ask, corrected.name) == ("", "")
    assert corrected.picture == written.picture
    own = asking_for("bmn-2565", 13, "บ้านแข็งแรง", name="บ้าน", ask="บ้านมั่นคงไหม")
    assert (own.ask, own.name, own.picture) == ("บ้านมั่นคงไหม", "บ้าน", written.picture)
