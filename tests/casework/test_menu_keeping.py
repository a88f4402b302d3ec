"""Who keeps what of the help menu; past help keeps what it copied."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.http import Http404

from casework.access import menu_items_for
from casework.models import HelpMenuItem
from casework.services.helps import amend_help, record_help
from casework.services.menu import (
    ItemInput,
    add_menu_item,
    change_menu_item,
    hide_menu_item,
    numbers_in_force,
    set_menu_item_active,
)
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.work import a_help, an_item, in_care
from tests.cast import Cast, client_of

GOATS = ItemInput(dimension="income", name="  แพะคู่ละ  2 ตัว ", nature="development", usual_baht=Decimal(4000))


def test_secretary_adds_an_item_of_the_province(cast: Cast) -> None:
    item = add_menu_item(actor=cast.secretary, item=GOATS)

    assert (item.province_code, item.name, item.changed_by) == ("90", "แพะคู่ละ 2 ตัว", cast.secretary.user)
    assert item in menu_items_for("90")
    assert item not in menu_items_for("40")
    assert AuditEntry.objects.get(action="menu.add").object_id == str(item.pk)


def test_administrator_adds_a_national_item(cast: Cast) -> None:
    item = add_menu_item(actor=cast.system_admin, item=GOATS)

    assert item in menu_items_for("90")
    assert item in menu_items_for("40")


@pytest.mark.parametrize("name", ["officer", "mentor", "executive", "national_viewer"])
def test_others_keep_nothing(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        add_menu_item(actor=cast.people[name], item=GOATS)


def test_nobody_changes_what_another_keeps(cast: Cast) -> None:
    national, own = an_item(), add_menu_item(actor=cast.secretary, item=GOATS)

    with pytest.raises(NotAllowed):
        change_menu_item(actor=cast.secretary, item_id=national.pk, item=GOATS)
    for stranger in (cast.far_secretary, cast.system_admin):
        with pytest.raises(Http404):
            change_menu_item(actor=stranger, item_id=own.pk, item=GOATS)


def test_change_is_audited_and_the_past_stays(cast: Cast) -> None:
    household = in_care(cast)
    item = add_menu_item(actor=cast.secretary, item=replace(GOATS, relieves=True))
    given = record_help(actor=cast.mentor, help=a_help(item, household))

    change_menu_item(actor=cast.secretary, item_id=item.pk, item=replace(GOATS, name="แพะ", relieves=False))

    given.refresh_from_db()
    assert (given.relieves, given.dimension) == (True, "income")
    changes = AuditEntry.objects.get(action="menu.change").changes
    assert changes["relieves"] == [True, False]
    assert record_help(actor=cast.mentor, help=a_help(item, household)).relieves is False


def test_unchanged_item_writes_nothing(cast: Cast) -> None:
    item = add_menu_item(actor=cast.secretary, item=GOATS)

    change_menu_item(actor=cast.secretary, item_id=item.pk, item=GOATS)

    assert not AuditEntry.objects.filter(action="menu.change").exists()


def test_item_taken_off_the_menu_can_be_put_back(cast: Cast) -> None:
    item = add_menu_item(actor=cast.secretary, item=GOATS)

    set_menu_item_active(actor=cast.secretary, item_id=item.pk, is_active=False)
    assert item not in menu_items_for("90")
    set_menu_item_active(actor=cast.secretary, item_id=item.pk, is_active=True)

    assert item in menu_items_for("90")


def test_promise_of_an_item_taken_off_can_still_be_kept(cast: Cast) -> None:
    household = in_care(cast)
    item = add_menu_item(actor=cast.secretary, item=GOATS)
    promise = record_help(actor=cast.mentor, help=a_help(item, household, status="promised"))
    set_menu_item_active(actor=cast.secretary, item_id=item.pk, is_active=False)

    kept = record_help(actor=cast.mentor, help=a_help(item, household, fulfils=promise.pk))

    assert kept.fulfils_id == promise.pk
    with pytest.raises(InvalidInput):
        record_help(actor=cast.mentor, help=a_help(item, household))


def test_help_of_an_item_taken_off_can_still_be_corrected(cast: Cast) -> None:
    household = in_care(cast)
    item = add_menu_item(actor=cast.secretary, item=GOATS)
    wrong = record_help(actor=cast.mentor, help=a_help(item, household))
    set_menu_item_active(actor=cast.secretary, item_id=item.pk, is_active=False)

    page = client_of(cast.mentor).get(f"/helps/{wrong.pk}/amend/").content.decode()
    better = amend_help(
        actor=cast.mentor,
        help_id=wrong.pk,
        replacement=a_help(item, household, amount_baht=Decimal(300)),
        reason="พิมพ์ผิด",
    )

    assert f'<option value="{item.pk}" selected>' in page
    assert (better.item_id, better.amount_baht) == (item.pk, 300)


def test_province_hides_a_national_item_for_itself_only(cast: Cast) -> None:
    item = an_item()

    hide_menu_item(actor=cast.secretary, item_id=item.pk, hidden=True)
    hide_menu_item(actor=cast.secretary, item_id=item.pk, hidden=True)

    assert item not in menu_items_for("90")
    assert item in menu_items_for("40")
    hide_menu_item(actor=cast.secretary, item_id=item.pk, hidden=False)
    assert item in menu_items_for("90")
    assert AuditEntry.objects.filter(action="menu.hide", province_code="90").count() == 2


def test_own_item_is_not_hidden_but_deactivated(cast: Cast) -> None:
    own = add_menu_item(actor=cast.secretary, item=GOATS)

    with pytest.raises(NotAllowed):
        hide_menu_item(actor=cast.secretary, item_id=own.pk, hidden=True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"dimension": "luck"}, "dimension"),
        ({"nature": "loan"}, "nature"),
        ({"stages": (7,)}, "stages"),
        ({"indicators": (99,)}, "indicators"),
        ({"min_age": 70, "max_age": 60}, "max_age"),
        ({"min_age": -1}, "min_age"),
        ({"usual_baht": Decimal(-1)}, "usual_baht"),
    ],
)
def test_bad_values_name_their_field(cast: Cast, wrong: dict[str, object], field: str) -> None:
    call_command("load_yardstick", verbosity=0)

    with pytest.raises(InvalidInput) as refusal:
        add_menu_item(actor=cast.secretary, item=replace(GOATS, **wrong))

    assert refusal.value.details["field"] == field


def test_loading_the_file_keeps_what_a_person_changed(cast: Cast) -> None:
    call_command("load_help_menu", verbosity=0)
    repair = HelpMenuItem.objects.get(code="house-repair")
    added = add_menu_item(actor=cast.system_admin, item=GOATS)
    change_menu_item(
        actor=cast.system_admin, item_id=repair.pk, item=ItemInput(dimension="living", name="ซ่อมบ้าน")
    )

    call_command("load_help_menu", verbosity=0)

    repair.refresh_from_db()
    added.refresh_from_db()
    assert (repair.name, added.is_active) == ("ซ่อมบ้าน", True)


def test_every_item_of_the_file_names_known_indicators(db: None) -> None:
    call_command("load_yardstick", verbosity=0)
    call_command("load_help_menu", verbosity=0)

    used = {number for item in HelpMenuItem.objects.all() for number in item.indicators}
    assert used <= numbers_in_force()
    assert not HelpMenuItem.objects.filter(agency_name="").exists()
