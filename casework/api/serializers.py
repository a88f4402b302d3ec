"""The bodies of the API of the work, in and out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from dimensions.enums import AnswerValue, Dimension
from households.enums import VerificationStatus
from povertyops.common.sparse import SparseSerializer

from ..arrival import receipt_number
from ..enums import HelpStatus, SkipReason, TimeDoubt, VisitOutcome
from ..inputs import FindingInput, HelpInput, PriorityInput, VisitInput
from ..models import Visit
from ..priority import Part
from ..validators import LONGEST_NOTE, LONGEST_REASON, MOST_PRIORITIES

# A phone set to the Buddhist era runs 543 years ahead.
LARGEST_SKEW = 600 * 366 * 86_400
FIRST_YEAR, LAST_YEAR = 1900, 3000


class MomentField(serializers.DateTimeField):
    """A moment in a year that can be reckoned with, however wrong the clock it comes from."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=timezone.get_default_timezone(), **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail("overflow", timezone=moment.tzinfo)
        return moment


class NumberField(serializers.FloatField):
    """A finite number: NaN and infinities are no places."""

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if not isfinite(number):
            self.fail("invalid")
        return number


def latitude_field() -> NumberField:
    return NumberField(min_value=-90, max_value=90, allow_null=True, default=None)


def longitude_field() -> NumberField:
    return NumberField(min_value=-180, max_value=180, allow_null=True, default=None)


def accuracy_field() -> NumberField:
    return NumberField(min_value=0, max_value=1_000_000, allow_null=True, default=None)


def clock_skew_field() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=-LARGEST_SKEW, max_value=LARGEST_SKEW, allow_null=True, default=None
    )


class HelpBody(serializers.Serializer[HelpInput]):
    """A help given or promised at the visit."""

    id = serializers.UUIDField()
    item = serializers.UUIDField(source="item_id")
    given_on = serializers.DateField()
    agency = serializers.CharField(source="agency_name", max_length=200, allow_blank=True, default="")
    amount_baht = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, default=Decimal(0))
    detail = serializers.CharField(max_length=500, allow_blank=True, default="")
    status = serializers.ChoiceField(HelpStatus.choices, default=HelpStatus.DELIVERED.value)
    letter_number = serializers.CharField(max_length=80, allow_blank=True, default="")
    fulfils = serializers.UUIDField(allow_null=True, default=None)


class FindingBody(serializers.Serializer[FindingInput]):
    """What was found about one person."""

    person = serializers.UUIDField(source="person_id")
    status = serializers.ChoiceField(VerificationStatus.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class PriorityBody(serializers.Serializer[PriorityInput]):
    """What the family itself wants to work on first."""

    rank = serializers.IntegerField(min_value=1, max_value=MOST_PRIORITIES)
    dimension = serializers.ChoiceField(Dimension.choices)
    indicator = serializers.IntegerField(min_value=1, max_value=999, allow_null=True, default=None)
    reason = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, default="")


class VisitBody(SparseSerializer):
    """A visit; `id` is made by the client, and sending it again is harmless."""

    id = serializers.UUIDField()
    household = serializers.UUIDField(source="household_id")
    visited_at = MomentField()
    outcome = serializers.ChoiceField(VisitOutcome.choices, default=VisitOutcome.MET.value)
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="", trim_whitespace=False)
    next_visit_on = serializers.DateField(allow_null=True, default=None)
    notice_version = serializers.CharField(max_length=20, allow_blank=True, default="")
    helps = serializers.ListField(child=HelpBody(), default=list, max_length=20)
    verifications = serializers.ListField(child=FindingBody(), default=list, max_length=50)
    answers = serializers.DictField(child=serializers.ChoiceField(AnswerValue.choices), default=dict)
    survey_year = serializers.IntegerField(min_value=2500, max_value=2700, allow_null=True, default=None)
    self_solved = serializers.ListField(
        child=serializers.ChoiceField(Dimension.choices), default=list, max_length=5
    )
    latitude = latitude_field()
    longitude = longitude_field()
    accuracy_m = accuracy_field()
    clock_skew_s = clock_skew_field()
    amends = serializers.UUIDField(allow_null=True, default=None)
    claimed_at = MomentField(allow_null=True, default=None)
    time_doubt = serializers.ChoiceField(TimeDoubt.choices, allow_blank=True, default="")
    family_contribution = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, default="")
    priorities = serializers.ListField(child=PriorityBody(), default=list, max_length=MOST_PRIORITIES)
    skipped = serializers.DictField(child=serializers.ChoiceField(SkipReason.choices), default=dict)
    is_full = serializers.BooleanField(default=False)
    sent_latitude = latitude_field()
    sent_longitude = longitude_field()

    def validate_answers(self, value: dict[str, str]) -> dict[int, str]:
        return _by_number(value)

    def validate_skipped(self, value: dict[str, str]) -> dict[int, str]:
        return _by_number(value)


def _by_number(value: dict[str, str]) -> dict[int, str]:
    """Indicator numbers are the keys of JSON objects, and so text."""
    if not all(number.isdecimal() and len(number) <= 3 for number in value):
        raise serializers.ValidationError("bad_answer")
    return {int(number): answer for number, answer in value.items()}


class SealedBody(serializers.Serializer[Any]):
    """A visit that the phone sealed when it was saved; what was measured at sending stands beside it."""

    id = serializers.UUIDField()
    sealed = serializers.CharField(help_text="base64")
    clock_skew_s = clock_skew_field()
    sent_latitude = latitude_field()
    sent_longitude = longitude_field()


