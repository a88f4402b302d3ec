"""The Monday figures: whose they are, that text and picture say the roll-up's numbers, and name nobody."""

from __future__ import annotations

import struct
from datetime import timedelta

from django.utils import timezone

from povertyops.common.thai import format_thai_date
from reports.models import AreaProgress
from reports.services.rollup import drain_marks
from tests.cast import Cast, client_of
from tests.reports.history import ACTS, World


def test_each_officer_gets_the_figures_of_the_own_area(cast: Cast) -> None:
    world = World(cast, households=12)
    for number, act in enumerate(act for act in ACTS if act != "drain"):
        world.act(act, number * 7 + 1)
    drain_marks()
    today = timezone.localdate()
    heads = [household.head_name for household in world.households]

    for actor, code in ((cast.secretary, "90"), (cast.officer, "9007")):
        answer = client_of(actor).get("/weekly/")
        text = answer.context["message"]
        own = AreaProgress.objects.get(code=code, fiscal_year=world.year, list_kind="")
        assert f"ครัวเรือนตามบัญชี {own.households:,}\n" in text
        assert f"ยังไม่ถึงขั้นอยู่รอด {own.waiting:,}" in text
        assert f"อยู่รอดขึ้นไป {own.households - own.waiting:,}" in text
        assert format_thai_date(today) in text
        assert len(text) < 700
        assert [name for name in heads if name in answer.content.decode()] == []

    picture = client_of(cast.secretary).get("/weekly/picture.png")
    assert picture["Content-Type"] == "image/png"
    assert struct.unpack(">II", picture.content[16:24]) == (1080, 1350)

    for actor in (cast.mentor, cast.national_viewer):
        assert client_of(actor).get("/weekly/").status_code == 403
        assert client_of(actor).get("/weekly/picture.png").status_code == 403
    secretary = client_of(cast.secretary)
    assert secretary.get(f"/weekly/?day={today + timedelta(days=1)}").status_code == 400
    long_ago = f"?day={today - timedelta(days=4000)}"
    assert secretary.get(f"/weekly/{long_ago}").status_code == 200
    assert secretary.get(f"/weekly/picture.png{long_ago}").status_code == 404
