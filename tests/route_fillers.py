"""How the route walk fills the holes of each route, and what a harmful body would be.

A route whose address has holes needs a line in `ROUTES`; the walk fails on one that has none. A route without
holes needs one only to say more: the body that would change another's rows, or who may look from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from casework.enums import CloseReason, HelpNature, HelpStatus, PhotoState, PlanStatus
from casework.models import (
    Assignment,
    Case,
    ContinuingCare,
    HandOver,
    Help,
    HelpMenuItem,
    HouseholdPlan,
    Photo,
    PhotoBody,
    PlanStep,
    Referral,
    RemovalRequest,
    StageEvent,
    Transfer,
    Visit,
    VisitConflict,
)
from casework.pages.qr import short_of
from casework.services.cohort import refresh_cohort
from casework.services.reach import refresh_office_reach
from dimensions.enums import Dimension, Stage
from households.enums import CorrectionState, ImportStatus
from households.models import Correction, Household, ImportBatch, Person, Verification
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.models import Centre
from povertyops.common.crypto import seal_blob
from povertyops.common.ids import uuid7
from povertyops.common.models import AccessEntry, AuditEntry
from povertyops.common.thai import fiscal_year_of
from reports.models import (
    AgendaItem,
    Attendance,
    ExportJob,
    Meeting,
    MeetingStory,
    PackFile,
    PackJob,
    Resolution,
    SpotCheck,
    Target,
)
from reports.services.rollup import drain_marks
from tests.cast import (
    CITY_VILLAGE,
    FAR_VILLAGE,
    VILLAGE,
    Cast,
    add_person,
    make_case,
    make_household,
    make_listing,
)

# Names and words that nobody from elsewhere may ever read.
SECRETS = ("ซ่อนเร้น", "ลับเฉพาะ", "ข้อความลับของการเยี่ยม", "90077777777")


@dataclass(frozen=True)
class Scene:
    """One household with something in every table, and the centres around it."""

    household: Household
    person: Person
    case: Case
    visit: Visit
    help: Help
    promise: Help
    step: PlanStep
    waiting: HouseholdPlan
    care: ContinuingCare
    removal: RemovalRequest
    conflict: VisitConflict
    rival: Correction
    hand_over: HandOver
    transfer: Transfer
    batch: ImportBatch
    photo: Photo
    referral: Referral
    meeting: Meeting
    agenda_item: AgendaItem
    resolution: Resolution
    story: MeetingStory
    spot_check: SpotCheck
    pack_file: PackFile
    team: Centre
    centre: Centre
    municipality: Centre
    colleague: Actor
    second_colleague: Actor

    @property
    def village(self) -> str:
        return self.household.area_code


Filler = Callable[[Scene, Actor], Mapping[str, Any]]


def nothing(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Route:
    """`holes` fills the address with rows of the scene; `body` is a POST that would change them.

    `general`: the address names no row of anybody. `also`: roles that may look from anywhere; `familiar`:
    people of the cast who are at home there, too; `not_for`: roles that have no such page at home.
    """

    holes: Filler = nothing
    body: Filler = nothing
    general: bool = False
    also: frozenset[Role] = frozenset()
    familiar: frozenset[str] = frozenset()
    not_for: frozenset[Role] = frozenset()


def hole(name: str, row: str) -> Filler:
    """Fill `name` with the key of the scene's `row`."""
    return lambda scene, actor: {name: getattr(scene, row).pk}


