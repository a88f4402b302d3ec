"""What the pages of meetings show: the parts of a meeting, its way to being held, its sample, its pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from povertyops.accounts.actor import Actor
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import areas_by_code
from povertyops.common.workers import worker_answers

from ..enums import AgendaKind, CheckResult, JobState, MeetingState, ResolutionState
from ..forms.meetings import PackForm
from ..meeting_access import may_write, sees_whole, visible_spot_checks
from ..meeting_queries import (
    CheckTally,
    check_tallies,
    late_visits,
    meetings_before,
    resolutions_to_follow_up,
)
from ..models import (
    AgendaItem,
    Meeting,
    MeetingStory,
    PackFile,
    PackJob,
    Resolution,
    ResolutionNote,
    SpotCheck,
)
from ..queries import list_name, list_names

TONES = {MeetingState.PLANNED: "warn", MeetingState.FROZEN: "calm", MeetingState.HELD: "good"}
RESOLUTION_TONES = {
    ResolutionState.OPEN: "warn",
    ResolutionState.DONE: "good",
    ResolutionState.DROPPED: "",
}
CHECK_TONES = {
    CheckResult.PENDING: "",
    CheckResult.AGREES: "good",
    CheckResult.DIFFERS: "bad",
    CheckResult.NOT_FOUND: "warn",
}
SLOW_AFTER = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Part:
    """One tab of a meeting's page."""

    code: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in the list of its year."""

    meeting: Meeting
    open_resolutions: int
    pending_checks: int
    list_name: str = ""

    @property
    def tone(self) -> str:
        return TONES[MeetingState(self.meeting.state)]


def meeting_lines(actor: Actor, rows: QuerySet[Meeting]) -> list[MeetingLine]:
    """The meetings of a year, the last first; of the samples what the person sees."""
    meetings = list(
        rows.defer("payload")
        .annotate(open_count=Count("resolutions", filter=Q(resolutions__state=ResolutionState.OPEN)))
        .order_by("-held_on", "-number")
    )
    checks = visible_spot_checks(actor).filter(meeting__in=meetings, result=CheckResult.PENDING)
    pending = dict(checks.order_by().values_list("meeting").annotate(Count("pk")))
    names = list_names() if any(row.list_kind for row in meetings) else {}
    return [
        MeetingLine(row, row.open_count, pending.get(row.pk, 0), names.get(row.list_kind, row.list_kind))
        for row in meetings
    ]


@dataclass(frozen=True, slots=True)
class ResolutionCard:
    """A resolution with what was reported about it."""

    resolution: Resolution
    notes: Sequence[ResolutionNote]
    is_late: bool

    @property
    def tone(self) -> str:
        return RESOLUTION_TONES[ResolutionState(self.resolution.state)]


def resolution_cards(rows: Iterable[Resolution], today: Any) -> list[ResolutionCard]:
    return [
        ResolutionCard(
            row,
            list(row.followed_up.all()),
            row.state == ResolutionState.OPEN and row.due_on is not None and row.due_on < today,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AgendaHead:
    """One of the six heads with its items, numbered as committees do: 3.1, 3.2."""

    number: int
    kind: AgendaKind
    items: list[tuple[str, AgendaItem]]


def agenda_heads(meeting: Meeting) -> list[AgendaHead]:
    items = list(meeting.agenda.all())
    heads = []
    for number, kind in enumerate(AgendaKind, start=1):
        own = [item for item in items if item.kind == kind]
        heads.append(
            AgendaHead(number, kind, [(f"{number}.{place}", item) for place, item in enumerate(own, start=1)])
        )
    return heads


@dataclass(frozen=True, slots=True)
class TallyLine:
    """The sample of a district or municipal centre, by name."""

    name: str
    tally: CheckTally
    url: str


def tally_lines(checks: QuerySet[SpotCheck], meeting: Meeting) -> list[TallyLine]:
    tallies = check_tallies(checks)
    districts = areas_by_code({tally.district_code for tally in tallies})
    areas = {code: str(area) for code, area in districts.items()}
    centres = {
        row.pk: row.name
        for row in Centre.objects.filter(pk__in=[t.centre_id for t in tallies if t.centre_id is not None])
    }
    return [
        TallyLine(
            name=centres.get(tally.centre_id, "") if tally.centre_id else areas.get(tally.district_code, ""),
            tally=tally,
            url=f"{reverse('spot_check_list')}?"
            + urlencode(
                {
                    "meeting": meeting.pk,
                    **({"centre": tally.centre_id} if tally.centre_id else {"district": tally.district_code}),
                }
            ),
        )
        for tally in tallies
    ]


@dataclass(frozen=True, slots=True)
class CheckCard:
    """A household to look at."""

    check: SpotCheck
    place: str

    @property
    def tone(self) -> str:
        return CHECK_TONES[CheckResult(self.check.result)]


def check_cards(checks: Sequence[SpotCheck]) -> list[CheckCard]:
    """The sample with the villages' names, what is still to be done first."""
    codes = {check.household.area_code for check in checks}
    wanted = codes | {code[:6] for code in codes} | {code[:4] for code in codes}
    areas = areas_by_code(wanted)
    return [CheckCard(check, _place(check.household.area_code, areas)) for check in checks]


