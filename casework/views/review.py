"""The yearly review: problems found later are taken into the baseline under a meeting's minutes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dimensions.enums import Dimension
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow
from povertyops.common.thai import fiscal_year_of

from ..forms.import_acts import ReviewForm
from ..pages.review import TABS, cards_of, group_lines, made_lines
from ..queries.review import review_groups, reviews_made, to_review
from ..rules import APPROVING_ROLES
from ..services.review import take_into_baseline, undo_review
from .shared import actor_of, attempt, posted, status_of

REVIEWERS = tuple(sorted(APPROVING_ROLES))
AT_ONCE = 50


@require_http_methods(["GET", "POST"])
@allow(*REVIEWERS)
def yearly_review(request: HttpRequest) -> HttpResponse:
    """Households with problems beside their baseline; those ticked are taken in."""
    actor = actor_of(request)
    form = ReviewForm(posted(request), initial={"effective_on": actor.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: take_into_baseline(
                actor=actor,
                household_ids=data["household"],
                minutes_number=data["minutes_number"],
                effective_on=data["effective_on"],
            ),
        )
        if made is not None:
            messages.success(request, _("นับเป็นมิติตกเกณฑ์แล้ว %(count)d ครัวเรือน") % {"count": len(made)})
            return redirect("yearly_review")
    return render(request, "casework/review.html", _context(request, form), status=status_of(form))


def _context(request: HttpRequest, form: ReviewForm) -> dict[str, Any]:
    actor = actor_of(request)
    year = fiscal_year_of(actor.today())
    show = "made" if request.GET.get("show") == "made" else ""
    made = reviews_made(actor, year)
    district = request.GET.get("district", "")[:4]
    dimension = request.GET.get("dimension", "")
    waiting = to_review(
        actor, year, district=district, dimension=dimension if dimension in Dimension.values else ""
    )
    here = reverse("yearly_review")
    tabs = [
        {"label": TABS[""], "url": here, "current": not show, "count": to_review(actor, year).count()},
        {"label": TABS["made"], "url": f"{here}?show=made", "current": bool(show), "count": made.count()},
    ]
    context: dict[str, Any] = {"form": form, "year": year, "tabs": tabs, "show": show}
    if show:
        page, urls = page_of_request(request, made, ("-recorded_at", "-pk"), AT_ONCE)
        return {**context, **urls, "made": made_lines(page.rows)}
    states, urls = page_of_request(
        request, waiting.select_related("household"), ("sort_key", "household_id"), AT_ONCE
    )
    return {
        **context,
        **urls,
        "groups": group_lines(review_groups(actor, year)),
        "cards": cards_of(actor, states.rows),
        "count": waiting.count(),
        "ticked": set(request.POST.getlist("household")),
    }


@require_POST
@allow(*REVIEWERS)
def review_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A review is taken back."""
    review = undo_review(actor=actor_of(request), review_id=pk)
    messages.success(request, _("ยกเลิกการทบทวนของ %(name)s แล้ว") % {"name": review.household.head_name})
    return redirect(f"{reverse('yearly_review')}?show=made")
