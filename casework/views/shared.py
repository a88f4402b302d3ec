"""What several pages need: who may write, names behind ids, and what all answers have in common."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse

from dimensions.enums import Stage
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES, HOUSEHOLD_ROLES, OFFICE_ROLES, OFFICER_ROLES
from povertyops.common.answering import attempt, blame, posted, status_of, succeeds

from ..field.shells import shell_response
from ..pages.household import HouseholdStory
from ..queries.agencies import agencies_of
from ..referral_rules import REFERRING_ROLES
from ..rules import ASSIGNING_ROLES, DECIDING_ROLES

WRITING_ROLES = tuple(sorted(FIELD_ROLES | OFFICER_ROLES))
GIVING_ROLES = tuple(sorted(FIELD_ROLES | OFFICER_ROLES | OFFICE_ROLES))
READING_ROLES = tuple(sorted(HOUSEHOLD_ROLES))
AGENCIES_OFFERED = 300

__all__ = [
    "GIVING_ROLES",
    "READING_ROLES",
    "WRITING_ROLES",
    "actions_for",
    "actor_of",
    "agency_names",
    "attempt",
    "blame",
    "phone_page",
    "posted",
    "status_of",
    "succeeds",
]


def actor_of(request: HttpRequest) -> Actor:
    """The person acting; the policy of the view has made sure there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def agency_names(province_code: str) -> list[str]:
    """Names of the province's agencies to offer while one is typed."""
    rows = agencies_of(province_code).order_by("name")
    return list(rows.values_list("name", flat=True)[:AGENCIES_OFFERED])


def actions_for(actor: Actor, story: HouseholdStory) -> dict[str, bool]:
    """What this person may start from the household page."""
    works = story.may_write
    return {
        "visit": works,
        "help": works,
        "plan": works,
        "verify": works,
        "remove": works and not story.is_closed and story.removal is None,
        "close": works
        and not story.is_closed
        and story.stage_now == Stage.SUSTAINABLE
        and actor.role in DECIDING_ROLES,
        "assign": works and actor.role in ASSIGNING_ROLES,
        "refer": works and not story.is_closed and actor.role in REFERRING_ROLES,
        "office_help": actor.role in OFFICE_ROLES,
        "reveal": actor.role in WRITING_ROLES,
        "qr": actor.role in OFFICER_ROLES,
    }


def phone_page(request: HttpRequest, name: str) -> HttpResponse | None:
    """The shell of a form for those in the field; the classic form answers officers and `?plain=1`."""
    if request.method != "GET" or "plain" in request.GET or actor_of(request).role not in FIELD_ROLES:
        return None
    return shell_response(request, name)