def _place(code: str, areas: Mapping[str, Area]) -> str:
    village, above = areas.get(code), [areas.get(code[:6]), areas.get(code[:4])]
    parts = [str(village or ""), *(area.label for area in above if area)]
    return " ".join(part for part in parts if part)


@dataclass
class PackStory:
    """How far the files of a meeting are, and whether anybody is at it."""

    job: PackJob | None
    now: datetime = field(default_factory=timezone.now)

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and self.job.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def state(self) -> str:
        return JobState(self.job.state).value if self.job else ""

    @property
    def waited(self) -> timedelta:
        return self.now - self.job.asked_at if self.job else timedelta(0)

    @cached_property
    def is_stuck(self) -> bool:
        """Nobody works at it: it waits for long, or who did has not spoken until the lease ran out."""
        if self.job is None or not self.is_under_way:
            return False
        if self.job.state == JobState.RUNNING:
            return self.job.leased_until is not None and self.job.leased_until < self.now
        return self.waited > SLOW_AFTER

    @cached_property
    def says(self) -> str:
        """What is going on, for a person who waits."""
        if self.job is None or not self.is_under_way:
            return ""
        if self.job.state == JobState.RUNNING and not self.is_stuck:
            return self.job.says
        waited = _("รอคิวมาแล้ว %(seconds)d วินาที") % {"seconds": self.waited.total_seconds()}
        if not self.is_stuck:
            return waited
        if self.job.state == JobState.RUNNING:
            return _("ตัวทำงานเบื้องหลังเงียบไป ระบบจะให้ตัวอื่นทำต่อภายในครึ่งนาที ไม่มีเอกสารครึ่งชุด")
        if worker_answers():
            return f"{waited} · {_('ตัวทำงานเบื้องหลังกำลังทำงานอื่นอยู่')}"
        return f"{waited} · {_('ไม่มีตัวทำงานเบื้องหลังตอบ งานจะเริ่มเองเมื่อระบบกลับมา ถ้ารอนานให้แจ้งผู้ดูแลระบบ')}"

    @cached_property
    def files(self) -> list[PackFile]:
        """The files on offer; while new ones are made, those of before."""
        if self.job is None:
            return []
        order = {"pdf": 0, "memo": 1, "xlsx": 2, "chart": 3}
        return sorted(self.job.files.defer("content"), key=lambda file: (order[file.kind], file.name))


def pack_story(meeting: Meeting) -> PackStory:
    return PackStory(PackJob.objects.filter(meeting=meeting).first())