def _an_export(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """An export that a colleague of the scene asked for."""
    owner = scene.colleague
    job, _made = ExportJob.objects.get_or_create(
        title=SECRETS[0], asked_by=owner.user, appointment=owner.appointment, kind="household", format="csv"
    )
    return {"pk": job.pk}


HOUSEHOLD = hole("pk", "household")
BOARDS_ANYWHERE = frozenset({Role.NATIONAL_VIEWER})
ADMINISTERS = frozenset({Role.SYSTEM_ADMIN})
IN_THE_PROVINCE = frozenset({"income_lead"})  # reads the boards of its province
SAME_PROVINCE = frozenset(
    {"other_mentor", "other_team_member", "other_officer", "municipal_officer", "municipal_mentor"}
    | {"income_lead", "idle_agency_officer"}
)
# Officers read what their province resolved.
IN_THE_COMMITTEE = frozenset({"other_officer", "municipal_officer"})
COUNTS_ONLY = frozenset({Role.NATIONAL_VIEWER, Role.LEAD_OFFICE})
HAS_A_CENTRE = frozenset({Role.MUNICIPAL_OFFICER})  # answers for a centre, not for an area


def _chosen(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "household": [str(scene.household.pk)],
        "team": str(scene.team.pk),
        "valid_from": _today(),
        "step": "apply",
    }


def _visit(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "id": str(uuid7()),
        "household": str(scene.household.pk),
        "visited_at": timezone.now().isoformat(),
        "note": "จากที่อื่น",
    }


def _photo(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"id": str(uuid7()), "household": str(scene.household.pk), "size": 100, "sha256": "0" * 64}


def _visit_form(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    now = timezone.localtime()
    return {
        "id": str(uuid7()),
        "outcome": "met",
        "visited_on": _today(),
        "visited_time": f"{now:%H:%M}",
        "note": "จากที่อื่น",
    }


def _assessment(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {**_visit_form(scene, actor), "q13-answer": "fail"}


def _bulk_help(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "step": "apply",
        "batch_id": str(uuid7()),
        "household": [str(scene.household.pk)],
        **_help(scene, actor),
    }


def _help(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "id": str(uuid7()),
        "item": str(scene.help.item_id),
        "status": "delivered",
        "amount_baht": "3000",
        "given_on": _today(),
        "letter_number": "1",
        "reason": "จากที่อื่น",
    }


def _referral(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "id": str(uuid7()),
        "dimension": "living",
        "office": str(scene.referral.office_id),
        "subject": "จากที่อื่น",
    }


def _approve(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"case": [str(scene.case.pk)], "minutes_number": "1/2569", "effective_on": _today(), "note": "x"}


def _menu_item(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """The province's own item; it is made by the first who asks."""
    item, _ = HelpMenuItem.objects.get_or_create(
        code="walk-own",
        province_code=scene.household.province_code,
        defaults={"dimension": Dimension.LIVING, "name": "ของจังหวัด", "nature": HelpNature.RELIEF},
    )
    return {"pk": item.pk}


def _menu_values(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"name": "ยึดแล้ว", "dimension": "living", "nature": "relief"}


def _tpmap(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"record": [f"visit:{scene.visit.pk}", f"help:{scene.help.pk}"]}


def _appointment(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    assert scene.colleague.user is not None
    return {
        "username": scene.colleague.user.username,
        "role": Role.MENTOR,
        "centre": str(scene.team.pk),
        "order_number": "1",
        "valid_from": _today(),
    }


def _new_user(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {**_appointment(scene, actor), "username": "intruder", "first_name": "ผู้บุกรุก"}


def _colleague(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """Somebody of the scene's centre; not the person who asks."""
    chosen = scene.second_colleague if actor.user_id == scene.colleague.user_id else scene.colleague
    return {"pk": chosen.user_id}


def _colleague_appointment(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"pk": scene.colleague.appointment_id}


def _meeting(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    year = timezone.localdate().year + 543
    return {"number": "77", "year": year, "held_on": _today(), "fiscal_year": year, "notes": "จากที่อื่น"}


def _agenda(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"kind": "report", "title": "จากที่อื่น"}


def _resolution(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"text": "จากที่อื่น", "owner": "จากที่อื่น"}


def _story(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    told = {"title": "จากที่อื่น", "text": "x", "consent_by": "x", "consent_on": _today()}
    return {"household": str(scene.household.pk), **told}


def _seats(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"seat-TOTAL_FORMS": "1", "seat-INITIAL_FORMS": "0", "seat-0-name": "จากที่อื่น"}


def _person_of_household(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"pk": scene.household.pk, "person_id": scene.person.pk}


def _board(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """The highest board of those at home; for anybody else the district of the scene."""
    if actor.role in (Role.PROVINCIAL_SECRETARY, Role.EXECUTIVE):
        return {"code": scene.village[:2]}
    return {"code": scene.village[:4]}


def _target(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """The target of the scene's province for a district; it is made by the first who asks."""
    target, _ = Target.objects.get_or_create(
        province_code=scene.village[:2],
        fiscal_year=fiscal_year_of(timezone.localdate()),
        figure="survive",
        replaced_at=None,
        defaults={"percent": 90, "due_on": timezone.localdate()},
    )
    target.shares.get_or_create(district_code=scene.village[:4], defaults={"households": 1})
    return {"pk": target.pk, "district": scene.village[:4]}


ROUTES: dict[str, Route] = {
    "sign_out": Route(general=True),
    # for everyone, while the province shows it: off in the scene
    "public_page": Route(lambda scene, actor: {"area": scene.village[:2]}, general=True),
    "public_json": Route(lambda scene, actor: {"area": scene.village[:2]}, general=True),
    "public_csv": Route(lambda scene, actor: {"area": scene.village[:2]}, general=True),
    "measures": Route(_board, also=BOARDS_ANYWHERE),
    "target_share": Route(_target, lambda scene, actor: {"households": "0", "note": "x"}),
    "target_again": Route(lambda scene, actor: {"pk": _target(scene, actor)["pk"]}),
    # accounts
    "user": Route(_colleague, also=ADMINISTERS),
    "user_edit": Route(
        _colleague,
        lambda scene, actor: {"username": "taken.over", "first_name": "ใหม่"},
        also=ADMINISTERS,
    ),
    "user_reset_password": Route(_colleague, also=ADMINISTERS),
    "user_active": Route(_colleague, lambda scene, actor: {"is_active": "0"}, also=ADMINISTERS),
    "user_new": Route(body=_new_user),
    "appointment_new": Route(body=_appointment),
    "appointment_end": Route(_colleague_appointment, lambda scene, actor: {"now": "1"}, also=ADMINISTERS),
    "centre_new": Route(lambda scene, actor: {"kind": "subdistrict_team"}, general=True),
    "centre_edit": Route(
        lambda scene, actor: {"pk": scene.centre.pk},
        lambda scene, actor: {"name": "ยึดแล้ว", "full": scene.village[:6]},
        also=ADMINISTERS,
    ),
    # referrals and offices
    "referral_form": Route(HOUSEHOLD, _referral),
    "referral": Route(hole("pk", "referral")),
    "referral_answer": Route(hole("pk", "referral"), lambda scene, actor: {"move": "accepted", "note": "x"}),
    "office_edit": Route(
        lambda scene, actor: {"pk": scene.referral.office_id},
        lambda scene, actor: {"name": "ยึดแล้ว", "answer_days": "1", "finish_days": "1"},
        also=ADMINISTERS,
    ),
    "office_help": Route(body=_bulk_help),
    # the register and the work
    "household": Route(HOUSEHOLD),
    "visit_form": Route(HOUSEHOLD, _visit_form),
    "assess": Route(HOUSEHOLD, _assessment),
    "help_form": Route(HOUSEHOLD, _help),
    "plan_form": Route(HOUSEHOLD, lambda scene, actor: {"goal": "x", "agreed_on": _today()}),
    "facts_form": Route(HOUSEHOLD, lambda scene, actor: {"phone": "0811111111", "initial-phone": "x"}),
    "fact_settle": Route(hole("pk", "rival"), lambda scene, actor: {"chosen": str(scene.rival.pk)}),
    "removal_form": Route(
        HOUSEHOLD, lambda scene, actor: {"reason": "not_poor", "note": "x", "effective_on": _today()}
    ),
    "case_close": Route(HOUSEHOLD, lambda scene, actor: {"effective_on": _today()}),
    "reveal_id": Route(_person_of_household, lambda scene, actor: {"reason": "verify"}),
    "plan_history": Route(HOUSEHOLD),
    "plan": Route(hole("pk", "waiting")),
    "plan_approve": Route(hole("pk", "waiting"), lambda scene, actor: {"approved_on": _today()}),
    "plan_return": Route(hole("pk", "waiting"), lambda scene, actor: {"note": "x"}),
    "plan_queue": Route(body=lambda scene, actor: {"plan": [str(scene.waiting.pk)], "approved_on": _today()}),
    "care_form": Route(
        HOUSEHOLD, lambda scene, actor: {"dimension": "living", "ground": "bedridden", "reason": "x"}
    ),
    "care_decide": Route(
        hole("pk", "care"), lambda scene, actor: {"decision": "accept", "minutes_number": "1/2569"}
    ),
    "care_review": Route(hole("pk", "care"), lambda scene, actor: {"decision": "end", "note": "x"}),
    "step_done": Route(hole("pk", "step"), lambda scene, actor: {"done_on": _today()}),
    "visit": Route(hole("pk", "visit")),
    "visit_amend": Route(hole("pk", "visit"), _visit_form),
    "visit_void": Route(hole("pk", "visit"), lambda scene, actor: {"note": "x"}),
    "photo": Route(hole("pk", "photo")),
    "photo_thumb": Route(hole("pk", "photo")),
    "help_deliver": Route(
        hole("pk", "promise"), lambda scene, actor: {"given_on": _today(), "id": str(uuid7())}
    ),
    "help_amend": Route(hole("pk", "help"), _help),
    "help_void": Route(hole("pk", "help"), lambda scene, actor: {"void-note": "x"}),
    "help_bulk": Route(body=_bulk_help),
    "verify_village": Route(
        lambda scene, actor: {"area": scene.village},
        lambda scene, actor: {
            f"{scene.person.pk}-status": "died",
            "effective_on": _today(),
            "save": "changed",
        },
    ),
    "household_tpmap": Route(HOUSEHOLD),
    "household_qr": Route(HOUSEHOLD),
    "household_short": Route(lambda scene, actor: {"short": short_of(scene.household.pk)}),
    "qr_sheet": Route(body=lambda scene, actor: {"household": [str(scene.household.pk)]}),
    "tpmap_mark": Route(body=_tpmap),
    "tpmap_unmark": Route(body=_tpmap),
    # the menu: a province's own items are open to the whole province
    "menu_new": Route(body=_menu_values),
    "menu_item": Route(_menu_item, not_for=ADMINISTERS, familiar=SAME_PROVINCE),
    "menu_edit": Route(_menu_item, _menu_values, not_for=ADMINISTERS),
    "menu_active": Route(_menu_item, lambda scene, actor: {"active": "0"}, not_for=ADMINISTERS),
    "menu_hide": Route(
        lambda scene, actor: {"pk": scene.help.item_id}, lambda scene, actor: {"hidden": "1"}, general=True
    ),
    "assign": Route(body=_chosen),
    "unassign": Route(body=_chosen),
    "team": Route(hole("pk", "team")),
    "team_new": Route(body=lambda scene, actor: {"name": "ทีมแฝง", "parent": str(scene.centre.pk)}),
    "approvals": Route(body=_approve),
    "approval_reject": Route(body=lambda scene, actor: {"case": str(scene.case.pk), "reason": "x"}),
    "verify_villages": Route(
        body=lambda scene, actor: {
            "household": [str(scene.household.pk)],
            f"{scene.person.pk}-status": "died",
            "effective_on": _today(),
            "save": "changed",
        }
    ),
    "removal_decide": Route(hole("pk", "removal"), lambda scene, actor: {"decision": "accept", "note": "x"}),
    "conflict_settle": Route(hole("pk", "conflict")),
    "hand_over": Route(
        _colleague,
        lambda scene, actor: {
            "step": "confirm",
            "reason": "x",
            "effective_on": _today(),
            f"owner-household-{scene.household.pk}": f"{scene.team.pk}:{scene.second_colleague.user_id}",
        },
    ),
    "hand_over_sheet": Route(hole("pk", "hand_over")),
    "transfer_form": Route(
        HOUSEHOLD,
        lambda scene, actor: {
            "subdistrict": FAR_VILLAGE[:6],
            "village": "1",
            "reason": "x",
            "effective_on": _today(),
        },
    ),
    "transfer_decide": Route(
        hole("pk", "transfer"), lambda scene, actor: {"decision": "accept", "note": "x"}
    ),
    "transfer_withdraw": Route(hole("pk", "transfer")),
    # target lists
    "import_batch": Route(hole("pk", "batch")),
    "import_apply": Route(hole("pk", "batch")),
    "import_errors": Route(hole("pk", "batch")),
    # the API
    "api_household": Route(HOUSEHOLD),
    "api_visits": Route(body=_visit),
    "api_facts": Route(
        body=lambda scene, actor: {
            "id": str(uuid7()),
            "household": str(scene.household.pk),
            "field": "phone",
            "value": "0811111111",
        }
    ),
    "api_visit_photos": Route(hole("visit", "visit"), _photo),
    "api_visit_photo": Route(
        lambda scene, actor: {"visit": scene.visit.pk, "pk": scene.photo.pk},
        not_for=frozenset(Role) - {Role.MENTOR},  # an upload is its sender's alone
    ),
    "api_progress": Route(
        lambda scene, actor: {"area_code": _board(scene, actor)["code"]},
        also=BOARDS_ANYWHERE,
        familiar=IN_THE_PROVINCE,
        not_for=HAS_A_CENTRE,
    ),
    # meetings
    "meeting": Route(hole("pk", "meeting"), familiar=IN_THE_COMMITTEE),
    "meeting_new": Route(body=_meeting),
    "meeting_edit": Route(hole("pk", "meeting"), _meeting),
    "meeting_held": Route(hole("pk", "meeting")),
    "meeting_agenda_print": Route(hole("pk", "meeting")),
    "agenda_new": Route(hole("pk", "meeting"), _agenda),
    "agenda_follow_up": Route(hole("pk", "meeting")),
    "agenda_item": Route(hole("pk", "agenda_item"), _agenda),
    "agenda_remove": Route(hole("pk", "agenda_item")),
    "attendance": Route(hole("pk", "meeting"), _seats),
    "resolution_new": Route(hole("pk", "meeting"), _resolution),
    "resolution": Route(
        hole("pk", "resolution"),
        lambda scene, actor: {"text": "จากที่อื่น", "state": "done"},
        familiar=IN_THE_COMMITTEE,
    ),
    "resolution_edit": Route(hole("pk", "resolution"), _resolution),
    "story_new": Route(hole("pk", "meeting"), _story),
    "story": Route(hole("pk", "story"), _story),
    "story_remove": Route(hole("pk", "story")),
    "spot_checks_draw": Route(hole("pk", "meeting")),
    "spot_check": Route(
        hole("pk", "spot_check"),
        lambda scene, actor: {"result": "differs", "note": "จากที่อื่น", "checked_on": _today()},
    ),
    "meeting_freeze": Route(hole("pk", "meeting")),
    "pack_ask": Route(hole("pk", "meeting")),
    "pack_progress": Route(hole("pk", "meeting")),
    "pack_file": Route(hole("pk", "pack_file")),
    # exports: their rows follow from who asks
    "field_shell": Route(lambda scene, actor: {"name": "outbox"}, general=True),
    "export": Route(lambda scene, actor: {"kind": "household", "fmt": "csv"}, general=True),
    "export_board": Route(lambda scene, actor: {"fmt": "csv"}, general=True),
    "export_new": Route(
        body=lambda scene, actor: {
            "act": "job",
            "format": "csv",
            "column": "household",
            "order": "household",
        },
        general=True,
    ),
    "export_list": Route(general=True),
    "export_register": Route(general=True),
    # somebody else's: even at home nobody but the one who asked gets it
    "export_file": Route(_an_export, not_for=frozenset(Role)),
    "export_delete": Route(_an_export, not_for=frozenset(Role)),
    # boards
    "board": Route(_board, also=BOARDS_ANYWHERE, familiar=IN_THE_PROVINCE, not_for=HAS_A_CENTRE),
    "board_map_shapes": Route(_board, also=BOARDS_ANYWHERE, familiar=IN_THE_PROVINCE, not_for=HAS_A_CENTRE),
    "board_trend": Route(_board, not_for=HAS_A_CENTRE | COUNTS_ONLY),
    "board_moved": Route(_board, not_for=HAS_A_CENTRE | COUNTS_ONLY),
    "board_trend_centre": Route(
        hole("pk", "municipality"),
        familiar=frozenset({"municipal_officer", "other_officer"}),
        not_for=COUNTS_ONLY | {Role.DISTRICT_OFFICER},
    ),
    "board_moved_centre": Route(
        hole("pk", "municipality"),
        familiar=frozenset({"municipal_officer", "other_officer"}),
        not_for=COUNTS_ONLY | {Role.DISTRICT_OFFICER},
    ),
    "board_centre": Route(
        hole("pk", "municipality"),
        also=BOARDS_ANYWHERE,
        familiar=IN_THE_PROVINCE | {"municipal_officer", "other_officer"},
        not_for=frozenset({Role.DISTRICT_OFFICER}),
    ),
}


def district_scene(cast: Cast) -> Scene:
    """A household of a district's village, in the hands of a mentor team."""
    return _scene(
        cast, VILLAGE, cast.mentor_team, cast.subdistrict_team, cast.mentor, cast.second_mentor, cast.officer
    )


def municipal_scene(cast: Cast) -> Scene:
    """A household that a municipal centre answers for."""
    return _scene(
        cast,
        CITY_VILLAGE,
        cast.municipal_mentor_team,
        cast.municipality,
        cast.municipal_mentor,
        cast.municipal_mentor,
        cast.municipal_officer,
    )


def _scene(
    cast: Cast, village: str, team: Centre, centre: Centre, colleague: Actor, second: Actor, officer: Actor
) -> Scene:
    head = ("นาง", SECRETS[0], SECRETS[1])
    household = make_household(
        cast,
        village=village,
        team=team,
        mentor=colleague,
        head=head,
        house_code=SECRETS[3],
        dimensions=Dimension.LIVING.bit,
    )
    person = add_person(household, ("นาย", SECRETS[0], SECRETS[1]), position=5)
    year = fiscal_year_of(timezone.localdate())
    make_listing(household, fiscal_year=year, dimensions=Dimension.LIVING.bit)
    opened_on = date(year - 544, 10, 1)
    case = make_case(household, opened_on=opened_on)
    row: dict[str, Any] = {"household": household, "province_code": household.province_code}
    placed = {**row, "area_code": village}
    by = officer.user
    visit = Visit.objects.create(
        id=uuid7(), **placed, visited_at=timezone.now(), visited_on=timezone.localdate(), note=SECRETS[2],
        team_id=team.pk, recorded_by=by,
    )  # fmt: skip
    item = HelpMenuItem.objects.filter(province_code="").first() or HelpMenuItem.objects.create(
        code="walk", dimension=Dimension.LIVING, name="ซ่อมบ้าน", nature=HelpNature.RELIEF
    )
    help_ = {
        "item": item, "dimension": item.dimension, "nature": item.nature, "relieves": item.relieves,
        "given_on": timezone.localdate(), "recorded_by": by, "detail": SECRETS[2],
    }  # fmt: skip
    plan = HouseholdPlan.objects.create(
        **row, version=1, agreed_on=opened_on, recorded_by=by, goal=SECRETS[2],
        status=PlanStatus.ACTIVE, approved_on=opened_on, decided_at=timezone.now(),
    )  # fmt: skip
    scene = Scene(
        household=household,
        person=person,
        case=case,
        visit=visit,
        help=Help.objects.create(id=uuid7(), **placed, **help_),
        promise=Help.objects.create(id=uuid7(), **placed, **help_, status=HelpStatus.PROMISED),
        step=PlanStep.objects.create(plan=plan, text=SECRETS[2]),
        waiting=HouseholdPlan.objects.create(
            **row, version=2, agreed_on=opened_on, recorded_by=colleague.user, goal=SECRETS[2]
        ),
        care=ContinuingCare.objects.create(
            **row, dimension=Dimension.LIVING, reason=SECRETS[2], proposed_on=opened_on,
            proposed_by=colleague.user,
        ),
        removal=RemovalRequest.objects.create(
            case=case, household=household, province_code=household.province_code, note=SECRETS[2],
            reason=CloseReason.NOT_POOR, effective_on=timezone.localdate(), requested_by=colleague.user,
        ),
        hand_over=HandOver.objects.create(
            province_code=household.province_code, leaver=colleague.user, centre=team, reason=SECRETS[2],
            effective_on=opened_on, made_by=by,
            lines=[{
                "kind": "household", "id": str(household.pk), "household": str(household.pk),
                "label": household.head_name, "detail": "", "place": "", "to_user": by.pk, "to_team": "",
                "to_name": "ผู้รับ",
            }],
        ),
        transfer=Transfer.objects.create(
            **row, from_centre=household.scope.centre, to_centre=household.scope.centre,
            to_area_code=village[:6] + "02", reason=SECRETS[2], effective_on=opened_on,
            requested_by=colleague.user,
        ),
        conflict=VisitConflict.objects.create(
            visit_id=visit.pk, household_id=household.pk, province_code=household.province_code,
            body={"note": SECRETS[2]}, body_hash=b"x" * 32, user=colleague.user,
        ),
        rival=Correction.objects.create(
            household=household, field="house_no", value=SECRETS[3], previous="1", base_version=0,
            state=CorrectionState.WAITING, recorded_by=colleague.user,
        ),
        batch=_batch(officer, year),
        photo=_stored_photo(visit, colleague),
        referral=_referred(cast, household, colleague),
        **_met(household, officer),
        team=team,
        centre=centre,
        municipality=cast.municipality,
        colleague=colleague,
        second_colleague=second,
    )  # fmt: skip
    refresh_cohort([household.pk])
    drain_marks()
    Case.objects.filter(pk=case.pk).update(proposed_stage=Stage.SUFFICIENT)
    return scene


def _referred(cast: Cast, household: Household, sender: Actor) -> Referral:
    """A need of the household with the fund of its province."""
    row = Referral.objects.create(
        household=household, province_code=household.province_code, dimension=Dimension.LIVING,
        office_id=cast.fund_office.pk, subject=SECRETS[2], sent_by=sender.user, sent_from=cast.mentor_team,
        sent_on=timezone.localdate(), answer_due_on=timezone.localdate() + timedelta(days=7),
    )  # fmt: skip
    refresh_office_reach([household.pk], today=timezone.localdate())
    return row


def _met(household: Household, officer: Actor) -> dict[str, Any]:
    """A meeting of the household's province that is being prepared, with something in each of its parts."""
    today, province = timezone.localdate(), household.province_code
    meeting = Meeting.objects.create(
        province_code=province, number=1, year=today.year + 543, fiscal_year=fiscal_year_of(today),
        held_on=today, notes=SECRETS[2],
    )  # fmt: skip
    job = PackJob.objects.create(meeting=meeting)
    return {
        "meeting": meeting,
        "agenda_item": AgendaItem.objects.create(meeting=meeting, kind="report", title=SECRETS[2]),
        "resolution": Resolution.objects.create(
            meeting=meeting, province_code=province, text=SECRETS[2], owner="พมจ."
        ),
        "story": MeetingStory.objects.create(
            meeting=meeting, household=household, title=SECRETS[2], text=SECRETS[2], consent_by=SECRETS[0],
            consent_on=today,
        ),
        "spot_check": SpotCheck.objects.create(
            meeting=meeting, household=household, province_code=province, seed="1",
            district_code=household.scope.district_code, centre_id=household.scope.centre_id,
            is_municipal=household.scope.is_municipal,
        ),
        "pack_file": PackFile.objects.create(
            job=job, kind="pdf", name="pack.pdf", content=SECRETS[2].encode(), size=1, sha256="0" * 64
        ),
    }  # fmt: skip


def _stored_photo(visit: Visit, sender: Actor) -> Photo:
    photo = Photo.objects.create(
        id=uuid7(), owner_id=visit.pk, household_id=visit.household_id, province_code=visit.province_code,
        state=PhotoState.STORED, size=1, received=1, sha256=b"x" * 32, recorded_by=sender.user,
    )  # fmt: skip
    PhotoBody.objects.create(
        photo=photo,
        sealed=seal_blob(SECRETS[2].encode(), photo.pk.bytes),
        sealed_thumb=seal_blob(SECRETS[2].encode(), photo.pk.bytes + b":thumb"),
    )
    return photo


def _batch(officer: Actor, year: int) -> ImportBatch:
    assert officer.appointment is not None
    return ImportBatch.objects.create(
        kind_id="tpmap",
        fiscal_year=year,
        survey_year=year - 1,
        effective_on=timezone.localdate(),
        province_code=officer.province_code,
        centre=officer.appointment.centre,
        user=officer.user,
        appointment=officer.appointment,
        file_name=f"{SECRETS[1]}.csv",
        file_hash=b"x" * 32,
        status=ImportStatus.READY,
    )


def snooping(scene: Scene) -> dict[str, str]:
    """Filters that would lead a list to the scene."""
    return {
        "area": scene.village,
        "province": scene.village[:2],
        "centre": str(scene.centre.pk),
        "team": str(scene.team.pk),
        "q": SECRETS[0][:4],  # a part, so that a page that repeats the question tells nothing
    }


def fingerprint(scene: Scene) -> dict[str, Any]:
    """What a person from elsewhere must not have changed: counts and values around the scene."""
    of_household: tuple[type[Model], ...] = (
        Visit, Photo, Help, Assignment, Verification, Correction, HouseholdPlan, RemovalRequest, StageEvent,
    )  # fmt: skip
    users = [actor.user for actor in (scene.colleague, scene.second_colleague) if actor.user]
    for user in users:
        user.refresh_from_db()
    keys = [str(user.pk) for user in users] + [str(scene.centre.pk), str(scene.team.pk)]
    audited = AuditEntry.objects.filter(Q(household_id=scene.household.pk) | Q(object_id__in=keys))
    return {
        **{
            model.__name__: model._default_manager.filter(household=scene.household).count()
            for model in of_household
        },
        "assigned": list(
            Assignment.objects.filter(household=scene.household).values_list("team_id", "valid_to")
        ),
        "case": list(Case.objects.filter(pk=scene.case.pk).values()),
        "referrals": list(Referral.objects.filter(household=scene.household).values("status", "office_id")),
        "meeting": [
            list(model._default_manager.filter(**which).values())
            for model, which in (
                (Meeting, {"province_code": scene.household.province_code}),
                (AgendaItem, {"meeting": scene.meeting}),
                (Attendance, {"meeting": scene.meeting}),
                (Resolution, {"meeting": scene.meeting}),
                (MeetingStory, {"meeting": scene.meeting}),
                (SpotCheck, {"meeting": scene.meeting}),
                (PackJob, {"meeting": scene.meeting}),
            )
        ],
        "office": list(Centre.objects.filter(pk=scene.referral.office_id).values("name", "leads")),
        "audit": audited.count(),
        "seen": AccessEntry.objects.filter(household_id=scene.household.pk).count(),
        "centres": Centre.objects.filter(parent_id=scene.centre.parent_id).count(),
        "users": [
            (user.username, user.password, user.is_active, user.appointments.count()) for user in users
        ],
    }


def _today() -> str:
    today = timezone.localdate()
    return f"{today.day}/{today.month}/{today.year + 543}"
