"""What the menu offers a household first, and why; the facts of many households in a few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Rank
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import AnswerValue, Dimension, Stage
from dimensions.queries import counterparts, indicator_sets
from households.models import Listing

from ..eligibility import Fit, HouseholdFacts, ItemFacts, Reason, Why, best
from ..enums import HelpStatus
from ..models import AssessmentAnswer, CohortState, Help, HelpMenuItem, HiddenMenuItem, Visit
from ..queries.lists import standing
from .household import failing_now
from .people import age_on, current_memberships

OFFERED = 8
NEAR_WITHIN = timedelta(days=365)

WORDS: Mapping[Why, Promise | str] = {
    Why.INDICATOR: _("แก้ข้อ %(value)d ที่ตกเกณฑ์"),
    Why.UNRELIEVED: _("ตกเกณฑ์ด้าน%(dimension)s ยังไม่ได้รับความช่วยเหลือ"),
    Why.FAILING: _("ด้าน%(dimension)sยังไม่ผ่านเกณฑ์"),
    Why.LAST_TIME: _("ให้เหมือนครั้งก่อน"),
    Why.STAGE: _("สำหรับขั้น%(stage)s"),
    Why.AGE: _("มีสมาชิกอายุ %(value)d ปี"),
    Why.INCOME: _("รายได้ไม่เกิน %(baht)s บาทต่อคนต่อปี"),
    Why.AGENCY: _("%(agency)sเคยช่วยในตำบลนี้"),
}
SAID = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that fits a household; `why` says so in words."""

    item: HelpMenuItem
    fit: Fit

    @property
    def why(self) -> str:
        """The strongest reasons in one line."""
        return " · ".join(said(reason, self.item) for reason in self.fit.reasons[:SAID])

    @property
    def all_reasons(self) -> list[str]:
        return [said(reason, self.item) for reason in self.fit.reasons]


def said(reason: Reason, item: HelpMenuItem) -> str:
    """One reason in words."""
    return str(WORDS[reason.why]) % {
        "value": reason.value or 0,
        "dimension": Dimension(item.dimension).label,
        "stage": Stage(reason.value or 0).label if reason.why is Why.STAGE else "",
        "baht": f"{reason.value or 0:,}",
        "agency": item.agency_name,
    }


def suggestions_for(
    household_ids: Iterable[UUID], *, today: date, limit: int = OFFERED
) -> dict[UUID, list[tuple[UUID, str]]]:
    """Household -> (item, why in words), the best first. Ten queries for any number of households."""
    found = suggested(household_ids, today=today)
    return {
        pk: [(each.item.pk, each.why) for each in suggestions[:limit]] for pk, suggestions in found.items()
    }


def suggested(household_ids: Iterable[UUID], *, today: date) -> dict[UUID, list[Suggestion]]:
    """Household -> everything of its province's menu that fits it, the best first."""
    ids = list(dict.fromkeys(household_ids))
    states = _states(ids)
    menus = _menus({state.province_code for state in states.values()})
    facts = _facts(states, today)
    return {pk: _fitting(menus[states[pk].province_code], facts[pk]) if pk in facts else [] for pk in ids}


def _fitting(menu: Mapping[UUID, HelpMenuItem], facts: HouseholdFacts) -> list[Suggestion]:
    found = best([facts_of_item(item) for item in menu.values()], facts)
    return [Suggestion(menu[item.id], fit) for item, fit in found]


def facts_of_item(item: HelpMenuItem) -> ItemFacts:
    return ItemFacts(
        id=item.pk,
        dimension=Dimension(item.dimension),
        relieves=item.relieves,
        stages=frozenset(item.stages),
        indicators=frozenset(item.indicators),
        min_age=item.min_age,
        max_age=item.max_age,
        max_income_baht=item.max_income_baht,
        agency=item.agency_name,
    )


# ------------------------------------------------------------------------------------------------ the facts


def _menus(provinces: Collection[str]) -> dict[str, dict[UUID, HelpMenuItem]]:
    """Province -> what it offers, as `access.menu_items_for` says it for one."""
    rows = list(
        HelpMenuItem.objects.filter(is_active=True, province_code__in=["", *provinces]).order_by(
            "position", "name"
        )
    )
    pairs = HiddenMenuItem.objects.filter(province_code__in=provinces)
    hidden = set(pairs.values_list("province_code", "item_id"))
    return {
        province: {
            row.pk: row
            for row in rows
            if row.province_code in ("", province) and (province, row.pk) not in hidden
        }
        for province in provinces
    }


