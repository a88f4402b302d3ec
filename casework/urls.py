"""Routes of the work and of the register's pages."""

from __future__ import annotations

from django.urls import path

from .views import (
    approvals,
    assignments,
    help_batches,
    helps,
    households,
    lists,
    plans,
    removals,
    today,
    verification,
    visits,
)

urlpatterns = [
    path("today/", today.today, name="today"),
    path("queues/", today.queues, name="queues"),
    path("conflicts/", today.visit_conflicts, name="visit_conflicts"),
    path("conflicts/<uuid:pk>/settle/", today.conflict_settle, name="conflict_settle"),
    path("households/", lists.household_list, name="household_list"),
    path("households/search/", households.household_search, name="household_search"),
    path("households/<uuid:pk>/", households.household, name="household"),
    path("households/<uuid:pk>/visit/", visits.visit_form, name="visit_form"),
    path("households/<uuid:pk>/help/", helps.help_form, name="help_form"),
    path("households/<uuid:pk>/plan/", plans.plan_form, name="plan_form"),
    path("households/<uuid:pk>/remove/", removals.removal_form, name="removal_form"),
    path("households/<uuid:pk>/reveal/<uuid:person_id>/", households.reveal_id, name="reveal_id"),
    path("steps/<uuid:pk>/done/", plans.step_done, name="step_done"),
    path("visits/", lists.visit_list, name="visit_list"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("visits/<uuid:pk>/amend/", visits.visit_amend, name="visit_amend"),
    path("visits/<uuid:pk>/void/", visits.visit_void, name="visit_void"),
    path("helps/", lists.help_list, name="help_list"),
    path("helps/<uuid:pk>/deliver/", helps.help_deliver, name="help_deliver"),
    path("helps/<uuid:pk>/amend/", helps.help_amend, name="help_amend"),
    path("helps/<uuid:pk>/void/", helps.help_void, name="help_void"),
    path("help/bulk/", help_batches.help_bulk, name="help_bulk"),
    path("persons/", lists.person_list, name="person_list"),
    path("verify/", verification.verify_villages, name="verify_villages"),
    path("verify/<str:area>/", verification.verify_village, name="verify_village"),
    path("assign/", assignments.assign, name="assign"),
    path("unassign/", assignments.unassign, name="unassign"),
    path("teams/", assignments.team_list, name="team_list"),
    path("teams/new/", assignments.team_new, name="team_new"),
    path("teams/<uuid:pk>/", assignments.team, name="team"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/reject/", approvals.approval_reject, name="approval_reject"),
    path("removals/", removals.removals, name="removals"),
    path("removals/<uuid:pk>/", removals.removal_decide, name="removal_decide"),
]
