"""All that a pack says, as JSON: built once, in the transaction that freezes the meeting.

Whole numbers, ISO dates, no names of families, no clock: the same state of the database gives the
same letters.
A change of shape is a new `FORMAT`, and `render` keeps reading the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from casework.rules import stands_at
from dimensions.enums import Stage
from dimensions.queries import dimension_infos
from povertyops.areas.enums import Level
from povertyops.areas.models import Area, Centre
from povertyops.common.thai import fiscal_quarter

from ..definitions import FIGURES, WAITS
from ..meeting_queries import check_tallies, last_frozen_before, late_since_last, resolutions_to_follow_up
from ..models import FrozenProgress, Meeting, Resolution, Target
from ..models.progress import CENTRE_LEVEL
from ..queries import agencies_of, agency_names, list_name, list_names
from ..rules import GOALS, owed
from ..services.asof import trend

FORMAT = 1
COLUMNS: tuple[str, ...] = (*(figure.code for figure in FIGURES), *WAITS)
STAGE_COLUMNS = ("households", "waiting", "survive", "sufficient", "sustainable")


def build_payload(meeting: Meeting) -> dict[str, Any]:
    """The pack of a meeting whose FrozenProgress rows, `as_of` and `frozen_at` are set. Reads only."""
    assert meeting.as_of is not None
    assert meeting.frozen_at is not None
    with override("th"):
        return {
            "format": FORMAT,
            "meeting": _meeting(meeting),
            "as_of": meeting.as_of.isoformat(),
            "frozen_at": timezone.localtime(meeting.frozen_at).isoformat(timespec="seconds"),
            "quarter": fiscal_quarter(meeting.as_of),
            "columns": list(COLUMNS),
            "definitions": _definitions(),
            "places": _places(meeting, Level.SUBDISTRICT),
            "previous": _previous(meeting),
            "lists": _lists(meeting),
            "dimensions": _dimensions(),
            "stages": [{"code": stage.code, "label": str(stage.label)} for stage in Stage],
            "targets": _targets(meeting),
            "trend": _trend(meeting),
            "agencies": _agencies(meeting),
            "agencies_as_of": _today_of(meeting),
            "agenda": _agenda(meeting),
            "attendance": _attendance(meeting),
            "resolutions": [_resolution(row) for row in resolutions_to_follow_up(meeting)],
            "spot_checks": _spot_checks(meeting),
            "stories": [
                {"title": story.title, "text": story.text, "consent_on": story.consent_on.isoformat()}
                for story in meeting.stories.all()
            ],
            "late_visits": late_since_last(meeting),
        }


def numbers(row: FrozenProgress) -> list[int]:
    """The figures of a row in the order of COLUMNS; baht to the nearest whole one."""
    return [whole(getattr(row, code)) for code in COLUMNS]


def whole(value: int | Decimal) -> int:
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def _meeting(meeting: Meeting) -> dict[str, Any]:
    province = Area.objects.get(code=meeting.province_code)
    return {
        "label": str(meeting),
        "number": meeting.number,
        "year": meeting.year,
        "fiscal_year": meeting.fiscal_year,
        "held_on": meeting.held_on.isoformat(),
        "starts_at": meeting.starts_at.strftime("%H:%M") if meeting.starts_at else "",
        "place": meeting.place,
        "chair": meeting.chair,
        "notes": meeting.notes,
        "province_code": meeting.province_code,
        "province": province.name,
        "list_kind": meeting.list_kind,
        "list_name": list_name(meeting.list_kind),
    }


def _definitions() -> list[dict[str, str]]:
    """What each figure counts, in the words of the day."""
    return [
        {
            "code": figure.code,
            "label": str(figure.label),
            "counts": str(figure.counts),
            "unit": str(figure.unit.value),
        }
        for figure in FIGURES
    ]


def _places(meeting: Meeting, down_to: int) -> list[dict[str, Any]]:
    """The province first, then districts, each with its municipal centres and subdistricts behind it."""
    rows = FrozenProgress.objects.filter(meeting=meeting, list_kind=meeting.list_kind, level__gt=0)
    rows = rows.exclude(level__gt=down_to, level__lt=CENTRE_LEVEL)
    found = sorted(rows, key=lambda row: (row.level, row.parent_code, row.code))
    names = _names(found)
    return [
        {
            "code": row.code,
            "level": row.level,
            "parent": row.parent_code,
            "name": names.get(row.code, row.code),
            "figures": numbers(row),
        }
        for row in found
    ]


def _names(rows: Iterable[FrozenProgress]) -> dict[str, str]:
    codes = {row.code for row in rows}
    names = {area.code: area.label for area in Area.objects.filter(code__in=codes)}
    centres = [code for code in codes if len(code) == len("00000000-0000-0000-0000-000000000000")]
    return names | {
        str(pk): name for pk, name in Centre.objects.filter(pk__in=centres).values_list("pk", "name")
    }


def _previous(meeting: Meeting) -> dict[str, Any] | None:
    """The meeting before, with its figures of the province, the districts and the municipal centres.

    Of this meeting's list, whichever the one before was about."""
    before = last_frozen_before(meeting)
    if before is None or before.as_of is None:
        return None
    rows = FrozenProgress.objects.filter(meeting=before, list_kind=meeting.list_kind, level__gt=0)
    rows = rows.exclude(level__gt=Level.DISTRICT, level__lt=CENTRE_LEVEL)
    return {
        "label": str(before),
        "as_of": before.as_of.isoformat(),
        "fiscal_year": before.fiscal_year,
        "snapshot_id": before.snapshot_id,
        "figures": {row.code: numbers(row) for row in rows.order_by("code")},
    }