def visit_input(values: dict[str, Any]) -> VisitInput:
    """The validated body as the service takes it."""
    return VisitInput(
        **{
            **values,
            "helps": tuple(HelpInput(**help_) for help_ in values["helps"]),
            "verifications": tuple(FindingInput(**finding) for finding in values["verifications"]),
            "self_solved": tuple(Dimension(code) for code in values["self_solved"]),
            "priorities": tuple(PriorityInput(**priority) for priority in values["priorities"]),
        }
    )


class StoredVisit(serializers.Serializer[Any]):
    """A visit as it is stored."""

    id = serializers.UUIDField()
    household = serializers.UUIDField(source="household_id")
    visited_at = serializers.DateTimeField()
    visited_on = serializers.DateField()
    outcome = serializers.CharField()
    note = serializers.CharField()
    next_visit_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    receipt = serializers.CharField(help_text="What a person reads out to name this record.")
    after_assignment = serializers.BooleanField()


def stored_visit(visit: Visit) -> dict[str, Any]:
    """A visit as `StoredVisit` describes it, written out by hand: a hundred of them come in one answer."""
    zone = timezone.get_default_timezone()
    return {
        "id": visit.pk,
        "household": visit.household_id,
        "visited_at": visit.visited_at.astimezone(zone),
        "visited_on": visit.visited_on,
        "outcome": visit.outcome,
        "note": visit.note,
        "next_visit_on": visit.next_visit_on,
        "recorded_at": visit.recorded_at.astimezone(zone),
        "receipt": receipt_number(visit.pk),
        "after_assignment": visit.after_assignment,
    }


class VisitReceiptBody(serializers.Serializer[Any]):
    """The answer to a visit: `status` is 201 new, 200 the same again, 409 other content, 4xx refused."""

    id = serializers.UUIDField(allow_null=True)
    status = serializers.IntegerField()
    result = serializers.ChoiceField(["created", "same", "conflict", "refused"])
    visit = StoredVisit(required=False, allow_null=True)
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    fields_to_mend = serializers.DictField(required=False)
    field = serializers.CharField(required=False, help_text="The field that a rule refused.")
    suggested_at = serializers.DateTimeField(
        required=False, help_text="The moment that was probably meant, where the phone's year was Buddhist."
    )
    after_assignment = serializers.BooleanField(
        required=False, help_text="The household had left the sender's hands before the record arrived."
    )
    body = serializers.DictField(
        required=False, help_text="What a refused sealed element holds, to be mended."
    )


class RefusalBody(serializers.Serializer[Any]):
    """Why something was refused: a code for programs and a Thai sentence for people."""

    code = serializers.CharField()
    message = serializers.CharField()


class HouseholdRow(serializers.Serializer[Any]):
    """A household in a fiscal year. Dimensions are codes: health, living, education, income, access."""

    id = serializers.UUIDField()
    fiscal_year = serializers.IntegerField()
    head_name = serializers.CharField()
    house_no = serializers.CharField()
    house_code = serializers.CharField()
    area = serializers.CharField()
    membership = serializers.ChoiceField(["listed", "found", "carried"])
    lists = serializers.ListField(child=serializers.CharField())
    stage = serializers.CharField()
    proposed_stage = serializers.CharField(allow_null=True)
    failing = serializers.ListField(child=serializers.CharField())
    relieved = serializers.ListField(child=serializers.CharField())
    recovered = serializers.ListField(child=serializers.CharField())
    persons = serializers.IntegerField()
    removed = serializers.BooleanField()
    open = serializers.BooleanField()
    team = serializers.UUIDField(allow_null=True)
    last_visit_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    priority = serializers.IntegerField(
        allow_null=True,
        help_text="How pressing it is on that day, 0 to 100 points; null for one that is not in care.",
    )


class HouseholdPage(serializers.Serializer[Any]):
    """A page of households: how many there are in all, and the address of the next page."""

    count = serializers.IntegerField()
    as_of = serializers.DateField()
    next = serializers.URLField(allow_null=True)
    results = HouseholdRow(many=True)


class ConditionBody(serializers.Serializer[Any]):
    """A condition of the next stages that does not hold yet."""

    code = serializers.CharField()
    stage = serializers.CharField()
    dimension = serializers.CharField(allow_null=True)
    message = serializers.CharField()


class PriorityPartBody(serializers.Serializer[Any]):
    """A part of the priority: the points it gives, the most it could give, and what it rests on."""

    part = serializers.ChoiceField([part.value for part in Part])
    points = serializers.IntegerField()
    most = serializers.IntegerField()
    message = serializers.CharField()


class HelpRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    item = serializers.CharField(source="item.name")
    dimension = serializers.CharField()
    status = serializers.CharField()
    given_on = serializers.DateField()
    amount_baht = serializers.DecimalField(max_digits=12, decimal_places=2)
    agency = serializers.CharField(source="agency.name", default="")


class HouseholdBody(HouseholdRow):
    """One household with its years, what is missing for the next stage, and its newest visits and helps."""

    years = serializers.ListField(child=serializers.IntegerField())
    priority_parts = PriorityPartBody(many=True)
    missing = ConditionBody(many=True)
    visits = StoredVisit(many=True)
    helps = HelpRow(many=True)
