"""What a person owns in the work: households, steps, approvals, referrals that would lose their owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from households.access import scope_q
from povertyops.accounts.actor import Actor
from povertyops.accounts.duties import Leaving
from povertyops.accounts.enums import OFFICE_ROLES, Role
from povertyops.accounts.models import Appointment, User
from povertyops.accounts.queries import open_appointments

from ..enums import Decision, PlanStatus, ReferralStatus
from ..models import (
    Assignment,
    Case,
    ContinuingCare,
    HandOver,
    HouseholdPlan,
    PlanStep,
    Referral,
    RemovalRequest,
    Transfer,
)
from ..rules import APPROVING_ROLES

OPEN_PLANS = (PlanStatus.ACTIVE, PlanStatus.PROPOSED, PlanStatus.RETURNED)
OPEN_REFERRALS = (ReferralStatus.SENT, ReferralStatus.ACCEPTED, ReferralStatus.RETURNED)
AT_THE_OFFICE = (ReferralStatus.SENT, ReferralStatus.ACCEPTED)
CENTRE_APPROVERS = (Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER)
SCOPE = "household__scope__"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for one person's decision: its kind, key and household."""

    kind: str
    id: UUID
    household_id: UUID


@dataclass(frozen=True)
class Belongings:
    """What somebody who leaves would leave without an owner."""

    leaving: Leaving

    @cached_property
    def user(self) -> User:
        return User.objects.get(pk=self.leaving.user_id)

    @cached_property
    def _open_posts(self) -> list[Appointment]:
        return list(open_appointments([self.leaving.user_id]).select_related("centre"))

    @cached_property
    def left(self) -> list[Appointment]:
        """The appointments that would end, of those that are valid now."""
        ids = self.leaving.appointment_ids
        return [post for post in self._valid if ids is None or post.pk in ids]

    @cached_property
    def kept(self) -> list[Appointment]:
        return [post for post in self._valid if post not in self.left]

    @property
    def _valid(self) -> list[Appointment]:
        return [post for post in self._open_posts if post.state(self.leaving.today) == "valid"]

    def _left_at(self, roles: Iterable[Role]) -> list[Appointment]:
        """Posts of these roles that nobody of the same centre and roles would hold any more."""
        roles = list(roles)
        kept = {post.centre_id for post in self.kept if post.role in roles}
        mine = [post for post in self.left if post.role in roles and post.centre_id not in kept]
        if not mine:
            return []
        others = self._others(roles).filter(centre__in=[post.centre_id for post in mine])
        manned = set(others.values_list("centre_id", flat=True))
        return [post for post in mine if post.centre_id not in manned]

    def _others(self, roles: Iterable[Role]) -> QuerySet[Appointment]:
        valid = Appointment.objects.valid_on(self.leaving.today)
        return valid.filter(role__in=list(roles), user__is_active=True).exclude(user=self.leaving.user_id)

    @property
    def _provinces_left(self) -> set[str]:
        """Provinces in which the person would hold nothing any more."""
        kept = {post.centre.province_code for post in self.kept}
        return {post.centre.province_code for post in self.left} - kept

    # -------------------------------------------------------------------------------------- households

    def assignments(self) -> QuerySet[Assignment]:
        """Current assignments to the person, and all of a team that would have no mentor left."""
        return Assignment.objects.filter(self._mine() | Q(team__in=self._teams_alone()), valid_to=None)

    def _mine(self) -> Q:
        if self.leaving.altogether:
            return Q(mentor=self.leaving.user_id)
        kept = {post.centre_id for post in self.kept if post.role == Role.MENTOR}
        teams = [post.centre_id for post in self.left if post.role == Role.MENTOR]
        return Q(mentor=self.leaving.user_id, team__in=[pk for pk in teams if pk not in kept])

    def _teams_alone(self) -> list[UUID]:
        return [post.centre_id for post in self._left_at([Role.MENTOR])]

    # ------------------------------------------------------------------------------------ steps, referrals

    def steps(self) -> QuerySet[PlanStep]:
        """Undone steps of plans in force that name the person."""
        in_care = Case.objects.filter(household=OuterRef("plan__household"), closed_on=None)
        rows = PlanStep.objects.filter(
            Exists(in_care), done_on=None, plan__status__in=OPEN_PLANS, responsible__in=names_of(self.user)
        )
        if self.leaving.altogether and not self.left:
            return rows.filter(plan__province_code__in=self._ever())
        return rows.filter(plan__province_code__in=self._provinces_left)

    def referrals(self) -> QuerySet[Referral]:
        """Open referrals that the person sent, and those of an office that nobody would man."""
        sent = Q(sent_by=self.leaving.user_id)
        if not self.leaving.altogether:
            sent &= Q(province_code__in=self._provinces_left)
        offices = [post.centre_id for post in self._left_at(OFFICE_ROLES)]
        waiting = Q(office__in=offices, status__in=AT_THE_OFFICE) & ~Q(pk__in=self._handed())
        return Referral.objects.filter(sent | waiting, status__in=OPEN_REFERRALS)

    def _ever(self) -> list[str]:
        rows = Appointment.objects.filter(user=self.leaving.user_id)
        return list(rows.order_by().values_list("centre__province_code", flat=True).distinct())

    # --------------------------------------------------------------------------------------- approvals

    def approvals(self) -> list[Waiting]:
        """What waits for a decision at a centre whose only approver is the person."""
        handed = self._handed()
        found: dict[tuple[str, UUID], Waiting] = {}
        for post in self._left_at(APPROVING_ROLES):
            for waiting in _waiting_for(post, self.user, self._others(CENTRE_APPROVERS)):
                if str(waiting.id) not in handed:
                    found[waiting.kind, waiting.id] = waiting
        return list(found.values())

    def _handed(self) -> set[str]:
        """Keys of what the person handed over already, of kinds that are tied to a post."""
        lines = HandOver.objects.filter(leaver=self.leaving.user_id).values_list("lines", flat=True)
        kinds = {"stage", "removal", "plan", "care", "transfer", "referral"}
        return {line["id"] for each in lines for line in each if line["kind"] in kinds}


def names_of(user: User) -> list[str]:
    """The ways in which a plan may name a person."""
    plain = f"{user.first_name} {user.last_name}".strip()
    return sorted({user.display_name, plain, f"{user.title} {plain}".strip(), user.username} - {""})


def _waiting_for(post: Appointment, user: User, approvers: QuerySet[Appointment]) -> Iterable[Waiting]:
    """What an approver may decide; for a secretary only what no centre's own approver could."""
    actor = Actor(user=user, appointment=post)
    within = scope_q(actor, SCOPE)
    if post.role == Role.DISTRICT_OFFICER:
        within &= Q(household__scope__is_municipal=False)
    if post.role == Role.PROVINCIAL_SECRETARY:
        within = Q(within, ~Exists(approvers.filter(centre=OuterRef(f"{SCOPE}centre"))))
    pending = {"decision": Decision.PENDING}
    rows = (
        ("stage", Case.objects.filter(within, proposed_stage__isnull=False, closed_on=None)),
        ("removal", RemovalRequest.objects.filter(within, **pending)),
        ("plan", HouseholdPlan.objects.filter(within, status=PlanStatus.PROPOSED)),
        ("care", ContinuingCare.objects.filter(within, **pending)),
        ("transfer", Transfer.objects.filter(to_centre=post.centre_id, **pending)),
    )
    for kind, waiting in rows:
        for pk, household in waiting.order_by("pk").values_list("pk", "household_id"):
            yield Waiting(kind, pk, household)