def _lists(meeting: Meeting) -> list[dict[str, Any]]:
    names = list_names()
    rows = FrozenProgress.objects.filter(meeting=meeting, code=meeting.province_code).exclude(list_kind="")
    return [
        {"code": row.list_kind, "name": names.get(row.list_kind, row.list_kind), "figures": numbers(row)}
        for row in rows.order_by("list_kind")
    ]


def _dimensions() -> list[dict[str, str]]:
    return [
        {
            "code": info.dimension,
            "label": info.label,
            "lead_office": info.lead_office,
            "lead_office_short": info.lead_office_short,
        }
        for info in dimension_infos()
    ]


def _own(meeting: Meeting) -> FrozenProgress:
    """The province's row that the meeting is about."""
    return FrozenProgress.objects.get(
        meeting=meeting, code=meeting.province_code, list_kind=meeting.list_kind
    )


def _trend(meeting: Meeting) -> list[dict[str, Any]]:
    """The province's stages on earlier days of the year, and on the day of the figures."""
    assert meeting.as_of is not None
    own, points = _own(meeting), trend(meeting.fiscal_year, meeting.province_code, meeting.list_kind)
    before = [(day, row) for day, row in points if day < meeting.as_of]
    return [
        {"day": day.isoformat(), **{code: whole(getattr(row, code)) for code in STAGE_COLUMNS}}
        for day, row in [*before, (meeting.as_of, own)]
    ]


def _targets(meeting: Meeting) -> list[dict[str, Any]]:
    """The targets that held on the day of freezing, with what each district owes of all lists."""
    own = _own(meeting)
    rows = Target.objects.filter(
        province_code=meeting.province_code, fiscal_year=meeting.fiscal_year, replaced_at=None
    ).prefetch_related("shares")
    return [
        {
            "figure": target.figure,
            "label": str(GOALS[target.figure].label),
            "reached": GOALS[target.figure].reached(own),
            "owed": owed(target.percent, own.households),
            "percent": f"{target.percent.normalize():f}",
            "due_on": target.due_on.isoformat(),
            "note": target.note,
            "shares": {
                share.district_code: share.households
                for share in sorted(target.shares.all(), key=lambda share: share.district_code)
            },
        }
        for target in rows.order_by("due_on", "figure")
    ]


def _agencies(meeting: Meeting) -> list[dict[str, Any]]:
    rows = agencies_of(meeting.fiscal_year, meeting.province_code)
    names = agency_names(row.agency_id for row in rows)
    return [
        {
            "name": names.get(row.agency_id, "") if row.agency_id else "",
            "households": row.households,
            "helps": row.helps,
            "baht": whole(row.baht),
            "development_helps": row.development_helps,
            "development_baht": whole(row.development_baht),
        }
        for row in rows
    ]


def _today_of(meeting: Meeting) -> str:
    """The day that help by agency stands at, which is later than `as_of` where that was a past day."""
    assert meeting.frozen_at is not None
    return stands_at(meeting.fiscal_year, timezone.localdate(meeting.frozen_at)).isoformat()


def _agenda(meeting: Meeting) -> list[dict[str, str]]:
    return [
        {"kind": item.kind, "title": item.title, "detail": item.detail, "presenter": item.presenter}
        for item in meeting.agenda.all()
    ]


def _attendance(meeting: Meeting) -> list[dict[str, str]]:
    return [
        {
            "name": person.name,
            "office": person.office,
            "presence": person.presence,
            "replaced_by": person.replaced_by,
        }
        for person in meeting.attendance.all()
    ]


def _resolution(row: Resolution) -> dict[str, Any]:
    return {
        "meeting": str(row.meeting),
        "text": row.text,
        "owner": row.owner,
        "due_on": row.due_on.isoformat() if row.due_on else "",
        "state": row.state,
        "notes": [
            {
                "text": note.text,
                "state": note.state,
                "on": timezone.localdate(note.recorded_at).isoformat(),
            }
            for note in sorted(row.followed_up.all(), key=lambda note: (note.recorded_at, note.pk))
        ],
    }


def _spot_checks(meeting: Meeting) -> list[dict[str, Any]]:
    tallies = check_tallies(meeting.spot_checks.all())
    codes = [tally.district_code for tally in tallies]
    districts = {area.code: area.label for area in Area.objects.filter(code__in=codes)}
    centres = _centre_names([tally.centre_id for tally in tallies if tally.centre_id])
    return [
        {
            "district": tally.district_code,
            "name": centres.get(tally.centre_id) or districts.get(tally.district_code, tally.district_code),
            "is_municipal": tally.is_municipal,
            "drawn": tally.drawn,
            "pending": tally.pending,
            "agrees": tally.agrees,
            "differs": tally.differs,
            "not_found": tally.not_found,
        }
        for tally in tallies
    ]


def _centre_names(ids: Sequence[Any]) -> dict[Any, str]:
    return dict(Centre.objects.filter(pk__in=ids).values_list("pk", "name"))
