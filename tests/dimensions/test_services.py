import copy
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from dimensions.models import DimensionInfo, IncomeThreshold, Indicator, IndicatorSet, StageCriteria
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.accounts.models import User
from povertyops.common.audit import SYSTEM
from povertyops.common.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return copy.deepcopy(read_source())


@pytest.fixture
def loaded(source):
    return load_yardstick(actor=SYSTEM, source=source)


def threshold_of(source, year):
    return next(facts for facts in source.income_thresholds if facts["survey_year"] == year)


def test_load_yardstick_brings_in_every_fact(loaded):
    assert DimensionInfo.objects.count() == 5
    assert dict(IndicatorSet.objects.values_list("code", "valid_to")) == {"bmn-2560": 2564, "bmn-2565": 2569}
    assert Indicator.objects.filter(indicator_set__code="bmn-2560").count() == 31
    assert Indicator.objects.filter(indicator_set__code="bmn-2565").count() == 38
    assert StageCriteria.objects.get().as_rule().version == 1
    assert all(change.version == 1 for change in loaded)


def test_load_yardstick_leaves_the_unknown_indicator_empty(loaded):
    unknown = Indicator.objects.get(indicator_set__code="bmn-2565", number=37)

    assert (unknown.text, unknown.unit, unknown.dimension) == ("", "", "")
    assert set(unknown.certainty.values()) == {"unknown"}


def test_load_yardstick_changes_nothing_the_second_time(loaded, source):
    assert load_yardstick(actor=SYSTEM, source=source) == []
    assert not IncomeThreshold.objects.exclude(superseded_at=None).exists()


def test_a_changed_fact_becomes_a_new_version(loaded, source):
    threshold_of(source, 2568)["baht"] = 45_000

    [change] = load_yardstick(actor=SYSTEM, source=source)

    assert (change.kind, change.key, change.version, change.changed) == (
        "incomethreshold",
        "2568",
        2,
        ("baht",),
    )
    versions = IncomeThreshold.objects.filter(survey_year=2568).order_by("version")
    assert [(row.version, row.baht, row.superseded_at is None) for row in versions] == [
        (1, 43_000, False),
        (2, 45_000, True),
    ]


def test_a_changed_indicator_makes_a_new_version_of_its_set(loaded, source):
    source.indicator_sets[1]["indicators"][36]["text"] = "ข้อความที่พบแล้ว"

    [change] = load_yardstick(actor=SYSTEM, source=source)

    assert (change.key, change.version, change.changed) == ("bmn-2565", 2, ("37 text",))
    texts = Indicator.objects.filter(indicator_set__code="bmn-2565", number=37).order_by(
        "indicator_set__version"
    )
    assert [indicator.text for indicator in texts] == ["", "ข้อความที่พบแล้ว"]


def test_an_indicator_left_out_makes_a_new_version_of_its_set(loaded, source):
    del source.indicator_sets[0]["indicators"][30]

    [change] = load_yardstick(actor=SYSTEM, source=source)

    assert change.changed == ("31",)


def test_a_correction_by_hand_is_kept_and_said_so(loaded, source):
    by_hand = IncomeThreshold.objects.get(survey_year=2568)
    by_hand.entered_by = User.objects.create(username="admin")
    by_hand.save(update_fields=["entered_by"])
    threshold_of(source, 2568)["baht"] = 45_000

    [change] = load_yardstick(actor=SYSTEM, source=source)

    assert change.kept
    assert IncomeThreshold.objects.get(survey_year=2568).baht == 43_000


def test_changed_criteria_get_the_next_number(loaded, source):
    source.stage_criteria[0]["sufficient_days"] = 400

    [change] = load_yardstick(actor=SYSTEM, source=source)

    assert (change.version, change.changed) == (2, ("sufficient_days",))
    assert list(StageCriteria.objects.values_list("version", "sufficient_days")) == [(1, 365), (2, 400)]
    assert load_yardstick(actor=SYSTEM, source=source) == []


def test_a_fact_of_no_known_kind_is_refused_and_nothing_is_loaded(source):
    source.indicator_sets[1]["indicators"][0]["dimension"] = "happiness"

    with pytest.raises(ValidationError):
        load_yardstick(actor=SYSTEM, source=source)

    assert not AuditEntry.objects.exists()


def test_every_new_version_leaves_an_audit_row(loaded):
    entries = AuditEntry.objects.filter(action="load_yardstick")

    assert entries.count() == len(loaded)
    assert entries.get(object_type="indicatorset", object_id="bmn-2565").changes == {
        "version": 1,
        "changed": [],
    }


def test_the_command_prints_what_changed():
    first, second = StringIO(), StringIO()

    call_command("load_yardstick", stdout=first)
    call_command("load_yardstick", stdout=second)

    assert "indicatorset bmn-2560: version 1" in first.getvalue()
    assert second.getvalue() == "Nothing changed.\n"


def test_the_criteria_of_the_files_are_those_built_in(loaded):
    from dimensions.rules import StageRule

    criteria = StageCriteria.objects.get()
    assert criteria.as_rule() == StageRule()
    assert criteria.effective_from == date(2021, 10, 1)
