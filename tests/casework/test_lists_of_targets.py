"""Overlap, kinds of list, rules of sources, where values come from: numbers add up and open their lists."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import CohortState
from casework.services.cohort import expected_states, stored_states
from casework.services.facts import apply_fact_edits
from casework.services.rederive import change_rule, continue_derivations
from households.inputs import FactEdit
from households.models import Correction, Derivation, Household, ListKind, Person, SourceRule
from households.services.list_kinds import KindDraft, change_list_kind
from households.services.provenance import Source, sources_of
from households.services.source_rules import RuleDraft
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.cast import Cast, client_of
from tests.import_work import bring_in, world
from tests.lists import ListHousehold, Sheet, make_households

__all__ = ["world"]


@pytest.fixture
def families(world: Cast) -> list[ListHousehold]:
    """Twelve families: CSR knows 0 to 7, the vulnerable list 5 to 11 and says other telephones."""
    known = make_households(12, persons=2)
    bring_in(Sheet(known[:8]), kind="csr")
    for family in known[5:]:
        family.phone = "0899999999"
        family.persons[1].first = "เปลี่ยนชื่อ"
    bring_in(Sheet(known[5:]), kind="vulnerable")
    return known


def household_of(family: ListHousehold) -> Household:
    return Household.objects.get(house_code=family.house_code)


# ------------------------------------------------------------------------------------------------- overlap


def test_overlap_adds_up_and_every_number_opens_its_list(world: Cast, families: list[ListHousehold]) -> None:
    client = client_of(world.secretary)
    page = client.get(reverse("list_overlap"), {"fiscal_year": 2568}).context["page"]
    assert [(row.names, row.households) for row in page.combinations] == [
        (["1 องค์กร 1 CSR 1 ครัวเรือน 1 ปี", "ครัวเรือนเปราะบาง"], 3),
        (["1 องค์กร 1 CSR 1 ครัวเรือน 1 ปี"], 5),
        (["ครัวเรือนเปราะบาง"], 4),
    ]
    assert (page.households, page.several) == (12, 3)
    assert page.households == sum(row.households for row in page.combinations)
    assert page.households == CohortState.objects.filter(fiscal_year=2568).count()
    for place, row in enumerate(page.lists):
        assert row.households == sum(each.households for each in page.combinations if each.marks[place])
        assert client.get(row.url).context["count"] == row.households
        assert client.get(row.alone_url).context["count"] == row.alone
    for each in page.combinations:
        assert client.get(each.url).context["count"] == each.households
    assert client.get(page.url).context["count"] == page.households


def test_overlap_counts_what_the_actor_sees(world: Cast, families: list[ListHousehold]) -> None:
    address = reverse("list_overlap") + "?fiscal_year=2568"
    assert client_of(world.far_secretary).get(address).context["page"].households == 0
    assert client_of(world.officer).get(address + "&area=900701").context["page"].households == 6
    with CaptureQueriesContext(connection) as few:
        client_of(world.secretary).get(address)
    assert len([q for q in few if "casework_cohortstate" in q["sql"]]) == 1


def test_overlap_as_csv(world: Cast, families: list[ListHousehold]) -> None:
    ListKind.objects.filter(pk="csr").update(name="=CSR")
    answer = client_of(world.secretary).get(reverse("list_overlap"), {"fiscal_year": 2568, "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["'=CSR", "ครัวเรือนเปราะบาง", "ครัวเรือน"],
        ["1", "1", "3"],
        ["1", "", "5"],
        ["", "1", "4"],
        ["8", "7", "12"],
    ]


# --------------------------------------------------------------------------------------------- rules, kinds


def test_rule_of_one_field_is_followed_in_the_background(world: Cast, families: list[ListHousehold]) -> None:
    both, alone = household_of(families[6]), household_of(families[0])
    before = alone.version
    assert both.phone != "0899999999"
    rule = RuleDraft("phone", newest_year_first=True, kinds=("vulnerable",))
    client = client_of(world.secretary)
    form = {"field": "phone", "own": "1", "newest_year_first": "1", "place_vulnerable": "1"}
    assert client.post(reverse("source_rules"), form).status_code == 302
    assert change_rule(actor=world.secretary, draft=rule) is None, "the same again is no change"
    assert "กำลังปรับข้อมูล" in client.get(reverse("source_rules")).content.decode() or not (
        Derivation.objects.filter(finished_at=None).exists()
    )
    continue_derivations()
    both.refresh_from_db()
    alone.refresh_from_db()
    assert (both.phone, alone.version) == ("0899999999", before)
    assert Person.objects.filter(memberships__household=both, first_name="เปลี่ยนชื่อ").count() == 0
    assert Derivation.objects.get().done == 3
    assert continue_derivations() == 0
    ids = list(Household.objects.values_list("pk", flat=True))
    assert stored_states(ids) == expected_states(ids)
    assert AuditEntry.objects.get(action="source_rule.save").province_code == "90"


def test_rule_of_a_province_goes_before_that_of_the_nation(
    world: Cast, families: list[ListHousehold]
) -> None:
    nation = RuleDraft("", newest_year_first=True, kinds=("vulnerable", "csr"))
    change_rule(actor=world.system_admin, draft=nation)
    continue_derivations()
    both = household_of(families[6])
    assert both.phone == "0899999999"
    change_rule(actor=world.secretary, draft=RuleDraft("phone", newest_year_first=True, kinds=("csr",)))
    continue_derivations()
    both.refresh_from_db()
    assert both.phone == make_households(12, persons=2)[6].phone
    change_rule(actor=world.secretary, draft=RuleDraft("phone", True, (), is_own=False))
    continue_derivations()
    both.refresh_from_db()
    assert both.phone == "0899999999"
    assert list(SourceRule.objects.order_by("pk").values_list("province_code", "field", "version")) == [
        ("", "", 1),
        ("90", "phone", 1),
    ]


def test_rules_are_kept_by_the_secretary_and_the_administrator(world: Cast) -> None:
    rule = RuleDraft("phone", newest_year_first=False, kinds=("csr",))
    for stranger in (world.officer, world.mentor, world.executive):
        with pytest.raises(NotAllowed):
            change_rule(actor=stranger, draft=rule)
    with pytest.raises(InvalidInput):
        change_rule(actor=world.secretary, draft=RuleDraft("phone", True, ("csr", "csr")))
    page = client_of(world.secretary).get(reverse("source_rules") + "?field=phone").content.decode()
    assert "เช่น" in page
    assert "ปีงบประมาณที่ใหม่กว่าก่อน" in page


def test_new_kind_of_list_can_be_imported_at_once(world: Cast) -> None:
    client = client_of(world.system_admin)
    form = {"code": "flood-68", "name": "ผู้ประสบอุทกภัย", "rank": "35", "is_active": "on"}
    assert client.post(reverse("list_kind_new"), form).status_code == 302
    assert client.post(reverse("list_kind_new"), form).status_code == 422
    batch = bring_in(Sheet(make_households(2)), kind="flood-68")
    assert batch.households == 2
    settled = KindDraft(name="ผู้ประสบอุทกภัย", rank=35, carries_dimensions=True)
    with pytest.raises(Conflict):
        change_list_kind(actor=world.system_admin, code="flood-68", draft=settled)
    assert client_of(world.secretary).get(reverse("list_kinds")).status_code == 200
    assert client_of(world.secretary).get(reverse("list_kind_new")).status_code == 403


def test_rank_decides_anew(world: Cast, families: list[ListHousehold]) -> None:
    kind = ListKind.objects.get(pk="vulnerable")
    form = {"name": kind.name, "owner_office": kind.owner_office, "rank": "1", "is_active": "on"}
    client = client_of(world.system_admin)
    assert client.post(reverse("list_kind", args=["vulnerable"]), form).status_code == 302
    continue_derivations()
    assert household_of(families[6]).phone == "0899999999"


# ------------------------------------------------------------------------------------------------- sources


def test_sources_tell_the_list_the_hand_and_what_others_say(
    world: Cast, families: list[ListHousehold]
) -> None:
    both = household_of(families[6])
    told = sources_of(both, str)
    phone = next(each for each in told.fields if each.label == "โทรศัพท์")
    assert phone.winner is not None
    assert (phone.source, phone.value, phone.winner.fiscal_year) == (Source.LIST, both.phone, 2568)
    assert [(said.list_name, said.value, said.differs) for said in phone.others] == [
        ("ครัวเรือนเปราะบาง", "0899999999", True)
    ]
    assert told.persons[1].fields[0].disagrees
    assert told.disagreeing == 2
    edit = FactEdit(
        id=uuid7(),
        household_id=both.pk,
        field="phone",
        value="0811111111",
        base_version=0,
        reason="โทรถาม",
    )
    apply_fact_edits(actor=world.officer, edits=[edit])
    answer = client_of(world.officer).get(reverse("household_sources", args=[both.pk]))
    page = answer.content.decode()
    assert "แก้ไขด้วยมือโดย" in page
    assert "โทรถาม" in page
    assert "ต่างจากที่ใช้" in page
    assert client_of(world.far_officer).get(reverse("household_sources", args=[both.pk])).status_code == 404
    with CaptureQueriesContext(connection) as few:
        sources_of(both, str)
    assert len(few) <= 8
    # A value set by hand where a person lived before goes with the person.
    Correction.objects.create(
        household=household_of(families[0]), person=told.persons[1].person, field="first_name",
        value="สมใจ", reason="ดูบัตร", version=1,
    )  # fmt: skip
    assert sources_of(both, str).persons[1].fields[0].source == Source.HAND
    assert reverse("household_sources", args=[both.pk]) in (
        client_of(world.officer).get(reverse("household", args=[both.pk])).content.decode()
    )
