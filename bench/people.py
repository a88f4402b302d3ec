"""An account in a measured database: its session for pages, its token for the API."""

from __future__ import annotations

import json
import sys
from typing import Any

TAKEN_ALONG = 200


def main(role: str, district: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from households.models import HouseholdScope
    from povertyops.accounts.actor import system_actor
    from povertyops.accounts.models import Appointment, User
    from povertyops.accounts.services import create_api_token
    from povertyops.areas.models import Centre

    open_here = HouseholdScope.objects.filter(district_code=district, is_open=True, is_municipal=False)
    households = list(open_here.values_list("pk", flat=True))
    if role == "mentor":
        centre = _team(district, households[:TAKEN_ALONG])
    elif role == "provincial_secretary":
        centre = Centre.objects.get(kind="province", province_code=district[:2])
    else:
        centre = Centre.objects.get(kind="district", coverage__area=district)
    user = User.objects.create_user(username=f"bench.{role}", first_name="วัดผล", last_name="ทดสอบ")
    post = Appointment.objects.create(
        user=user, role=role, centre=centre, order_number="1", valid_from=timezone.localdate()
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["appointment"] = str(post.pk)
    session.save()
    print(
        json.dumps(
            {
                "session": session.session_key,
                "token": create_api_token(actor=system_actor(), user=user),
                "households": [str(pk) for pk in households],
            }
        )
    )


def _team(district: str, households: list[Any]) -> Any:
    """A mentor team of the district with these households."""
    from casework.services.assignment import assign_households
    from casework.services.teams import create_mentor_team
    from povertyops.accounts.actor import system_actor
    from povertyops.areas.models import Centre

    parent = Centre.objects.get(kind="district", coverage__area=district)
    team = create_mentor_team(actor=system_actor(), name="ทีมวัดผล", parent_id=parent.pk)
    assign_households(actor=system_actor(), household_ids=households, team_id=team.centre_id)
    return team.centre


if __name__ == "__main__":
    main(*sys.argv[1:])
