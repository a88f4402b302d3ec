"""The page that takes a list back: what would go, what stands in the way, the reason, the receipt."""

from __future__ import annotations

from django.urls import reverse

from casework.services.importing import move_on
from casework.services.visits import record_visit
from households.enums import ImportStatus
from households.models import Household
from tests.casework.work import a_visit
from tests.cast import Cast, client_of
from tests.import_work import bring_in, check, world
from tests.lists import Sheet, make_households

__all__ = ["world"]


def a_list(start: int = 1) -> Sheet:
    return Sheet(make_households(2, persons=2, subdistricts=["900701"], start=start))


def test_undo_from_the_page_to_the_receipt(world: Cast) -> None:
    batch = bring_in(a_list(), actor=world.officer)
    client = client_of(world.officer)
    here, page = reverse("import_batch", args=[batch.pk]), reverse("import_undo", args=[batch.pk])
    assert page in client.get(here).content.decode()
    assert client.post(page, {"reason": " "}).status_code == 422
    assert client.post(page, {"reason": "ส่งผิดปี"}).headers["Location"] == here
    assert "กำลังเลิกการนำเข้า" in client.get(here).content.decode()
    assert move_on(batch.pk)
    said = client.get(here).content.decode()
    assert "ส่งผิดปี" in said
    assert world.officer.user is not None
    assert world.officer.user.display_name in said
    assert not Household.objects.exists()
    assert client.get(page).status_code == 302


def test_what_stands_in_the_way_is_counted_and_opens(world: Cast) -> None:
    batch = bring_in(a_list(), actor=world.officer)
    household = Household.objects.first()
    assert household is not None
    record_visit(actor=world.officer, visit=a_visit(household))
    client = client_of(world.officer)
    page = reverse("import_undo", args=[batch.pk])
    said = client.get(f"{page}?kind=casework.visit").content.decode()
    assert "การลงพื้นที่: 1 รายการ ใน 1 ครัวเรือน" in said
    assert reverse("household", args=[household.pk]) in said
    refused = client.post(page, {"reason": "x"})
    assert refused.status_code == 422
    batch.refresh_from_db()
    assert batch.status == ImportStatus.APPLIED
    assert client_of(world.other_officer).get(page).status_code == 404
    waiting = check(a_list(50), actor=world.officer)
    assert client.get(reverse("import_undo", args=[waiting.pk])).status_code == 302
