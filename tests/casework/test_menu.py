"""The national items of the help menu."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from casework.access import menu_items_for
from casework.models import HelpMenuItem
from dimensions.enums import Dimension

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_help_menu", stdout=out)
    return out.getvalue()


def test_every_dimension_has_relief_and_development() -> None:
    load()

    found = set(HelpMenuItem.objects.filter(relieves=True).values_list("dimension", "nature"))

    assert found == {(dimension, nature) for dimension in Dimension for nature in ("relief", "development")}


def test_loading_again_changes_nothing() -> None:
    assert "new: house-repair" in load()
    assert load() == "Nothing changed.\n"


def test_changed_item_is_mended_and_one_that_left_is_retired() -> None:
    load()
    HelpMenuItem.objects.filter(code="house-repair").update(name="?")
    HelpMenuItem.objects.create(code="old", dimension="health", name="เก่า", nature="relief")
    own = HelpMenuItem.objects.create(
        code="own", province_code="90", dimension="health", name="ของจังหวัด", nature="relief"
    )

    assert sorted(load().splitlines()) == ["changed: house-repair", "retired: old"]

    assert own in menu_items_for("90")
    assert own not in menu_items_for("40")
    assert not menu_items_for("90").filter(code="old").exists()
