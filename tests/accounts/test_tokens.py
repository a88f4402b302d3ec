"""Tokens for programs."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from povertyops.accounts.actor import Actor
from povertyops.accounts.models import Appointment, User
from povertyops.accounts.queries import actor_of_digest, valid_appointments
from povertyops.accounts.services import reset_password
from povertyops.common.models import AuditEntry
from tests.cast import Cast, make_household

URL = "/api/v1/households/{}/"


def token_of(username: str) -> str:
    out = StringIO()
    call_command("create_api_token", username, stdout=out)
    return out.getvalue().strip()


def get(token: str, household: object) -> int:
    headers = {"Authorization": f"Token {token}"}
    return Client().get(URL.format(household.pk), headers=headers).status_code


def test_token_acts_under_the_valid_appointment(cast: Cast) -> None:
    household = make_household(cast)
    assert get(token_of("officer"), household) == 200
    assert get(token_of("far.officer"), household) == 404
    assert get(token_of("national.viewer"), household) in (403, 404)


def test_token_is_kept_hashed_and_audited(cast: Cast) -> None:
    token = token_of("officer")
    row = AuthToken.objects.get()
    assert token not in (row.digest, row.token_key)
    entry = AuditEntry.objects.get(action="token.created")
    assert token not in str(entry.changes)


def test_token_without_appointment_opens_nothing(cast: Cast) -> None:
    assert get(token_of("nobody"), make_household(cast)) == 403


def test_token_ends_with_the_appointment_and_the_account(cast: Cast) -> None:
    household, token = make_household(cast), token_of("mentor")
    yesterday = timezone.localdate() - timedelta(days=1)
    Appointment.objects.filter(pk=cast.mentor.appointment_id).update(valid_to=yesterday)
    assert get(token, household) == 403
    User.objects.filter(username="mentor").update(is_active=False)
    assert get(token, household) == 401


def test_token_ends_with_a_password_reset(cast: Cast) -> None:
    household, token = make_household(cast, team=cast.mentor_team), token_of("mentor")
    assert get(token, household) == 200
    reset_password(actor=cast.officer, user_id=cast.mentor.user_id)
    assert get(token, household) == 401


def test_token_for_an_unknown_account_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="no open account"):
        token_of("who")


def test_token_that_expired_is_refused(cast: Cast) -> None:
    household, token = make_household(cast), token_of("officer")
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert get(token, household) == 401


@pytest.mark.parametrize("token", ["0" * 64, "no-hex", "é", "ab"])
def test_token_that_was_never_given_is_refused(cast: Cast, token: str) -> None:
    token_of("officer")
    assert get(token, make_household(cast)) == 401


def test_token_brings_the_same_actor_as_a_session(cast: Cast) -> None:
    today = timezone.localdate()
    past, future = today - timedelta(days=9), today + timedelta(days=9)
    for name, days in {
        "over": {"valid_from": past, "valid_to": today - timedelta(days=1)},
        "revoked": {"valid_from": today, "revoked_at": timezone.now()},
        "older": {"valid_from": past, "valid_to": today},
        "future": {"valid_from": future},
    }.items():
        Appointment.objects.create(
            user=cast.officer.user,
            role="district_officer",
            centre=cast.far_district_centre,
            order_number=name,
            **days,
        )
    for username in ("officer", "mentor", "team.member", "nobody"):
        token_of(username)
    for held in AuthToken.objects.select_related("user"):
        actor, token = actor_of_digest(held.digest)
        posts = valid_appointments(held.user)
        expected = Actor(user=held.user, appointment=posts[0] if posts else None)
        assert (actor, actor.reach, token) == (expected, expected.reach, held)
