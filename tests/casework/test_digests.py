"""Digests: each person's own areas only, quiet when there is nothing, once a day, whatever happens."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command

from casework.models import CohortState, DigestSent, DigestSetting
from casework.pages.digest import digest_for, text_of
from casework.services.digests import (
    MOST_ATTEMPTS,
    appointments_due,
    digest_lease,
    message_key,
    save_digest_setting,
)
from casework.services.visits import record_visit
from casework.tasks.digests import deliver, send_digest
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import Appointment, User
from povertyops.common.errors import InvalidInput
from povertyops.common.leases import take_lease
from tests.casework.pages.families import family, today
from tests.casework.work import a_visit
from tests.cast import MUEANG_VILLAGE, Cast

EVERY_DAY = 0b1111111


@pytest.fixture(autouse=True)
def _any_day(settings) -> None:
    """The tests run on Sundays, too."""
    settings.DIGEST_WORKDAYS = EVERY_DAY


def post_of(actor: Actor) -> Appointment:
    assert actor.appointment is not None
    return Appointment.objects.select_related("user", "centre").get(pk=actor.appointment.pk)


def give_mail(*actors: Actor) -> None:
    for actor in actors:
        assert actor.user is not None
        User.objects.filter(pk=actor.user.pk).update(email=f"{actor.user.username}@example.go.th")


def overdue(cast: Cast, **values: object) -> None:
    household = family(cast, **values)
    CohortState.objects.filter(household=household).update(due_on=today() - timedelta(days=12))


# ------------------------------------------------------------------------------------------------- contents


def test_two_districts_never_mix(cast: Cast) -> None:
    overdue(cast)
    overdue(cast, village=MUEANG_VILLAGE, team=None)
    overdue(cast, village=MUEANG_VILLAGE, team=None)

    def late(actor: Actor) -> int:
        return next(line.count for line in digest_for(actor).lines if "overdue" in line.url)

    assert (late(cast.officer), late(cast.other_officer), late(cast.secretary)) == (1, 2, 3)
    assert digest_for(cast.far_officer).is_quiet


def test_text_holds_counts_and_links_and_nobody(cast: Cast) -> None:
    household = family(cast, mentor=cast.mentor, head=("นาง", "ซ่อนเร้น", "ลับเฉพาะ"))
    CohortState.objects.filter(household=household).update(due_on=today() - timedelta(days=12))
    record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=3), note="ความลับ"))
    CohortState.objects.filter(household=household).update(due_on=today() - timedelta(days=12))
    mentor = cast.mentor.user
    assert mentor

    text = text_of(digest_for(cast.officer))

    assert "เกินกำหนดเยี่ยม: 1 (เก่าสุดรอมา 12 วัน)" in text
    assert "ยังไม่ได้บันทึกใน TPMAP: 1 (เก่าสุดรอมา 3 วัน)" in text
    assert "/households/?overdue=1" in text
    for secret in ("ซ่อนเร้น", "ลับเฉพาะ", "ความลับ", str(household.pk), household.house_code, mentor.first_name):
        assert secret not in text


def test_mentor_is_told_of_the_day_and_the_office_of_nothing(cast: Cast) -> None:
    overdue(cast)

    assert [line.count for line in digest_for(cast.mentor).lines] == [1]
    assert digest_for(cast.other_mentor).is_quiet


def test_teams_that_saw_least_come_by_their_name(cast: Cast) -> None:
    overdue(cast)

    lowest = digest_for(cast.officer).lowest

    assert [(team.name, team.seen, team.total) for team in lowest] == [("ทีมพี่เลี้ยงรับแพรก", 0, 1)]


# ----------------------------------------------------------------------------------------------- once a day


def test_digest_is_sent_once(cast: Cast) -> None:
    overdue(cast)
    give_mail(cast.officer)

    assert deliver(post_of(cast.officer), today()) == "sent"
    assert deliver(post_of(cast.officer), today()) == "done"

    assert [sent.to for sent in mail.outbox] == [["officer@example.go.th"]]
    row = DigestSent.objects.get()
    assert (row.state, row.attempts, row.channel) == ("sent", 1, "email")
    assert row.items > 0
    assert post_of(cast.officer) not in appointments_due(today())


def test_quiet_day_is_remembered_as_quiet(cast: Cast) -> None:
    give_mail(cast.officer)

    assert deliver(post_of(cast.officer), today()) == "quiet"
    overdue(cast)
    assert deliver(post_of(cast.officer), today()) == "done"

    assert mail.outbox == []


def test_failed_one_is_tried_again_but_not_for_ever(cast: Cast, settings) -> None:
    overdue(cast)
    give_mail(cast.officer)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert deliver(post_of(cast.officer), today()) == "failed"
    assert post_of(cast.officer) in appointments_due(today())
    settings.EMAIL_BACKEND = working
    assert deliver(post_of(cast.officer), today()) == "sent"

    assert DigestSent.objects.get().attempts == 2
    DigestSent.objects.update(state="failed", attempts=MOST_ATTEMPTS)
    assert deliver(post_of(cast.officer), today()) == "done"
    assert post_of(cast.officer) not in appointments_due(today())


def test_worker_that_died_while_sending_leaves_it_to_the_next_under_the_same_key(cast: Cast) -> None:
    overdue(cast)
    give_mail(cast.officer)
    post = post_of(cast.officer)
    DigestSent.objects.create(appointment=post, day=today(), channel="email", items=0, attempts=1)

    assert deliver(post, today()) == "sent"

    assert str(message_key(post.pk, today())) in mail.outbox[0].extra_headers["Message-ID"]


def test_two_workers_send_one(cast: Cast) -> None:
    overdue(cast)
    give_mail(cast.officer)
    post = post_of(cast.officer)

    with digest_lease(post.pk, today()) as mine:
        assert mine
        assert deliver(post, today()) == "busy"
    assert take_lease(f"digest:{post.pk}:{today().isoformat()}", uuid4(), 1)

    assert mail.outbox == []


def test_message_of_yesterday_sends_nothing(cast: Cast) -> None:
    overdue(cast)
    give_mail(cast.officer)
    post = post_of(cast.officer)

    assert send_digest(str(post.pk), (today() - timedelta(days=1)).isoformat()) == "done"
    assert send_digest(str(post.pk), today().isoformat()) == "sent"


# ------------------------------------------------------------------------------------------------ who, when


def test_officers_are_due_unasked_and_mentors_when_they_ask(cast: Cast) -> None:
    due = set(appointments_due(today()).values_list("user__username", flat=True))

    assert {"officer", "secretary", "municipal.officer"} <= due
    assert not {"mentor", "executive", "national.viewer", "system.admin", "expired"} & due
    save_digest_setting(
        actor=cast.mentor, is_on=True, channel="email", address="mentor@example.org", weekdays=EVERY_DAY
    )
    save_digest_setting(actor=cast.officer, is_on=False, channel="email", address="", weekdays=EVERY_DAY)
    due = set(appointments_due(today()).values_list("user__username", flat=True))
    assert "mentor" in due
    assert "officer" not in due


def test_other_days_are_left_alone(cast: Cast) -> None:
    tomorrow = today() + timedelta(days=1)
    save_digest_setting(
        actor=cast.officer,
        is_on=True,
        channel="email",
        address="o@example.org",
        weekdays=1 << tomorrow.weekday(),
    )

    assert post_of(cast.officer) not in appointments_due(today())
    assert post_of(cast.officer) in appointments_due(tomorrow)


def test_weekend_is_quiet_for_those_who_said_nothing(cast: Cast, settings) -> None:
    settings.DIGEST_WORKDAYS = 0b0011111

    assert not appointments_due(date(2026, 11, 22)).exists()
    assert appointments_due(date(2026, 11, 23)).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"address": "nowhere"}, "address"),
        ({"address": ""}, "address"),
        ({"weekdays": 0}, "weekdays"),
    ],
)
def test_bad_setting_names_its_field(cast: Cast, wrong: dict[str, object], field: str) -> None:
    values = {"is_on": True, "channel": "email", "address": "o@example.org", "weekdays": 31, **wrong}

    with pytest.raises(InvalidInput) as refusal:
        save_digest_setting(actor=cast.officer, **values)

    assert refusal.value.details["field"] == field
    assert not DigestSetting.objects.exists()


def test_dry_run_sends_and_records_nothing(cast: Cast) -> None:
    overdue(cast)
    give_mail(cast.officer)
    out = StringIO()

    call_command("send_digests", "--dry-run", stdout=out)

    assert "เกินกำหนดเยี่ยม: 1" in out.getvalue()
    assert "would send" in out.getvalue()
    assert mail.outbox == []
    assert not DigestSent.objects.exists()


def test_command_sends_to_whoever_can_be_reached(cast: Cast) -> None:
    overdue(cast)
    give_mail(cast.officer)
    out = StringIO()

    call_command("send_digests", stdout=out)
    call_command("send_digests", stdout=StringIO())

    assert "sent: 1" in out.getvalue()
    assert "no_way" in out.getvalue()
    assert len(mail.outbox) == 1