def _states(ids: Sequence[UUID]) -> dict[UUID, CohortState]:
    """The newest row of each household."""
    rows = CohortState.objects.filter(household_id__in=ids).order_by("household_id", "-fiscal_year")
    return {row.household_id: row for row in rows.distinct("household_id")}


def _facts(states: Mapping[UUID, CohortState], today: date) -> dict[UUID, HouseholdFacts]:
    ids = list(states)
    failed, incomes = _failed(ids)
    ages = _ages(ids, today)
    last = _last_items(ids)
    near = _agencies_near({state.subdistrict_code for state in states.values()}, today)
    return {
        pk: HouseholdFacts(
            failing=failing_now(state),
            relieved=state.relieved,
            failed=frozenset(failed.get(pk, ())),
            stage=state.stage,
            ages=tuple(ages.get(pk, ())),
            income=incomes.get(pk),
            last_items=frozenset(last.get(pk, ())),
            agencies=frozenset(near.get(state.subdistrict_code, ())),
        )
        for pk, state in states.items()
    }


class _Numbers:
    """Numbers of a survey year as the set in force counts them."""

    def __init__(self) -> None:
        self._sets = sorted(indicator_sets(), key=lambda each: each.valid_from)
        self._by_year: dict[int, Mapping[int, frozenset[int]]] = {}

    def of(self, survey_year: int, number: int) -> frozenset[int]:
        if survey_year not in self._by_year:
            begun = [each for each in self._sets if each.valid_from <= survey_year]
            self._by_year[survey_year] = counterparts(begun[-1], self._sets[-1]) if begun else {}
        return self._by_year[survey_year].get(number, frozenset())


def _failed(ids: Sequence[UUID]) -> tuple[dict[UUID, set[int]], dict[UUID, int]]:
    """Household -> indicators it fails by its lists and by what was answered since; and its income there."""
    numbers = _Numbers()
    failed: dict[UUID, set[int]] = {}
    incomes: dict[UUID, int] = {}
    listings = Listing.objects.filter(household_id__in=ids, superseded_at=None)
    rows = listings.order_by("fiscal_year").values_list(
        "household_id", "target_list__survey_year", "failed_indicators", "income"
    )
    for pk, year, printed, income in rows:
        failed.setdefault(pk, set()).update(*(numbers.of(year, number) for number in printed))
        if income is not None:
            incomes[pk] = income
    for pk, year, number, value in _answers(ids):
        known = failed.setdefault(pk, set())
        for each in numbers.of(year, number):
            (known.add if value == AnswerValue.FAIL else known.discard)(each)
    return failed, incomes


def _answers(ids: Sequence[UUID]) -> Iterable[tuple[UUID, int, int, str]]:
    """(household, survey year, indicator, value): the last answer of each, oldest first."""
    corrected = Visit.objects.filter(amends=OuterRef("assessment__visit"))
    rows = AssessmentAnswer.objects.filter(
        ~Exists(corrected),
        Q(assessment__visit=None) | Q(assessment__visit__is_void=False),
        assessment__household_id__in=ids,
    )
    return rows.order_by("assessment__assessed_on", "assessment__recorded_at").values_list(
        "assessment__household_id", "assessment__survey_year", "indicator", "value"
    )


def _ages(ids: Sequence[UUID], today: date) -> dict[UUID, list[int]]:
    ages: dict[UUID, list[int]] = {}
    for row in current_memberships(ids):
        if row.person.birth_date:
            ages.setdefault(row.household_id, []).append(age_on(row.person.birth_date, today))
    return ages


def _last_items(ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Household -> what it was given on the last day it was given something."""
    given: QuerySet[Help, Any] = Help.objects.filter(
        standing(Help), household_id__in=ids, status=HelpStatus.DELIVERED
    )
    latest = Window(Rank(), partition_by=F("household_id"), order_by=F("given_on").desc())
    found: dict[UUID, set[UUID]] = {}
    for pk, item in given.annotate(place=latest).filter(place=1).values_list("household_id", "item_id"):
        found.setdefault(pk, set()).add(item)
    return found


def _agencies_near(subdistricts: Collection[str], today: date) -> dict[str, set[str]]:
    """Subdistrict -> names of the agencies that helped there within a year."""
    here = Q(pk__in=[])
    for code in subdistricts:
        here |= Q(area_code__gte=f"{code}00", area_code__lte=f"{code}99")
    rows = Help.objects.filter(here, given_on__gte=today - NEAR_WITHIN, is_void=False, agency__isnull=False)
    found: dict[str, set[str]] = {}
    for code, name in rows.order_by().values_list("area_code", "agency__name").distinct():
        found.setdefault(code[:6], set()).add(name)
    return found
