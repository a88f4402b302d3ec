import pytest
from django.urls import reverse

from dimensions.models import StageCriteria
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.common.audit import SYSTEM
from tests.cast import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def _yardstick():
    load_yardstick(actor=SYSTEM, source=read_source())


def page_of(actor):
    answer = client_of(actor).get(reverse("yardstick"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("_yardstick")
def test_yardstick_shows_dimensions_offices_sets_and_thresholds(cast):
    page = page_of(cast.secretary)

    for said in (
        "สำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัด (สถจ.)",
        "13. ครัวเรือนมีความมั่นคงในที่อยู่อาศัย",
        "37. ยังไม่ทราบข้อความของตัวชี้วัดข้อนี้",
        "ตรงกับข้อ 9, 10 ของชุดก่อน",
        "ใช้กับปีสำรวจ 2560–2564",
        "38,000",
        "3,043",
        "คาดไว้ ต้องตรวจสอบก่อนใช้",
        "ครบ 365 วัน",
    ):
        assert said in page


@pytest.mark.usefixtures("_yardstick")
def test_yardstick_shows_the_criteria_of_the_persons_province(cast):
    StageCriteria.objects.create(
        version=2, province_code="90", effective_from="2022-01-01", sufficient_days=400
    )

    assert "ครบ 400 วัน" in page_of(cast.secretary)
    assert "ครบ 365 วัน" in page_of(cast.far_secretary)


@pytest.mark.usefixtures("_yardstick")
def test_yardstick_opens_for_every_role(cast):
    for actor in cast.people.values():
        if actor.role is not None:
            page_of(actor)


def test_yardstick_without_data_says_what_to_do(cast):
    assert "ให้ผู้ดูแลระบบสั่ง load_yardstick" in page_of(cast.secretary)


def test_yardstick_asks_for_a_sign_in(client, db):
    answer = client.get(reverse("yardstick"))

    assert answer.status_code == 302


@pytest.mark.usefixtures("_yardstick")
def test_yardstick_makes_a_fixed_number_of_queries(cast, django_assert_num_queries):
    client = client_of(cast.secretary)
    client.get(reverse("yardstick"))

    with django_assert_num_queries(8):
        client.get(reverse("yardstick"))