@dataclass
class MeetingPage:
    """One meeting as a person sees it."""

    actor: Actor
    meeting: Meeting
    part: str

    @property
    def whole(self) -> bool:
        return sees_whole(self.actor)

    @property
    def writes(self) -> bool:
        return may_write(self.actor)

    @property
    def key(self) -> str:
        return str(self.meeting.pk)

    @property
    def is_planned(self) -> bool:
        return self.meeting.state == MeetingState.PLANNED

    @property
    def is_frozen(self) -> bool:
        return self.meeting.frozen_at is not None

    @cached_property
    def list_name(self) -> str:
        return list_name(self.meeting.list_kind)

    @property
    def tone(self) -> str:
        return TONES[MeetingState(self.meeting.state)]

    @property
    def may_hold(self) -> bool:
        return (
            self.writes
            and self.meeting.state != MeetingState.HELD
            and self.meeting.held_on <= self.actor.today()
        )

    @cached_property
    def checks(self) -> QuerySet[SpotCheck]:
        return visible_spot_checks(self.actor).filter(meeting=self.meeting)

    @cached_property
    def tallies(self) -> list[TallyLine]:
        return tally_lines(self.checks, self.meeting)

    @property
    def pending(self) -> int:
        return sum(line.tally.pending for line in self.tallies)

    @property
    def drawn(self) -> int:
        return sum(line.tally.drawn for line in self.tallies)

    @cached_property
    def follow_up(self) -> list[ResolutionCard]:
        return resolution_cards(resolutions_to_follow_up(self.meeting), self.actor.today())

    @cached_property
    def resolutions(self) -> list[ResolutionCard]:
        rows = self.meeting.resolutions.prefetch_related("followed_up__recorded_by").select_related("agenda")
        return resolution_cards(rows, self.actor.today())

    @cached_property
    def heads(self) -> list[AgendaHead]:
        return agenda_heads(self.meeting)

    @cached_property
    def stories(self) -> list[MeetingStory]:
        return list(self.meeting.stories.all())

    @property
    def pack_form(self) -> PackForm:
        thai = self.pack.job is not None and self.pack.job.thai_digits
        return PackForm(initial={"thai_digits": "1" if thai else "0"})

    @cached_property
    def pack(self) -> PackStory:
        return pack_story(self.meeting)

    @property
    def late(self) -> int:
        return late_visits(self.meeting).count()

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": part.label,
                "url": f"?part={part.code}",
                "count": part.count,
                "current": part.code == self.part,
            }
            for part in self._parts()
        ]

    def _parts(self) -> list[Part]:
        found = [
            Part("follow_up", _("ติดตามมติ"), len(self.follow_up)),
            Part("resolutions", _("มติ"), self.meeting.resolutions.count()),
            Part("checks", _("สุ่มตรวจ"), self.pending or None),
        ]
        if not self.whole:
            return found
        return [
            Part("agenda", _("ระเบียบวาระ"), None),
            Part("attendance", _("ผู้เข้าประชุม"), self.meeting.attendance.count()),
            *found,
            Part("stories", _("เรื่องเล่า"), self.meeting.stories.count()),
            Part("pack", _("ตัวเลขและเอกสาร"), None),
        ]

    @property
    def step(self) -> int:
        """How far the meeting is: plan, spot check, freeze, documents, held."""
        if self.meeting.state == MeetingState.HELD:
            return 5
        if self.is_frozen:
            return 5 if self.pack.state == JobState.DONE else 4
        return 3 if self.drawn and not self.pending else 2 if self.drawn else 1

    @property
    def steps(self) -> list[str]:
        return [_("วางระเบียบวาระ"), _("สุ่มตรวจ"), _("ตรึงตัวเลข"), _("ทำเอกสาร"), _("ประชุม")]


def parts_for(actor: Actor) -> tuple[str, ...]:
    """The parts of a meeting that this person may open; the first is where the page begins."""
    if sees_whole(actor):
        return ("agenda", "attendance", "follow_up", "resolutions", "checks", "stories", "pack")
    return ("checks", "resolutions", "follow_up")


def later_meetings(resolution: Resolution, rows: QuerySet[Meeting]) -> list[tuple[str, str]]:
    """Meetings to which the resolution can be reported, as choices; the latest first."""
    earlier = meetings_before(resolution.meeting).values("pk")
    found = rows.exclude(pk=resolution.meeting_id).exclude(pk__in=earlier)
    return [
        (str(pk), _("ครั้งที่ %(number)s/%(year)s") % {"number": number, "year": year})
        for pk, number, year in found.order_by("-held_on").values_list("pk", "number", "year")
    ]


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
